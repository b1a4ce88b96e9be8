"""What is done at GitHub and GitLab for a repository there: its webhook is made, missed deliveries are taken, builds are shown on
their commits; against stand-ins that speak HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from dominoci.adapters import github_hook
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import (
    approvals,
    builds,
    hook_deliveries,
    hook_keeping,
    hook_secrets,
    job_changes,
    repository_links,
    vendor_hooks,
)
from dominoci.services.build_statuses import BuildStatusSender
from dominoci.services.hook_keeping import HookKeeper
from dominoci.services.repository_access import set_hook_secret
from dominoci.store import jobs, projects
from dominoci.store.paging import Page
from tests.fakes import github_events as github
from tests.fakes.github_api import TOKEN, GitHubApi
from tests.fakes.github_events import commit
from tests.fakes.gitlab_api import GitLabApi
from tests.fakes.misbehaving import BROKEN, RESET
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services
MAIN = "refs/heads/main"
A, B = commit("a"), commit("b")


class Bed:
    """A project `app` whose repository is at a stand-in for GitHub, with its job `web`."""

    def __init__(self, world: World, api: GitHubApi) -> None:
        self.world, self.api = world, api
        api.clock, api.any_commit = world.clock, True
        self.client = GuardedClient(("127.0.0.1",))
        caller = Caller(self.client, clock=world.clock)
        self.keeper = HookKeeper(world.transactions, caller)
        self.statuses = BuildStatusSender(world.transactions, caller)
        self.id = world.project("app", target={"kind": "agent"}, repository_url=f"{api.url}/octo-org/app.git")
        body = {"path": "web", "project": "app", "definition": {"format": "job", "text": "stages: [{steps: [{command: echo}]}]"}}
        world.write(job_changes.create, USER, body)
        for kind in ("branch", "pull_request"):
            world.write(self._link, kind)

    def _link(self, uow: Any, kind: str) -> None:
        job = jobs.find(uow.session, "web")
        assert job
        repository_links.put(uow, USER, "127.0.0.1/octo-org/app", kind, job)

    def give(self, token: str = TOKEN) -> None:
        """The project's access to the repository."""
        self.world.write(hook_keeping.put_access, USER, "app", {"kind": "token", "token": token})

    def hook(self) -> dict[str, Any]:
        """How the webhook stands."""
        shown: dict[str, Any] = self.world.read(hook_keeping.get, USER, "app")
        return shown

    def taken(self) -> list[dict[str, Any]]:
        """The deliveries that were taken, newest first."""
        items: list[dict[str, Any]] = self.world.read(hook_deliveries.of_project, USER, "app", Page())["items"]
        return items

    def repository(self) -> dict[str, Any]:
        """As its webhooks show it."""
        return {**github.repository(), "html_url": f"{self.api.url}/octo-org/app"}

    def missed(self, event: str, body: dict[str, Any], guid: str, *, ago_s: float = 60) -> None:
        """GitHub sent something that did not arrive."""
        told = {**body, "repository": self.repository()}
        self.api.sent(event, told, guid=guid, at=self.world.clock() - timedelta(seconds=ago_s))

    def live(self, body: dict[str, Any], guid: str, secret: str = "a secret of ours") -> dict[str, Any]:
        """GitHub sends a push, and it arrives."""
        raw = github.encoded({**body, "repository": self.repository()})
        headers = {name.lower(): text for name, text in github.headers("push", raw, secret, guid).items()}
        answer: dict[str, Any] = self.world.write(vendor_hooks.take, github_hook.read(headers, raw))
        return answer

    def shown(self) -> list[tuple[str, str, str]]:
        """Context, state and text of the statuses that were set since it was last asked."""
        self.statuses.send_due()
        found = [(one["context"], one["state"], one["description"]) for one in self.api.statuses]
        self.api.statuses.clear()
        return found


@contextmanager
def made(world: World) -> Iterator[Bed]:
    """The world with a stand-in for GitHub."""
    with GitHubApi() as api:
        world.empty(github_url=api.url)
        bed = Bed(world, api)
        yield bed
        bed.client.close()


@pytest.fixture
def bed(world: World) -> Iterator[Bed]:
    """On SQLite."""
    with made(world) as bed:
        yield bed


@pytest.fixture
def any_bed(any_world: World) -> Iterator[Bed]:
    """On SQLite and on MariaDB."""
    with made(any_world) as bed:
        yield bed


def test_a_webhook_is_made_with_the_access_and_made_once(bed: Bed) -> None:
    assert (bed.hook()["state"], bed.hook()["may_make"], bed.keeper.send_due()) == (None, False, 0)
    bed.give()
    assert bed.hook()["state"] == "wanted"
    with bed.api.going_wrong(BROKEN):
        assert bed.keeper.send_due() == 1
    assert (bed.hook()["state"], bed.hook()["text"]) == ("wanted", "GitHub answered 500: Something went wrong")
    bed.world.clock.advance(seconds=10)
    with bed.api.going_wrong(RESET):  # GitHub makes it, and the answer is lost
        bed.keeper.send_due()
    bed.world.clock.advance(seconds=10)
    assert bed.keeper.send_due() == 1
    assert bed.hook()["state"] == "made"
    (hook,) = bed.api.hooks
    url = f"http://arbiter.test/hooks/github?project={bed.id}"
    assert (hook["config"]["url"], hook["config"]["content_type"]) == (url, "json")
    assert hook["events"] == ["push", "pull_request"]  # own agents build it: GitHub's runs are nobody's business
    assert len(hook["config"]["secret"]) > 30
    # asked for anew it is the same one
    bed.world.write(hook_keeping.ask, USER, "app")
    bed.keeper.send_due()
    assert (len(bed.api.hooks), bed.hook()["state"]) == (1, "made")
    # and a new secret goes there, too
    secret = bed.world.write(hook_secrets.make, USER, "app")["secret"]
    bed.keeper.send_due()
    assert bed.api.hooks[0]["config"]["secret"] == secret
    # also one that was made while the webhook was
    bed.world.write(hook_keeping.ask, USER, "app")
    (turn,) = bed.keeper.claim()
    secret = bed.world.write(hook_secrets.make, USER, "app")["secret"]
    bed.keeper.send(turn)
    assert bed.hook()["state"] == "wanted"
    bed.keeper.send_due()
    assert (bed.api.hooks[0]["config"]["secret"], bed.hook()["state"]) == (secret, "made")


def test_two_projects_of_a_repository_have_a_webhook_each(bed: Bed) -> None:
    bed.give()
    bed.world.project("second", target={"kind": "agent"}, repository_url=f"{bed.api.url}/octo-org/app.git")
    bed.world.write(hook_keeping.put_access, USER, "second", {"kind": "token", "token": TOKEN})
    bed.keeper.send_due()
    urls = {hook["config"]["url"].partition("?project=")[2] for hook in bed.api.hooks}
    assert (len(urls), len({hook["config"]["secret"] for hook in bed.api.hooks})) == (2, 2)


def test_what_cannot_be_fetched_or_taken_is_named_and_holds_up_nothing(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    bed.give()
    bed.keeper.send_due()
    bed.world.clock.advance(minutes=10)
    bed.missed("push", github.push(MAIN, A), "g-gone", ago_s=300)
    bed.missed("push", {**github.push(MAIN, A), "after": "none"}, "g-bad", ago_s=250)
    bed.missed("push", github.push("refs/heads/breaks", A), "g-breaks", ago_s=200)
    bed.missed("push", github.push(MAIN, B), "g-good", ago_s=100)
    del bed.api.deliveries[0]["request"]  # GitHub forgets what it sent
    taken = vendor_hooks.replay

    def replay(uow: UnitOfWork, hook: Any, *more: Any) -> Any:
        if hook.delivery_id == "g-breaks":
            raise ZeroDivisionError
        return taken(uow, hook, *more)

    monkeypatch.setattr(vendor_hooks, "replay", replay)
    bed.keeper.send_due()
    texts = {one["delivery"]: one["text"].partition(":")[0] for one in bed.taken()}
    lost = {"g-gone": "it could not be fetched", "g-bad": "it could not be taken", "g-breaks": "it could not be taken"}
    assert texts == {**lost, "g-good": f"web_main builds {B[:12]}"}


def test_what_was_missed_before_a_hundred_others_is_found(bed: Bed) -> None:
    bed.give()
    bed.keeper.send_due()
    bed.world.clock.advance(minutes=10)
    bed.missed("push", github.push(MAIN, A), "g-1", ago_s=300)
    for number in range(120):
        bed.missed("ping", {"zen": "…"}, f"ping-{number}", ago_s=200)
    bed.keeper.send_due()
    assert [one["delivery"] for one in bed.taken()] == ["g-1"]


def test_what_was_missed_undoes_nothing_newer(bed: Bed) -> None:
    """A push and a deletion did not arrive, a later push did."""
    bed.give()
    bed.keeper.send_due()
    bed.world.write(put_secret, "a secret of ours")
    bed.world.clock.advance(minutes=10)
    bed.live(github.push(MAIN, B), "g-live")
    bed.missed("push", github.push(MAIN, A), "g-1", ago_s=200)
    bed.missed("push", github.push(MAIN, github.NOTHING, A), "g-2", ago_s=100)
    bed.missed("push", github.push("refs/heads/other", github.NOTHING, A), "g-3", ago_s=99)
    bed.missed("push", github.push("refs/heads/other", A), "g-4", ago_s=98)
    bed.world.clock.advance(minutes=1)
    bed.keeper.send_due()
    late = "it came late: web_main was pushed to after it"
    texts = {one["delivery"]: one["text"] for one in bed.taken()}
    made = {"g-live": f"web_main builds {B[:12]}", "g-4": f"web_other builds {A[:12]}"}
    assert texts == {**made, "g-1": late, "g-2": late, "g-3": "branch other had no job"}


def test_a_token_that_may_not_is_told_and_not_tried_for_ever(bed: Bed) -> None:
    bed.api.may_not.add("repository_hooks=read")
    bed.give()
    bed.keeper.send_due()
    assert bed.hook()["state"] == "failed"
    assert "It needs the permission repository_hooks=read" in bed.hook()["text"]
    bed.world.clock.advance(days=1)
    assert bed.keeper.send_due() == 0


def test_what_github_sent_in_vain_is_taken_later_and_once(any_bed: Bed) -> None:
    """G12. The oldest first; what may still be arriving is left for the next look; what is known is not taken again."""
    bed = any_bed
    bed.give()
    bed.keeper.send_due()
    bed.world.clock.advance(minutes=10)
    bed.missed("push", github.push(MAIN, A), "g-1", ago_s=300)
    bed.missed("pull_request", github.pull("opened", B), "g-2", ago_s=200)
    bed.missed("pull_request", github.pull("closed", B, at="11:00"), "g-3", ago_s=100)
    bed.missed("push", github.push(MAIN, B, A), "g-4", ago_s=1)
    bed.missed("ping", {"zen": "…"}, "g-5")
    bed.keeper.send_due()
    texts = [(one["delivery"], one["text"], one["replayed"]) for one in bed.taken()]
    assert sorted(texts) == [
        ("g-1", f"web_main builds {A[:12]}", True),
        ("g-2", f"web_pr25 builds {B[:12]}", True),
        ("g-3", "web_pr25 is closed", True),
    ]
    bed.world.clock.advance(minutes=5)
    bed.keeper.send_due()
    assert bed.taken()[0]["delivery"] == "g-4"
    bed.world.clock.advance(minutes=5)
    bed.keeper.send_due()
    assert len(bed.taken()) == 4
    assert bed.hook()["looked_at"] == bed.world.clock()


def test_builds_are_shown_on_their_commits(bed: Bed) -> None:
    bed.give()
    bed.keeper.send_due()
    bed.world.clock.advance(minutes=6)
    bed.missed("push", github.push(MAIN, A), "g-1")
    bed.missed("pull_request", github.pull("opened", B, fork=True), "g-2")
    bed.keeper.send_due()
    with bed.api.going_wrong(BROKEN):
        assert bed.shown() == []
    bed.world.clock.advance(seconds=5)
    assert sorted(bed.shown()) == [
        ("dominoci/pr/web", "pending", "Build #2 waits until a maintainer approves this commit"),
        ("dominoci/push/web", "pending", "Build #1 waits for an agent"),
    ]
    agent = bed.world.agent()
    claimed = bed.world.claim(agent)
    assert claimed
    assert bed.world.claim(agent) is None
    bed.world.end_build(claimed, "FAILED", reason={"code": "build_failed", "text": "step 1 failed"})
    assert bed.shown() == [("dominoci/push/web", "failure", "Build #1 failed: step 1 failed")]
    fork = next(one for one in bed.world.read(builds.listing, USER, {}, Page())["items"] if one["approval"])
    bed.world.write(approvals.approve, USER, fork["id"], B)
    assert bed.shown() == [("dominoci/pr/web", "pending", "Build #2 waits for an agent")]
    claimed = bed.world.claim(agent)
    assert claimed
    bed.world.end_build(claimed)
    assert bed.shown() == [("dominoci/pr/web", "success", "Build #2 passed")]


def test_at_gitlab_the_webhook_is_made_with_its_events(world: World) -> None:
    with GitLabApi() as api:
        world.empty(gitlab_url=api.base, github_url="https://github.test")
        client = GuardedClient(("127.0.0.1",))
        keeper = HookKeeper(world.transactions, Caller(client, clock=world.clock))
        project = api.project
        world.project("app", target={"kind": "agent"}, repository_url=f"{project.web_url}.git")
        world.write(hook_keeping.put_access, USER, "app", {"kind": "token", "token": "glpat-right"})
        keeper.send_due()
        shown = world.read(hook_keeping.get, USER, "app")
        assert (shown["state"], shown["text"], shown["url"]) == (
            "made",
            "The webhook is there.",
            "http://arbiter.test/hooks/gitlab",
        )
        (hook,) = project.hooks
        assert {name: hook[name] for name in ("push_events", "tag_push_events", "merge_requests_events", "pipeline_events")}
        assert hook["url"].startswith("http://arbiter.test/hooks/gitlab?project=")
        world.write(hook_keeping.ask, USER, "app")
        keeper.send_due()
        assert len(project.hooks) == 1
        client.close()


def put_secret(uow: UnitOfWork, secret: str) -> None:
    """The webhook's secret of `app`."""
    project = projects.by_id_or_name(uow.session, "app")
    assert project
    set_hook_secret(uow, project, secret)


def test_deliveries_that_come_at_once_make_one_copy_and_count_once(any_bed: Bed) -> None:
    """Four deliveries of one branch, each twice: one copy, four builds."""
    world, secret = any_bed.world, "a secret of ours"
    world.write(put_secret, secret)

    def send(number: int) -> dict[str, Any]:
        return any_bed.live(github.push("refs/heads/feature", commit("abcd"[number % 4])), f"g-{number % 4}", secret)

    with Crew(8) as crew:
        answers = crew.at_once([partial(send, number) for number in range(8)])
    assert sorted(answer["duplicate"] for answer in answers) == [False] * 4 + [True] * 4
    rows = world.read(builds.listing, USER, {}, Page())["items"]
    assert {row["of_job"]["path"] for row in rows} == {"web_feature"}
    assert sorted(row["number"] for row in rows) == [1, 2, 3, 4]
