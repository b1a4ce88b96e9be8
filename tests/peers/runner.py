"""A runner of Gitea Actions: takes jobs and ends them as it is told, by the protocol of code.gitea.io/actions-proto-go (Connect,
in its JSON form). It runs nothing."""

from typing import Any, Final

import httpx

from tests.peers.forge import Gitea
from tests.waiting import until

LABEL: Final = "ubuntu-latest"


class Runner:
    """Registered for the whole site; close it."""

    def __init__(self, gitea: Gitea) -> None:
        registration = gitea.ask("POST", "/admin/actions/runners/registration-token")["token"]
        self._client = httpx.Client(base_url=f"{gitea.url}/api/actions/runner.v1.RunnerService", trust_env=False, timeout=30)
        known = self._call("Register", name="peer", token=registration, version="1", labels=[LABEL])["runner"]
        self._client.headers.update({"x-runner-uuid": known["uuid"], "x-runner-token": known["token"]})

    def close(self) -> None:
        """It asks for nothing more."""
        self._client.close()

    def take(self) -> str:
        """Waits for a job, and is at work on it from now on; answers its task's id."""
        taken: list[str] = []

        def asked() -> bool:
            task = self._call("FetchTask").get("task")
            taken.extend([task["id"]] if task else [])
            return bool(taken)

        until(asked, "Gitea gives a job to its runner")
        self._call("UpdateTask", state={"id": taken[0], "startedAt": "2026-11-21T10:00:00Z"})
        return taken[0]

    def end(self, task: str, result: str) -> None:
        """The job has ended with SUCCESS, FAILURE, CANCELLED or SKIPPED."""
        times = {"startedAt": "2026-11-21T10:00:00Z", "stoppedAt": "2026-11-21T10:00:01Z"}
        self._call("UpdateTask", state={"id": task, "result": f"RESULT_{result}", **times})

    def _call(self, method: str, **message: Any) -> dict[str, Any]:
        answer = self._client.post(f"/{method}", json=message)
        assert answer.is_success, f"{method}: {answer.status_code} {answer.text}"
        return dict(answer.json())
