"""What is read from a call of a job's webhook: its name, and the commit that a push leads to."""

import json
from typing import Any

import pytest

from dominoci.domain.hook_call import Call, read

TAG, COMMIT = "a" * 40, "b" * 40


def test_an_event_of_gitlab_is_named_by_its_webhook_and_not_by_the_request_that_set_it_off() -> None:
    shared = {"x-gitlab-event-uuid": "one-request"}
    assert Call("t", {**shared, "x-gitlab-webhook-uuid": "w1"}, b"").delivery == "w1"
    assert Call("t", {**shared, "x-gitlab-webhook-uuid": "w1", "idempotency-key": "k"}, b"").delivery == "k"
    assert Call("t", shared, b"").delivery is None


@pytest.mark.parametrize(
    ("body", "commit"),
    [
        ({"ref": "refs/tags/v1", "after": TAG, "head_commit": {"id": COMMIT}}, COMMIT),
        ({"ref": "refs/tags/v1", "after": TAG, "checkout_sha": COMMIT}, COMMIT),
        ({"ref": "refs/heads/main", "after": COMMIT, "head_commit": None}, COMMIT),
        ({"ref": "refs/heads/main", "after": COMMIT, "head_commit": "x"}, COMMIT),
        ({"ref": "refs/tags/v1", "after": "0" * 40, "deleted": True, "head_commit": None}, None),
    ],
)
def test_a_push_of_an_annotated_tag_builds_its_commit_and_not_the_tag_object(body: dict[str, Any], commit: str | None) -> None:
    assert read(Call("t", {}, json.dumps(body).encode())).commit == commit
