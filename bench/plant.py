"""Many rows at once: copies of rows that the arbiter itself has made, so that no column is guessed here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from dominoci.domain.ids import new_id
from dominoci.infra.models.base import Base
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.store.statements import table_of

PART = 5_000


def copy_projects(connection: Connection, model: str, names: Sequence[str]) -> list[str]:
    """Projects like the one whose id is `model`, with these names; answers their ids."""
    made = {name: new_id() for name in names}
    own = ({"name": name, "repository_url": f"https://git.example/{name}", "id": id_} for name, id_ in made.items())
    _copy(connection, Project, model, ({**each, "created_at": _now()} for each in own))
    return list(made.values())


def copy_dependencies(connection: Connection, model: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Dependencies like the one whose id is `model`, between these (upstream, downstream) projects."""
    changes = ({"id": new_id(), "upstream_id": up, "downstream_id": down, "created_at": _now()} for up, down in pairs)
    _copy(connection, DependencyRow, model, changes)


def _copy(connection: Connection, model: type[Base], row_id: str, changes: Iterable[Mapping[str, Any]]) -> None:
    table = table_of(model)
    row = connection.execute(select(table).where(table.c.id == row_id)).mappings().one()
    rows = [{**row, **each} for each in changes]
    for at in range(0, len(rows), PART):
        connection.execute(insert(table), rows[at : at + PART])


def _now() -> datetime:
    return datetime.now(UTC)
