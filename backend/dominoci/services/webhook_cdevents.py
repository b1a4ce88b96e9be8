"""Changes of events as CDEvents: an attempt is a pipeline run that is queued, started and finished, and publishes artifacts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from dominoci.domain import cdevents
from dominoci.domain.addresses import web_problem
from dominoci.domain.reports import Report
from dominoci.domain.states import EdgeOutcome, EventState
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.services.veil import Veil
from dominoci.store import trees

View = dict[str, Any]
Change = tuple[Event, Mapping[str, Any]]
Links = Mapping[str, Sequence[str]]  # context ids of what an event was set off by, by the event's id
MOST_ARTIFACTS: Final = 100  # of one run that are told of
LONGEST_ERRORS: Final = 1000


def parents(uow: UnitOfWork, changes: Sequence[Change]) -> Links:
    """What set off those of these events that were queued: the CDEvents that told of the ends of their parents."""
    queued = {event.id for event, row in changes if row["to_state"] == EventState.QUEUED.value}
    found: defaultdict[str, list[str]] = defaultdict(list)
    if queued:
        trees_of = {event.id: event.tree_id for event, _ in changes}
        for edge in trees.incoming(uow.session, sorted(queued)):
            if edge.outcome == EdgeOutcome.PASSED.value:
                parent = (trees_of[edge.child_id], edge.sub_id, edge.attempt, edge.state)
                found[edge.child_id].append(cdevents.context_id(*parent))
    return found


def change(uow: UnitOfWork, event: Event, row: Mapping[str, Any], report: Report | None, veil: Veil, linked: Links) -> list[View]:
    """The CDEvents that tell of one change of state; none where the standard has no word for it."""
    state, at = EventState(row["to_state"]), row["at"]
    if state is EventState.QUEUED:
        return [cdevents.queued(_run(uow, event, at, state), linked.get(event.id, ()))]
    if state is EventState.RUNNING:
        return [cdevents.started(_run(uow, event, at, state))]
    # what had not been queued was no run, and has no end
    if state.final and row["from_state"] != EventState.WAITING.value:
        return ended(uow, event, state, at, report, veil.sentence(row["code"], row["params"]))
    return []


def ended(
    uow: UnitOfWork, event: Event, state: EventState, at: datetime, report: Report | None, errors: str | None
) -> list[View]:
    """The end of an attempt, and what it has made. One that reported SKIPPED ends as cancelled: its work was not done."""
    run = _run(uow, event, at, state)
    told = state if state in cdevents.OUTCOMES else EventState.CANCELLED
    made = report.artifacts[:MOST_ARTIFACTS] if report and state is EventState.SUCCESS else ()
    finished = cdevents.finished(run, told, errors[:LONGEST_ERRORS] if errors else None)
    return [finished, *(cdevents.published(run, artifact) for artifact in made)]


def event_url(uow: UnitOfWork, event: Event) -> str:
    """The event's page."""
    return f"{views.tree_url(uow.settings, event.tree_id)}/events/{quote(event.sub_id)}"


def trial(uow: UnitOfWork, project_id: str, name: str) -> View:
    """A marked message that tells of nothing."""
    source = f"{uow.settings.public_url}/projects/{project_id}"
    run = cdevents.Run("test", "1", 1, name, source, source, uow.now, {"test": True, "project": {"id": project_id, "name": name}})
    return cdevents.queued(run, ())


def _run(uow: UnitOfWork, event: Event, at: datetime, state: EventState) -> cdevents.Run:
    page = event.run_url if event.run_url and not web_problem(event.run_url) else event_url(uow, event)
    source = f"{uow.settings.public_url}/projects/{event.project_id}"
    more = {"project": {"id": event.project_id, "name": event.project_name}, "state": state.value}
    return cdevents.Run(event.tree_id, event.sub_id, event.attempt, event.project_name, source, page, at, more)
