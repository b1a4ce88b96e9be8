"""The git door to a run's pipeline repository, with git and git-lfs as people have them: who gets in, and that large files go
beside git, whole or not at all."""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dominoci.app import create_app
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, agents, build_reports, builds, flows, tokens
from dominoci.services.access import Principal
from tests.integration.door import ADMIN, Door, Receiver, Served
from tests.integration.flow_plans import COMMIT, job

pytestmark = pytest.mark.services
LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}


class Run:
    """A run of a hosted project whose one job has an agent."""

    def __init__(self, door: Door, name: str) -> None:
        self.door = door
        door.project(name)
        self.id, self.job, self.token = door.container.write(self._begin, name)

    @staticmethod
    def _begin(uow: UnitOfWork, name: str) -> tuple[str, str, str]:
        enrolment = access.authenticate(uow, tokens.enrol_agent(uow, ADMIN)["token"])
        agent = Principal("agent", agents.register(uow, enrolment, {"name": "a"})["id"], "a")
        run = builds.start(uow, ADMIN, name, "main", {"CHANNEL": "nightly"})["id"]
        assert agents.claim(uow, agent)
        flows.plan(uow, Principal("build", run), run, {"commit": COMMIT, "pipeline": "p", "stages": [job("a")]})
        claimed = agents.claim(uow, agent)
        assert claimed
        return run, claimed["id"], claimed["token"]

    def clone(self, name: str, token: str) -> Path:
        """A clone by this token; AssertionError with what git says when it is not let in."""
        done = self.door.git("clone", "-q", self.door.address(self.id, token), name)
        assert done.returncode == 0, done.stderr
        return self.door.home / name

    def push(self, copy: Path, *more: str) -> str:
        """Pushes; answers what git says, empty when it went through."""
        done = self.door.git("push", "-q", *more, "origin", "main", at=copy)
        return "" if done.returncode == 0 else done.stderr


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    served = Served(folder / "data", create_app, max_artifact=1 << 20)
    (folder / "home").mkdir()
    yield Door(served.container, served.url, Receiver(), folder / "home")
    served.close()


@pytest.fixture(scope="module")
def run(door: Door) -> Run:
    return Run(door, "flow")


def test_a_job_reads_and_writes_its_own_run_and_nothing_else(door: Door, run: Run) -> None:
    other = Run(door, "other")
    copy = run.clone("own", run.token)
    assert (copy / "variables" / "CHANNEL").read_text() == "nightly"
    door.commit(copy, new="x")
    assert run.push(copy) == ""
    assert "404" in door.git("ls-remote", door.address(other.id, run.token)).stderr.replace("not found", "404")
    reader = run.clone("reader", door.user_token())
    door.commit(reader, more="y")
    assert "Only the jobs of a run write its repository" in run.push(reader)
    door.git("reset", "-q", "--hard", "HEAD^", at=copy)
    door.commit(copy, another="z")
    assert "non-fast-forward" in run.push(copy, "--force"), "what a job has left is not rewritten"
    writes = door.git("push", "-q", door.address("flow", run.token), "HEAD:refs/heads/x", at=copy)
    assert "may not push" in writes.stderr


def test_large_files_go_through_git_lfs(door: Door, run: Run) -> None:
    copy = run.clone("with-lfs", run.token)
    door.git("lfs", "install", "--local", at=copy)
    door.git("lfs", "track", "workspace/*.bin", at=copy)
    content = os.urandom(500_000)
    (copy / "workspace").mkdir(exist_ok=True)
    (copy / "workspace" / "big.bin").write_bytes(content)
    door.commit(copy, README="r")
    assert run.push(copy) == ""
    blob = door.git("cat-file", "-s", "HEAD:workspace/big.bin", at=copy).stdout
    assert int(blob) < 200
    door.git("lfs", "install")  # of the user, so that a clone brings the contents
    again = run.clone("again", door.user_token())
    assert (again / "workspace" / "big.bin").read_bytes() == content
    (copy / "workspace" / "big.bin").write_bytes(os.urandom(2 << 20))
    door.commit(copy, README="s")
    assert "A file may have 1 MiB" in run.push(copy)


def ask(door: Door, run: Run, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
    """One request to the batch API; by the job unless told otherwise."""
    shown = base64.b64encode(f"x:{token or run.token}".encode()).decode()
    headers = {"Authorization": f"Basic {shown}", **LFS, **more.pop("headers", {})}
    return httpx.request(method, f"{door.url}/git/{run.id}.git/info/lfs/{path}", headers=headers, trust_env=False, **more)


def batch(*objects: tuple[object, object], operation: str = "upload", **more: object) -> dict[str, object]:
    """The body of a batch."""
    return {"operation": operation, "objects": [{"oid": oid, "size": size} for oid, size in objects], **more}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (batch(("a" * 64, 3)), 200),
        (batch(("A" * 64, 3)), 422),
        (batch(("../../x", 3)), 422),
        (batch(("a" * 64, -1)), 422),
        (batch(("a" * 64, True)), 422),
        (batch(("a" * 64, 3), transfers=["ssh"]), 422),
        (batch(("a" * 64, 3), hash_algo="sha1"), 422),
        (batch(*[("a" * 64, 3)] * 1001), 413),
        ({"operation": "delete", "objects": []}, 422),
        ([], 422),
    ],
)
def test_a_batch_is_read_strictly(door: Door, run: Run, body: Any, status: int) -> None:
    answer = ask(door, run, "POST", "objects/batch", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/vnd.git-lfs+json"


def test_an_object_is_what_its_name_says_or_is_not_kept(door: Door, run: Run) -> None:
    content = b"exactly this"
    oid = hashlib.sha256(content).hexdigest()
    assert ask(door, run, "PUT", f"objects/{oid}", content=b"something else").status_code == 422
    assert ask(door, run, "GET", f"objects/{oid}").status_code == 404
    assert ask(door, run, "PUT", f"objects/{'b' * 64}", content=bytes(2 << 20)).status_code == 413
    assert ask(door, run, "PUT", f"objects/{oid}", token=door.user_token(), content=content).status_code == 403
    assert ask(door, run, "PUT", f"objects/{oid}", content=content).status_code == 200
    assert ask(door, run, "POST", "verify", json={"oid": oid, "size": 1}).status_code == 404
    assert ask(door, run, "POST", "verify", json={"oid": oid, "size": len(content)}).status_code == 200
    assert ask(door, run, "GET", f"objects/{oid}", token=door.user_token()).content == content
    [told] = ask(door, run, "POST", "objects/batch", json=batch((oid, len(content)))).json()["objects"]
    assert "actions" not in told, "what is there is not sent again"
    assert ask(door, run, "GET", f"objects/{oid}", token="dcb_nobody").status_code == 401


def test_a_job_that_has_ended_is_let_in_no_more(door: Door) -> None:
    ended = Run(door, "ended")
    ended.clone("before", ended.token)
    door.container.write(build_reports.finish, Principal("build", ended.job), ended.job, {"status": "SUCCESS"})
    said = door.git("ls-remote", door.address(ended.id, ended.token))
    assert said.returncode != 0
    ended.clone("after", door.user_token())
