"""The ref rule "same branch as the parent if it exists, else the default one": looked for at delivery, kept, replayed."""

import pytest

from dominoci.domain.errors import Invalid
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.outbound.remote_refs import RefsUnknown
from dominoci.services import projects, repository_access, tree_actions
from tests.world import USER, World

pytestmark = pytest.mark.services
SAME = {"use": "same", "value": None}
NET = "https://git.test/net"


@pytest.fixture
def tree_id(any_world: World) -> str:
    """A tree of a feature branch, of which net is to be run on the same branch."""
    any_world.depend("core", "net", ref=SAME)
    return str(any_world.report("core", branch="feature/x")["tree_id"])


@pytest.mark.parametrize(("there", "ref"), [(True, "feature/x"), (False, "main")])
def test_the_branch_of_the_parent_is_run_where_it_exists(any_world: World, tree_id: str, there: bool, ref: str) -> None:
    any_world.branches.there |= {(NET, "feature/x")} if there else set()
    assert any_world.event(tree_id, "1.1")["ref"] is None, "nothing is looked for while the tree is settled"
    any_world.drain()
    assert any_world.ci.sent[0].ref == ref
    event = any_world.event(tree_id, "1.1")
    assert (event["ref"], event["attempts"][0]["ref"], event["inputs"]["ref"]) == (ref, ref, ref)
    any_world.check(tree_id)


def test_a_rerun_runs_the_ref_that_was_found_without_looking_again(any_world: World, tree_id: str) -> None:
    any_world.drain()
    any_world.result(tree_id, "1.1", "FAILED")
    any_world.branches.there.add((NET, "feature/x"))
    any_world.write(tree_actions.rerun_event, USER, tree_id, "1.1", True)
    any_world.drain()
    assert [sent.ref for sent in any_world.ci.sent] == ["main", "main"]
    assert any_world.branches.asked == [(NET, "feature/x")]


def test_trouble_is_tried_again_and_told_as_a_delivery(any_world: World, tree_id: str) -> None:
    any_world.branches.trouble.append(RefsUnknown("git.test does not answer.", retry=True))
    any_world.drain()
    assert any_world.ci.sent == []
    assert any_world.event(tree_id, "1.1")["state"] == "queued"
    any_world.clock.advance(minutes=10)
    any_world.drain()
    assert [sent.ref for sent in any_world.ci.sent] == ["main"]


def test_a_repository_that_cannot_be_asked_makes_the_event_undeliverable_with_the_reason(any_world: World, tree_id: str) -> None:
    any_world.branches.trouble.append(RefsUnknown("git.test asks for credentials.", retry=False))
    any_world.drain()
    event = any_world.event(tree_id, "1.1")
    assert event["state"] == "undeliverable"
    assert "feature/x" in event["reason"]["text"]
    assert "asks for credentials" in event["reason"]["text"]


def test_a_private_repository_is_asked_with_the_access_of_its_project(any_world: World, tree_id: str) -> None:
    any_world.write(projects.change, USER, "net", {"repository_url": "https://git.test/group/net"})
    any_world.write(repository_access.put, USER, "net", {"kind": "token", "token": "glpat-x"})
    any_world.drain()
    access = any_world.branches.accesses[0]
    assert access is not None
    caller = Caller(GuardedClient())
    assert repository_access.shown(access, "https://git.test/group/net", caller).password == "glpat-x"
    assert repository_access.shown(access, NET.replace("git.test", "old.test"), caller).password is None
    assert "glpat-x" not in repr(access)


def test_a_parent_without_a_branch_needs_no_look(any_world: World) -> None:
    any_world.depend("core", "net", ref=SAME)
    any_world.report("core", branch=None, tag="v1")
    any_world.drain()
    assert any_world.ci.sent[0].ref == "main"
    assert any_world.branches.asked == []


def test_an_agent_looks_itself_and_says_what_it_found(any_world: World) -> None:
    any_world.project("net", target={"kind": "agent"})
    any_world.depend("core", "net", ref=SAME)
    tree_id = any_world.report("core", branch="feature/x")["tree_id"]
    claimed = any_world.claim(any_world.agent())
    assert claimed is not None
    assert (claimed["ref"], claimed["branch"], claimed["ref_fallback"]) == ("feature/x", "feature/x", "main")
    with pytest.raises(Invalid):
        any_world.tell_build(claimed, ref="another")
    any_world.tell_build(claimed, ref="main")
    assert any_world.event(tree_id, "1.1")["ref"] == "main"
    any_world.end_build(claimed, "FAILED")
    any_world.write(tree_actions.rerun_event, USER, tree_id, "1.1", True)
    again = any_world.claim(any_world.agent("second"))
    assert again is not None
    assert (again["ref"], again["ref_fallback"]) == ("main", None)


def test_a_branch_of_a_hosted_repository_is_found_without_git_over_the_network(any_world: World) -> None:
    any_world.project("net", repository_url=None)
    any_world.depend("core", "net", ref=SAME)
    any_world.report("core", branch="feature/x")
    any_world.drain()
    assert any_world.ci.sent[0].ref == "main"
    assert any_world.branches.asked == []
