"""Runs that say nothing are asked for: paced, one server at a time, and only until something is known."""

import pytest

from dominoci.adapters.base import Run
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services import tree_actions
from tests.fakes.adapters import EXCHANGE
from tests.world import USER, World

pytestmark = pytest.mark.services
PAGE = "https://ci.test/runs/7"


@pytest.fixture
def tree_id(any_world: World) -> str:
    """A tree whose net and ui are in a CI system that can be asked; app waits for both."""
    any_world.ci.server = "https://ci.test"
    any_world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app")])
    opened = str(any_world.report("core")["tree_id"])
    any_world.drain()
    return opened


def ask(world: World, **delta: float) -> int:
    """Lets the poller take a turn this much later; answers how often it has asked."""
    before = len(world.ci.asked)
    world.clock.advance(**delta)
    world.poller.turn()
    world.poller.wait()
    return len(world.ci.asked) - before


def is_there(world: World, project: str, run: Run | Exception) -> None:
    """From now on the CI system knows this of the run that it was last told to start for the project."""
    sent = [trigger for trigger in world.ci.sent if trigger.project["name"] == project]
    world.ci.runs[sent[-1].delivery_id] = run


def test_a_pipeline_that_never_calls_back_is_followed_to_its_end(any_world: World, tree_id: str) -> None:
    is_there(any_world, "net", Run(PAGE, running=True, ref="build:7"))
    is_there(any_world, "ui", Run("https://ci.test/runs/8", "SUCCESS", commit="c" * 40, branch="main"))
    assert ask(any_world, seconds=5) == 0
    assert ask(any_world, seconds=20) == 2
    net, ui = any_world.event(tree_id, "1.1"), any_world.event(tree_id, "1.2")
    assert (net["state"], net["run_url"], net["reason"]["text"]) == ("running", PAGE, "its CI system said when asked: running")
    assert (ui["state"], ui["result"]["metadata"]["commit"]) == ("success", "c" * 40)
    is_there(any_world, "net", Run(PAGE, "SUCCESS"))
    assert ask(any_world, seconds=40) == 1
    assert any_world.event(tree_id, "1.1.1")["state"] == "queued"
    assert ask(any_world, minutes=10) == 0
    any_world.check(tree_id)


def test_the_callback_wins_and_ends_the_asking(any_world: World, tree_id: str) -> None:
    is_there(any_world, "net", Run(PAGE, "FAILED"))
    any_world.result(tree_id, "1.1")
    ask(any_world, minutes=1)
    assert any_world.event(tree_id, "1.1")["state"] == "success"
    any_world.check(tree_id)


def test_a_run_that_was_cancelled_over_there_is_cancelled_not_failed(any_world: World, tree_id: str) -> None:
    for project in ("net", "ui"):
        is_there(any_world, project, Run(PAGE, "CANCELLED"))
    ask(any_world, minutes=1)
    assert any_world.event(tree_id, "1.1")["state"] == "cancelled"
    assert any_world.event(tree_id, "1.1.1")["state"] == "skipped"
    any_world.check(tree_id)


def test_it_asks_ever_less_often(any_world: World, tree_id: str) -> None:
    is_there(any_world, "net", Run(PAGE, running=True))
    is_there(any_world, "ui", ExchangeFailed("401", exchange=EXCHANGE, retry=False))
    counted = [ask(any_world, seconds=10) for _ in range(90)]
    assert 2 * 5 <= sum(counted) <= 2 * 9  # two runs over a quarter of an hour, at most every five minutes in the end
    assert sum(counted[-30:]) <= 2


def test_a_run_that_hangs_meets_its_deadline_though_it_is_seen_to_run(any_world: World) -> None:
    any_world.ci.server = "https://ci.test"
    any_world.project("net", finish_deadline_s=1000)
    any_world.graph([("core", "net")])
    tree_id = str(any_world.report("core")["tree_id"])
    any_world.drain()
    is_there(any_world, "net", Run(PAGE, running=True))
    for _ in range(4):
        ask(any_world, seconds=250)
    assert any_world.event(tree_id, "1.1")["state"] == "running"
    any_world.pass_time(seconds=251)
    assert any_world.event(tree_id, "1.1")["state"] == "timed_out"


def test_a_server_that_wants_peace_is_left_in_peace(any_world: World, tree_id: str) -> None:
    busy = ExchangeFailed("429", exchange=EXCHANGE, retry=True, retry_after_s=600.0)
    for project in ("net", "ui"):
        is_there(any_world, project, busy)
    assert ask(any_world, seconds=20) == 1
    assert ask(any_world, minutes=9) == 0
    assert ask(any_world, minutes=2) == 1


@pytest.mark.parametrize("fault", [ExchangeFailed("401", exchange=EXCHANGE, retry=False), ValueError("a bug")])
def test_a_run_that_cannot_be_asked_for_does_not_keep_its_server_from_being_asked(
    any_world: World, tree_id: str, fault: Exception
) -> None:
    is_there(any_world, "net", fault)
    is_there(any_world, "ui", Run(PAGE, "SUCCESS"))
    assert ask(any_world, seconds=20) == 2
    assert any_world.event(tree_id, "1.2")["state"] == "success"


def test_what_was_superseded_or_cancelled_is_not_asked_for(any_world: World, tree_id: str) -> None:
    is_there(any_world, "net", Run(PAGE, "SUCCESS"))
    any_world.write(tree_actions.cancel_tree, USER, tree_id)
    assert ask(any_world, minutes=1) == 0
    assert any_world.event(tree_id, "1.1")["state"] == "cancelled"


def test_a_start_is_expected_where_it_can_be_seen(any_world: World) -> None:
    any_world.ci.server = "https://ci.test"
    any_world.project("net", start_deadline_s=100, finish_deadline_s=10_000)
    any_world.graph([("core", "net")])
    tree_id = str(any_world.report("core")["tree_id"])
    any_world.drain()
    any_world.pass_time(seconds=101)
    assert any_world.event(tree_id, "1.1")["reason"]["code"] == "never_started"
