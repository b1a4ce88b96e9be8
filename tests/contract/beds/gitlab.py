"""GitLab in its three ways: a trigger token with an API token beside it, the API token alone, the trigger token alone."""

from collections.abc import Mapping
from typing import ClassVar, Final

from dominoci.adapters.base import Adapter, Target
from dominoci.adapters.gitlab import GitLabAdapter
from dominoci.outbound.exchange import Caller
from tests.contract.beds.base import Bed, Wrong
from tests.fakes.gitlab_api import GitLabApi, Hosted

TRIGGER_TOKEN, API_TOKEN, WRONG = "glptt-right", "glpat-right", "gl-of-somebody-else"


class GitLabBed(Bed):
    """Both tokens; the project by its path."""

    name: ClassVar[str] = "gitlab"
    results: ClassVar[Mapping[str, str | None]] = {
        "success": "SUCCESS",
        "failed": "FAILED",
        "canceled": "CANCELLED",
        "skipped": "SKIPPED",
        "manual": None,
        "scheduled": None,
        "canceling": None,
        "a word of tomorrow": None,
    }
    given: ClassVar[Mapping[str, str]] = {"token": TRIGGER_TOKEN, "api_token": API_TOKEN}
    project: ClassVar[str] = "team/search"

    def __init__(self) -> None:
        self.system: GitLabApi = GitLabApi()
        self.system.projects.append(Hosted(44, "team/locked", "", TRIGGER_TOKEN, no_variables=True))

    def adapter(self, caller: Caller) -> Adapter:
        """The adapter under test."""
        return GitLabAdapter(caller)

    @property
    def target(self) -> Target:
        """Good."""
        return self.with_()

    def with_(self, project: str | None = None, path: str = "", **secrets: str) -> Target:
        """The good one, but for this."""
        fields = {"kind": "gitlab", "url": self.system.base + path, "project": project or self.project}
        return Target("gitlab", fields, {**self.given, **secrets})

    def wrong(self) -> Mapping[str, Wrong]:
        """The trigger token is told from the project's path only by what the API token sees."""
        return {
            "api token": Wrong(self.with_(api_token=WRONG), "credentials", "401", starts=True),
            "trigger token": Wrong(self.with_(token=WRONG), "credentials", "belongs to another"),
            "target": Wrong(self.with_("team/nothing"), "target", "team/nothing"),
            "variables": Wrong(self.with_("team/locked"), "parameters", "ci_pipeline_variables_minimum_override_role"),
            "path of the server": Wrong(self.with_(path="/elsewhere"), "connection", "https://host/gitlab"),
        }

    def runs(self, delivery_id: str) -> list[str]:
        """By the variable."""
        return [str(one.id) for one in self.system.pipelines(delivery_id)]

    def start(self, run: str) -> None:
        """A runner took it."""
        self.system.of(run).status = "running"

    def finish(self, run: str, result: str) -> None:
        """In one of GitLab's words."""
        self.system.of(run).status = result

    def is_stopped(self, run: str) -> bool:
        """By its API."""
        return self.system.of(run).stopped


class GitLabApiBed(GitLabBed):
    """The API token starts pipelines too; the project by its id."""

    name: ClassVar[str] = "gitlab-api"
    given: ClassVar[Mapping[str, str]] = {"api_token": API_TOKEN}
    project: ClassVar[str] = "42"

    def wrong(self) -> Mapping[str, Wrong]:
        """What there is without a trigger token."""
        return {
            "api token": Wrong(self.with_(api_token=WRONG), "credentials", "401"),
            "target": Wrong(self.with_("99"), "target", "99"),
            "variables": Wrong(self.with_("44"), "parameters", "Minimum role to use pipeline variables"),
        }


class GitLabTriggerBed(GitLabBed):
    """Nothing can be asked for, so a result comes by callback or webhook."""

    name: ClassVar[str] = "gitlab-trigger"
    asked: ClassVar[bool] = False
    stopped: ClassVar[bool] = False
    once: ClassVar[bool] = False
    given: ClassVar[Mapping[str, str]] = {"token": TRIGGER_TOKEN}

    def wrong(self) -> Mapping[str, Wrong]:
        """GitLab tells strangers one and the same of a wrong token and a wrong project."""
        return {
            "trigger token": Wrong(self.with_(token=WRONG), "credentials", "belongs to another"),
            "target": Wrong(self.with_("team/nothing"), "credentials", "no project team/nothing"),
        }


BEDS: Final = (GitLabBed, GitLabApiBed, GitLabTriggerBed)
