"""Alembic's environment, as `flask db` and `dominoci db` run it: the tables of dominoci.infra.models on the app's engine."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import JSON, Column, Connection
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from dominoci.infra.models import Base
from dominoci.infra.models.base import UtcDateTime

MOMENT = 'sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")'


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column type is spelled out, so that a migration never depends on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from sqlalchemy.dialects import mysql")
        return MOMENT
    return False


def compare_type(
    _context: Any, _column: Column[Any], _model: Column[Any], found: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    """MariaDB keeps JSON as LONGTEXT: that is no difference."""
    if isinstance(wanted, JSON) and isinstance(found, mysql.LONGTEXT):
        return False
    return None


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "render_as_batch": True,
    "render_item": render_item,
    "compare_type": compare_type,
}


def run_online(connection: Connection) -> None:
    """Migrates over `connection`."""
    with foreign_keys_off(connection) if connection.dialect.name == "sqlite" else nullcontext():
        context.configure(connection=connection, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """A batch makes a table anew and drops the old one; with this on, the rows that point to it would forbid that (or go along).

    Said to the driver itself: SQLAlchemy begins a transaction for whatever it executes, and inside one SQLite ignores this."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


engine = current_app.extensions["migrate"].db.engine
if context.is_offline_mode():
    context.configure(url=str(engine.url), literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as open_connection:
        run_online(open_connection)
