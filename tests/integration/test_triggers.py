"""Schedules and looks at repositories over a database: a moved clock, two schedulers at once, and repositories that change."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from dominoci.outbound.remote_refs import RefsUnknown
from dominoci.services import builds, job_changes, schedules, triggers
from dominoci.services.access import ARBITER
from dominoci.services.repository_access import Access
from dominoci.services.repository_polls import RepositoryPolls
from dominoci.store.paging import Page
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services
NIGHTLY = {"kind": "schedule", "cron": "0 11 * * *", "zone": "UTC"}  # the world's clock begins at ten
POLL = {"kind": "poll", "branches": ["main", "release/*"], "every_s": 60}
HELLO = {"format": "job", "text": "stages:\n  - title: a\n    steps:\n      - command: echo hello\n"}
ONE, TWO, THREE = ("1" * 40, "2" * 40, "3" * 40)


class Heads:
    """A repository elsewhere, as far as it lists its branches; `trouble` is raised once each first."""

    def __init__(self, **heads: str) -> None:
        self.heads = heads
        self.trouble: list[RefsUnknown] = []
        self.asked: list[Sequence[str]] = []

    def branches(self, url: str, patterns: Sequence[str], access: Access | None = None) -> dict[str, str]:
        """All of them, as a test has set them."""
        assert url == "https://git.test/lib"
        self.asked.append(patterns)
        if self.trouble:
            raise self.trouble.pop(0)
        return dict(self.heads)


def job(world: World, **given: Any) -> str:
    """A job `tools/hello` of the project `lib`; answers its path."""
    world.project("lib", target={"kind": "agent"})
    body = {"path": "tools/hello", "project": "lib", "definition": HELLO, **given}
    return str(world.write(job_changes.create, USER, body)["path"])


def trigger(world: World, key: str, **given: Any) -> dict[str, Any]:
    """A new trigger, as the API shows it."""
    made: dict[str, Any] = world.write(triggers.create, USER, key, {"parameters": {}, "enabled": True, **given})
    return made


def shown(world: World, made: dict[str, Any]) -> dict[str, Any]:
    """The trigger as it is now."""
    found: dict[str, Any] = world.read(triggers.get, USER, made["job"]["id"], made["id"])
    return found


def built(world: World) -> list[dict[str, Any]]:
    """All builds, the oldest first."""
    found: list[dict[str, Any]] = world.read(builds.listing, ARBITER, {}, Page())["items"]
    return found[::-1]


def test_of_two_schedulers_one_starts_a_build(any_world: World) -> None:
    world = any_world
    made = trigger(world, job(world), **NIGHTLY, parameters={"LEVEL": "full"})
    due = made["next"][0]
    assert f"{due:%H:%M}" == "11:00"
    schedules.turn(world.transactions)
    assert built(world) == []
    world.clock.advance(hours=1)
    with Crew(4) as schedulers:
        schedulers.at_once([partial(schedules.turn, world.transactions)] * 4)
    (only,) = built(world)
    assert (only["cause"], only["ref"], only["state"]) == ("schedule", "main", "queued")
    assert world.read(builds.get, ARBITER, only["id"])["parameters"] == {"LEVEL": "full"}
    after = shown(world, made)
    assert (after["last"]["outcome"], after["last"]["build"]["id"]) == ("started", only["id"])
    assert after["next"][0] == due.replace(day=due.day + 1)


@pytest.mark.parametrize(("missed", "numbers"), [("once", [1]), ("skip", [])])
def test_turns_that_nobody_took_go_by_the_rule(world: World, missed: str, numbers: list[int]) -> None:
    made = trigger(world, job(world), **NIGHTLY, missed=missed)
    world.clock.advance(days=3, hours=2)
    schedules.turn(world.transactions)
    assert [build["number"] for build in built(world)] == numbers, "three were missed"
    after = shown(world, made)
    assert after["last"]["outcome"] == ("started" if numbers else "skipped")
    assert f"{after['next'][0]:%d %H:%M}" == "25 11:00"
    world.clock.now = after["next"][0]
    schedules.turn(world.transactions)
    before = 0 if missed == "skip" else 1
    assert len(built(world)) == 1, f"{before} before, and one that still waits keeps the next from being made"


@pytest.mark.parametrize(
    ("evening", "starts"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), "2026-03-29T01:00"),  # half past two is left out: the gap ends at three
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10-25T00:30"),  # half past two comes twice
    ],
    ids=["forward", "back"],
)
def test_a_night_in_which_the_clock_is_changed_has_one_turn(world: World, evening: datetime, starts: str) -> None:
    world.clock.now = evening
    trigger(world, job(world), kind="schedule", cron="30 2 * * *", zone="Europe/Berlin")
    agent = world.agent()
    for _ in range(28):  # seven hours by two schedulers
        world.clock.advance(minutes=15)
        for _ in range(2):
            schedules.turn(world.transactions)
        if claimed := world.claim(agent):
            world.end_build(claimed)
    assert [f"{build['created_at']:%Y-%m-%dT%H:%M}" for build in built(world)] == [starts]


def test_a_schedule_that_cannot_start_says_why_and_holds_up_no_other(world: World) -> None:
    asking = "parameters:\n  - {title: LEVEL, required: true}\n" + HELLO["text"]
    key = job(world, definition={"format": "job", "text": asking})
    failing, good = trigger(world, key, **NIGHTLY), trigger(world, key, **NIGHTLY, parameters={"LEVEL": "x"})
    world.clock.advance(hours=1)
    schedules.turn(world.transactions)
    assert len(built(world)) == 1
    assert shown(world, good)["last"]["outcome"] == "started"
    told = shown(world, failing)
    assert (told["last"]["outcome"], "LEVEL" in told["last"]["text"]) == ("failed", True)
    assert told["next"][0] > world.clock.now, "it is not tried again each second"


def test_a_job_that_is_off_and_a_trigger_that_is_off_start_nothing(world: World) -> None:
    key = job(world)
    of_off_job, off = trigger(world, key, **NIGHTLY), trigger(world, key, **NIGHTLY, enabled=False)
    world.write(job_changes.change, USER, key, {"enabled": False})
    world.clock.advance(hours=1)
    schedules.turn(world.transactions)
    assert built(world) == []
    assert shown(world, of_off_job)["last"]["text"] == "The job is switched off."
    assert (shown(world, off)["last"], shown(world, off)["next"]) == (None, [])
    world.write(triggers.change, USER, key, off["id"], {"enabled": True})
    world.clock.advance(minutes=1)
    schedules.turn(world.transactions)
    assert shown(world, off)["last"] is None, "what went by while it was off is not made up for"


def test_what_changes_in_a_repository_is_built_once_by_whoever_sees_it(any_world: World) -> None:
    world, heads = any_world, Heads(main=ONE, **{"release/1": ONE})
    made = trigger(world, job(world), **POLL)
    schedulers = [RepositoryPolls(world.transactions, heads) for _ in range(2)]

    def look() -> None:
        world.clock.advance(seconds=61)
        for polls in schedulers:
            polls.turn()
        for polls in schedulers:
            polls.wait()

    look()
    assert built(world) == []
    assert shown(world, made)["last"]["text"].startswith("First look: 2 branches")
    look()
    assert shown(world, made)["last"]["text"] == "Nothing has changed."
    heads.heads = {"main": TWO, "release/2": ONE}
    look()
    look()
    assert [(build["branch"], build["commit"], build["cause"]) for build in built(world)] == [
        ("main", TWO, "poll"),
        ("release/2", ONE, "poll"),
    ]
    heads.heads["release/1"] = THREE  # it was gone, and is there again
    look()
    assert built(world)[-1]["branch"] == "release/1"
    assert len(heads.asked) == 5, "each turn is one of the two schedulers' alone"


def test_two_looks_at_the_same_moment_book_a_branch_once(any_world: World) -> None:
    """As when one scheduler's look takes longer than the pause between two."""
    world, heads = any_world, Heads(main=ONE)
    made = trigger(world, job(world), **POLL)
    polls = RepositoryPolls(world.transactions, heads)
    polls.turn()
    polls.wait()
    both = threading.Barrier(2)

    class Slow(Heads):
        def branches(self, url: str, patterns: Sequence[str], access: Access | None = None) -> dict[str, str]:
            both.wait(10)
            return super().branches(url, patterns, access)

    slow = [RepositoryPolls(world.transactions, Slow(main=TWO)) for _ in range(2)]
    for one in slow:
        world.clock.advance(seconds=61)
        one.turn()
    for one in slow:
        one.wait()
    assert [build["commit"] for build in built(world)] == [TWO]
    assert shown(world, made)["last"]["build"]["number"] == built(world)[0]["number"]


def test_a_look_that_was_begun_for_other_branches_is_forgotten(world: World) -> None:
    made = trigger(world, job(world), **POLL)

    class Changed(Heads):
        def branches(self, url: str, patterns: Sequence[str], access: Access | None = None) -> dict[str, str]:
            if not self.asked:
                world.write(triggers.change, USER, made["job"]["id"], made["id"], {"branches": ["*"]})
            found = super().branches(url, patterns, access)
            return {name: commit for name, commit in found.items() if name in patterns or "*" in patterns}

    polls = RepositoryPolls(world.transactions, Changed(main=ONE, other=ONE))
    for first in (None, "First look: 2 branches"):
        polls.turn()
        polls.wait()
        last = shown(world, made)["last"]
        assert (last and last["text"].startswith(first)) == (first and True)
        world.clock.advance(seconds=61)
    polls.turn()
    polls.wait()
    assert built(world) == [], "the branches of the second look were not news to a first one of others"


def test_a_repository_that_cannot_be_asked_is_asked_again(world: World) -> None:
    heads = Heads(main=ONE)
    heads.trouble = [RefsUnknown("https://git.test could not be asked for its branches: timed out.", retry=True)]
    made = trigger(world, job(world), kind="poll")
    polls = RepositoryPolls(world.transactions, heads)
    polls.turn()
    polls.wait()
    told = shown(world, made)
    assert (told["last"]["outcome"], told["last"]["text"]) == (
        "failed", "https://git.test could not be asked for its branches: timed out.",
    )  # fmt: skip
    world.clock.advance(seconds=301)
    polls.turn()
    polls.wait()
    assert shown(world, made)["last"]["text"].startswith("First look")
    assert heads.asked == [["main"], ["main"]], "the job's own branch, where none is named"
