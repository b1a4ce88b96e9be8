"""Cursors: newest first by UUIDv7 id, stable under inserts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

T = TypeVar("T")
Keep = Callable[[Sequence[T]], list[T]]  # what of some rows a caller may see
CHUNK, MOST_CHUNKS = 200, 10


@dataclass(frozen=True)
class Page:
    """What part of a list is asked for: at most `limit` rows, older than `cursor`."""

    limit: int = 50
    cursor: str | None = None


def fetch(
    session: Session, query: Select[T], column: InstrumentedAttribute[str], page: Page, keep: Keep[T] | None = None
) -> tuple[list[T], str | None]:
    """The rows of `page` and the cursor of the next one, None at the end.

    With `keep`, rows are looked through in chunks, and of those the kept ones make the page; where hardly any are kept it ends
    short, and its cursor leads on: no page looks through more than CHUNK * MOST_CHUNKS rows.
    """
    if keep is None:
        return _rows(session, query, column, page)
    kept: list[T] = []
    cursor = page.cursor
    for _ in range(MOST_CHUNKS):
        rows, cursor = _rows(session, query, column, Page(max(page.limit, CHUNK), cursor))
        kept.extend(keep(rows))
        if len(kept) > page.limit:
            return kept[: page.limit], str(getattr(kept[page.limit - 1], column.key))
        if cursor is None:
            break
    return kept, cursor


def _rows(session: Session, query: Select[T], column: InstrumentedAttribute[str], page: Page) -> tuple[list[T], str | None]:
    if page.cursor:
        query = query.where(column < page.cursor)
    rows = list(session.scalars(query.order_by(column.desc()).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    return rows[: page.limit], str(getattr(rows[page.limit - 1], column.key))


def by_name(
    session: Session, query: Select[T], name: InstrumentedAttribute[str], key: InstrumentedAttribute[str], page: Page
) -> tuple[list[T], str | None]:
    """The rows of `page` in the order of the unique column `name`; the cursor is the last one's `key`, which stays."""
    if page.cursor:
        query = query.where(name > select(name).where(key == page.cursor).scalar_subquery())
    rows = list(session.scalars(query.order_by(name).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    return rows[: page.limit], str(getattr(rows[page.limit - 1], key.key))


def listing(rows: Sequence[T], cursor: str | None, view: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """A page as the API shows it."""
    return {"items": [view(row) for row in rows], "next_cursor": cursor}
