"""A served arbiter, a hosted project with a workflow, and agents as processes of their own that share no folder."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from dominoci.infra.runs import Runs
from dominoci.services import projects, tokens
from dominoci.services.upkeep import Upkeep
from tests.integration.served import ADMIN, Arbiter, plain_environment
from tests.waiting import until

Json = dict[str, Any]
LEASE_S = 3
FINAL = ("success", "failed", "cancelled", "timed_out", "skipped")


class AgentProcess:
    """One agent: its process, its folder, its log."""

    def __init__(self, bed: "FlowBed", name: str, module: str, settings: Mapping[str, str]) -> None:
        self.folder = bed.folder / f"agent-{name}"
        self.folder.mkdir()
        own = {
            "DOMINOCI_URL": bed.arbiter.url,
            "DOMINOCI_AGENT_NAME": name,
            "DOMINOCI_AGENT_WORK": str(self.folder / "work"),
            "DOMINOCI_AGENT_TOKEN": str(bed.arbiter.container.write(tokens.enrol_agent, ADMIN)["token"]),
            "DOMINOCI_AGENT_SLOTS": "1",
            "DOMINOCI_AGENT_GRACE": "0",
            "PYTHONPATH": os.pathsep.join(sys.path),
            **settings,
        }
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *module.split()],
                env=plain_environment(self.folder, **own), cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9, with its steps, as a machine that goes dark."""
        self.process.kill()
        self.process.wait()


class FlowBed:
    """Everything that a run spread over agents needs; `close` it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.arbiter = Arbiter(folder / "data", lease_s=LEASE_S, **settings)
        self.project = str(self.arbiter.container.write(projects.create, ADMIN, {"name": "flow"})["id"])
        self._agents: list[AgentProcess] = []
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)
        self._clock.start()

    def _tick(self) -> None:
        upkeep = Upkeep(self.arbiter.container.transactions, {})
        while not self._over.wait(0.2):
            upkeep.return_leases()
            upkeep.end_runs()

    def close(self) -> None:
        """Ends the agents and the arbiter."""
        for agent in self._agents:
            agent.kill()
        self._over.set()
        self._clock.join()
        self.arbiter.close()

    def agent(self, name: str, module: str = "tests.bed.flow_agent", **settings: str) -> AgentProcess:
        """A new agent with a folder of its own."""
        made = AgentProcess(self, name, module, settings)
        self._agents.append(made)
        return made

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Git as a user calls it."""
        shown = base64.b64encode(f"admin:{self.arbiter.token}".encode()).decode()
        header = f"http.{self.arbiter.url}/.extraHeader=Authorization: Basic {shown}"
        identity = {f"GIT_{role}_{part}": "t@t" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        done = subprocess.run(
            ["git", "-c", header, *arguments], cwd=at or self.folder, env=plain_environment(self.folder, **identity),
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def push(self, files: Mapping[str, str]) -> str:
        """Pushes a commit of these files, which starts a run; answers the run's id."""
        copy = self.folder / "copy"
        self.git("init", "-q", "-b", "main", str(copy))
        for path, text in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text)
        self.git("add", "-A", at=copy)
        self.git("commit", "-q", "-m", "A workflow", at=copy)
        self.git("push", "-q", f"{self.arbiter.url}/git/flow.git", "main", at=copy)
        return str(self.arbiter.api("GET", "/builds?project=flow")["items"][0]["id"])

    def run(self, run_id: str) -> Json:
        """The run as people see it."""
        found: Json = self.arbiter.api("GET", f"/builds/{run_id}")
        return found

    def jobs(self, run_id: str) -> dict[str, Json]:
        """Its jobs by name."""
        return {one["name"]: one for one in self.run(run_id)["jobs"]}

    def wait(self, run_id: str, within_s: float = 90) -> Json:
        """The run, when it has ended."""
        until(lambda: self.run(run_id)["state"] in FINAL, f"the run ends ({self.said()})", within_s)
        return self.run(run_id)

    def job_is(self, run_id: str, name: str, state: str) -> None:
        """Returns when a job has this state."""
        until(lambda: self.jobs(run_id).get(name, {}).get("state") == state, f"job {name} is {state}")

    def said(self) -> str:
        """The ends of the agents' logs."""
        return "\n".join((agent.folder / "log").read_text()[-2000:] for agent in self._agents)

    def logs(self, build_id: str) -> str:
        """All logs of a build."""
        headers = {"Authorization": f"Bearer {self.arbiter.token}"}
        return httpx.get(f"{self.arbiter.url}/api/v1/builds/{build_id}/log", headers=headers, trust_env=False).text

    def history(self, run_id: str) -> list[str]:
        """The graph of the run's pipeline repository, newest first: `<parents> <subject>`."""
        folder = Runs(self.arbiter.container.hosting).folder(run_id)
        return self.git("log", "--topo-order", "--format=%s", "main", at=folder).splitlines()


def wait_for(path: Path) -> None:
    """Returns when there is such a file."""
    until(path.exists, f"there is {path.name}", within_s=60)
