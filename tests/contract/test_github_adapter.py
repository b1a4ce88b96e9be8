"""What only GitHub has: inputs and their limits, marked names, Apps, rate limits, renamed repositories, statuses."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from dominoci.adapters.base import Run, Started, Target
from dominoci.adapters.github import GitHubAdapter
from dominoci.adapters.github_run import Marker, marker
from dominoci.domain.dispatch import ParentInput, Trigger
from dominoci.domain.ids import new_id
from dominoci.domain.mirror import CONTEXT, CommitStatus
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.vendors.github import GitHub
from dominoci.vendors.github_app import Tokens
from dominoci.vendors.github_statuses import GitHubStatuses
from tests.contract.beds.github import app_key
from tests.fakes.github_api import APP_ID, FILE, INSTALLATION, REPOSITORY, SHA, TOKEN, GitHubApi, Workflow
from tests.fakes.stand import Reply

TREE = "0199-tree"


@pytest.fixture(scope="module")
def client() -> Iterator[GuardedClient]:
    made = GuardedClient(("127.0.0.1",))
    yield made
    made.close()


@pytest.fixture(scope="module")
def stand() -> Iterator[GitHubApi]:
    with GitHubApi(public_key=app_key()[1]) as running:
        yield running


@pytest.fixture
def api(stand: GitHubApi) -> GitHubApi:
    """The stand-in as it was at first, still running."""
    fresh = GitHubApi(public_key=app_key()[1])
    kept = {"_server", "_thread", "url", "_closing"}
    stand.__dict__.update({name: value for name, value in vars(fresh).items() if name not in kept})
    fresh._server.server_close()
    return stand


@pytest.fixture
def adapter(client: GuardedClient) -> GitHubAdapter:
    return GitHubAdapter(Caller(client))


def target(api: GitHubApi, secrets: Mapping[str, str] | None = None, **fields: Any) -> Target:
    known = {"kind": "github", "api_url": api.api, "repository": REPOSITORY, "workflow": "ci.yml", **fields}
    return Target("github", known, secrets or {"token": TOKEN})


def trigger(attempt: int = 1, **more: Any) -> Trigger:
    made = Trigger(
        tree_id=TREE,
        sub_id="1.2",
        attempt=attempt,
        delivery_id=new_id(),
        event_token="dce_secret-token",
        project={"id": "p", "name": "app", "repository_url": None},
        ref="main",
        root={"project": "core", "metadata": {"branch": "main", "message": "Füße"}},
        parents=[ParentInput("core", "1", {"commit": "9fceb02"}, {"pipeline": "https://ci.example"}, [{"name": "lib"}])],
        parameters={"CHANNEL": "nightly"},
        public_url="https://arbiter.example",
        identity="the.identity.jwt",
    )
    return replace(made, **more)


def refusal(adapter: GitHubAdapter, where: Target, new: Trigger | None = None) -> ExchangeFailed:
    with pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(where, new or trigger())
    return caught.value


# ---- inputs


def test_the_workflow_gets_the_parameters_and_the_whole_json_on_the_triggers_ref(api: GitHubApi, adapter: GitHubAdapter) -> None:
    receipt = adapter.trigger(target(api), trigger(ref="v1.0"))
    (run,) = api.runs
    told = api.told(run["id"])
    assert (run["inputs"]["CHANNEL"], run["head_branch"]) == ("nightly", "v1.0")
    assert (told["tree_id"], told["sub_id"], told["attempt"], told["event_token"]) == (TREE, "1.2", 1, "dce_secret-token")
    assert (receipt.run_ref, receipt.run_url) == (str(run["id"]), run["html_url"])
    assert "dce_…" in receipt.exchange.body


def test_a_workflow_is_known_by_its_path_too(api: GitHubApi, adapter: GitHubAdapter) -> None:
    where = target(api, workflow=".github/workflows/ci.yml")
    assert adapter.trigger(where, trigger()).run_ref
    assert adapter.find(where, trigger(), Started()) is not None


def test_nobody_but_the_arbiter_sets_its_own_inputs(api: GitHubApi, adapter: GitHubAdapter) -> None:
    adapter.trigger(target(api), trigger(parameters={"Domino": "{}", "DOMINO_TREE_ID": "x", "CHANNEL": "beta"}))
    assert json.loads(api.runs[0]["inputs"]["domino"])["tree_id"] == TREE
    assert set(api.runs[0]["inputs"]) == {"domino", "CHANNEL"}


@pytest.mark.parametrize(
    ("workflow", "ref", "says"),
    [
        (Workflow(dispatched=False), "main", "workflow_dispatch"),
        (Workflow(), "gone", "no branch or tag gone"),
        (Workflow(inputs=("domino",)), "main", "CHANNEL"),
        (Workflow(required=("TARGET",), inputs=("domino", "CHANNEL", "TARGET")), "main", "TARGET"),
        (Workflow(state="disabled_inactivity"), "main", "enable"),
    ],
    ids=["no trigger", "ref", "undeclared", "required", "off"],
)
def test_a_workflow_that_cannot_be_started_is_told_with_the_fix(
    api: GitHubApi, adapter: GitHubAdapter, workflow: Workflow, ref: str, says: str
) -> None:
    api.workflows["ci.yml"] = workflow
    error = refusal(adapter, target(api), trigger(ref=ref))
    assert says in error.reading
    assert (error.retry, api.runs) == (False, [])


def test_a_workflow_that_was_never_changed_for_us_runs_and_is_followed_by_its_id(
    api: GitHubApi, adapter: GitHubAdapter
) -> None:
    api.workflows["ci.yml"] = Workflow(inputs=(), title="Nightly")
    new = trigger(parameters={})
    receipt = adapter.trigger(target(api), new)
    assert "cannot report" in receipt.reading
    api.finish(api.runs[0]["id"], "success")
    found = adapter.find(target(api), new, Started(None, receipt.run_ref))
    assert found == Run(receipt.run_url, "SUCCESS", ref=receipt.run_ref, commit=SHA, branch="main")


def test_a_server_that_tells_no_ids_is_not_left_with_a_run_that_nobody_could_find(api: GitHubApi, adapter: GitHubAdapter) -> None:
    api.tells_runs, api.workflows["ci.yml"] = False, Workflow(inputs=())
    assert "has no input domino" in refusal(adapter, target(api), trigger(parameters={})).reading
    assert api.runs == []


@pytest.mark.parametrize("fields", [{}, {"workflow": None, "event_type": "domino"}], ids=["inputs", "client_payload"])
@pytest.mark.parametrize(
    ("artifacts", "message", "left_out"),
    [(10, 10, None), (2000, 10, ["artifacts"]), (10, 70_000, ["artifacts", "links", "commit messages"])],
    ids=["fits", "artifacts", "messages"],
)
def test_what_a_workflow_needs_least_is_left_out_when_it_is_too_much(
    api: GitHubApi, adapter: GitHubAdapter, fields: dict[str, Any], artifacts: int, message: int, left_out: list[str] | None
) -> None:
    made = [{"name": f"lib-{n:040}"} for n in range(artifacts)]
    parent = ParentInput("core", "1", {"commit": "9fceb02", "message": "ü" * message}, {}, made)
    receipt = adapter.trigger(target(api, **fields), trigger(parents=[parent]))
    told = json.loads(api.runs[0]["inputs"]["domino"])
    assert told.get("left_out") == left_out
    assert told["parents"][0]["metadata"]["commit"] == "9fceb02"
    assert ("came without artifacts" in receipt.reading) is bool(left_out)


@pytest.mark.parametrize("parameters", [{"CHANNEL": "x" * 66_000}, {f"P{n}": "" for n in range(25)}], ids=["long", "many"])
def test_too_much_is_told_and_not_sent(api: GitHubApi, adapter: GitHubAdapter, parameters: dict[str, str]) -> None:
    before = len(api.calls)
    error = refusal(adapter, target(api), trigger(parameters=parameters))
    assert "GitHub takes" in error.reading
    assert (error.retry, len(api.calls)) == (False, before)


# ---- found by name


def test_attempts_are_told_apart_by_their_names(api: GitHubApi, adapter: GitHubAdapter) -> None:
    api.tells_runs = False
    first, second = trigger(1), trigger(2)
    adapter.trigger(target(api), first)
    assert adapter.find(target(api), second, Started()) is None
    adapter.trigger(target(api), second)
    found = [adapter.find(target(api), one, Started()) for one in (first, second)]
    assert [run and run.ref for run in found] == [str(run["id"]) for run in api.runs]


def test_a_name_without_the_attempt_is_a_later_attempts_only_if_the_run_is_younger(
    api: GitHubApi, adapter: GitHubAdapter
) -> None:
    api.workflows["ci.yml"] = Workflow(title="[domino:{tree_id}/{sub_id}]")
    api.clock = lambda: datetime.now(UTC) - timedelta(seconds=5)
    adapter.trigger(target(api), trigger(1))
    again = trigger(2)
    assert adapter.find(target(api), again, Started()) is None
    api.clock = lambda: datetime.now(UTC)
    adapter.trigger(target(api), again)
    found = adapter.find(target(api), again, Started())
    assert found is not None
    assert found.ref == str(api.runs[1]["id"])


def test_a_commit_message_with_a_marker_finds_nothing(api: GitHubApi, adapter: GitHubAdapter) -> None:
    adapter.trigger(target(api), trigger())
    api.runs[0].update(event="push")
    assert adapter.find(target(api), trigger(), Started()) is None


def test_a_run_is_found_among_many_others(api: GitHubApi, adapter: GitHubAdapter) -> None:
    new = trigger()
    adapter.trigger(target(api), new)
    api.runs += [{**api.runs[0], "id": n, "display_title": "nightly"} for n in range(120)]
    assert adapter.find(target(api), new, Started()) is not None


def test_a_run_is_known_by_the_page_that_its_pipeline_reported(api: GitHubApi, adapter: GitHubAdapter) -> None:
    adapter.trigger(target(api), trigger())
    page = api.runs[0]["html_url"]
    api.runs[0].update(display_title="unmarked")
    assert adapter.find(target(api), trigger(), Started(f"{page}/attempts/1")) is not None
    assert adapter.find(target(api), trigger(), Started(page.replace(REPOSITORY, "octo-org/else"))) is None


def test_a_deleted_run_is_unknown_and_need_not_be_cancelled(api: GitHubApi, adapter: GitHubAdapter) -> None:
    receipt = adapter.trigger(target(api), trigger())
    api.purge(api.runs[0]["id"])
    gone = Started(receipt.run_url, receipt.run_ref)
    assert adapter.find(target(api), trigger(), gone) is None
    assert "no more" in adapter.cancel(target(api), trigger(), gone).reading


def test_a_tag_is_told_as_a_tag(api: GitHubApi, adapter: GitHubAdapter) -> None:
    new = trigger(ref="refs/tags/v1.0")
    receipt = adapter.trigger(target(api), new)
    found = adapter.find(target(api), new, Started(None, receipt.run_ref))
    assert found is not None
    assert (found.branch, found.tag) == (None, "v1.0")


@pytest.mark.parametrize("file", ["example-workflow.yml", "example-workflow-oidc.yml"])
def test_the_example_names_its_runs_as_they_are_looked_for(file: str) -> None:
    workflow = yaml.safe_load((FILE.parent / file).read_text("utf-8"))
    (form,) = re.findall(r"format\('([^']+)'", workflow["run-name"])
    named = marker({"event": "workflow_dispatch", "display_title": form.format(TREE, "1.2", 3)})
    assert named == Marker(TREE, "1.2", 3)
    assert re.findall(r"\(inputs\.domino\)\.(\w+)", workflow["run-name"]) == ["tree_id", "sub_id", "attempt"]


# ---- refusals


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (Reply(403, {"message": "API rate limit exceeded"}, X_RateLimit_Remaining="0", X_RateLimit_Reset="{in 90 s}"), 80, 91),
        (Reply(429, {}, X_RateLimit_Remaining="0", X_RateLimit_Reset="{in 90 s}"), 80, 91),
        (Reply(403, {"message": "You have exceeded a secondary rate limit"}, Retry_After="30"), 30, 30),
        (Reply(403, {"message": "You have exceeded a secondary rate limit."}), 60, 60),
    ],
    ids=["primary 403", "primary 429", "secondary", "secondary without header"],
)
def test_a_rate_limit_is_waited_for(api: GitHubApi, adapter: GitHubAdapter, answer: Reply, least: float, most: float) -> None:
    if "X-RateLimit-Reset" in answer.headers:
        answer.headers["X-RateLimit-Reset"] = str(int(datetime.now(UTC).timestamp()) + 90)
    api.limit = answer
    error = refusal(adapter, target(api))
    assert error.retry
    assert least <= (error.retry_after_s or 0) <= most


def test_a_missing_permission_is_named(api: GitHubApi, adapter: GitHubAdapter) -> None:
    api.may_not = {"actions=write"}
    error = refusal(adapter, target(api))
    assert "actions=write" in error.reading
    assert not error.retry


def test_a_renamed_repository_is_told_with_its_new_name(api: GitHubApi, adapter: GitHubAdapter) -> None:
    error = refusal(adapter, target(api, repository="octo-org/old-name"))
    assert f"it is {REPOSITORY} now" in error.reading
    assert not any("/repositories/4711/" in call.path for call in api.calls)


@pytest.mark.parametrize(("status", "ambiguous"), [(500, False), (502, True), (504, True)])
def test_a_gateway_that_gave_up_may_have_started_a_run(
    api: GitHubApi, adapter: GitHubAdapter, status: int, ambiguous: bool
) -> None:
    api.limit = Reply(status, {"message": "Server Error"})
    error = refusal(adapter, target(api))
    assert (error.retry, error.ambiguous) == (True, ambiguous)


# ---- Apps


def as_app(api: GitHubApi, client: GuardedClient, tokens: Tokens, now: list[datetime], **fields: Any) -> GitHub:
    caller = Caller(client, clock=lambda: now[0])
    known = {"repository": REPOSITORY, "api_url": api.api, "app_id": APP_ID, **fields}
    made = GitHub.of(caller, known, {"private_key": app_key()[0]})
    assert made.app
    return replace(made, app=replace(made.app, tokens=tokens))


def asked(api: GitHubApi) -> list[str]:
    return [call.path.rpartition("/")[2] for call in api.calls if "/app/" in call.path or call.path.endswith("/installation")]


def test_an_installations_token_is_kept_until_shortly_before_its_end(api: GitHubApi, client: GuardedClient) -> None:
    now, tokens = [datetime(2026, 11, 21, 10, 0, tzinfo=UTC)], Tokens()
    api.clock = lambda: now[0]
    hub = as_app(api, client, tokens, now)
    hub.details()
    hub.details()
    assert asked(api) == ["installation", "access_tokens"]
    now[0] += timedelta(minutes=56)
    hub.details()
    assert asked(api) == ["installation", "access_tokens"] * 2
    api.tokens.clear()  # suspended and installed again: the kept token is worth nothing
    hub.details()
    assert asked(api) == ["installation", "access_tokens"] * 3
    as_app(api, client, tokens, now, installation_id=str(INSTALLATION)).details()
    assert asked(api)[-1:] == ["access_tokens"]
    assert asked(api).count("installation") == 3


def test_a_key_in_one_line_is_read_too(api: GitHubApi, adapter: GitHubAdapter) -> None:
    line = app_key()[0].replace("\n", "\\n")
    assert adapter.trigger(target(api, {"private_key": line}, app_id=APP_ID), trigger()).run_ref


def test_no_more_tokens_are_kept_than_are_allowed() -> None:
    now, tokens = datetime(2026, 11, 21, tzinfo=UTC), Tokens(most=2)
    for key in "abc":
        tokens.keep(key, f"ghs_{key}", now + timedelta(hours=1))
    assert [tokens.get(key, now) for key in "abc"] == [None, "ghs_b", "ghs_c"]
    assert "ghs" not in repr(tokens)


# ---- statuses and the test connection


def test_a_status_is_set_and_a_refusal_is_told(api: GitHubApi, client: GuardedClient) -> None:
    statuses, where = GitHubStatuses(Caller(client)), target(api)
    assert statuses.can_write(where.fields, where.secrets)
    assert not statuses.can_write(where.fields, {"private_key": "without the App's id"})
    assert GitHubAdapter(Caller(client)).watches(replace(where, secrets={"hook_secret": "proves webhooks"})) is None
    status = CommitStatus("pending", "x" * 140)
    statuses.set_status(where.fields, where.secrets, SHA, status, "https://arbiter.example/trees/1")
    (kept,) = api.statuses
    assert kept == {
        "state": "pending",
        "context": CONTEXT,
        "description": status.text,
        "target_url": "https://arbiter.example/trees/1",
    }
    with pytest.raises(ExchangeFailed, match="No commit found"):
        statuses.set_status(where.fields, where.secrets, "0" * 40, status, "https://arbiter.example/trees/1")


def test_a_test_connection_says_what_would_go_wrong_later(api: GitHubApi, adapter: GitHubAdapter) -> None:
    steps = {finding.step: finding for finding in adapter.check(target(api))}
    assert list(steps) == ["address", "connection", "credentials", "target", "parameters", "callback"]
    assert all(finding.ok for finding in steps.values())
    assert "until 2027-01-01" in steps["credentials"].detail
    api.workflows["ci.yml"].text = "on:\n  workflow_dispatch:\n"
    assert "input `domino`" in adapter.check(target(api))[-1].detail
    api.may_not = {"contents=read"}
    assert "may not read" in adapter.check(target(api))[4].detail
    api.may_not = {"actions=read"}
    assert adapter.check(target(api))[-1].step == "target"
    api.archived = True
    assert "archived" in adapter.check(target(api))[-1].detail
