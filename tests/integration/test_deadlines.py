"""Deadlines on the database's clock: nothing that is expected stays expected for ever (guarantee G9)."""

from typing import Any

import pytest

from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import Timer
from dominoci.services import projects
from dominoci.services.upkeep import Upkeep
from tests.world import USER, World

pytestmark = pytest.mark.services
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def tree_id(any_world: World) -> str:
    """net has 100 s to start and 1000 s to finish; app waits for it."""
    any_world.project("net", start_deadline_s=100, finish_deadline_s=1000)
    any_world.graph([("core", "net"), ("net", "app")])
    return str(any_world.report("core")["tree_id"])


def test_what_was_never_accepted_is_undeliverable_after_its_start_deadline(any_world: World, tree_id: str) -> None:
    any_world.pass_time(seconds=100)
    assert any_world.event(tree_id, "1.1")["state"] == "queued"
    any_world.pass_time(seconds=1)
    event = any_world.event(tree_id, "1.1")
    assert event["state"] == event["attempts"][0]["state"] == "undeliverable"
    assert any_world.drain() == 0
    assert any_world.tree(tree_id)["finished_at"] == any_world.clock.now
    any_world.check(tree_id)


def test_what_was_accepted_has_until_its_finish_deadline(any_world: World, tree_id: str) -> None:
    any_world.drain()
    any_world.pass_time(seconds=1000)
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"
    any_world.pass_time(seconds=1)
    assert any_world.event(tree_id, "1.1")["state"] == "timed_out"
    assert any_world.by_project(tree_id)["app"]["reason"]["text"] == "upstream net timed out"
    any_world.check(tree_id)


def test_a_sign_of_life_arms_the_finish_deadline_anew_and_one_after_the_end_does_nothing(any_world: World, tree_id: str) -> None:
    any_world.drain()
    for _ in range(3):
        any_world.pass_time(seconds=900)
        any_world.started(tree_id, "1.1")
        assert any_world.event(tree_id, "1.1")["state"] == "running"
    any_world.pass_time(seconds=1001)
    ended = any_world.tree(tree_id)
    assert any_world.event(tree_id, "1.1")["state"] == "timed_out"
    any_world.clock.advance(seconds=5)
    any_world.started(tree_id, "1.1")
    assert any_world.event(tree_id, "1.1")["state"] == "timed_out"
    assert any_world.tree(tree_id)["finished_at"] == ended["finished_at"]
    any_world.check(tree_id)


def test_a_result_in_time_needs_no_deadline(any_world: World, tree_id: str) -> None:
    any_world.result(tree_id, "1.1")
    any_world.result(tree_id, "1.1.1")
    ended = any_world.tree(tree_id)
    any_world.pass_time(days=30)
    assert any_world.tree(tree_id) == ended
    assert ended["state"] == "success"


def test_a_result_that_comes_just_before_the_scheduler_looks_wins(any_world: World, tree_id: str) -> None:
    any_world.clock.advance(hours=2)
    any_world.result(tree_id, "1.1")
    any_world.upkeep.enforce_deadlines()
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["result"]["late"]) == ("success", False)


def test_children_queued_by_a_late_success_have_deadlines_of_their_own(any_world: World, tree_id: str) -> None:
    any_world.drain()
    any_world.pass_time(seconds=1001)
    any_world.result(tree_id, "1.1")
    assert any_world.by_project(tree_id)["app"]["state"] == "queued"
    any_world.pass_time(seconds=3601)
    assert any_world.by_project(tree_id)["app"]["state"] == "undeliverable"
    assert any_world.tree(tree_id)["state"] == "undeliverable"
    any_world.check(tree_id)


def test_more_overdue_events_than_one_turn_takes_are_given_up_in_the_next(any_world: World) -> None:
    any_world.plant(("core", f"n{n:03d}", {}) for n in range(210))
    tree_id = any_world.report("core")["tree_id"]
    any_world.pass_time(hours=2)
    any_world.upkeep.enforce_deadlines()
    assert any_world.tree(tree_id)["counts"] == {"success": 1, "undeliverable": 210}


def test_a_tick_runs_what_is_due_and_sets_the_next_turn(any_world: World, tree_id: str) -> None:
    any_world.upkeep.prepare()
    any_world.upkeep.prepare()
    any_world.upkeep.tick()
    due = any_world.read(lambda uow: {t.name: t.due_at for t in uow.session.query(Timer)})
    assert due == {name: any_world.clock.now + every for name, (every, _) in any_world.upkeep.timers.items()}
    any_world.clock.advance(seconds=101)
    any_world.upkeep.tick()
    assert any_world.event(tree_id, "1.1")["state"] == "undeliverable"


def test_a_timer_that_an_older_version_left_behind_is_harmless(any_world: World) -> None:
    any_world.write(lambda uow: uow.session.add(Timer(name="gone", due_at=uow.now)))
    any_world.upkeep.tick()
    assert "gone" not in Upkeep(any_world.transactions, {}).timers


def test_the_secrets_of_a_deleted_project_go_when_its_longest_run_is_over(any_world: World) -> None:
    def kept(name: str) -> Any:
        row = any_world.read(lambda uow: uow.session.get(Project, any_world.projects[name]))
        return row.target_secrets if row else None

    for name in ("stays", "goes"):
        any_world.project(name, target={"kind": "webhook", "url": "https://ci.test/hook", "secret": SECRET})
    any_world.write(projects.remove, USER, "goes")
    any_world.clock.advance(days=7)
    any_world.upkeep.sweep()
    assert kept("goes")
    any_world.clock.advance(days=2)
    any_world.upkeep.sweep()
    assert not kept("goes")
    assert kept("stays")
