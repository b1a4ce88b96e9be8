"""SQL on the audit log: rows are added and read, never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dominoci.infra.models.audit import AuditProject, AuditRow
from dominoci.store.paging import Page, fetch
from dominoci.store.statements import insert_rows


@dataclass(frozen=True)
class Wanted:
    """Which rows of the log; None asks for all. `actor` and `object` are ids, `until` is exclusive."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def add(session: Session, row: Mapping[str, Any], projects: Iterable[str]) -> None:
    """Stores one row, to be found by these projects too."""
    insert_rows(session, AuditRow, [row])
    insert_rows(session, AuditProject, [{"project_id": project, "audit_id": row["id"]} for project in sorted(set(projects))])


def search(session: Session, wanted: Wanted, page: Page) -> tuple[list[AuditRow], str | None]:
    """A page of the log, newest first."""
    asked = (
        None if wanted.actor is None else AuditRow.actor_id == wanted.actor,
        None if wanted.action is None else AuditRow.action == wanted.action,
        None if wanted.object is None else AuditRow.object_id == wanted.object,
        None if wanted.since is None else AuditRow.at >= wanted.since,
        None if wanted.until is None else AuditRow.at < wanted.until,
    )
    query = select(AuditRow).where(*(condition for condition in asked if condition is not None))
    return fetch(session, query, AuditRow.id, page)


def of_project(session: Session, project_id: str, page: Page) -> tuple[list[AuditRow], str | None]:
    """A page of what was done to a project, its dependencies, tokens and builds, newest first."""
    query = select(AuditRow).join(AuditProject, AuditProject.audit_id == AuditRow.id)
    return fetch(session, query.where(AuditProject.project_id == project_id), AuditRow.id, page)
