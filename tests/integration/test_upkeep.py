"""What one timer of the scheduler does to the others when it fails, or is slow: nothing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from dominoci.services import retention
from dominoci.services.background import Background
from dominoci.services.upkeep import Upkeep
from tests.world import World

pytestmark = pytest.mark.services


def fail() -> None:
    """As a file that is gone does it."""
    raise FileNotFoundError(2, "No such file or directory", "jobs/core/7")


def test_a_timer_that_fails_does_not_stop_the_others(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    class Failing(Upkeep):
        @property
        def timers(self) -> Any:
            actions: dict[str, Callable[[], None]] = {"a": fail, "b": lambda: ran.append("b"), "c": fail}
            return {name: (timedelta(seconds=5), action) for name, action in actions.items()}

    upkeep = Failing(world.transactions, {})
    upkeep.prepare()
    for _ in range(2):
        upkeep.tick()
        world.clock.advance(seconds=6)
    assert ran == ["b", "b"]
    assert "timer_failed" in "".join(capfd.readouterr())


def test_a_slow_store_keeps_no_timer_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, turns = Event(), []

    def slow(_: Any) -> None:
        turns.append(answers.wait(30))

    monkeypatch.setattr(retention, "store_logs", slow)
    monkeypatch.setattr(retention, "clean_up", slow)
    world.upkeep.prepare()
    for _ in range(3):
        world.upkeep.tick()
        world.clock.advance(minutes=6)
    assert not turns, "the ticks are over, and the store has not answered once"
    answers.set()
    world.upkeep.background.wait()
    assert turns == [True, True], "each once, however often its turn came meanwhile"


def test_work_in_the_background_that_fails_is_begun_again() -> None:
    background, begun = Background(), []

    def work() -> None:
        begun.append("files")
        fail()

    for _ in range(2):
        background.begin("files", work)
        background.wait()
    assert len(begun) == 2
