"""What a settled parent means for an edge, and what its settled edges mean for a child."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dominoci.domain import reasons
from dominoci.domain.filters import Filters, first_miss
from dominoci.domain.reports import Metadata
from dominoci.domain.states import EdgeOutcome, EventState


@dataclass(frozen=True)
class Parent:
    """A settled parent event, as far as its children ask."""

    sub_id: str
    project: str
    state: EventState
    reason_code: str | None = None
    reason_params: dict[str, Any] | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True)
class SettledEdge:
    """One incoming edge of a child, after its parent settled it."""

    outcome: EdgeOutcome
    parent: Parent
    detail: dict[str, Any] | None = None


@dataclass(frozen=True)
class Decision:
    """What becomes of a child whose parents have all settled."""

    state: EventState
    reason: reasons.Reason


def outcome_of(parent: Parent, filters: Filters) -> tuple[EdgeOutcome, dict[str, Any] | None]:
    """How `parent` settles an edge with `filters`, and the rule that said so where one did.

    A parent that was itself filtered, or that reported that there was nothing to do, passes nothing on and blocks nothing.
    """
    if parent.state is EventState.SUCCESS:
        miss = first_miss(filters, parent.metadata or Metadata())
        return (EdgeOutcome.FILTERED, miss.params()) if miss else (EdgeOutcome.PASSED, None)
    if parent.state is EventState.SKIPPED and parent.reason_code in reasons.PASSES_NOTHING_ON:
        return EdgeOutcome.FILTERED, {"field": "parent", "value": None, "rule": "filtered", "patterns": []}
    return EdgeOutcome.BLOCKED, None


def decide(edges: Sequence[SettledEdge], join: str) -> Decision:
    """What becomes of a child once every incoming edge is settled; `edges` are in the order of the parents' sub ids.

    Filtered edges count as passed, but at least one edge must really have passed. The reason depends only on the set of
    settled edges, never on the order in which they came (guarantee G11).
    """
    blocked = [e for e in edges if e.outcome is EdgeOutcome.BLOCKED]
    passed = [e for e in edges if e.outcome is EdgeOutcome.PASSED]
    if blocked:
        return Decision(EventState.SKIPPED, reasons.upstream_failed([_blame(e.parent) for e in blocked]))
    if passed:
        parents = [{"sub_id": e.parent.sub_id, "project": e.parent.project} for e in passed]
        return Decision(EventState.QUEUED, reasons.parents_passed(parents, join, len(edges), len(edges) - len(passed)))
    rules = [{"parent": e.parent.project, **(e.detail or {})} for e in edges]
    return Decision(EventState.SKIPPED, reasons.filtered(rules))


def _blame(parent: Parent) -> dict[str, Any]:
    """The parent, and the event at the root of its own misfortune."""
    root = {"sub_id": parent.sub_id, "project": parent.project, "state": parent.state.value}
    if parent.state is EventState.SKIPPED and parent.reason_params:
        root = (parent.reason_params.get("parents") or [{}])[0].get("root") or root
    return {"sub_id": parent.sub_id, "project": parent.project, "state": parent.state.value, "root": root}
