"""CDEvents 0.5.1: an attempt of an event as a pipeline run, and what such events of others say. Fields and versions are those of
the specification's JSON schemas (tests/schemas/cdevents/); where its prose says `url` they say `uri`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid5

from dominoci.domain.reports import Artifact
from dominoci.domain.states import EventState, ResultStatus
from dominoci.domain.times import rfc3339

SPECVERSION: Final = "0.5.1"
QUEUED: Final = "dev.cdevents.pipelinerun.queued.0.3.0"
STARTED: Final = "dev.cdevents.pipelinerun.started.0.3.0"
FINISHED: Final = "dev.cdevents.pipelinerun.finished.0.3.0"
PUBLISHED: Final = "dev.cdevents.artifact.published.0.3.0"
OURS: Final = "dominoci"  # the part of customData that is ours

_IDS: Final = UUID("5d1f7a52-0b39-5a7e-9a1e-6b1a4c1f0c11")
_E = EventState
OUTCOMES: Final[Mapping[EventState, str]] = {
    _E.SUCCESS: "success",
    _E.FAILED: "failure",
    _E.CANCELLED: "cancel",
    _E.TIMED_OUT: "error",
    _E.UNDELIVERABLE: "error",
}
STATUSES: Final[Mapping[str, ResultStatus]] = {
    "success": ResultStatus.SUCCESS,
    "failure": ResultStatus.FAILED,
    "error": ResultStatus.FAILED,
    "cancel": ResultStatus.CANCELLED,
}
_TYPE: Final = re.compile(r"dev\.cdevents\.([a-z]{1,40})\.([a-z]{1,40})\.([0-9]{1,4}\.[0-9]{1,4})\.[0-9]{1,4}(-[a-z0-9.]{1,40})?")
READ: Final = ("0.2", "0.3")  # versions of pipelinerun.* whose fields are known


@dataclass(frozen=True)
class Run:
    """One attempt of one event. `source` is where it is told from, `uri` the run's page; `more` stands in customData beside the
    run's address. `at` is aware."""

    tree_id: str
    sub_id: str
    attempt: int
    project: str
    source: str
    uri: str
    at: datetime
    more: Mapping[str, Any]

    def context_id(self, state: EventState) -> str:
        """The id of the CDEvent that tells of this state: the same for everybody who is told."""
        return context_id(self.tree_id, self.sub_id, self.attempt, state)


def context_id(tree_id: str, sub_id: str, attempt: int, what: str) -> str:
    """The id of one CDEvent: whoever names the same attempt and state (or artifact) gets the same, so that links can name events
    that were told before."""
    return str(uuid5(_IDS, f"{tree_id}\n{sub_id}\n{attempt}\n{what}"))


def queued(run: Run, parents: Sequence[str]) -> dict[str, Any]:
    """The run waits to be started; `parents` are the context ids of what it was set off by."""
    content = {"pipelineName": run.project, "uri": run.uri}
    return _told(run, QUEUED, run.context_id(EventState.QUEUED), _subject(run, content), parents)


def started(run: Run) -> dict[str, Any]:
    """The run has shown that it is alive."""
    content = {"pipelineName": run.project, "uri": run.uri}
    before = [run.context_id(EventState.QUEUED)]
    return _told(run, STARTED, run.context_id(EventState.RUNNING), _subject(run, content), before)


def finished(run: Run, state: EventState, errors: str | None) -> dict[str, Any]:
    """The run has ended in one of the states of OUTCOMES; `errors` says why it was no success."""
    content = {"pipelineName": run.project, "uri": run.uri, "outcome": OUTCOMES[state]}
    content |= {"errors": errors} if errors and state is not EventState.SUCCESS else {}
    before = [run.context_id(EventState.QUEUED)]
    return _told(run, FINISHED, run.context_id(state), _subject(run, content), before)


def published(run: Run, artifact: Artifact) -> dict[str, Any]:
    """The run has made something."""
    purl = purl_of(artifact)
    subject = {"id": purl, "source": run.source, "content": {}}
    id_ = context_id(run.tree_id, run.sub_id, run.attempt, f"artifact\n{purl}\n{artifact.name}")
    return _told(run, PUBLISHED, id_, subject, [run.context_id(EventState.SUCCESS)])


def purl_of(artifact: Artifact) -> str:
    """The artifact's package URL; one of type generic, with checksum and address as qualifiers, where none was reported."""
    if artifact.purl:
        return artifact.purl
    said = {"checksum": f"sha256:{artifact.sha256}" if artifact.sha256 else None, "download_url": artifact.url}
    qualifiers = "&".join(f"{name}={quote(value, safe=':')}" for name, value in said.items() if value)
    return f"pkg:generic/{quote(artifact.name, safe='')}" + (f"?{qualifiers}" if qualifiers else "")


def _subject(run: Run, content: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": f"{run.tree_id}/{run.sub_id}/{run.attempt}", "source": run.source, "content": dict(content)}


def _told(run: Run, kind: str, id_: str, subject: Mapping[str, Any], before: Sequence[str]) -> dict[str, Any]:
    context: dict[str, Any] = {"specversion": SPECVERSION, "id": id_, "source": run.source, "type": kind}
    context |= {"timestamp": rfc3339(run.at), "chainId": run.tree_id}
    if before:
        context["links"] = [{"linkType": "PATH", "from": {"contextId": one}} for one in before]
    address = {"tree_id": run.tree_id, "sub_id": run.sub_id, "attempt": run.attempt}
    custom = {OURS: {**address, **run.more}}
    return {"context": context, "subject": dict(subject), "customData": custom, "customDataContentType": "application/json"}


@dataclass(frozen=True)
class Kind:
    """What a CDEvent's type says."""

    subject: str
    predicate: str

    @property
    def is_finish(self) -> bool:
        """Whether it reports the end of a pipeline run."""
        return (self.subject, self.predicate) == ("pipelinerun", "finished")

    @property
    def is_start(self) -> bool:
        """Whether it is a sign of life of a pipeline run."""
        return (self.subject, self.predicate) == ("pipelinerun", "started")


def kind_of(type_: str) -> Kind:
    """The kind of a CDEvent by its type. Raises ValueError, with a sentence, for what is no CDEvent and for a version of
    pipelinerun events whose fields are not known."""
    found = _TYPE.fullmatch(type_)
    if found is None:
        raise ValueError("Must be the type of a CDEvent: dev.cdevents.<subject>.<predicate>.<version>.")
    subject, predicate, version, _ = found.groups()
    if subject == "pipelinerun" and version not in READ:
        raise ValueError(f"Version {version} of this event is not known; {' and '.join(f'{one}.x' for one in READ)} are.")
    return Kind(subject, predicate)
