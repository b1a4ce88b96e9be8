"""Deliveries of all trees, for admins: those that were given up, those that are tried again, and sending many again at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.errors import DominoError
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import tree_actions
from dominoci.services.access import Principal, require_admin
from dominoci.store import deliveries as store
from dominoci.store.paging import Page
from dominoci.store.statements import Columns

View = dict[str, Any]
DEAD, RETRYING = "dead", "retrying"
MOST_AT_ONCE = 100


def listing(uow: UnitOfWork, who: Principal, state: str, page: Page) -> View:
    """Deliveries that were given up (`dead`) or failed and are tried again (`retrying`), newest first."""
    require_admin(who)
    rows, cursor = store.page(uow.session, state == DEAD, page)
    sends = store.last_sends(uow.session, {row.event_id for row in rows})
    items = [_view(row, sends.get((row.event_id, row.attempt, row.kind)), state) for row in rows]
    return {"items": items, "next_cursor": cursor}


def redeliver(transactions: Transactions, who: Principal, ids: Sequence[str]) -> View:
    """Sends given-up deliveries again, each in a transaction of its own: one that cannot be sent must not keep the others from
    it, and no tree stays locked while others are worked on."""
    require_admin(who)
    places = transactions.read(lambda uow: store.places(uow.session, ids))
    answers = {id_: _refusal(transactions, who, places.get(id_)) for id_ in dict.fromkeys(ids)}
    refused = [{"id": id_, "because": because} for id_, because in answers.items() if because]
    count = len(answers) - len(refused)
    return {"count": count, "refused": refused, "text": _text(count, refused)}


def _refusal(transactions: Transactions, who: Principal, place: Columns | None) -> str | None:
    """Sends one again; answers why it could not be."""
    if place is None:
        return "There is no such delivery."
    try:
        transactions.write(tree_actions.redeliver, who, place.tree_id, place.sub_id)
    except DominoError as e:
        return e.detail
    return None


def _text(count: int, refused: Sequence[Mapping[str, str]]) -> str:
    done = f"{count} deliver{'y is' if count == 1 else 'ies are'} sent again"
    return f"{done}; {len(refused)} could not be: {refused[0]['because']}" if refused else done


def _view(row: Columns, send: Columns | None, state: str) -> View:
    return {
        "id": row.id,
        "state": state,
        "kind": row.kind,
        "project": {"id": row.project_id, "name": row.project_name},
        "tree_id": row.tree_id,
        "sub_id": row.sub_id,
        "attempt": row.attempt,
        "root": {
            "project": {"id": row.root_project_id, "name": row.root_project_name},
            "commit": row.root_meta.get("commit"),
        },
        "target": row.target.get("kind"),
        "tries": row.tries,
        "reading": send.reading if send else row.error,
        "url": (send.request or {}).get("url") if send else None,
        "status": (send.response or {}).get("status") if send else None,
        "last_try_at": send.requested_at if send else None,
        "next_try_at": row.next_at if state == RETRYING else None,
        "given_up_at": row.finished_at,
        "created_at": row.created_at,
    }
