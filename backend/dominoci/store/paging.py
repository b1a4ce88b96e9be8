"""Cursors: newest first by UUIDv7 id, stable under inserts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """What part of a list is asked for: at most `limit` rows, older than `cursor`."""

    limit: int = 50
    cursor: str | None = None


def fetch(
    session: Session, query: Select[T], column: InstrumentedAttribute[str], page: Page
) -> tuple[list[T], str | None]:
    """The rows of `page` and the cursor of the next one, None at the end."""
    if page.cursor:
        query = query.where(column < page.cursor)
    rows = list(session.scalars(query.order_by(column.desc()).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    return rows[: page.limit], str(getattr(rows[page.limit - 1], column.key))


def listing(rows: Sequence[T], cursor: str | None, view: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """A page as the API shows it."""
    return {"items": [view(row) for row in rows], "next_cursor": cursor}
