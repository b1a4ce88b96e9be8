"""Backoff, names, ids and times: small rules that others build on."""

import string
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain import backoff
from dominoci.domain.ids import new_id
from dominoci.domain.names import MAX_LENGTH, name_problem, slug
from dominoci.domain.times import rfc3339


@given(st.integers(1, 60))
def test_waiting_doubles_up_to_five_minutes_and_is_never_less_than_half_of_that(tries: int) -> None:
    ceiling = min(300.0, 2.0 ** (tries - 1))
    waited = backoff.delay(tries).total_seconds()
    assert ceiling / 2 <= waited <= ceiling


def test_jitter_spreads_equal_tries() -> None:
    assert len({backoff.delay(5) for _ in range(20)}) > 10


@pytest.mark.parametrize(("asked", "waited"), [(0, 1), (-5, 1), (0.2, 1), (30, 30), (3600, 3600), (86400, 3600)])
def test_retry_after_is_obeyed_up_to_an_hour(asked: float, waited: float) -> None:
    assert backoff.delay(1, asked) == timedelta(seconds=waited)


@pytest.mark.parametrize("name", ["a", "core", "lib-1.4_x", "0day", "x" * MAX_LENGTH, "A.svg.x", "json"])
def test_names_that_may_be_used(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "x" * (MAX_LENGTH + 1), "-a", ".hidden", "_a", "a b", "a/b", "../x", "é", "123", "badge.svg", "x.json", "a\n", "٣x"],
)
def test_names_that_may_not_be_used_say_why(name: str) -> None:
    assert str(name_problem(name)).startswith("must")


@given(st.text(max_size=200))
def test_a_slug_is_always_a_safe_part_of_a_path(title: str) -> None:
    made = slug(title)
    assert len(made) <= 60
    assert set(made) <= set(string.ascii_lowercase + string.digits + "._-")
    assert not made.startswith((".", "-"))
    assert made not in {".", ".."}


@pytest.mark.parametrize(
    ("title", "made"),
    [("Unit tests", "unit-tests"), ("  ", ""), ("../../etc/passwd", "etc-passwd"), ("a--b", "a-b"), ("Größe", "gr-e")],
)
def test_a_slug_keeps_what_can_be_read(title: str, made: str) -> None:
    assert slug(title) == made


def test_ids_are_uuids_of_version_7_and_tell_the_time() -> None:
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) / 1000 - time.time()) < 5


def test_ids_grow_within_a_process_even_within_a_millisecond() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_many_threads_are_unique_and_each_thread_sees_them_grow() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(2000)], range(8)))
    assert all(batch == sorted(batch) for batch in batches)
    assert len({id_ for batch in batches for id_ in batch}) == 16_000


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)), st.integers(-12, 12))  # noqa: DTZ001 - the zone is added
def test_times_are_written_in_utc_with_milliseconds(naive: datetime, hours: int) -> None:
    value = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    text = rfc3339(value)
    assert text.endswith("Z")
    assert len(text) == len("2026-11-21T10:00:00.123Z")
    assert abs(datetime.fromisoformat(text) - value.astimezone(UTC)) < timedelta(milliseconds=1)
