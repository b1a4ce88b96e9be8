"""GitHub in three ways: github.com with a token, an older Enterprise Server with an App, and repository_dispatch."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dominoci.adapters.base import Adapter, Target
from dominoci.adapters.github import GitHubAdapter
from dominoci.outbound.exchange import Caller
from tests.contract.beds.base import Bed, Wrong
from tests.fakes.github_api import APP_ID, REPOSITORY, TOKEN, GitHubApi, Workflow

NOW: Final = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # the suite's
UNFINISHED: Final = ("queued", "waiting", "pending", "requested")
RESULTS: Final[Mapping[str, str | None]] = {
    "success": "SUCCESS",
    "neutral": "SUCCESS",
    "failure": "FAILED",
    "action_required": "FAILED",
    "stale": "FAILED",
    "startup_failure": "FAILED",
    "cancelled": "CANCELLED",
    "skipped": "SKIPPED",
    "timed_out": "TIMED_OUT",
    **dict.fromkeys(UNFINISHED),
}


@cache
def app_key() -> tuple[str, str]:
    """An App's private key, and its public half, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, open_ssl = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    private = key.private_bytes(pem, open_ssl, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


class GitHubBed(Bed):
    """github.com: a personal access token, and the run's id in the answer."""

    name: ClassVar[str] = "github"
    results: ClassVar[Mapping[str, str | None]] = RESULTS

    def __init__(self) -> None:
        self.system = self._system()
        self.system.workflows["off.yml"] = Workflow(state="disabled_manually")
        self.system.workflows["push.yml"] = Workflow(dispatched=False, text="on: push\n")

    def _system(self) -> GitHubApi:
        return GitHubApi()

    system: GitHubApi

    def adapter(self, caller: Caller) -> Adapter:
        """The adapter under test."""
        return GitHubAdapter(caller)

    @property
    def target(self) -> Target:
        """Good."""
        return self._target()

    def _target(self, secrets: Mapping[str, str] | None = None, **fields: Any) -> Target:
        known = {"kind": "github", "api_url": self.system.api, "repository": REPOSITORY, "workflow": "ci.yml"}
        return Target("github", {**known, **fields}, secrets or {"token": TOKEN})

    def wrong(self) -> Mapping[str, Wrong]:
        """Everything that a person can get wrong."""
        return {
            "credentials": Wrong(self._target({"token": "github_pat_revoked"}), "credentials", "new token"),
            "repository": Wrong(self._target(repository="octo-org/elsewhere"), "target", "octo-org/elsewhere"),
            "renamed": Wrong(self._target(repository="octo-org/old-name"), "target", f"it is {REPOSITORY} now"),
            "no path": Wrong(self._target(repository="../user"), "credentials", "owner/name"),
            "workflow": Wrong(self._target(workflow="cd.yml"), "target", "cd.yml"),
            "switched off": Wrong(self._target(workflow="off.yml"), "target", "enable"),
            "not dispatched": Wrong(self._target(workflow="push.yml"), "parameters", "workflow_dispatch"),
            "no API": Wrong(self._target(api_url=f"{self.system.url}/v3"), "connection", "/api/v3"),
        }

    def runs(self, delivery_id: str) -> list[str]:
        """By the JSON input."""
        return [str(run["id"]) for run in self.system.runs if delivery_id == json.loads(run["inputs"]["domino"])["delivery_id"]]

    def start(self, run: str) -> None:
        """A runner took it."""
        self.system.start(int(run))

    def finish(self, run: str, result: str) -> None:
        """With this conclusion, or in this status."""
        self.system.finish(int(run), result)

    def is_stopped(self, run: str) -> bool:
        """Concluded as cancelled."""
        return any(str(one["id"]) == run and one["conclusion"] == "cancelled" for one in self.system.runs)


class EnterpriseBed(GitHubBed):
    """An older server, where an App signs in: 204 without an id, so that runs are found by their names."""

    name: ClassVar[str] = "github-enterprise-app"
    names: ClassVar[bool] = False

    def _system(self) -> GitHubApi:
        system = GitHubApi(tells_runs=False, public_key=app_key()[1])
        system.clock = lambda: NOW
        return system

    @property
    def target(self) -> Target:
        """Good."""
        return self._target({"private_key": app_key()[0]}, app_id=APP_ID)

    def wrong(self) -> Mapping[str, Wrong]:
        """What an App can have wrong."""
        return {
            "credentials": Wrong(self._target({"private_key": app_key()[0]}, app_id="999"), "credentials", "id and private key"),
            "key": Wrong(self._target({"private_key": "-----BEGIN"}, app_id=APP_ID), "credentials", ".pem"),
            "installation": Wrong(
                self._target({"private_key": app_key()[0]}, app_id=APP_ID, installation_id="1"), "credentials", "not installed"
            ),
        }


class RepositoryDispatchBed(GitHubBed):
    """Whatever listens to an event type on the default branch."""

    name: ClassVar[str] = "github-repository-dispatch"
    names: ClassVar[bool] = False

    @property
    def target(self) -> Target:
        """Good."""
        return self._target(workflow=None, event_type="domino")

    def wrong(self) -> Mapping[str, Wrong]:
        """That nobody listens to the event type cannot be known."""
        revoked = self._target({"token": "github_pat_revoked"}, workflow=None, event_type="domino")
        return {"credentials": Wrong(revoked, "credentials", "401")}


BEDS: Final = (GitHubBed, EnterpriseBed, RepositoryDispatchBed)
