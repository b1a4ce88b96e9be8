"""A row of dominoes for processes to die under: hosted repositories with real builds beside another CI system's webhooks,
joined twice. A tree can be held in its middle, and let go."""

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx

from dominoci.infra.models.builds import Build
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Attempt, Event, ResultRow, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from tests import oracle
from tests.fakes.other_ci import OtherCI
from tests.stack import Installation
from tests.waiting import until

BUILT: Final = ("net", "ui", "app")
SENT: Final = ("a", "b", "c", "d", "gather", "ship")
EDGES: Final = (
    ("core", "net"),
    ("core", "ui"),
    ("net", "app"),
    ("ui", "app"),
    *(("core", name) for name in "abcd"),
    *((name, "gather") for name in "abcd"),
    ("app", "ship"),
    ("gather", "ship"),
)
ENDS_S: Final = 60.0

PIPELINE: Final = """
pipeline "build" { stages = [{ name = "run" }] }
stage "run" {
  run "domino" {
    command   = "sh domino.sh"
    artifacts = ["out.txt"]
  }
}
"""
# waits for the gate of its tree; a build that no tree started (the first push) does not
SCRIPT: Final = """
echo "$DOMINO_TREE_ID" > out.txt
test -n "$DOMINO_TREE_ID" || exit 0
echo "$DOMINO_BUILD_NUMBER" >> "{gates}/$DOMINO_TREE_ID.$DOMINO_PROJECT.runs"
until test -e "{gates}/$DOMINO_TREE_ID.open"; do sleep 0.05; done
for parent in {parents}; do grep -qx "$DOMINO_TREE_ID" "$DOMINO_INPUTS/$parent/out.txt" || exit 1; done
"""


class Row:
    """The projects of one installation. `builds` False leaves out what needs an agent: only `core → {a … d} → gather`."""

    def __init__(self, at: Installation, ci: OtherCI, gates: Path, *, builds: bool = True) -> None:
        self.at, self.ci, self._gates = at, ci, gates
        self._built = BUILT if builds else ()
        self._sent = SENT if builds else SENT[:-1]
        self._roots = 0
        gates.mkdir(exist_ok=True)

    def lay(self) -> None:
        """Makes the projects; pushes their pipelines, whose first builds run to the end; then joins them up."""
        for name in ("core", *self._sent):
            target = {"kind": "webhook", "url": f"{self.ci.sink.url}/{name}"}
            self._project(name, repository_url="https://git.example/x.git", target=target, accept_event_token=True)
        for name in self._built:
            self._push(name, self._project(name)["id"])
        until(self._first_builds_done, "the first builds have ended", within_s=90)
        known = {"core", *self._sent, *self._built}
        for upstream, downstream in EDGES:
            if {upstream, downstream} <= known:
                self.at.ask("POST", f"/projects/{downstream}/dependencies", json={"upstream": upstream})
        self._report_token = self.at.ask("POST", "/projects/core/tokens", json={"name": "ci"})["token"]

    def _project(self, name: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.at.ask("POST", "/projects", json={"name": name, **more})
        return made

    def _push(self, name: str, project_id: str) -> None:
        parents = " ".join(upstream for upstream, downstream in EDGES if downstream == name and upstream in BUILT)
        folder = self._gates / f"{name}.clone"
        (folder / ".factory").mkdir(parents=True)
        (folder / ".factory" / "build.hcl").write_text(PIPELINE)
        (folder / "domino.sh").write_text(SCRIPT.format(gates=self._gates, parents=parents))
        address = self.at.url.replace("://", f"://any:{self.at.token}@")
        for command in (
            ("init", "-q", "-b", "main"),
            ("add", "-A"),
            ("commit", "-q", "-m", f"Begin {name}"),
            ("push", "-q", f"{address}/git/{project_id}.git", "main"),
        ):
            _git(folder, *command)

    def _first_builds_done(self) -> bool:
        states = [build["state"] for build in self.at.ask("GET", "/builds")["items"]]
        assert not {"failed", "cancelled", "timed_out", "skipped"} & set(states), states
        return states.count("success") == len(self._built)

    def push_over(self) -> str:
        """A new root success of core; the tree's id."""
        return str(self.report()["tree_id"])

    def report(self, *, again: bool = False, url: str | None = None) -> dict[str, Any]:
        """Reports a root success of core, or the last one `again`. httpx.TransportError when nobody answers."""
        self._roots += not again
        number = str(self._roots)
        body = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": f"{self._roots:040x}", "message": number}}
        headers = {"Authorization": f"Bearer {self._report_token}", "Idempotency-Key": number}
        answer = httpx.post(f"{url or self.at.url}/api/v1/events", json=body, headers=headers, timeout=10, trust_env=False)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    def trees(self) -> set[str]:
        """The ids of all trees that core has set off."""
        return set(self.at.container.read(_trees_of_core))

    def in_the_middle(self, tree_id: str) -> None:
        """Returns when net and ui build, held by their gate, and the other CI system has been told of a … d."""

        def reached() -> bool:
            builds = all(self.runs(tree_id, name) for name in ("net", "ui") if name in self._built)
            return builds and set("abcd") <= set(self.ci.triggers(tree_id))

        until(reached, "the tree is in its middle", within_s=30)

    def runs(self, tree_id: str, name: str) -> int:
        """How often a build of this tree began."""
        file = self._gates / f"{tree_id}.{name}.runs"
        return len(file.read_text().split()) if file.exists() else 0

    def ends(self, *tree_ids: str) -> None:
        """Lets these trees go and waits for their end. The other CI system reports meanwhile."""
        for tree_id in tree_ids:
            (self._gates / f"{tree_id}.open").touch()

        def ended(tree_id: str) -> bool:
            self.ci.report(tree_id)
            state: str = self.at.container.read(_tree_state, tree_id)
            return state != "running"

        try:
            # every tree each time: what one waits for may hang on an agent that another keeps busy
            until(lambda: sum(not ended(tree_id) for tree_id in tree_ids) == 0, "the end of the tree", within_s=ENDS_S)
        except AssertionError as late:
            states = [self.at.container.read(_states, tree_id) for tree_id in tree_ids]
            raise AssertionError(f"{late}; {states}") from None

    def check(self, tree_id: str, *, sent_again: bool = False, built_again: bool = False) -> None:
        """The tree is as right as if nothing had happened: AssertionError otherwise. What the fault may have made happen
        twice outside is said by the test."""
        self.at.container.read(oracle.check, tree_id)
        self.at.container.read(_all_succeeded, tree_id, 1 + len(self._sent) + len(self._built))
        self.at.container.read(_nothing_is_left, tree_id)
        triggers = self.ci.triggers(tree_id)
        assert set(triggers) == set(self._sent)
        assert all(len(set(ids)) == 1 for ids in triggers.values()), f"more than one delivery id: {triggers}"
        assert sent_again or all(len(ids) == 1 for ids in triggers.values()), f"sent twice: {triggers}"
        runs = {name: self.runs(tree_id, name) for name in self._built}
        assert all(n == 1 or (built_again and n > 1) for n in runs.values()), f"builds ran: {runs}"


def _trees_of_core(uow: UnitOfWork) -> list[str]:
    return [tree.id for tree in uow.session.query(Tree).filter_by(root_project_name="core")]


def _tree_state(uow: UnitOfWork, tree_id: str) -> str:
    return uow.session.get_one(Tree, tree_id).state


def _events(uow: UnitOfWork, tree_id: str) -> list[Event]:
    return uow.session.query(Event).filter_by(tree_id=tree_id).all()


def _states(uow: UnitOfWork, tree_id: str) -> dict[str, str]:
    return {event.project_name: f"{event.state}: {event.reason_code} {event.reason_params}" for event in _events(uow, tree_id)}


def _all_succeeded(uow: UnitOfWork, tree_id: str, how_many: int) -> None:
    events = _events(uow, tree_id)
    assert Counter(event.state for event in events) == {"success": how_many}, _states(uow, tree_id)
    for event in (event for event in events if event.join_rule != "root"):
        results = uow.session.query(ResultRow).filter_by(event_id=event.id).all()
        assert [row.attempt for row in results] == [1], f"{event.project_name}: not one result of one attempt"
        attempts = uow.session.query(Attempt).filter_by(event_id=event.id).all()
        assert [row.state for row in attempts] == ["success"], event.project_name
        deliveries = uow.session.query(DeliveryRow).filter_by(event_id=event.id).count()
        assert deliveries <= 3, f"{event.project_name} was sent {deliveries} times"


def _nothing_is_left(uow: UnitOfWork, tree_id: str) -> None:
    ids = [event.id for event in _events(uow, tree_id)]
    rows = uow.session.query(Outbox).filter(Outbox.event_id.in_(ids)).all()
    assert {row.state for row in rows} == {"done"}
    builds = uow.session.query(Build).filter_by(tree_id=tree_id).all()
    assert all(build.state == "success" and build.result_digest and build.lease_until is None for build in builds)


def _git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{part}": "t@example" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", **who}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"git {arguments[0]}: {done.stdout}{done.stderr}"
