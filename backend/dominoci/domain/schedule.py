"""Schedules: cron expressions in a time zone, read as Debian's cron reads them (`cronsim`).

Where the clock is put forward, a time of day that does not exist that day comes when the gap ends; where it is put back, a time
of day comes once, the first time. What recurs by stars (`*/15 * * * *`, `0 * * * *`) goes by elapsed time instead.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

SKIP, ONCE = "skip", "once"
RULES: Final = (ONCE, SKIP)
LATE: Final = timedelta(minutes=2)  # a turn that is taken later than that was missed: nobody was there to take it
FIELDS: Final = 5
NAMES: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def problems(cron: str, zone: str, now: datetime) -> dict[str, str]:
    """What is wrong with a schedule, as sentences by field; empty when it can be kept."""
    found = {} if zone in _zones() else {"zone": "Must be a time zone's name, such as Europe/Berlin or UTC."}
    if problem := _cron_problem(cron, now):
        found["cron"] = problem
    return found


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _cron_problem(cron: str, now: datetime) -> str | None:
    fields = _plain(cron).split()
    if len(fields) != FIELDS:
        return f"Must have five fields (minute, hour, day of month, month, day of week) or be one of {', '.join(NAMES)}."
    try:
        return None if next(CronSim(" ".join(fields), now.astimezone(UTC)), None) else "Never comes: no month has such a day."
    except (CronSimError, AssertionError, ValueError) as error:  # the parser asserts what some odd expressions break
        return f"Cannot be read: {str(error) or 'an expression that means nothing'}."


def _plain(cron: str) -> str:
    return NAMES.get(cron.strip().lower(), cron)


def upcoming(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` moments (UTC) after `after`; fewer when there are no more within fifty years. Of a schedule without
    problems."""
    return list(islice(_moments(cron, zone, after), count))


def _moments(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Each later than the one before: cronsim goes by the wall clock, which shows an hour twice when it is put back, and reaches
    the end of a gap by every moment within."""
    last = after.astimezone(UTC)
    for moment in CronSim(_plain(cron), after.astimezone(ZoneInfo(zone))):
        found = moment.astimezone(UTC)
        if found > last:
            yield found
            last = found


def following(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first moment (UTC) after `after`; None when there is none."""
    return next(_moments(cron, zone, after), None)


def in_words(cron: str) -> str:
    """What a cron expression without problems says, in English."""
    return CronSim(_plain(cron), datetime(2026, 1, 1, tzinfo=UTC)).explain()


def is_missed(due: datetime, now: datetime) -> bool:
    """Whether a turn that was due then and is taken now was missed, so that the schedule's rule decides."""
    return now - due > LATE
