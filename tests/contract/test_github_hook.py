"""GitHub's webhooks: proven over the raw bytes, and read without trust."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dominoci.adapters import github_hook
from dominoci.adapters.base import Run
from dominoci.adapters.hook import Hook
from dominoci.domain import target as rules
from tests.fakes.github_api import signed

SECRET = "It's a Secret to Everybody"
VECTOR = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
RUN: dict[str, Any] = {
    "id": 30433642,
    "name": "CI",
    "display_title": "[domino:0199-tree/1.2/1] app",
    "event": "workflow_dispatch",
    "status": "completed",
    "conclusion": "success",
    "head_branch": "main",
    "head_sha": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "html_url": "https://github.com/octo-org/app/actions/runs/30433642",
}
REPOSITORY = {"html_url": "https://github.com/octo-org/app", "full_name": "Octo-Org/app"}


def body(run: Mapping[str, Any] | None = None, action: str = "completed") -> dict[str, Any]:
    return {"action": action, "workflow_run": {**RUN, **(run or {})}, "repository": REPOSITORY}


def read(shown: Any, event: str = "workflow_run") -> Hook:
    sent = signed(event, shown, SECRET)
    return github_hook.read(sent.headers, sent.body)


def test_the_vector_of_githubs_documentation() -> None:
    assert github_hook.proven(SECRET, VECTOR, b"Hello, World!")
    assert not github_hook.proven(SECRET, VECTOR, b"Hello, World?")
    assert not github_hook.proven(SECRET, VECTOR.removeprefix("sha256="), b"Hello, World!")
    unsigned = "sha256=" + hmac.new(b"", b"Hello, World!", hashlib.sha256).hexdigest()
    assert not github_hook.proven("", unsigned, b"Hello, World!")


def test_a_webhook_is_proven_by_its_raw_bytes_and_the_right_secret() -> None:
    sent = signed("workflow_run", body(), SECRET)
    hook = github_hook.read(sent.headers, sent.body)
    assert hook.holds(SECRET)
    assert not hook.holds("another secret")
    again = github_hook.read(sent.headers, json.dumps(json.loads(sent.body), indent=1).encode())
    assert not again.holds(SECRET)
    for missing in ("", "sha256=", "sha256=é"):
        assert not github_hook.read({**sent.headers, "x-hub-signature-256": missing}, sent.body).holds(SECRET)
    only_sha1 = {name: value for name, value in sent.headers.items() if name != "x-hub-signature-256"}
    assert not github_hook.read(only_sha1, sent.body).holds(SECRET)


def test_a_run_is_told_under_the_name_by_which_its_target_is_kept() -> None:
    hook = read(body())
    fields = {"kind": "github", "repository": "octo-org/App"}
    assert hook.keys == (rules.key(fields),)
    assert (hook.kind, hook.delivery_id) == ("workflow_run", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    told = hook.told
    assert told is not None
    assert (told.keys, told.tree_id, told.sub_id) == (hook.keys, "0199-tree", "1.2")
    assert told.run == Run(RUN["html_url"], "SUCCESS", ref="30433642", commit=RUN["head_sha"], branch="main")


def test_an_enterprise_servers_webhook_names_the_target_with_its_api() -> None:
    page = {"html_url": "https://ghe.example/octo-org/app", "full_name": "octo-org/app"}
    fields = {"kind": "github", "api_url": "https://ghe.example/api/v3", "repository": "octo-org/app"}
    assert read({**body(), "repository": page}).keys == (rules.key(fields),)


@pytest.mark.parametrize(
    ("run", "action", "status", "running"),
    [
        ({"status": "queued", "conclusion": None}, "requested", None, False),
        ({"status": "in_progress", "conclusion": None}, "in_progress", None, True),
        ({"conclusion": "timed_out"}, "completed", "TIMED_OUT", False),
        ({"conclusion": "something new"}, "completed", "FAILED", False),
    ],
)
def test_each_stage_of_a_run_is_told(run: dict[str, Any], action: str, status: str | None, running: bool) -> None:
    told = read(body(run, action)).told
    assert told is not None
    assert (told.run.status, told.run.running) == (status, running)


@pytest.mark.parametrize("event", ["push", "pull_request", "schedule"])
def test_a_title_that_anybody_may_write_names_no_event(event: str) -> None:
    told = read(body({"event": event})).told
    assert told is not None
    assert (told.tree_id, told.sub_id, told.run.ref) == (None, None, "30433642")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ("ping", {"zen": "Keep it logically awesome.", "hook_id": 1, "repository": REPOSITORY}),
        ("push", {"ref": "refs/heads/main", "repository": REPOSITORY}),
        ("workflow_run", body(action="rerequested")),
        ("workflow_run", {"action": "completed", "workflow_run": [], "repository": REPOSITORY}),
        ("workflow_run", body({"id": True})),
        ("workflow_run", {**body(), "repository": None}),
        ("workflow_run", {**body(), "repository": {"html_url": "https://[", "full_name": "a/b"}}),
    ],
)
def test_what_says_nothing_of_a_run_is_read_and_tells_nothing(event: str, shown: Any) -> None:
    hook = read(shown, event)
    assert hook.told is None
    assert hook.holds(SECRET)


def test_a_form_is_read_as_well() -> None:
    form = urlencode({"payload": json.dumps(body())}).encode()
    headers = {**signed("workflow_run", body(), SECRET).headers, "content-type": "application/x-www-form-urlencoded"}
    assert github_hook.read(headers, form).told is not None


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'"x"', b"\xff", b"{", b"[" * 200_000, b'{"a":' * 200_000, b'{"id": ' + b"9" * 5000 + b"}"],
    ids=["empty", "list", "text", "not utf-8", "cut", "deep list", "deep object", "huge number"],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_what_github_would_not_send_is_a_value_error(raw: bytes, kind: str) -> None:
    with pytest.raises(ValueError, match=r"JSON"):
        github_hook.read({"x-github-event": "workflow_run", "content-type": kind}, raw)


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([*RUN.values(), "https://[", [], {}])


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from([*RUN]), VALUE), st.dictionaries(st.sampled_from([*REPOSITORY]), VALUE), VALUE)
def test_whatever_stands_in_it_a_webhook_is_read(run: dict[str, Any], repository: dict[str, Any], action: Any) -> None:
    shown = {"action": action or "completed", "workflow_run": {**RUN, **run}, "repository": {**REPOSITORY, **repository}}
    told = read(shown).told
    kept = (told.run.url, told.run.commit, told.run.branch, told.run.ref) if told else ()
    assert all(part is None or (isinstance(part, str) and part.isprintable()) for part in kept)


@pytest.mark.parametrize("event", ["", "x" * 200, "push\x00"])
def test_the_event_must_be_named(event: str) -> None:
    with pytest.raises(ValueError, match="X-GitHub-Event"):
        github_hook.read({"x-github-event": event}, b"{}")
