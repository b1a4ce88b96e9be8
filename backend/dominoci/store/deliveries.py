"""SQL on deliveries over all trees: those that were given up, and those that are being tried again."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dominoci.domain.states import EventState
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Event, Tree
from dominoci.store.outbox import CANCEL, TRIGGER
from dominoci.store.paging import Page
from dominoci.store.statements import Columns

_WHAT = (
    *(Outbox.id, Outbox.kind, Outbox.event_id, Outbox.attempt, Outbox.tries, Outbox.next_at, Outbox.created_at),
    *(Outbox.finished_at, Outbox.error),
    *(Event.tree_id, Event.sub_id, Event.project_id, Event.project_name, Event.target),
    *(Tree.root_project_id, Tree.root_project_name, Tree.root_meta),
)
# what was run again since, or was settled by a late result, needs nothing any more
_DEAD = (
    Outbox.state == "dead",
    Outbox.kind == TRIGGER,
    Event.state == EventState.UNDELIVERABLE.value,
    Event.attempt == Outbox.attempt,
)
_RETRYING = (Outbox.state.in_(("pending", "leased")), Outbox.tries > 0, Outbox.kind.in_((TRIGGER, CANCEL)))


def page(session: Session, dead: bool, wanted: Page) -> tuple[Sequence[Columns], str | None]:
    """Deliveries that were given up (`dead`), or failed and are tried again; newest first."""
    query = select(*_WHAT).join(Event, Event.id == Outbox.event_id).join(Tree, Tree.id == Event.tree_id)
    query = query.where(*(_DEAD if dead else _RETRYING))
    if wanted.cursor:
        query = query.where(Outbox.id < wanted.cursor)
    # by the state's index: few rows have one of these states, so that sorting them is cheaper than walking all of the outbox
    rows = session.execute(query.order_by((Outbox.id + "").desc()).limit(wanted.limit + 1)).all()
    return rows[: wanted.limit], rows[wanted.limit - 1].id if len(rows) > wanted.limit else None


def places(session: Session, ids: Iterable[str]) -> dict[str, Columns]:
    """Where the events of these outbox rows stand (`tree_id`, `sub_id`), by the rows' ids."""
    query = select(Outbox.id, Event.tree_id, Event.sub_id).join(Event, Event.id == Outbox.event_id)
    return {row.id: row for row in session.execute(query.where(Outbox.id.in_(list(ids))))}


def last_sends(session: Session, event_ids: Iterable[str]) -> dict[tuple[str, int, str], Columns]:
    """The last send of each attempt of these events (`requested_at`, `reading`, `request`, `response`), by event id, attempt and
    kind."""
    group = (DeliveryRow.event_id, DeliveryRow.attempt, DeliveryRow.kind)
    last = select(func.max(DeliveryRow.id)).where(DeliveryRow.event_id.in_(list(event_ids))).group_by(*group)
    query = select(*group, DeliveryRow.requested_at, DeliveryRow.reading, DeliveryRow.request, DeliveryRow.response)
    rows = session.execute(query.where(DeliveryRow.id.in_(last)))
    return {(row.event_id, row.attempt, row.kind): row for row in rows}
