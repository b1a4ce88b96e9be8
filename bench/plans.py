"""How the database would carry out what it was sent, and whether that reads a whole table that grows with the history."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, event

GROWING = frozenset(
    {
        *("trees", "events", "event_edges", "attempts", "results", "event_changes", "reports"),
        *("outbox", "deliveries", "builds", "build_steps", "build_artifacts", "audit", "dependencies"),
    }
)
_NAMED = re.compile(r'\b(\w+) AS "?(\w+)"?')
_SCAN = re.compile(r"^SCAN (\w+)(.*)$")
# conditions that most rows meet, so that a page that is filled along an index is full soon
USUAL = (
    "WHERE attempts.event_id = events.id AND attempts.state = ",  # combos: events that have a success
    "WHERE builds.job = ",  # lists of builds leave out the jobs of runs
)
_PLANNED = ("SELECT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True)
class Statement:
    """One that was sent to the database, as the driver got it."""

    text: str
    parameters: Any


@contextmanager
def watching(engine: Engine) -> Iterator[list[Statement]]:
    """Every statement that is sent meanwhile, in order."""
    seen: list[Statement] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool) -> None:
        seen.append(Statement(text, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def scans(engine: Engine, statements: Iterable[Statement]) -> dict[str, str]:
    """Of these statements those that read a whole growing table, each with the line of its plan that says so."""
    found = {}
    # one plan for each text: they differ by the number of their values at most
    distinct = {each.text: each for each in statements if each.text.lstrip().upper().startswith(_PLANNED)}
    with engine.connect() as connection:
        for each in distinct.values():
            if line := next(_whole(connection, each), None):
                found[each.text] = line
    return found


def _whole(connection: Connection, statement: Statement) -> Iterator[str]:
    tables = {alias: table for table, alias in _NAMED.findall(statement.text)}
    walks = _sqlite_walks if connection.dialect.name == "sqlite" else _mariadb_walks
    for name, ordered, line in walks(connection, statement):
        if tables.get(name, name) in GROWING and not (ordered and _ends_early(statement.text)):
            yield line


def _ends_early(text: str) -> bool:
    """Whether a walk along an index stops after a page: it has a limit, and nothing that most rows fail to meet."""
    spaced = " ".join(text.split())
    return "LIMIT" in spaced and ("WHERE" not in spaced or any(condition in spaced for condition in USUAL))


Walk = tuple[str, bool, str]  # the table's name or alias, whether along an index, the plan's line


def _sqlite_walks(connection: Connection, statement: Statement) -> Iterator[Walk]:
    for *_, line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters):
        if match := _SCAN.match(line):
            yield match[1], "USING" in match[2], line


def _mariadb_walks(connection: Connection, statement: Statement) -> Iterator[Walk]:
    for row in connection.exec_driver_sql(f"EXPLAIN {statement.text}", statement.parameters).mappings():
        if row["type"] in ("ALL", "index") and row["table"]:
            yield row["table"], row["type"] == "index", _shown(row)


def _shown(row: RowMapping) -> str:
    return f"{row['table']}: {row['type']} over {row['rows']} rows, key {row['key']}"
