"""Jenkins in both modes, each with a user whose API token may look at builds and stop them."""

from abc import abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from typing import ClassVar, Final

from dominoci.adapters.base import Adapter, Target
from dominoci.adapters.jenkins import JenkinsAdapter
from dominoci.outbound.exchange import Caller
from tests.contract.beds.base import Bed, Wrong
from tests.fakes.jenkins_api import API_TOKEN, TOKEN, USER, JenkinsStand, Job

DECLARED: Final = ("DOMINO_DELIVERY_ID", "DOMINO_EVENT_TOKEN", "CHANNEL")
JOBS: Final = (
    Job("team/app", DECLARED),
    Job("team", buildable=None),
    Job("team/off", DECLARED, buildable=False),
    Job("team/plain"),
    Job("team/hook", ("DOMINO_DELIVERY_ID",), TOKEN),
    Job("team/picky", token="picky-word", lets_through=False),
    Job("team/one", token="shared-word"),
    Job("team/two", token="shared-word"),
)


class _JenkinsBed(Bed):
    results: ClassVar[Mapping[str, str | None]] = {
        "SUCCESS": "SUCCESS",
        "UNSTABLE": "FAILED",
        "FAILURE": "FAILED",
        "NOT_BUILT": "SKIPPED",
        "ABORTED": "CANCELLED",
    }

    def __init__(self) -> None:
        self.system: JenkinsStand = JenkinsStand(*JOBS)

    def adapter(self, caller: Caller) -> Adapter:
        """The adapter under test."""
        return JenkinsAdapter(caller)

    def made(self, secrets: Mapping[str, str] | None = None, **fields: str) -> Target:
        """The good target, but for these."""
        good = {"kind": "jenkins", "url": self.system.root, "user": USER, **self.own()}
        return Target("jenkins", {**good, **fields}, {"api_token": API_TOKEN, "token": TOKEN, **(secrets or {})})

    @abstractmethod
    def own(self) -> dict[str, str]:
        """The fields of this mode."""

    @property
    def target(self) -> Target:
        """Good."""
        return self.made()

    def wrong(self) -> Mapping[str, Wrong]:
        """What both modes can be wrong in; the address is one where no Jenkins answers."""
        return {
            "closed address": Wrong(self.made(url="http://10.0.0.1/"), "address", "DOMINOCI_ALLOWED_HOSTS"),
            "nobody there": Wrong(self.made(url="http://127.0.0.1:9/"), "connection", "No connection", starts=True),
            "no jenkins": Wrong(self.made(url=f"{self.system.url}/elsewhere"), "connection", "start page"),
        }

    def runs(self, delivery_id: str) -> list[str]:
        """By queue item."""
        return [str(run.item) for run in self.system.of(delivery_id)]

    def start(self, run: str) -> None:
        """It leaves the queue."""
        self.system.start(int(run))

    def finish(self, run: str, result: str) -> None:
        """It ends."""
        self.system.finish(int(run), result)

    def is_stopped(self, run: str) -> bool:
        """By either way."""
        return self.system.runs[int(run)].stopped

    def secrets(self) -> list[str]:
        """In the clear, and as they are sent."""
        return [API_TOKEN, TOKEN, b64encode(f"{USER}:{API_TOKEN}".encode()).decode()]


class JenkinsBuildBed(_JenkinsBed):
    """Core's buildWithParameters."""

    name: ClassVar[str] = "jenkins-build"

    def own(self) -> dict[str, str]:
        """A job in a folder."""
        return {"mode": "build", "job": "team/app"}

    def wrong(self) -> Mapping[str, Wrong]:
        """All that the user or the job can be wrong in."""
        return {
            **super().wrong(),
            "credentials": Wrong(self.made({"api_token": "11-old-token"}), "credentials", "new token"),
            "no user": Wrong(self.made(user=""), "credentials", "both"),
            "target": Wrong(self.made(job="team/gone"), "target", "folder/name"),
            "folder": Wrong(self.made(job="team"), "target", "no job that can be built"),
            "disabled": Wrong(self.made(job="team/off"), "target", "disabled"),
            "no parameters": Wrong(self.made(job="team/plain"), "parameters", "DOMINO_DELIVERY_ID"),
        }


class JenkinsWebhookBed(_JenkinsBed):
    """The Generic Webhook Trigger plugin."""

    name: ClassVar[str] = "jenkins-webhook"

    def own(self) -> dict[str, str]:
        """The job is named so that lost answers can be followed."""
        return {"mode": "generic-webhook", "job": "team/hook"}

    def wrong(self) -> Mapping[str, Wrong]:
        """All that the token can be wrong in; a wrong user only costs that nobody can look."""
        return {
            **super().wrong(),
            "credentials": Wrong(self.made({"api_token": "11-old-token"}), "credentials", "new token", starts=True),
            "token": Wrong(self.made({"token": "another-word"}), "dry run", "No job has this token"),
            "target": Wrong(self.made(job="team/gone"), "target", "folder/name", starts=True),
            "other job": Wrong(self.made(job="team/app"), "dry run", "not of team/app", starts=True),
            "shared": Wrong(self.made({"token": "shared-word"}), "dry run", "token of its own", starts=True),
        }


BEDS: Final = (JenkinsBuildBed, JenkinsWebhookBed)
