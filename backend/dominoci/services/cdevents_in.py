"""CDEvents that other systems send: the end of a pipeline run is a report or a result, its start a sign of life."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dominoci.domain import cdevents
from dominoci.domain.errors import Invalid
from dominoci.domain.reports import Artifact, Links, Metadata, Report
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import reports, results
from dominoci.services.access import Principal

View = dict[str, Any]
IGNORED: Final = 202


@dataclass(frozen=True)
class Occurrence:
    """One CDEvent that came in, its fields checked. `id` and `source` name it; `address` (tree_id, sub_id, attempt) and
    `event_token` say whose run it tells of, where they are known."""

    id: str
    source: str
    kind: cdevents.Kind
    pipeline: str | None
    uri: str | None
    outcome: str | None
    metadata: Metadata
    artifacts: tuple[Artifact, ...]
    event_token: str | None
    address: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What makes a repeat recognisable: CloudEvents says that source and id together name one occurrence."""
        return "cdevents:" + hashlib.sha256(f"{self.source}\n{self.id}".encode()).hexdigest()


def take(uow: UnitOfWork, who: Principal, told: Occurrence) -> tuple[int, View]:
    """`POST /cdevents`: 201 when it is new, 200 when it came before (or opens no tree), 202 when it says nothing that counts."""
    names_event = bool(told.event_token or told.address.get("sub_id") or who.claim)
    if told.kind.is_finish:
        return _finished(uow, who, told, names_event)
    if told.kind.is_start and names_event:
        return 200, results.started(uow, who, told.event_token, told.uri, told.address)
    return IGNORED, {"tree_id": None, "reason": _ignored(told)}


def _finished(uow: UnitOfWork, who: Principal, told: Occurrence, names_event: bool) -> tuple[int, View]:
    status = cdevents.STATUSES.get(told.outcome or "")
    if status is None:
        known = ", ".join(cdevents.STATUSES)
        raise Invalid("The outcome of the run is not known.", {"subject.content.outcome": [f"Must be one of: {known}."]})
    report = Report(status, told.metadata, Links(pipeline=told.uri), told.artifacts)
    if not names_event:
        return reports.report(uow, who, report, told.key)
    if told.event_token and not told.address.get("sub_id") and who.kind == "project":
        return reports.report(uow, who, report, told.key, told.event_token)
    return results.record(uow, who, told.event_token, report, told.address)


def _ignored(told: Occurrence) -> str:
    if told.kind.is_start:
        return "a start that names no event of a tree changes nothing"
    return f"{told.kind.subject} {told.kind.predicate} is taken, and changes nothing here"
