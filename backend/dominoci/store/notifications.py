"""SQL on notification rules, on who has one about which projects, on what each may be told, and on their messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from dominoci.domain.ids import new_id
from dominoci.domain.permission import PUBLIC
from dominoci.infra.models.accounts import User
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner, OwnerMember, ProjectMember, Star
from dominoci.infra.models.notices import Notification, NotificationRule
from dominoci.infra.models.trees import Event
from dominoci.store.activity import BAD
from dominoci.store.leases import LEASE, Leases
from dominoci.store.paging import Page, fetch
from dominoci.store.statements import Columns, insert_rows, table_of

_MESSAGES = Leases(Notification)
book, due = _MESSAGES.book, _MESSAGES.due
OVER = ("done", "dead")
AT_ONCE = 10_000  # rows that one sweep removes

_EVENTS, _PROJECTS, _GROUPS, _USERS = (table_of(model) for model in (Event, Project, Owner, User))
_RULES, _MEMBERS, _OF_GROUP, _STARS = (table_of(model) for model in (NotificationRule, ProjectMember, OwnerMember, Star))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = table_of(Notification)
_SENDING = _ROWS.alias("sending")

_FIRST = (
    select(func.min(_ROWS.c.id))
    .where(_ROWS.c.state == "pending", _ROWS.c.next_at <= bindparam("now"))
    .where(_ROWS.c.rule_id.not_in(select(_SENDING.c.rule_id).where(_SENDING.c.state == "leased")))
    .group_by(_ROWS.c.rule_id)
    .order_by(func.min(_ROWS.c.next_at))
    .limit(bindparam("limit"))
)
# a row that another process takes right now is no first one of its rule any more: it is left out, and so is the rule
_FREE = select(_ROWS.c.id).where(_ROWS.c.id.in_(_IDS), _ROWS.c.state == "pending").with_for_update(skip_locked=True)

_LISTENING = (
    select(_RULES.c.project_id)
    .join_from(_RULES, _PROJECTS, _PROJECTS.c.id == _RULES.c.project_id, isouter=True)
    .where(_RULES.c.enabled, _PROJECTS.c.deleted_at.is_(None))
    .distinct()
)
_LISTENERS = (
    select(_RULES.c.user_id)
    .join_from(_RULES, _USERS, _USERS.c.id == _RULES.c.user_id)
    .where(_RULES.c.enabled, _USERS.c.disabled_at.is_(None))
)
_TIES = union_all(
    select(_MEMBERS.c.user_id, _MEMBERS.c.project_id, _MEMBERS.c.role).where(
        _MEMBERS.c.project_id.in_(_IDS), _MEMBERS.c.user_id.in_(_LISTENERS)
    ),
    select(_OF_GROUP.c.user_id, _PROJECTS.c.id, _OF_GROUP.c.role)
    .join_from(_PROJECTS, _OF_GROUP, _OF_GROUP.c.owner_id == _PROJECTS.c.owner_id)
    .where(_PROJECTS.c.id.in_(_IDS), _OF_GROUP.c.user_id.in_(_LISTENERS)),
    select(_STARS.c.user_id, _STARS.c.project_id, literal(None)).where(
        _STARS.c.project_id.in_(_IDS), _STARS.c.user_id.in_(_LISTENERS)
    ),
).subquery()
_TIED = (
    select(_TIES.c.user_id, _TIES.c.project_id, _TIES.c.role, _PROJECTS.c.visibility, _USERS.c.is_admin)
    .join_from(_TIES, _PROJECTS, _PROJECTS.c.id == _TIES.c.project_id)
    .join(_USERS, _USERS.c.id == _TIES.c.user_id)
)
_WHOSE = (
    select(_PROJECTS.c.id, _PROJECTS.c.contact, _PROJECTS.c.owners_url, _GROUPS.c.name, _GROUPS.c.contact.label("group_contact"))
    .join_from(_PROJECTS, _GROUPS, _GROUPS.c.id == _PROJECTS.c.owner_id, isouter=True)
    .where(_PROJECTS.c.id.in_(_IDS))
)
_BROKEN = (
    select(*(_EVENTS.c[name] for name in ("project_id", "project_name", "sub_id", "reason_code", "reason_params")))
    .where(_EVENTS.c.tree_id == bindparam("tree"), _EVENTS.c.state.in_(BAD))
    .order_by(_EVENTS.c.position)
    .limit(bindparam("limit"))
)
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_USER_IDS: BindParameter[Any] = bindparam("users", expanding=True)
_NAMES_SEEN = union_all(
    select(_PROJECTS.c.name, literal(None).label("user_id")).where(
        _PROJECTS.c.name.in_(_NAMES), _PROJECTS.c.visibility == PUBLIC
    ),
    select(_PROJECTS.c.name, _MEMBERS.c.user_id)
    .join_from(_PROJECTS, _MEMBERS, _MEMBERS.c.project_id == _PROJECTS.c.id)
    .where(_PROJECTS.c.name.in_(_NAMES), _MEMBERS.c.user_id.in_(_USER_IDS)),
    select(_PROJECTS.c.name, _OF_GROUP.c.user_id)
    .join_from(_PROJECTS, _OF_GROUP, _OF_GROUP.c.owner_id == _PROJECTS.c.owner_id)
    .where(_PROJECTS.c.name.in_(_NAMES), _OF_GROUP.c.user_id.in_(_USER_IDS)),
    select(_PROJECTS.c.name, _USERS.c.id)
    .join_from(_PROJECTS, _USERS, _USERS.c.is_admin)
    .where(_PROJECTS.c.name.in_(_NAMES), _USERS.c.id.in_(_USER_IDS)),
)


@dataclass(frozen=True)
class Listening:
    """Which projects have a rule of their own that is switched on, and whether any person has."""

    projects: frozenset[str]
    people: bool


def listening(session: Session) -> Listening:
    """Who is to be told anything at all."""
    found = set(session.scalars(_LISTENING))
    return Listening(frozenset(id_ for id_ in found if id_), None in found)


def ties(session: Session, project_ids: Collection[str]) -> Sequence[Columns]:
    """What people with a rule have to do with these projects: `user_id`, `project_id`, `role` (None: a star), the project's
    `visibility`, and whether they are admins (`is_admin`)."""
    return session.execute(_TIED, {"ids": sorted(project_ids)}).all()


def told(session: Session, project_ids: Collection[str], user_ids: Collection[str]) -> Sequence[NotificationRule]:
    """The rules of these projects and people that are switched on, kept from being removed until this transaction has ended."""
    whose = or_(NotificationRule.project_id.in_(project_ids), NotificationRule.user_id.in_(user_ids))
    query = select(NotificationRule).where(NotificationRule.enabled, whose).order_by(NotificationRule.id)
    return session.scalars(query.with_for_update(read=True)).all()


def names_seen(session: Session, names: Collection[str], user_ids: Collection[str]) -> set[tuple[str, str | None]]:
    """Which of these names of projects may be told: (name, None) to everybody, (name, user id) to one who may see it."""
    return {(row.name, row.user_id) for row in session.execute(_NAMES_SEEN, {"names": sorted(names), "users": sorted(user_ids)})}


def whose(session: Session, project_ids: Collection[str]) -> dict[str, list[str]]:
    """Who looks after these projects, in the words that they are to be found by: contact, group, the owners' page."""
    found = {}
    for row in session.execute(_WHOSE, {"ids": sorted(project_ids)}):
        told = (row.contact, row.name, row.group_contact, row.owners_url)
        found[row.id] = [part for part in dict.fromkeys(told) if part]
    return found


def broken(session: Session, tree_id: str, limit: int) -> Sequence[Columns]:
    """The first events of a tree that went wrong, parents first."""
    return session.execute(_BROKEN, {"tree": tree_id, "limit": limit}).all()


def of_holder(session: Session, project_id: str | None, user_id: str | None) -> Sequence[NotificationRule]:
    """The rules of one project, or of one person, newest first."""
    query = select(NotificationRule).where(*_holder(project_id, user_id))
    return session.scalars(query.order_by(NotificationRule.id.desc())).all()


def rule(session: Session, rule_id: str, project_id: str | None, user_id: str | None) -> NotificationRule | None:
    """One rule of this project or person."""
    query = select(NotificationRule).where(NotificationRule.id == rule_id, *_holder(project_id, user_id))
    return session.scalars(query).first()


def _holder(project_id: str | None, user_id: str | None) -> tuple[Any, ...]:
    if project_id is not None:
        return (NotificationRule.project_id == project_id,)
    return (NotificationRule.user_id == user_id, NotificationRule.project_id.is_(None))


def count(session: Session, project_id: str | None, user_id: str | None) -> int:
    """How many rules a project or person has."""
    return session.execute(select(func.count()).select_from(NotificationRule).where(*_holder(project_id, user_id))).scalar_one()


def of_ids(session: Session, ids: Collection[str]) -> dict[str, NotificationRule]:
    """Rules by id."""
    rows = session.scalars(select(NotificationRule).where(NotificationRule.id.in_(ids))) if ids else ()
    return {row.id: row for row in rows}


def project_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The names of these projects by id."""
    rows = session.execute(select(Project.id, Project.name).where(Project.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def add(session: Session, row: NotificationRule) -> None:
    """Stores a new rule."""
    session.add(row)
    session.flush()


def remove(session: Session, row: NotificationRule) -> None:
    """Deletes a rule with its messages."""
    session.execute(delete(Notification).where(Notification.rule_id == row.id))
    session.delete(row)
    session.flush()


def note_last(session: Session, rule_id: str, last: dict[str, Any]) -> None:
    """Keeps what came of a rule's last message."""
    session.execute(update(NotificationRule).where(NotificationRule.id == rule_id).values(last=last))


def add_messages(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Stores messages, all with the same columns, with one statement."""
    insert_rows(session, Notification, rows)


def messages(session: Session, rule_id: str, page: Page) -> tuple[list[Notification], str | None]:
    """The messages of one rule, newest first."""
    return fetch(session, select(Notification).where(Notification.rule_id == rule_id), Notification.id, page)


def claim(session: Session, now: datetime, limit: int) -> Sequence[Notification]:
    """Takes the oldest due message of each of up to `limit` rules under a lease, but none of a rule of which one is on its way:
    side by side they would be told in any order, and on IRC under another nick each."""
    first = list(session.scalars(_FIRST, {"now": now, "limit": limit}))
    ids = list(session.scalars(_FREE, {"ids": first})) if first else []
    if not ids:
        return []
    mine = {"state": "leased", "lease_owner": new_id(), "lease_until": now + LEASE}
    session.execute(update(Notification).where(Notification.id.in_(ids)).values(**mine))
    return session.scalars(select(Notification).where(Notification.id.in_(ids)).order_by(Notification.id)).all()


def return_lapsed(session: Session, now: datetime, most: int, because: str) -> None:
    """What dead senders have held is due again, one try further; what has been tried `most` times now is given up."""
    lapsed = (_ROWS.c.state == "leased", _ROWS.c.lease_until < now)
    free = {"lease_owner": None, "lease_until": None, "tries": _ROWS.c.tries + 1}
    over = {"state": "dead", "finished_at": now, "reading": because[:500]}
    session.execute(update(_ROWS).where(*lapsed, _ROWS.c.tries + 1 >= most).values(**free, **over))
    session.execute(update(_ROWS).where(*lapsed).values(**free, state="pending", next_at=now))


def sent_since(session: Session, rule_ids: Collection[str], since: datetime) -> dict[str, int]:
    """How many messages of each of these rules have been tried since then, are to be tried again, or are on their way now."""
    rows = _ROWS.c
    tried = (rows.tries > 0) & or_(rows.finished_at >= since, rows.finished_at.is_(None))
    recent = or_(tried, rows.state == "leased")
    query = select(rows.rule_id, func.count().label("taken")).where(rows.rule_id.in_(sorted(rule_ids)), recent)
    return {row.rule_id: row.taken for row in session.execute(query.group_by(rows.rule_id))}


def close_due(session: Session, rule_ids: Collection[str], now: datetime, because: str, *, most_tries: int) -> None:
    """What these rules were to tell now is given up, unless it has been tried more than `most_tries` times."""
    due_now = (Notification.state == "pending", Notification.next_at <= now, Notification.tries <= most_tries)
    query = update(Notification).where(Notification.rule_id.in_(sorted(rule_ids)), *due_now)
    session.execute(query.values(state="dead", finished_at=now, reading=because[:500]))


def close_pending(session: Session, rule_id: str, now: datetime, because: str) -> None:
    """What a rule was still to tell is given up."""
    waiting = (Notification.rule_id == rule_id, Notification.state == "pending")
    session.execute(update(Notification).where(*waiting).values(state="dead", finished_at=now, reading=because[:500]))


def sweep(session: Session, before: datetime) -> None:
    """Removes messages that were over before then, at most AT_ONCE: the next sweep goes on."""
    old = (Notification.state.in_(OVER), Notification.finished_at < before)
    ids = session.scalars(select(Notification.id).where(*old).limit(AT_ONCE)).all()
    for start in range(0, len(ids), 1000):
        session.execute(delete(Notification).where(Notification.id.in_(ids[start : start + 1000])))
