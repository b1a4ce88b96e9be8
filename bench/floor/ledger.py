"""What the floor writes: one row for each transition of each node, and each tree's graph as it was given."""

import time
from typing import Any

from sqlalchemy import JSON, Column, Connection, Float, Integer, MetaData, String, Table, insert

metadata = MetaData()
trees = Table(
    "trees",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("children", JSON, nullable=False),
    Column("at", Float(53), nullable=False),
)
transitions = Table(
    "transitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tree", Integer, nullable=False, index=True),
    Column("node", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", Float(53), nullable=False),
    Column("started", Float(53)),
)


def note(connection: Connection, tree: int, nodes: list[int], state: str, started: float | None = None) -> None:
    """Writes the transition of these nodes, with the time."""
    at = time.time()
    rows: list[dict[str, Any]] = [{"tree": tree, "node": n, "state": state, "at": at, "started": started} for n in nodes]
    if rows:
        connection.execute(insert(transitions), rows)
