"""The audit log as a table for spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from dominoci.domain.times import rfc3339
from dominoci.store.paging import Page

COLUMNS: Final = ("at", "actor", "action", "object", "object_id", "before", "after", "address", "text")
MOST_ROWS: Final = 10_000
AT_ONCE: Final = 500
# what makes a spreadsheet take a cell for a formula (OWASP, "CSV injection")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms count too


def table(page_of: Callable[[Page], dict[str, Any]]) -> Iterator[str]:
    """The rows that `page_of` answers, newest first and at most `MOST_ROWS`, as pieces of CSV (RFC 4180) with a head. However
    many there are, only one page of them is held at a time."""
    yield _lines([COLUMNS])
    cursor, left = None, MOST_ROWS
    while left:
        page = page_of(Page(min(AT_ONCE, left), cursor))
        yield _lines([_row(item) for item in page["items"]])
        cursor, left = page["next_cursor"], left - len(page["items"])
        if cursor is None:
            return


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    change = [json.dumps(item[key], ensure_ascii=False) if item[key] else "" for key in ("before", "after")]
    about = f"{item['object']['kind']} {item['object']['name']}"
    who = item["actor"]["name"] or item["actor"]["kind"]
    return rfc3339(item["at"]), who, item["action"], about, item["object"]["id"], *change, item["address"] or "", item["text"]


def _lines(rows: list[tuple[str, ...]]) -> str:
    held = io.StringIO()
    csv.writer(held).writerows([_safe(cell) for cell in row] for row in rows)
    return held.getvalue()


def _safe(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
