"""How a tree stands is shown on the commit that set it off: rightly at its end, and never more often than needed."""

from typing import Any

import pytest

from dominoci.domain.mirror import CommitStatus
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services import tree_actions
from tests.fakes.adapters import EXCHANGE
from tests.world import USER, World

pytestmark = pytest.mark.services
COMMIT = "c" * 40
GITLAB = {"kind": "gitlab", "project": "group/core", "token": "glptt-x", "api_token": "glpat-y"}


def opened(world: World, **target: str | None) -> str:
    """A tree of twelve children whose root is a project at GitLab; answers its id."""
    world.project("core", target={name: value for name, value in {**GITLAB, **target}.items() if value is not None})
    world.graph([("core", f"lib-{number:02}") for number in range(12)])
    return str(world.report("core", commit=COMMIT)["tree_id"])


def shown(world: World) -> list[CommitStatus]:
    """What was shown since it was last asked."""
    world.drain()
    found = [status for _, status, _ in world.statuses.shown]
    world.statuses.shown.clear()
    return found


def test_a_tree_is_shown_as_it_goes_and_as_it_ended(any_world: World) -> None:
    tree_id = opened(any_world)
    any_world.drain()
    (commit, first, link), *more = any_world.statuses.shown
    assert (commit, first, link) == (COMMIT, CommitStatus("pending", "0 of 12 downstream passed"), f"http://arbiter.test/trees/{tree_id}")
    any_world.statuses.shown.clear()
    assert not more
    for number in range(1, 7):
        any_world.result(tree_id, f"1.{number}")
        assert shown(any_world) == []
    any_world.clock.advance(seconds=21)
    assert shown(any_world) == [CommitStatus("pending", "6 of 12 downstream passed")]
    any_world.result(tree_id, "1.7", "FAILED")
    for number in range(8, 13):
        any_world.result(tree_id, f"1.{number}")
    assert shown(any_world) == [CommitStatus("failure", "11 of 12 downstream passed, 1 failed")]
    any_world.clock.advance(minutes=5)
    assert shown(any_world) == []
    any_world.write(tree_actions.rerun_tree, USER, tree_id, "failed")
    any_world.clock.advance(minutes=5)
    assert shown(any_world) == [CommitStatus("pending", "11 of 12 downstream passed")]
    any_world.result(tree_id, "1.7", attempt=2)
    assert shown(any_world) == [CommitStatus("success", "12 of 12 downstream passed")]


def test_a_refusal_is_tried_again_and_told_when_it_is_final(any_world: World) -> None:
    busy = ExchangeFailed("It answers 502.", exchange=EXCHANGE, retry=True, retry_after_s=30.0)
    refused = ExchangeFailed("The token may not write statuses.", exchange=EXCHANGE, retry=False)
    any_world.statuses.failures += [busy, refused]
    tree_id = opened(any_world)
    assert shown(any_world) == []
    any_world.clock.advance(seconds=31)
    assert shown(any_world) == []
    said = [change["text"] for change in any_world.event(tree_id, "1")["history"]]
    assert "its state could not be shown on the commit: The token may not write statuses." in said
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"


def test_a_slow_answer_does_not_leave_an_older_state_on_the_commit(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    any_world.project("core", target=GITLAB)
    any_world.graph([("core", "lib")])
    tree_id, show = str(any_world.report("core", commit=COMMIT)["tree_id"]), any_world.statuses.set_status

    def slowly(*told: Any) -> None:
        monkeypatch.setattr(any_world.statuses, "set_status", show)
        any_world.result(tree_id, "1.1")
        any_world.drain()
        show(*told)

    monkeypatch.setattr(any_world.statuses, "set_status", slowly)
    assert [status.state for status in shown(any_world)] == ["success", "pending", "success"]


@pytest.mark.parametrize("target", [{"api_token": None}, {"project": "group/core"}])
def test_nothing_is_asked_of_who_gave_no_right_or_no_commit(any_world: World, target: dict[str, str | None]) -> None:
    any_world.project("core", target={name: value for name, value in {**GITLAB, **target}.items() if value is not None})
    any_world.graph([("core", "lib")])
    any_world.report("core", commit=None if "project" in target else COMMIT)
    assert shown(any_world) == []
