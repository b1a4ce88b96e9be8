"""The whole app on a real HTTP server: what the command line and the reporters of other CI systems are tested against."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import structlog

from dominoci.app import create_app
from dominoci.domain.dispatch import Trigger
from dominoci.services import dispatch, projects, tokens
from dominoci.services.access import Principal
from tests.fakes.adapters import ScriptedSystem
from tests.integration.door import Served

ADMIN = Principal("user", "u", "admin", is_admin=True)
WEBHOOK = {"kind": "webhook", "url": "https://ci.test/hook"}


class Arbiter(Served):
    """A served app, projects run by a scripted CI system, and their tokens."""

    def __init__(self, data: Path, **more: Any) -> None:
        """`more` are settings."""
        # the server runs in this process: what it logs would stand between what commands print
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        super().__init__(data, create_app, **more)
        self.ci = ScriptedSystem()
        self.token = str(self.container.write(tokens.create_for_user, "admin", "test")["token"])

    def close(self) -> None:
        """Stops serving."""
        super().close()
        structlog.reset_defaults()

    def api(self, method: str, path: str, token: str | None = None, body: Any = None) -> Any:
        """What the API answers; AssertionError for a refusal."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, json=body, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def project(self, name: str, **body: Any) -> str:
        """A new project, run by a webhook unless told otherwise; answers its token."""
        given = {"name": name, "target": WEBHOOK, "repository_url": f"https://git.test/{name}", **body}
        made = self.container.write(projects.create, ADMIN, given)
        return str(self.container.write(tokens.create_for_project, ADMIN, made["id"], "test", None)["token"])

    def depend(self, upstream: str, downstream: str, **body: Any) -> dict[str, Any]:
        """`downstream` depends on `upstream` from now on."""
        made: dict[str, Any] = self.api("POST", f"/projects/{downstream}/dependencies", body={"upstream": upstream, **body})
        return made

    def report(self, token: str, **metadata: Any) -> dict[str, Any]:
        """A root success of the project that this token is of."""
        body = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": "c" * 40, **metadata}}
        told: dict[str, Any] = self.api("POST", "/events", token, body)
        return told

    def triggered(self) -> list[Trigger]:
        """Everything that is due is sent to the scripted CI system; answers what it was sent just now."""
        before = len(self.ci.sent)
        dispatch.drain(self.container.transactions, {self.ci.kind: self.ci})
        return self.ci.sent[before:]

    def result(self, trigger: Trigger, status: str = "SUCCESS", **body: Any) -> dict[str, Any]:
        """The result of a triggered event, by its event token alone (its project must accept that)."""
        told: dict[str, Any] = self.api("POST", "/results", trigger.event_token, {"status": status, **body})
        return told

    def event(self, tree_id: str, sub_id: str) -> dict[str, Any]:
        """One event as the API shows it."""
        shown: dict[str, Any] = self.api("GET", f"/trees/{tree_id}/events/{sub_id}")
        return shown


def plain_environment(home: Path, **more: str) -> Mapping[str, str]:
    """An environment that holds nothing of the one in which the tests run."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "NO_PROXY": "*", **more}
