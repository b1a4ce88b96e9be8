"""Schedules by the wall clock of a time zone: when they come, above all where the clock is put forward or back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain import schedule

BERLIN = "Europe/Berlin"  # forward on 29 March 2026 at 02:00 (01:00 UTC), back on 25 October 2026 at 03:00 (01:00 UTC)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def moments(cron: str, zone: str, after: str, count: int) -> list[str]:
    """The next moments, by UTC's clock."""
    found = schedule.upcoming(cron, zone, datetime.fromisoformat(after).replace(tzinfo=UTC), count)
    assert all(moment.tzinfo is UTC for moment in found)
    return [f"{moment:%m-%d %H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 3 * * 1-5", "UTC", "2026-11-20T10:00", ["11-23 03:30", "11-24 03:30"]),
        ("@daily", BERLIN, "2026-11-21T10:00", ["11-21 23:00", "11-22 23:00"]),
        ("0 9 * * *", BERLIN, "2026-03-28T00:00", ["03-28 08:00", "03-29 07:00"]),  # the wall clock's nine, not UTC's
        ("0 0 31 * *", "UTC", "2026-11-21T10:00", ["12-31 00:00", "01-31 00:00"]),
        ("0 12 * * MON#1", "UTC", "2026-11-21T10:00", ["12-07 12:00", "01-04 12:00"]),
        # a time that does not exist on that day comes when the gap ends, once however many fall into it
        ("30 2 * * *", BERLIN, "2026-03-28T00:00", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        ("0,15,30 2 * * *", BERLIN, "2026-03-28T12:00", ["03-29 01:00", "03-30 00:00"]),
        # a time that comes twice counts the first time
        ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["10-25 00:30", "10-26 01:30"]),
        ("30 2 * * *", BERLIN, "2026-10-25T00:30", ["10-26 01:30"]),
        ("30 2 * * *", BERLIN, "2026-10-25T01:15", ["10-26 01:30"]),  # asked between the two half past two
        # what recurs goes on through both hours, and leaves none out
        ("*/30 * * * *", BERLIN, "2026-10-25T00:00", ["10-25 00:30", "10-25 01:00", "10-25 01:30"]),
        ("0 * * * *", BERLIN, "2026-03-28T23:30", ["03-29 00:00", "03-29 01:00", "03-29 02:00"]),
        ("0 0 29 2 *", "UTC", "2026-11-21T10:00", ["02-29 00:00"]),
    ],
)
def test_when_a_schedule_comes(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert moments(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "zone", "field"),
    [
        ("* * * *", "UTC", "cron"),
        ("* * * * * *", "UTC", "cron"),  # seconds: another dialect
        ("61 * * * *", "UTC", "cron"),
        ("* * * * 5L/2", "UTC", "cron"),
        ("a b c d e", "UTC", "cron"),
        ("0 0 30 2 *", "UTC", "cron"),  # never
        ("@fortnightly", "UTC", "cron"),
        ("0 0 * * *", "Berlin", "zone"),
        ("0 0 * * *", "../../etc/passwd", "zone"),
        ("0 0 * * *", "", "zone"),
    ],
)
def test_what_cannot_be_a_schedule_is_told_by_field(cron: str, zone: str, field: str) -> None:
    assert schedule.problems(cron, zone, NOW).keys() == {field}


@given(st.text(alphabet="0123456789*/,-#LW MONJANSUN@", max_size=40), st.sampled_from(["UTC", BERLIN]))
def test_whatever_is_typed_is_a_schedule_or_a_sentence(cron: str, zone: str) -> None:
    if not schedule.problems(cron, zone, NOW):
        first = schedule.following(cron, zone, NOW)
        assert first is None or first > NOW
        assert schedule.in_words(cron)


def test_a_turn_is_missed_when_nobody_took_it_within_two_minutes() -> None:
    assert not schedule.is_missed(NOW, NOW.replace(minute=2))
    assert schedule.is_missed(NOW, NOW.replace(minute=2, second=1))
