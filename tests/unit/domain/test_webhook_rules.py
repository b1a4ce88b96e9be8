"""For how long a message to a webhook is tried (guarantee G10)."""

from datetime import timedelta

import pytest

from dominoci.domain import webhook


def test_a_message_is_tried_for_three_days() -> None:
    waits = [webhook.pause(tries) for tries in range(1, len(webhook.PAUSES) + 1)]
    whole = sum((wait for wait in waits if wait), timedelta())
    assert timedelta(days=2, hours=22) < whole < timedelta(days=3, hours=8)
    assert webhook.pause(len(webhook.PAUSES) + 1) is None
    assert webhook.pause(len(webhook.PAUSES) + 1, 60) is None


@pytest.mark.parametrize(("tries", "asked_s", "least_h", "most_h"), [(1, 3600, 1, 1), (7, 5, 10, 11), (1, 10**9, 24, 24)])
def test_peace_that_is_asked_for_is_kept_up_to_a_day_and_never_shortens_a_pause(
    tries: int, asked_s: float, least_h: float, most_h: float
) -> None:
    wait = webhook.pause(tries, asked_s)
    assert wait
    assert timedelta(hours=least_h) <= wait <= timedelta(hours=most_h)
