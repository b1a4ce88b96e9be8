"""One tree across all five kinds of CI system, each a real server (tests/contract/beds): it is followed up every rung of the
ladder, cancelled, rerun, and does without the callbacks that get lost."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from dominoci.adapters import github_hook, gitlab_hook
from dominoci.adapters.agent import AgentAdapter
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import hook_secrets, tree_actions, vendor_hooks
from dominoci.services.build_queue import DatabaseQueue
from dominoci.store import trees
from tests.contract.beds.base import Bed
from tests.contract.beds.github import GitHubBed
from tests.contract.beds.gitlab import GitLabBed
from tests.contract.beds.jenkins import JenkinsBuildBed
from tests.contract.beds.webhook import WebhookBed
from tests.world import USER, World

pytestmark = pytest.mark.services
BEDS: Mapping[str, type[Bed]] = {"github": GitHubBed, "gitlab": GitLabBed, "jenkins": JenkinsBuildBed, "webhook": WebhookBed}
SUB_IDS = {"agent": "1.1", "github": "1.2", "gitlab": "1.3", "jenkins": "1.4", "webhook": "1.5"}
IMAGE = "1.1.1"


class Crossing:
    """core → one project in each system → image, which waits for all of them."""

    def __init__(self, world: World, beds: Mapping[str, Bed], client: GuardedClient) -> None:
        self.world, self.beds = world, beds
        world.empty()
        caller = Caller(client, clock=world.clock)
        agents = AgentAdapter(DatabaseQueue(world.transactions))
        world.connect({"agent": agents, **{kind: bed.adapter(caller) for kind, bed in beds.items()}})
        self.agent = world.agent()
        world.project("core", target={"kind": "agent"})
        world.project("image", target={"kind": "agent"})
        for kind in SUB_IDS:
            world.project(kind, target=self._target(kind))
            world.depend("core", kind)
            world.depend(kind, "image")
        made = {kind: world.write(hook_secrets.make, USER, world.projects[kind]) for kind in ("github", "gitlab")}
        self.secrets = {kind: secret["secret"] for kind, secret in made.items()}
        self.tree_id = str(world.report("core")["tree_id"])
        world.drain()

    def _target(self, kind: str) -> dict[str, Any]:
        bed = self.beds.get(kind)
        return {**bed.target.fields, **bed.target.secrets} if bed else {"kind": "agent"}

    def run(self, kind: str, attempt: int = 1) -> str:
        """What the system calls the one run of an attempt."""

        def delivery(uow: UnitOfWork) -> str:
            event = trees.event(uow.session, self.tree_id, SUB_IDS[kind])
            tried = trees.attempt(uow.session, event.id, attempt) if event else None
            assert tried
            return tried.delivery_id

        (run,) = self.beds[kind].runs(self.world.read(delivery))
        return run

    def state(self, sub_id: str) -> str:
        """Where an event stands."""
        return str(self.world.event(self.tree_id, sub_id)["state"])

    def states(self) -> dict[str, str]:
        """Where the five stand."""
        return {kind: self.state(sub_id) for kind, sub_id in SUB_IDS.items()}

    def poll(self, **delta: float) -> None:
        """The poller takes a turn, this much later."""
        self.world.clock.advance(**delta)
        self.world.poller.turn()
        self.world.poller.wait()

    def hook(self, kind: str, run: str, action: str) -> dict[str, Any]:
        """The vendor's own webhook about a run."""
        bed = self.beds[kind]
        if isinstance(bed, GitLabBed):
            headers, body = bed.system.hook(run, self.secrets[kind])
            read = gitlab_hook.read({name.lower(): value for name, value in headers.items()}, body)
        else:
            assert isinstance(bed, GitHubBed)
            sent = bed.system.hook(int(run), action, self.secrets[kind])
            read = github_hook.read({name.lower(): value for name, value in sent.headers.items()}, sent.body)
        taken: dict[str, Any] = self.world.write(vendor_hooks.take, read)
        return taken

    def build(self) -> None:
        """The agent runs what it is given, with success."""
        claimed = self.world.claim(self.agent)
        assert claimed
        self.world.end_build(claimed)


@pytest.fixture(scope="module")
def beds() -> Iterator[dict[str, Bed]]:
    with ExitStack() as running:
        made = {kind: bed() for kind, bed in BEDS.items()}
        for bed in made.values():
            running.enter_context(bed.system)
        yield made


@pytest.fixture
def crossing(any_world: World, beds: dict[str, Bed]) -> Iterator[Crossing]:
    client = GuardedClient(("127.0.0.1",))
    yield Crossing(any_world, beds, client)
    client.close()


def test_a_tree_crosses_all_five_though_only_two_of_them_call_back(crossing: Crossing) -> None:
    world, beds = crossing.world, crossing.beds
    assert crossing.states() == {**dict.fromkeys(SUB_IDS, "triggered"), "agent": "queued"}
    crossing.build()
    world.result(crossing.tree_id, SUB_IDS["webhook"], attempt=1)
    for kind in ("jenkins", "gitlab", "github"):
        beds[kind].start(crossing.run(kind))
    assert crossing.hook("gitlab", crossing.run("gitlab"), "")["reason"] == "counted as a sign of life"
    crossing.poll(seconds=20)
    assert crossing.states() == {**dict.fromkeys(SUB_IDS, "running"), "agent": "success", "webhook": "success"}
    beds["gitlab"].finish(crossing.run("gitlab"), "success")
    assert crossing.hook("gitlab", crossing.run("gitlab"), "")["reason"] == "counted as SUCCESS"
    beds["github"].finish(crossing.run("github"), "success")
    beds["jenkins"].finish(crossing.run("jenkins"), "SUCCESS")
    assert crossing.state(IMAGE) == "waiting"
    crossing.poll(seconds=60)
    assert crossing.states() == dict.fromkeys(SUB_IDS, "success")
    # the webhook that comes after the poll says nothing new
    assert crossing.hook("github", crossing.run("github"), "completed")["reason"] == "its result is known"
    crossing.build()
    assert world.tree(crossing.tree_id)["state"] == "success"
    world.check(crossing.tree_id)


def test_a_cancelled_tree_stops_every_run_and_a_rerun_starts_each_once(crossing: Crossing) -> None:
    world, beds = crossing.world, crossing.beds
    first = {kind: crossing.run(kind) for kind in beds}
    for kind, run in first.items():
        beds[kind].start(run)
    crossing.poll(seconds=20)
    world.write(tree_actions.cancel_tree, USER, crossing.tree_id)
    world.drain()
    assert {kind for kind, run in first.items() if beds[kind].is_stopped(run)} == set(beds)
    assert set(crossing.states().values()) == {"cancelled"}
    # the vendor's word about a run that was stopped is the confirmation, and no failure
    beds["gitlab"].finish(first["gitlab"], "canceled")
    crossing.hook("gitlab", first["gitlab"], "")
    assert crossing.state(SUB_IDS["gitlab"]) == "cancelled"
    world.write(tree_actions.rerun_tree, USER, crossing.tree_id, "failed")
    world.drain()
    again = {kind: crossing.run(kind, 2) for kind in beds}
    assert not set(again.items()) & set(first.items())
    # an old run that ends now is not the new attempt's
    assert crossing.hook("gitlab", first["gitlab"], "")["reason"].startswith("attempt 1 has been superseded")
    beds["jenkins"].finish(again["jenkins"], "UNSTABLE")
    beds["gitlab"].finish(again["gitlab"], "failed")
    beds["github"].finish(again["github"], "timed_out")
    world.result(crossing.tree_id, SUB_IDS["webhook"], attempt=2)
    crossing.build()
    crossing.poll(seconds=30)
    expected = {"agent": "success", "webhook": "success", "jenkins": "failed", "gitlab": "failed", "github": "timed_out"}
    assert crossing.states() == expected
    assert crossing.state(IMAGE) == "skipped"
    world.check(crossing.tree_id)
