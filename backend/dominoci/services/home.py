"""The home page: what needs somebody, of one's own projects or of all, and, for those who look after all, how much waits."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import activity as last
from dominoci.services import views
from dominoci.services.access import Principal, Sight, maintained, require_user, sight
from dominoci.services.liveness import SILENT_AFTER
from dominoci.store import activity, builds, home, permissions
from dominoci.store.statements import Columns

View = dict[str, Any]
MINE = "mine"
OWN, IN_TROUBLE, NEWEST_TREES = 1000, 200, 30  # projects and trees that are looked at
SHOWN = 20
DEAD_FOR = timedelta(days=1)


def get(uow: UnitOfWork, who: Principal, scope: str) -> View:
    """`GET /home`. A project needs somebody whose last run went wrong: that event is shown, until the project succeeds again."""
    require_user(who)
    own = permissions.mine(uow.session, who.id)
    looked_at = own[:OWN] if scope == MINE else home.projects_in_trouble(uow.session, NEWEST_TREES, IN_TROUBLE)
    wrong = activity.gone_wrong(uow.session, looked_at)
    rows = home.events(uow.session, wrong[:SHOWN])
    seen = sight(uow, who, {id_ for row in rows for id_ in (row.project_id, row.root_project_id)})
    mine = scope == MINE
    return {
        "scope": scope,
        "own_projects": len(own),
        "needs_you": _needs(uow, who, [row for row in rows if row.project_id in seen], seen),
        "total": len(wrong) if mine or who.is_admin else sum(row.project_id in seen for row in rows),
        "queues": None if mine else home.queues(uow.session, uow.now - DEAD_FOR, uow.now - SILENT_AFTER),
    }


def _needs(uow: UnitOfWork, who: Principal, rows: Sequence[Columns], seen: Sight) -> list[View]:
    ids = [row.id for row in rows]
    blocks = home.blocked_behind(uow.session, ids)
    made = builds.of_event(uow.session, ids)
    own = maintained(uow, who, {row.project_id for row in rows})
    return [_need(row, seen, blocks, made, row.project_id in own) for row in rows]


def _need(row: Columns, seen: Sight, blocks: Mapping[str, int], made: Mapping[tuple[str, int], str], may_run: bool) -> View:
    root = {"id": row.root_project_id, "name": row.root_project_name} if row.root_project_id in seen else None
    meta = {key: row.root_meta.get(key) if root else None for key in ("commit", "branch", "tag", "message")}
    return {
        "tree_id": row.tree_id,
        "sub_id": row.sub_id,
        "attempt": row.attempt,
        "project": {"id": row.project_id, "name": row.project_name},
        "state": row.state,
        "at": last.moment(row),
        "root": {"project": root, **meta},
        "reason": views.reason(row.reason_code, row.reason_params),
        "target": row.target.get("kind"),
        "blocks": blocks.get(row.id, 0),
        "build_id": made.get((row.id, row.attempt)),
        "run_url": row.run_url,
        "may_run": may_run,
    }
