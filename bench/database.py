"""Databases for a run: an engine as lean and as durable as the peers need it, and fresh empty databases on SQLite or MariaDB."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event

if TYPE_CHECKING:
    from tests.bed.mariadb import MariaDB


class Durable:
    """An engine whose commits are on disk; writers of one process queue at a lock, which is SQLite's fastest way."""

    def __init__(self, url: str) -> None:
        self.engine = durable_engine(url)
        self._writer = threading.Lock() if url.startswith("sqlite") else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end."""
        if self._writer is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.begin() as connection:
            yield connection


def durable_engine(url: str) -> Engine:
    """SQLite in WAL mode with synchronous=FULL, or MariaDB as it comes (it flushes at every commit)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=200, isolation_level="READ COMMITTED")
    engine = create_engine(url, pool_size=20, max_overflow=200, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


class Databases:
    """Gives fresh databases: files in a folder, or databases of one private MariaDB."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self._folder = kind, folder

    def fresh(self, name: str) -> str:
        """The address of a new, empty database."""
        if self.kind == "sqlite":
            return f"sqlite:///{self._folder / name}.sqlite"
        return self._server.create_database()

    def close(self) -> None:
        """Ends MariaDB, if it was needed."""
        if "_server" in self.__dict__:
            self._server.remove()

    @cached_property
    def _server(self) -> "MariaDB":
        from tests.bed.mariadb import MariaDB

        server = MariaDB()
        server.start()
        return server
