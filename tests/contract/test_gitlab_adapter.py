"""What only GitLab does: its refusals told as settings to change, variables that runners expand or that are too long for one, the
search for a pipeline whose answer was lost, commit statuses. What it has in common with others: test_adapters.py."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dominoci.adapters.base import Started, Target
from dominoci.adapters.gitlab import LONGEST, MOST_SEARCHED, GitLabAdapter
from dominoci.domain.ids import new_id
from dominoci.domain.mirror import CommitStatus
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.vendors.gitlab_statuses import GitLabStatuses
from tests.contract.beds.gitlab import API_TOKEN, GitLabApiBed, GitLabBed, GitLabTriggerBed
from tests.contract.test_adapters import trigger
from tests.fakes.gitlab_api import NO_JOBS, GitLabApi, Hosted
from tests.fakes.stand import Call, Reply

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    client = GuardedClient(("127.0.0.1",))
    yield Caller(client, clock=lambda: NOW)
    client.close()


@pytest.fixture(scope="module")
def adapter(caller: Caller) -> GitLabAdapter:
    return GitLabAdapter(caller)


@pytest.fixture(scope="module")
def bed() -> Iterator[GitLabBed]:
    made = GitLabBed()
    with made.system:
        yield made


@pytest.fixture
def system(bed: GitLabBed) -> Iterator[GitLabApi]:
    """The stand-in, as it was when the test is over."""
    yield bed.system
    bed.system.project.refuses = bed.system.yaml_errors = None
    bed.system.reads_variables = True


@pytest.fixture(params=[GitLabBed, GitLabApiBed], ids=["trigger token", "API token"])
def target(request: pytest.FixtureRequest, bed: GitLabBed) -> Target:
    """The same server, started either way."""
    way: type[GitLabBed] = request.param
    return replace(bed.target, secrets=dict(way.given))


def refused(adapter: GitLabAdapter, target: Target, **more: Any) -> ExchangeFailed:
    with pytest.raises(ExchangeFailed) as caught:
        adapter.trigger(target, replace(trigger(), **more))
    return caught.value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (NO_JOBS, "allow $CI_PIPELINE_SOURCE == “{source}”"),
        ("Pipeline filtered out by workflow rules.", "workflow:rules of .gitlab-ci.yml leave this pipeline out"),
        ("Missing CI config file", "no .gitlab-ci.yml on main"),
        (
            "You do not have sufficient permission to run a pipeline on 'main'. <a href=…>",
            "run pipelines on main, which is protected",
        ),
        ("Insufficient permissions to create a new pipeline", "role Developer"),
        ("Pipelines are disabled!", "CI/CD is off"),
        ("Variable 'X' is\x1b[31m over 120 KiB", "GitLab refused the pipeline with 400: Variable 'X' is[31m over 120 KiB."),
        ("x" * 5000, "400: " + "x" * 200 + "."),
    ],
)
def test_a_refusal_says_what_to_change(adapter: GitLabAdapter, system: GitLabApi, target: Target, words: str, told: str) -> None:
    system.project.refuses = words
    error = refused(adapter, target)
    assert told.format(source="trigger" if "token" in target.secrets else "api") in error.reading
    assert (error.retry, error.exchange.status) == (False, 400)


def test_an_unknown_ref_and_too_many_pipelines(adapter: GitLabAdapter, system: GitLabApi, target: Target) -> None:
    assert "no branch or tag gone:" in refused(adapter, target, ref="gone").reading
    system.project.refuses = "Too many pipelines created in the last minute. Try again later."
    error = refused(adapter, target)
    assert (error.retry, error.retry_after_s) == (True, 60.0)


def test_a_pipeline_that_is_made_and_broken_is_no_acceptance(adapter: GitLabAdapter, system: GitLabApi, target: Target) -> None:
    system.yaml_errors = "jobs config should contain at least one visible job"
    error = refused(adapter, target)
    assert ("failed at once" in error.reading, "visible job" in error.reading, error.retry) == (True, True, False)


@pytest.mark.parametrize(
    ("reply", "told", "wait_s"),
    [
        (Reply(403, {"message": "403 Forbidden"}), "X-Gitlab-Event", None),
        (Reply(429, RateLimit_Reset=str(int(NOW.timestamp()) + 90)), "no more requests", 90.0),
        (Reply(429, RateLimit_Reset="soon"), "no more requests", None),
        (Reply(429, Retry_After="5", RateLimit_Reset=str(int(NOW.timestamp()) + 90)), "no more requests", 5.0),
        (Reply(200, {"id": 1}), "200 where GitLab answers 201", None),
        (Reply(502), "failed with 502", None),
    ],
)
def test_other_answers_to_a_trigger_token(adapter: GitLabAdapter, reply: Reply, told: str, wait_s: float | None) -> None:
    class Answering(GitLabApi):
        def answer(self, call: Call) -> Reply:
            """Always this."""
            return reply

    with Answering() as system:
        fields = {"kind": "gitlab", "url": system.base, "project": "team/search"}
        error = refused(adapter, Target("gitlab", fields, GitLabTriggerBed.given))
    assert told in error.reading
    assert (error.retry, error.retry_after_s) == (reply.status in (429, 502), wait_s)
    assert error.ambiguous == (reply.status == 502)  # a gateway that gave up: the pipeline may have been made


def test_the_token_stands_in_the_body_and_a_project_may_be_spelt_as_in_addresses(
    adapter: GitLabAdapter, bed: GitLabBed, system: GitLabApi
) -> None:
    for spelt in ("team/search", "team%2Fsearch", "/team/search/", "42"):
        adapter.trigger(bed.with_(spelt), trigger())
        call = system.calls[-1]
        assert "glptt-right" not in call.path + str(call.query) + str(call.headers)
        assert call.form["token"] == "glptt-right"
        assert "x-gitlab-event" not in call.headers


def as_a_runner_has_it(value: str) -> str:
    """Expanded by GitLab (Variables::Collection::Item) and by its runner (JobVariables.ExpandValue): `$$` is the sign itself."""
    return value.replace("$$", "\0").replace("$CI_JOB_TOKEN", "hunter2").replace("%CI_JOB_TOKEN%", "hunter2").replace("\0", "$")


def test_nothing_that_is_sent_is_expanded_by_a_runner(adapter: GitLabAdapter, system: GitLabApi, target: Target) -> None:
    root = {"project": "core", "metadata": {"message": "costs $CI_JOB_TOKEN, 100 % %CI_JOB_TOKEN% $$"}}
    new = replace(trigger(), parameters={"PRICE": "5$ or $CI_JOB_TOKEN"}, root=root)
    adapter.trigger(target, new)
    (made,) = system.pipelines(new.delivery_id)
    assert as_a_runner_has_it(made.variables["PRICE"]) == "5$ or $CI_JOB_TOKEN"
    assert json.loads(as_a_runner_has_it(made.variables["DOMINO_PAYLOAD"]))["root"] == root


def test_a_payload_that_is_too_long_for_a_variable_comes_as_a_file(
    adapter: GitLabAdapter, system: GitLabApi, target: Target
) -> None:
    new = replace(trigger(), root={"project": "core", "metadata": {"message": "ü$" * LONGEST}})
    receipt = adapter.trigger(target, new)
    (made,) = system.pipelines(new.delivery_id)
    assert "DOMINO_PAYLOAD" not in made.variables
    assert max(len(value) for name, value in made.variables.items() if name != "TRIGGER_PAYLOAD") < LONGEST
    assert json.loads(json.loads(made.variables["TRIGGER_PAYLOAD"])["domino"])["root"] == new.root
    assert "$TRIGGER_PAYLOAD" in receipt.reading
    assert new.event_token not in receipt.exchange.body


def test_a_search_asks_for_few_and_only_for_what_can_be_it(adapter: GitLabAdapter, system: GitLabApi, target: Target) -> None:
    before = replace(trigger(), delivery_id=new_id())
    for _ in range(MOST_SEARCHED + 3):
        adapter.trigger(target, trigger())
    asked = len(system.calls)
    assert adapter.find(target, before, Started()) is None
    assert len(system.calls) - asked == MOST_SEARCHED + 1
    for one in system.made:
        one.at -= timedelta(days=1)
    adapter.trigger(target, before)
    asked = len(system.calls)
    run = adapter.find(target, before, Started())
    assert run is not None
    assert (run.branch, run.tag, run.commit) == ("main", None, "9fceb02d0ae598e95dc970b74767f19372d61af8")
    assert len(system.calls) - asked == 2
    system.made[-1].at -= timedelta(days=1)
    asked = len(system.calls)
    assert adapter.find(target, before, Started()) is None
    assert len(system.calls) - asked == 1


def test_a_token_that_may_not_read_variables_knows_of_nothing_and_does_no_harm(
    adapter: GitLabAdapter, bed: GitLabBed, system: GitLabApi
) -> None:
    new = trigger()
    receipt = adapter.trigger(bed.target, new)
    system.reads_variables = False
    assert adapter.find(bed.target, new, Started()) is None
    assert adapter.find(bed.target, new, Started(ref=receipt.run_ref)) is not None
    assert adapter.find(bed.with_(api_token="wrong"), new, Started()) is None
    assert adapter.find(bed.target, new, Started(ref="999999")) is None
    with pytest.raises(ExchangeFailed):
        adapter.find(bed.with_(api_token="wrong"), new, Started(ref=receipt.run_ref))


def test_a_tag_is_no_branch(adapter: GitLabAdapter, bed: GitLabBed) -> None:
    new = replace(trigger(), ref="v1.0")
    receipt = adapter.trigger(bed.target, new)
    run = adapter.find(bed.target, new, Started(ref=receipt.run_ref))
    assert run is not None
    assert (run.branch, run.tag) == (None, "v1.0")


def test_without_an_api_token_nothing_is_asked_for_or_cancelled(
    adapter: GitLabAdapter, bed: GitLabBed, system: GitLabApi
) -> None:
    target = replace(bed.target, secrets=dict(GitLabTriggerBed.given))
    new = trigger()
    receipt = adapter.trigger(target, new)
    asked = len(system.calls)
    assert adapter.watches(target) is None
    assert adapter.find(target, new, Started(ref=receipt.run_ref)) is None
    assert "without an API token" in adapter.cancel(target, new, Started(ref=receipt.run_ref)).reading
    assert len(system.calls) == asked
    assert "Without an API token" in " ".join(finding.detail for finding in adapter.check(target))


def test_what_cannot_be_stopped_any_more_is_said(adapter: GitLabAdapter, bed: GitLabBed) -> None:
    assert "no pipeline of this trigger" in adapter.cancel(bed.target, trigger(), Started()).reading
    assert "no longer has pipeline 999999" in adapter.cancel(bed.target, trigger(), Started(ref="999999")).reading


def test_rights_and_states_of_the_project_are_part_of_the_test_connection(
    adapter: GitLabAdapter, bed: GitLabBed, system: GitLabApi
) -> None:
    system.tokens |= {"glpat-reads": ["read_api"], "glpat-little": ["read_user"]}
    system.projects.append(Hosted(45, "team/old", "", archived=True))

    def failing(target: Target) -> list[str]:
        return [f"{finding.step}: {finding.detail}" for finding in adapter.check(target) if not finding.ok]

    assert failing(bed.with_(api_token="glpat-reads")) == []
    assert failing(bed.with_(api_token="glpat-little")) == ["credentials: The API token lacks the scope api."]
    assert failing(bed.with_("team/old")) == ["target: The GitLab project is archived: it runs no pipelines."]
    assert failing(replace(bed.target, secrets={"api_token": "glpat-reads"})) == [
        "credentials: The API token lacks the scope api."
    ]


def test_commit_statuses(caller: Caller, bed: GitLabBed, system: GitLabApi) -> None:
    statuses, target = GitLabStatuses(caller), bed.target
    assert statuses.can_write(target.fields, target.secrets)
    assert not statuses.can_write(target.fields, GitLabTriggerBed.given)
    link = "https://arbiter.example/trees/1"
    for state, word in (("pending", "pending"), ("pending", "pending"), ("failure", "failed")):
        statuses.set_status(target.fields, target.secrets, "9fceb02", CommitStatus(state, "12 of 14 " * 20), link)
        assert system.statuses["9fceb02"]["state"] == word
    told = system.statuses["9fceb02"]
    assert (told["name"], told["target_url"], len(told["description"])) == ("dominoci/tree", link, 140)
    with pytest.raises(ExchangeFailed) as caught:
        statuses.set_status(target.fields, {"api_token": "wrong"}, "9fceb02", CommitStatus("pending", ""), link)
    assert "401" in caught.value.reading
    assert API_TOKEN not in repr(caught.value.exchange)
