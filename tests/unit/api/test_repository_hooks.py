"""Repositories elsewhere: a day of GitHub's webhooks, and the jobs that came of it (docs/hooks.md tells the same day)."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fakes import github_events as github
from tests.fakes.github_events import NOTHING
from tests.unit.api.github_day import FEATURE, HELLO, MAIN, REPOSITORY, A, B, C, D, Day, E, F
from tests.unit.api.people import newcomer
from tests.unit.api.site import TestSite


@pytest.fixture
def day(site: TestSite) -> Day:
    """The beginning of the day."""
    return Day(site)


def test_a_day_of_webhooks(day: Day) -> None:
    feature = _branches(day)
    _pull_request(day, feature)
    _fork(day)
    _endings(day, feature)
    shown = day.site.get("/projects/app/hook-deliveries?limit=5").get_json()
    assert [one["event"] for one in shown["items"]] == ["pull_request", "push", "push", "pull_request", "pull_request"]
    assert shown["items"][0]["builds"][0]["number"]
    rest = day.site.get(f"/projects/app/hook-deliveries?cursor={shown['next_cursor']}").get_json()
    assert [one["event"] for one in rest["items"]][-2:] == ["push", "ping"]
    assert len(rest["items"]) == 11


def _branches(day: Day) -> dict[str, Any]:
    """Two branches are pushed; answers the build of the second."""
    # the webhook is new
    assert day.told("ping", {"zen": "Design for failure.", "hook_id": 1, "repository": github.repository()})["builds"] == []

    # main is pushed: its copy is made, with the definition as it is, and its success opens a tree
    pushed = day.told("push", github.push(MAIN, A), delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958")
    assert pushed["reason"] == f"team-web_main builds {A[:12]}"
    main = day.build(pushed)
    assert (main["cause"], main["commit"], main["branch"], main["of_job"]["path"]) == ("push", A, "main", "team-web_main")
    assert (main["definition_version"], main["approval"]) == (1, None)
    # GitHub sends it again: nothing happens twice
    again = day.told("push", github.push(MAIN, A), delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958")
    assert (again["duplicate"], again["builds"]) == (True, [])
    claimed = day.claimed()
    assert claimed["commit"] == A
    assert day.finish(claimed)["tree_id"]

    # a branch whose name can stand in no other: six digits of its hash are in its copy's
    feature = day.build(day.told("push", github.push(FEATURE, B)))
    assert feature["of_job"]["name"].startswith("team-web_feature-login-")
    assert len(feature["of_job"]["name"]) == len("team-web_feature-login-") + 6
    assert day.copies()[feature["of_job"]["name"]]["ref"] == FEATURE
    return feature


def _pull_request(day: Day, feature: dict[str, Any]) -> None:
    # the definition changes; a pull request is opened from that branch: its copy has the new one
    new = {"format": "job", "text": HELLO.replace("hello", "goodbye")}
    assert day.site.call("PUT", "/api/v1/jobs/team-web/definition", json=new).status_code == 200
    opened = day.build(day.told("pull_request", github.pull("opened", B)))
    assert (opened["of_job"]["name"], opened["cause"], opened["commit"]) == ("team-web_pr25", "pull", B)
    assert (opened["definition_version"], feature["definition_version"]) == (2, 1)
    assert day.told("pull_request", github.pull("labeled", B, at="10:01"))["builds"] == []

    # it is pushed to: a build of the same copy; what its success says, it says of no branch
    synchronised = day.build(day.told("pull_request", github.pull("synchronize", C, at="10:30")))
    assert (synchronised["of_job"]["name"], synchronised["commit"]) == ("team-web_pr25", C)
    while claimed := day.claim():
        assert claimed["trusted"] is True
        ended = day.finish(claimed)
        assert (ended["tree_id"] is not None) == (claimed["ref"] == FEATURE)


def _fork(day: Day) -> None:
    # a stranger's pull request: no agent gets it before somebody has looked at this very commit
    first = day.build(day.told("pull_request", github.pull("opened", D, number=26, fork=True)))
    assert (first["of_job"]["name"], first["approval"]) == ("team-web_pr26", "needed")
    assert first["waiting"]["code"] == "needs_approval"
    assert day.claim() is None
    # the stranger pushes something else: the first build is over, and what was seen of it approves nothing
    second = day.build(day.told("pull_request", github.pull("synchronize", E, number=26, fork=True, at="11:05")))
    assert day.site.get(f"/builds/{first['id']}").get_json()["state"] == "cancelled"
    assert day.site.post(f"/builds/{first['id']}/approve", {"commit": D}).status_code == 409
    assert day.site.post(f"/builds/{second['id']}/approve", {"commit": D}).status_code == 409
    assert day.claim() is None
    approved = day.site.post(f"/builds/{second['id']}/approve", {"commit": E})
    assert (approved.status_code, approved.get_json()["approval"]) == (200, "given")
    claimed = day.claimed()
    assert (claimed["commit"], claimed["trusted"], claimed["secrets"]) == (E, False, {})
    assert day.finish(claimed)["tree_id"] is None


def _endings(day: Day, feature: dict[str, Any]) -> None:
    # a tag: the job itself is built at it
    tagged = day.build(day.told("push", github.push("refs/tags/v1.0", A)))
    assert (tagged["of_job"]["name"], tagged["tag"], tagged["commit"]) == ("team-web", "v1.0", A)
    # an annotated one has an id of its own, which is no commit's
    annotated = day.build(day.told("push", github.push("refs/tags/v1.1", F, head_commit={"id": A})))
    assert (annotated["tag"], annotated["commit"]) == ("v1.1", A)
    unsaid = day.build(day.told("push", github.push("refs/tags/v1.2", F, head_commit=None)))
    assert (unsaid["tag"], unsaid["commit"]) == ("v1.2", None)

    # merged: the copy is closed; late news of it open nothing
    closed = day.told("pull_request", github.pull("closed", C, at="13:00"))
    assert closed["reason"] == "team-web_pr25 is closed"
    assert day.told("pull_request", github.pull("synchronize", B, at="12:59"))["builds"] == []
    # the branch is deleted
    assert day.told("push", github.push(FEATURE, NOTHING, B))["reason"].endswith("is closed")
    assert set(day.copies()) == {"team-web_main", "team-web_pr26"}
    assert len(day.copies(closed=True)) == 4

    # the branch comes back, and the pull request is opened again: the same jobs, with their history
    assert day.build(day.told("push", github.push(FEATURE, F)))["of_job"]["id"] == feature["of_job"]["id"]
    assert day.build(day.told("pull_request", github.pull("reopened", F, at="14:00")))["of_job"]["name"] == "team-web_pr25"


def test_without_a_link_pushes_to_the_default_branch_are_root_builds(day: Day) -> None:
    for link in day.site.get("/jobs/team-web/links").get_json()["items"]:
        assert day.site.call("DELETE", f"/api/v1/jobs/team-web/links/{link['id']}").status_code == 204
    assert day.told("push", github.push(FEATURE, B))["builds"] == []
    root = day.build(day.told("push", github.push(MAIN, A)))
    assert (root["cause"], root["commit"], root["of_job"]) == ("push", A, None)
    assert day.told("push", github.push(MAIN, A))["reason"] == "this push was built before"
    assert day.told("push", github.push(MAIN, NOTHING, A))["builds"] == []
    assert day.told("pull_request", github.pull("opened", B))["builds"] == []


def test_who_cannot_prove_it_starts_nothing_and_nothing_is_stored(day: Day) -> None:
    """Abuse case 2: a changed byte, the body written anew, an old signature, none; an unknown repository answers alike."""
    raw = github.encoded(github.push(MAIN, A))
    good = github.headers("push", raw, day.secret)
    unknown = github.encoded({**github.push(MAIN, A), "repository": github.repository("octo-org/other")})
    tried = [
        (raw.replace(b"aaaa", b"aaab", 1), good),
        (raw.replace(b": ", b":"), good),
        (raw, {**good, "X-Hub-Signature-256": "sha1=" + "0" * 40}),
        (raw, {name: value for name, value in good.items() if name != "X-Hub-Signature-256"}),
        (unknown, github.headers("push", unknown, day.secret)),
        (raw, github.headers("push", raw, "")),
    ]
    answers = [day.site.anyone.post("/hooks/github", data=sent, headers=said) for sent, said in tried]
    assert {one.status_code for one in answers} == {401}
    assert len({one.text for one in answers}) == 1
    assert day.copies() == {}
    assert day.site.get("/projects/app/hook-deliveries").get_json()["items"] == []


def test_a_strangers_project_of_the_same_repository_speaks_for_itself_alone(day: Day) -> None:
    address = "https://github.com/octo-org/app"
    day.site.project("theirs", target={"kind": "agent"}, repository_url=address)
    secret = day.site.post("/projects/theirs/hook-secret", None).get_json()["secret"]
    sent = github.push(MAIN, A)
    theirs = day.told("push", sent, secret=secret, delivery="one-event")
    built = day.build(theirs)
    assert (built["project"]["name"], built["of_job"]) == ("theirs", None)
    assert day.copies() == {}
    # GitHub gives the webhooks of one event one id: it counts once for each project
    assert day.build(day.told("push", sent, delivery="one-event"))["project"]["name"] == "app"
    assert [one["text"] for one in day.site.get("/projects/theirs/hook-deliveries").get_json()["items"]] == [
        f"theirs builds {A[:12]}"
    ]
    link = {"repository": REPOSITORY, "kind": "branch"}
    stranger = newcomer(day.site, "stranger")
    assert day.site.post("/projects", {"name": "mine", "repository_url": address}, stranger).status_code == 201
    assert day.site.post("/jobs", {"path": "mine-web", "project": "mine"}, stranger).status_code == 201
    assert day.site.call("PUT", "/api/v1/jobs/mine-web/links", stranger, json=link).status_code == 409


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("push", {**github.push(MAIN, A), "after": "$(id)"}),
        ("push", {**github.push(MAIN, A), "ref": ["main"]}),
        ("pull_request", {**github.pull("opened", A), "pull_request": None}),
        ("pull_request", github.pull("opened", "A" * 40)),
        ("pull_request", github.pull("opened", A, number=-1)),
    ],
)
def test_what_github_does_not_send_is_400_and_starts_nothing(day: Day, event: str, body: dict[str, Any]) -> None:
    assert day.send(event, body).status_code == 400
    assert day.copies() == {}


@pytest.mark.parametrize(
    "ref", ["refs/heads/--upload-pack=x", "refs/notes/x", "refs/heads/" + "n" * 250, "refs/heads/a..b", "main"]
)
def test_a_ref_that_cannot_be_kept_is_no_refusal_and_starts_nothing(day: Day, ref: str) -> None:
    told = day.told("push", github.push(ref, A))
    assert told["builds"] == []
    assert told["reason"].startswith("the ref is no branch and no tag")
    assert day.copies() == {}


def test_a_push_to_a_pull_request_that_comes_after_a_later_label_is_built(day: Day) -> None:
    day.build(day.told("pull_request", github.pull("opened", A)))
    assert day.told("pull_request", github.pull("labeled", B, at="10:31"))["builds"] == []
    assert day.build(day.told("pull_request", github.pull("synchronize", B, at="10:30")))["commit"] == B
    assert day.told("pull_request", github.pull("labeled", A, at="10:29"))["reason"].startswith("it came late")
    # not one that came after a later push, or after the end
    assert day.build(day.told("pull_request", github.pull("synchronize", D, at="10:40")))["commit"] == D
    assert day.told("pull_request", github.pull("synchronize", C, at="10:35"))["builds"] == []
    assert day.told("pull_request", github.pull("closed", D, at="10:45"))["reason"] == "team-web_pr25 is closed"
    assert day.told("pull_request", github.pull("synchronize", E, at="10:44"))["builds"] == []


def test_a_fork_that_is_gone_is_a_strangers(day: Day) -> None:
    body = github.pull("opened", A, fork=True)
    body["pull_request"]["head"]["repo"] = None
    assert day.build(day.told("pull_request", body))["approval"] == "needed"


def test_names_that_are_alike_are_kept_apart(day: Day) -> None:
    names = {day.build(day.told("push", github.push(f"refs/heads/{branch}", A)))["of_job"]["name"] for branch in BRANCHES}
    assert len(names) == len(BRANCHES)
    assert {"team-web_x.y"} == {name for name in names if "-" not in name.removeprefix("team-web_")}
    assert "team-web_pr25" not in names


BRANCHES = ("a/b", "a_b/c", "a b".replace(" ", "%"), "pr25", "PR25", "12", "recent", "ä", "x.y", "é", "logo.svg", "n" * 200)


def test_a_job_that_is_switched_off_starts_nothing_and_says_so(day: Day) -> None:
    assert day.site.call("PATCH", "/api/v1/jobs/team-web", json={"enabled": False}).status_code == 200
    assert day.told("push", github.push(MAIN, A))["reason"] == "team-web is switched off"
    assert day.told("pull_request", github.pull("opened", A))["builds"] == []


def test_links_take_the_right_repository_and_are_nobody_elses(day: Day) -> None:
    site = day.site

    def put(job: str, body: dict[str, Any]) -> int:
        return site.call("PUT", f"/api/v1/jobs/{job}/links", json=body).status_code

    link = {"repository": REPOSITORY, "kind": "branch"}
    assert put("nowhere", link) == 404
    assert put("team-web", {**link, "repository": "github.com/octo-org/other"}) == 409
    assert put("team-web", {**link, "repository": "github.com"}) == 422
    assert put("team-web", {**link, "kind": "tag"}) == 422
    # a job that checks nothing out may follow any repository, but needs a secret of its own project for it
    alone = {"path": "alone", "definition": {"format": "job", "text": HELLO}}
    assert site.post("/jobs", alone).status_code == 201
    assert put("alone", {"repository": "https://github.com/octo-org/other.git", "kind": "branch"}) == 200
    other = {**github.push(MAIN, A), "repository": github.repository("octo-org/other")}
    assert day.send("push", other).status_code == 401
    raw = github.encoded(github.push(MAIN, NOTHING, A))  # the address of a webhook that was made from here
    own = day.site.anyone.post("/hooks/github?project=x", data=raw, headers=github.headers("push", raw, day.secret))
    assert own.status_code == 200
    secret = site.post("/projects/alone/hook-secret", None).get_json()
    assert secret["url"] == "http://arbiter.test/hooks/github"
    assert day.told("push", other, secret=secret["secret"])["builds"]
    listed = site.get("/jobs/alone/links").get_json()["items"]
    assert [(one["repository"], one["kind"]) for one in listed] == [("github.com/octo-org/other", "branch")]


def test_a_build_is_approved_by_a_maintainer_and_once(day: Day) -> None:
    fork = day.build(day.told("pull_request", github.pull("opened", A, fork=True)))
    own = day.build(day.told("push", github.push(MAIN, A)))
    approve = f"/builds/{fork['id']}/approve"
    assert day.site.post(f"/builds/{own['id']}/approve", {"commit": A}).status_code == 409
    assert day.site.post(approve, {}).status_code == 422
    assert [day.site.post(approve, {"commit": A}).status_code for _ in range(2)] == [200, 200]
    # whoever runs it again runs the same commit, with the same right
    assert day.site.post(f"/builds/{fork['id']}/cancel", {}).status_code == 202
    again = day.site.post(f"/builds/{fork['id']}/rerun", {}).get_json()
    assert (again["approval"], again["commit"]) == ("given", A)
    # by hand it is the head that is known, and has to be looked at as well
    by_hand = day.site.post("/jobs/team-web_pr25/builds", {}).get_json()
    assert (by_hand["approval"], by_hand["commit"]) == ("needed", A)
    waiting = day.build(day.told("pull_request", github.pull("opened", B, number=27, fork=True)))
    assert day.site.post(f"/builds/{waiting['id']}/cancel", {}).status_code == 202
    assert day.site.post(f"/builds/{waiting['id']}/rerun", {}).get_json()["approval"] == "needed"


# ---- GitLab


class AtGitLab:
    """A project at GitLab with a job for branches and merge requests."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        site.project("lab", target={"kind": "agent"}, repository_url="git@gitlab.com:team/search.git")
        assert site.post("/jobs", {"path": "search", "project": "lab"}).status_code == 201
        for kind in ("branch", "pull_request"):
            link = {"repository": "https://gitlab.com/team/search", "kind": kind}
            assert site.call("PUT", "/api/v1/jobs/search/links", json=link).status_code == 200
        made = site.post("/projects/lab/hook-secret", None).get_json()
        assert made["url"] == "http://arbiter.test/hooks/gitlab"
        self.secret = made["secret"]

    def told(self, event: str, body: dict[str, Any], key: str | None = None, secret: str | None = None) -> TestResponse:
        """One webhook."""
        headers = {"X-Gitlab-Event": event, "X-Gitlab-Token": secret or self.secret}
        project = {"id": 42, "path_with_namespace": "team/search", "web_url": "https://gitlab.com/team/search"}
        body = {"project": {**project, "default_branch": "main"}, **body}
        return self.site.anyone.post("/hooks/gitlab", json=body, headers={**headers, **({"Idempotency-Key": key} if key else {})})

    def merge_request(self, action: str, head: str, **attributes: Any) -> dict[str, Any]:
        """`Merge Request Hook`."""
        about = {"iid": 7, "title": "Search faster", "action": action, "state": "opened", "last_commit": {"id": head}}
        about |= {"source_branch": "faster", "target_branch": "main", "source_project_id": 42, "target_project_id": 42}
        about |= {"url": "https://gitlab.com/team/search/-/merge_requests/7", "updated_at": "2026-11-21 10:00:00 UTC"}
        answer = self.told("Merge Request Hook", {"user": {"username": "ada"}, "object_attributes": {**about, **attributes}})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())


def test_gitlab_alike(site: TestSite) -> None:
    lab = AtGitLab(site)
    push = {"object_kind": "push", "ref": MAIN, "before": NOTHING, "after": A}
    assert lab.told("Push Hook", push, secret="wrong").status_code == 401
    first = lab.told("Push Hook", push, key="k-1").get_json()
    assert (first["reason"], first["duplicate"]) == (f"search_main builds {A[:12]}", False)
    assert lab.told("Push Hook", push, key="k-1").get_json()["duplicate"] is True
    tag = {"object_kind": "tag_push", "ref": "refs/tags/v2", "before": NOTHING, "after": B, "checkout_sha": C}
    tagged = lab.told("Tag Push Hook", tag).get_json()
    assert tagged["reason"] == "search builds tag v2"
    assert site.get(f"/builds/{tagged['builds'][0]['id']}").get_json()["commit"] == C
    assert lab.merge_request("open", B)["reason"] == f"search_pr7 builds {B[:12]}"
    assert lab.merge_request("update", B, title="Search much faster")["builds"] == []
    assert lab.merge_request("update", C, oldrev=B)["reason"] == f"search_pr7 builds {C[:12]}"
    assert lab.merge_request("merge", C, state="merged")["reason"] == "search_pr7 is closed"
    fork = lab.merge_request("open", D, iid=8, source_project_id=99)
    built = site.get(f"/builds/{fork['builds'][0]['id']}").get_json()
    assert (built["approval"], built["ref"]) == ("needed", "refs/merge-requests/8/head")
    assert lab.told("Push Hook", {**push, "after": NOTHING, "before": A}).get_json()["reason"] == "search_main is closed"
    assert lab.told("Issue Hook", {"object_kind": "issue"}).status_code == 200  # GitLab ends hooks that are refused
    assert lab.told("Merge Request Hook", {"object_attributes": {"iid": 1}}).status_code == 400
