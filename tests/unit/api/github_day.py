"""A project at GitHub with jobs for its branches and pull requests, and what GitHub sends of it in a day."""

from typing import Any

from werkzeug.test import TestResponse

from tests.fakes import github_events as github
from tests.fakes.github_events import commit
from tests.unit.api.site import TestSite

REPOSITORY = "github.com/octo-org/app"
A, B, C, D, E, F = (commit(letter) for letter in "abcdef")
MAIN, FEATURE = "refs/heads/main", "refs/heads/feature/login"
HELLO = "stages: [{steps: [{command: echo hello}]}]"


class Day:
    """A project at GitHub with a job `web` for branches and pull requests, and what GitHub sends of it."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        site.project("app", target={"kind": "agent"}, repository_url="https://github.com/Octo-Org/App.git")
        definition = {"format": "job", "text": HELLO}
        assert site.post("/jobs", {"path": "team-web", "project": "app", "definition": definition}).status_code == 201
        for kind in ("branch", "pull_request"):
            self.put_link(kind)
        self.secret = site.post("/projects/app/hook-secret", None).get_json()["secret"]

    def put_link(self, kind: str, job: str = "team-web", repository: str = REPOSITORY) -> TestResponse:
        """Links the repository to the job."""
        body = {"repository": repository, "kind": kind}
        answer = self.site.call("PUT", f"/api/v1/jobs/{job}/links", json=body)
        assert answer.status_code == 200, answer.text
        return answer

    def send(self, event: str, body: dict[str, Any], delivery: str | None = None, secret: str | None = None) -> TestResponse:
        """One webhook."""
        raw = github.encoded(body)
        sent = github.headers(event, raw, secret or self.secret, delivery)
        return self.site.anyone.post("/hooks/github", data=raw, headers=sent)

    def told(self, event: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The answer to one that is taken."""
        answer = self.send(event, body, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def copies(self, *, closed: bool = False) -> dict[str, dict[str, Any]]:
        """The job's copies by name."""
        query = "?closed=true" if closed else ""
        return {one["name"]: one for one in self.site.get(f"/jobs/team-web/copies{query}").get_json()["items"]}

    def build(self, told: dict[str, Any]) -> dict[str, Any]:
        """The one build that a webhook started."""
        (made,) = told["builds"]
        return dict(self.site.get(f"/builds/{made['id']}").get_json())

    def claim(self) -> dict[str, Any] | None:
        """What an agent gets now."""
        if not hasattr(self, "agent"):
            self.agent = self.site.agent_token()
        answer = self.site.post("/agents/claim", {}, self.agent)
        return dict(answer.get_json()) if answer.status_code == 200 else None

    def claimed(self) -> dict[str, Any]:
        """The same where there must be something."""
        found = self.claim()
        assert found
        return found

    def finish(self, claimed: dict[str, Any], status: str = "SUCCESS") -> dict[str, Any]:
        """The end of a build."""
        answer = self.site.post(f"/builds/{claimed['id']}/result", {"status": status}, claimed["token"])
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.get_json())
