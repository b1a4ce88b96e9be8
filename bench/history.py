"""A long history: a few real trees, played to their end by the arbiter, and then copied in SQL as often as it takes."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    literal,
    select,
    text,
    true,
    update,
)

from bench.arbiter import root_report
from bench.inside import Inside
from bench.plant import copy_dependencies, copy_projects
from bench.shapes import binary_tree, edges
from dominoci.domain.credentials import mint_event
from dominoci.domain.ids import new_id
from dominoci.infra.models.base import Base, UtcDateTime
from dominoci.infra.models.builds import Build, BuildArtifact, Step
from dominoci.infra.models.graph import Project
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ReportRow, ResultRow, Tree
from dominoci.services import dispatch
from dominoci.store.statements import table_of

TREES, EVENTS = 5, 100  # the trees that are copied, and how many events each has
PART = 20  # copies made with one statement
TICKS_AN_HOUR = 3_600_000 >> 16  # of the first eight digits of an id, each of which is 65.5 s
FAILS = 12  # each so-many-th result is a failure
TABLES: tuple[type[Base], ...] = (
    *(Tree, ReportRow, Event, Edge, Attempt, ResultRow, Change, Outbox, DeliveryRow),
    *(Build, Step, BuildArtifact),
)
# a copy's own: the first eight of the 36 characters, the time in a UUIDv7, say which copy it is
OWN = {"id", "tree_id", "event_id", "parent_id", "child_id", "build_id", "delivery_id", "dedup", "commit", "root_commit"}
_copies = Table(
    "bench_copies",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("prefix", String(8), nullable=False),
    Column("hours", Integer, nullable=False),
    Column("modifier", String(20), nullable=False),  # the same as SQLite spells it
)


Claim = Callable[[], Any]


@dataclass(frozen=True)
class History:
    """What there is to read: projects, roots among them, and the trees that were copied, `copies` times."""

    projects: Sequence[str]
    roots: Sequence[str]
    trees: Sequence[str]
    copies: int
    age: int  # what the ids of the originals begin with, as a number: eight hexadecimal digits of the time

    @property
    def events(self) -> int:
        """How many there are in all."""
        return (self.copies + 1) * len(self.trees) * EVENTS

    def tree(self, which: int, n: int) -> str:
        """The id of one copy (counted from 1) of a tree."""
        return _prefix(self.age, n) + self.trees[which][8:]


def make(inside: Inside, sink_url: str, events: int) -> History:
    """Plays and copies until there are so many events."""
    roots, projects, trees = [], [], []
    age = int(new_id()[:8], 16)
    claim = agent(inside)
    for _ in range(TREES):
        planted = _plant(inside, sink_url)
        roots.append(planted[0])
        projects += planted
        trees.append(play(inside, inside.project_token(planted[0]), claim))
    copies = max(1, events // (TREES * EVENTS) - 1)
    _copy_all(inside, copies, age)
    return History(projects, roots, trees, copies, age)


def _plant(inside: Inside, sink_url: str) -> list[str]:
    """The projects of one tree: every other one is run by the agent, the rest by webhooks."""
    hook = {"kind": "webhook", "url": sink_url}
    root, called, built = inside.project(hook), inside.project(hook, accept_event_token=True), inside.project({"kind": "agent"})
    first = inside.depend(root, called).rpartition("/")[2]
    inside.depend(root, built)
    half = EVENTS // 2
    with inside.engine.begin() as connection:
        hooks = [called, *copy_projects(connection, called, [f"{called[-12:]}-hook-{n:02}" for n in range(half - 1)])]
        builds = [built, *copy_projects(connection, built, [f"{built[-12:]}-built-{n:02}" for n in range(half - 2)])]
        # node 1 is the first hook, node 2 the first that is built: these two edges are there already
        nodes = [root, *(hooks[n // 2] if n % 2 == 0 else builds[n // 2] for n in range(EVENTS - 1))]
        pairs = [(nodes[up], nodes[down]) for up, down in edges(binary_tree(EVENTS)) if down > 2]
        copy_dependencies(connection, first, pairs)
    return nodes


def agent(inside: Inside) -> Claim:
    """A registered agent's way to its next build: what the arbiter gives it, None when nothing waits."""
    enrolment = inside.ask("POST", "/agents/enrolments")["token"]
    token = inside.timed("POST", "/agents/register", {"name": "bench", "slots": 8}, enrolment).json["token"]
    return lambda: inside.timed("POST", "/agents/claim", {}, token).json


def play(inside: Inside, token: str, claim: Claim) -> str:
    """Opens a tree and brings it to its end: triggers are sent, builds claimed, results reported. Its id."""
    tree = str(inside.timed("POST", "/events", root_report(), token).json["tree_id"])
    results = cycle(("SUCCESS",) * (FAILS - 1) + ("FAILED",))
    while _sent(inside, tree, results) + _built(inside, claim, results):
        pass
    return tree


def _sent(inside: Inside, tree: str, results: Iterator[str]) -> int:
    """Sends what is due, and reports the results of what was sent; answers how many."""
    dispatch.drain(inside.container.transactions, inside.container.adapters)
    sent = [event for event in inside.ask("GET", f"/trees/{tree}")["events"] if event["state"] == "triggered"]
    for event in sent:
        token = mint_event(inside.container.keys, tree, event["sub_id"], 1)
        inside.timed("POST", "/results", {"status": next(results), "metadata": _metadata()}, token)
    return len(sent)


def _built(inside: Inside, claim: Claim, results: Iterator[str]) -> int:
    """Claims every build that waits, and reports its steps and its end; answers how many."""
    built = 0
    while found := claim():
        steps = [{"n": n, "pipeline": "build", "stage": "test", "name": f"step {n}", "state": "success"} for n in (1, 2)]
        path = f"/builds/{found['id']}"
        inside.timed("POST", f"{path}/state", {"commit": uuid.uuid4().hex, "steps": steps}, found["token"])
        inside.timed("POST", f"{path}/result", {"status": next(results), "metadata": _metadata()}, found["token"])
        built += 1
    return built


def _metadata() -> dict[str, str]:
    return {"branch": "main", "pipeline": "build", "commit": uuid.uuid4().hex, "message": "Fix the frobnicator"}


def _prefix(age: int, n: int) -> str:
    """What the ids of a copy begin with: it is `n` hours older than the original."""
    return f"{age - n * TICKS_AN_HOUR:08x}"


def _copy_all(inside: Inside, copies: int, age: int) -> None:
    engine = create_engine(inside.settings.database_url)
    try:
        with engine.begin() as connection:
            _copies.create(connection)
            rows = [_numbered(age, n) for n in range(1, copies + 1)]
            connection.execute(insert(_copies), rows)
        for table in map(table_of, TABLES):
            for first in range(1, copies + 1, PART):
                with engine.begin() as connection:
                    _copy(connection, table, f"{age:08x}", (first, min(copies, first + PART - 1)))
        with engine.begin() as connection:
            connection.execute(update(table_of(Project)).values(next_build=copies + 2))
            if engine.dialect.name != "sqlite":
                connection.execute(text(f"ANALYZE TABLE {', '.join(table_of(model).name for model in TABLES)}"))
    finally:
        engine.dispose()


def _numbered(age: int, n: int) -> dict[str, Any]:
    return {"n": n, "prefix": _prefix(age, n), "hours": -n, "modifier": f"-{n} hours"}


def _copy(connection: Connection, table: Table, oldest: str, which: tuple[int, int]) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA synchronous=OFF")  # what is planted here need not outlive a crash
    key = next(column for column in table.primary_key)
    names = [column.name for column in table.columns]
    source = table.join(_copies, true())
    rows = select(*(_copied(column, connection.dialect.name) for column in table.columns)).select_from(source)
    # the originals are the only rows that are not older
    wanted = rows.where(key >= oldest, _copies.c.n.between(*which))
    connection.execute(insert(table).from_select(names, wanted.order_by(_copies.c.n.desc(), key)))


def _copied(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """What a copy has in this column: an id, a time or a number of its own, or the same as the original."""
    if column.name in OWN:
        return _copies.c.prefix.concat(func.substr(column, 9))
    if column.name == "run_url":
        return column.concat(literal("/")).concat(_copies.c.prefix)
    if column.name == "number" and column.table.name == "builds":
        return column + _copies.c.n
    if not isinstance(column.type, DateTime | UtcDateTime):
        return column
    if dialect == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%f000", column, _copies.c.modifier)
    return func.timestampadd(text("HOUR"), _copies.c.hours, column)
