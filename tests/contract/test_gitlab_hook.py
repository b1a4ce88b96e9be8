"""GitLab's webhooks: what is believed of one, and what it tells of a run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dominoci.adapters import gitlab_hook
from dominoci.adapters.gitlab import GitLabAdapter
from dominoci.adapters.hook import Hook
from dominoci.domain import target as rules
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from tests.contract.beds.gitlab import GitLabBed
from tests.contract.test_adapters import trigger
from tests.fakes.gitlab_api import GitLabApi

SECRET = "a secret of ours"
PROJECT = {"id": 42, "web_url": "https://gitlab.example/gitlab/Team/search", "path_with_namespace": "Team/search"}
NEW = trigger()


@pytest.fixture(scope="module")
def system() -> Iterator[GitLabApi]:
    """A server with one pipeline that we started."""
    bed, client = GitLabBed(), GuardedClient(("127.0.0.1",))
    with bed.system:
        GitLabAdapter(Caller(client)).trigger(bed.target, NEW)
        yield bed.system
    client.close()


def sent(system: GitLabApi, **attributes: Any) -> Hook:
    """What is read of the webhook about that pipeline."""
    headers, body = system.hook(system.made[0].id, SECRET, **attributes)
    return gitlab_hook.read({name.lower(): value for name, value in headers.items()}, body)


def read(told: Any, **headers: str) -> Hook:
    named = {"x-gitlab-event": "Pipeline Hook", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return gitlab_hook.read(named, told if isinstance(told, bytes) else json.dumps(told).encode())


@pytest.mark.parametrize(
    ("word", "status", "running"),
    [
        ("pending", None, False),
        ("running", None, True),
        ("manual", None, False),
        ("success", "SUCCESS", False),
        ("canceled", "CANCELLED", False),
    ],
)
def test_a_pipeline_that_was_never_changed_tells_whose_it_is(
    system: GitLabApi, word: str, status: str | None, running: bool
) -> None:
    hook = sent(system, status=word)
    assert hook.told is not None
    assert (hook.told.event_token, hook.told.tree_id, hook.told.sub_id) == (NEW.event_token, NEW.tree_id, NEW.sub_id)
    run = hook.told.run
    assert (run.status, run.running, run.branch, run.ref) == (status, running, "main", str(system.made[0].id))
    assert run.url == f"{system.base}/team/search/-/pipelines/{run.ref}"
    assert NEW.event_token not in repr(hook)


def test_it_is_about_the_target_however_that_names_its_project(system: GitLabApi) -> None:
    keys = sent(system).keys
    for named in ("team/search", "Team/Search", "42"):
        assert rules.key({"kind": "gitlab", "url": system.base, "project": named}) in keys
    assert rules.key({"kind": "gitlab", "url": "https://gitlab.com", "project": "team/search"}) not in keys


def test_it_is_proved_by_its_secret_alone(system: GitLabApi) -> None:
    hook = sent(system)
    assert hook.holds(SECRET)
    assert not any(hook.holds(wrong) for wrong in ("", "a secret of our", f"{SECRET}s", "ü\udcff"))
    unsigned = read({"project": PROJECT}, x_gitlab_event="Push Hook")
    assert not any(unsigned.holds(anything) for anything in ("", SECRET))


def test_repeats_are_told_by_a_key_that_no_other_webhook_has() -> None:
    push = {"project": PROJECT}
    assert read(push, x_gitlab_event="Push Hook", idempotency_key="k", x_gitlab_webhook_uuid="w").delivery_id == "k"
    assert read(push, x_gitlab_event="Push Hook", x_gitlab_webhook_uuid="w").delivery_id == "w"
    # one request may set off several webhooks, which share this one
    assert read(push, x_gitlab_event="Push Hook", x_gitlab_event_uuid="e").delivery_id is None
    assert read(push, x_gitlab_event="Push Hook", idempotency_key="k" * 101).delivery_id is None


@pytest.mark.parametrize("source", ["parent_pipeline", "pipeline", "push", "schedule", None, 7])
def test_a_pipeline_that_only_inherited_our_variables_is_not_ours(system: GitLabApi, source: Any) -> None:
    assert sent(system, source=source, status="success").told is None


def test_a_pipeline_without_our_variables_is_told_by_its_id(system: GitLabApi) -> None:
    hook = sent(system, variables=[])
    assert hook.told is not None
    assert (hook.told.event_token, hook.told.tree_id, hook.told.run.ref) == (None, None, str(system.made[0].id))


@pytest.mark.parametrize("kind", ["Push Hook", "Job Hook", "Tag Push Hook", "Something New"])
def test_other_webhooks_say_nothing_of_a_run(kind: str) -> None:
    hook = read({"object_kind": "x", "project": PROJECT, "object_attributes": 7}, x_gitlab_event=kind)
    assert (hook.kind, hook.told, hook.keys[0]) == (kind, None, "gitlab:gitlab.example/team/search")
    assert read({"event_name": "user_add_to_group"}, x_gitlab_event=kind).keys == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"project": ' + b'{"a":' * 50_000,
        b'{"object_attributes": {"id": ' + b"9" * 5000 + b"}}",
        {"project": {"id": 42}},
        {"project": {**PROJECT, "id": "42"}},
        {"project": {**PROJECT, "id": True}},
        {"project": {**PROJECT, "web_url": "javascript:x"}},
        {"project": {**PROJECT, "path_with_namespace": "x" * 300}},
        {"project": PROJECT},
        {"project": PROJECT, "object_attributes": []},
        {"project": PROJECT, "object_attributes": {"id": 10**30, "status": "success", "source": "api"}},
        {"project": PROJECT, "object_attributes": {"id": -1, "status": "success", "source": "api"}},
        {"project": PROJECT, "object_attributes": {"id": 1, "status": 7, "source": "api"}},
        {"project": PROJECT, "object_attributes": {"id": 1, "status": "success", "source": "api", "variables": {"a": 1}}},
        {"project": PROJECT, "object_attributes": {"id": 1, "status": "success", "source": "api", "variables": [7]}},
    ],
    ids=lambda body: str(body)[:60],
)
def test_what_gitlab_does_not_send_is_malformed(body: Any) -> None:
    with pytest.raises(ValueError):
        read(body)


def test_without_an_event_it_is_no_webhook() -> None:
    with pytest.raises(ValueError, match="X-Gitlab-Event"):
        gitlab_hook.read({}, b"{}")


@pytest.mark.parametrize("odd", ["dce_" + "x" * 2000, "dce_\n", 7, None, {"a": 1}])
def test_odd_values_of_variables_are_left_out(system: GitLabApi, odd: Any) -> None:
    hook = sent(system, variables=[{"key": "DOMINO_EVENT_TOKEN", "value": odd}, {"key": 7, "value": "x"}, {}])
    assert hook.told is not None
    assert hook.told.event_token is None
