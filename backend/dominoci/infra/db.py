"""The database: one engine a process, transactions that hold on SQLite and MariaDB alike, and whole-transaction retries.

Measured reasons for each pragma and option stand in docs/decisions/database.md.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import CursorResult, Engine, Result, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from dominoci.domain.errors import Conflict, Unavailable

T = TypeVar("T")
log = structlog.get_logger()

# deadlock, lock wait timeout (which undoes the statement only: we roll all back), record changed, and lost connections
RETRYABLE_MYSQL = frozenset({1213, 1205, 1020, 2006, 2013, 2014, 1927})
MAX_TRIES = 8


def changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE changed."""
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
    return result.rowcount


class Database:
    """One engine with its rules. `overflow` is how many connections there may be beyond those that are kept, ten times as many
    unless said. `clock` replaces the database's clock in tests."""

    def __init__(
        self, url: str, *, pool_size: int = 20, overflow: int | None = None, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = _engine(url, pool_size, pool_size * 10 if overflow is None else overflow)
        self._clock = clock
        # SQLite's own busy handler sleeps, up to half a second under load: writers of one process queue here instead
        self._writer = threading.Lock()

    def now(self, session: Session) -> datetime:
        """The time by the database's clock, so that all processes agree; aware, UTC."""
        if self._clock:
            return self._clock()
        if self.sqlite:
            return datetime.now(UTC)
        stamp: datetime = session.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
        return stamp.replace(tzinfo=UTC)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction; the caller commits."""
        if not self.sqlite:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
            return
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never writes and never waits for writers."""
        with self.engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
            yield session

    def retrying(self, work: Callable[[], T]) -> T:
        """`work()` (one whole transaction), again after errors that a second try can cure.

        A duplicate key means that another transaction recorded the same thing first: the next try finds it. Raises
        Unavailable when the database cannot be reached.
        """
        for attempt in range(1, MAX_TRIES + 1):
            try:
                return work()
            except IntegrityError as e:
                if attempt >= 3:
                    raise Conflict("This contradicts what another request has just recorded.") from e
            except (OperationalError, InterfaceError) as e:
                if not _retryable(e, self.sqlite):
                    raise Unavailable("The database cannot be reached.") from e
                if attempt == MAX_TRIES:
                    raise Unavailable("The database is too busy.") from e
                log.info("transaction_again", attempt=attempt, code=_code(e))
                time.sleep(0.005 * attempt)
        raise AssertionError("unreachable")


def _engine(url: str, pool_size: int, overflow: int) -> Engine:
    if url.startswith("sqlite"):
        # NullPool's cost (one open per transaction) was more than the pool's: threads keep theirs
        engine = create_engine(url, pool_size=pool_size, max_overflow=overflow, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    from dominoci.infra.mysql import connect  # an installation with SQLite needs none of it

    connect_args = {"charset": "utf8mb4", "init_command": "SET SESSION innodb_lock_wait_timeout=5, time_zone='+00:00'"}
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=pool_size,
        max_overflow=overflow,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={**connect_args, "connect_timeout": 5},
    )
    event.listen(engine, "do_connect", connect)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and too weak
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _code(error: DBAPIError) -> Any:
    return error.orig.args[0] if error.orig and error.orig.args else None


def _retryable(error: DBAPIError, sqlite: bool) -> bool:
    if sqlite:
        return "locked" in str(error.orig)
    return error.connection_invalidated or _code(error) in RETRYABLE_MYSQL
