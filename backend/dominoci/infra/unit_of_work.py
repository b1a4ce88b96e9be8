"""One transaction of a use case, and what may leave the process only after it has committed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from dominoci.config import Settings
from dominoci.domain.keys import KeyRing
from dominoci.infra.db import Database
from dominoci.infra.failpoints import failpoint
from dominoci.infra.redis import Bell

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class UnitOfWork:
    """What a use case works with: the session, the time, and a list of what to do after the commit."""

    session: Session
    database: Database
    settings: Settings
    keys: KeyRing
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    rings: bool = False
    wakes_agents: bool = False
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)  # what the process knows beyond this transaction; any of it may be lost

    @cached_property
    def now(self) -> datetime:
        """The time of this transaction by the database's clock; aware, UTC."""
        return self.database.now(self.session)

    def ring(self) -> None:
        """After the commit: one drain of the outbox."""
        self.rings = True

    def wake_agents(self) -> None:
        """After the commit: long polls look for builds."""
        self.wakes_agents = True

    def publish(self, topic: str, message: dict[str, Any]) -> None:
        """After the commit: tell live pages that watch `topic`."""
        self.messages.append((topic, message))

    def after_commit(self, action: Callable[[], None]) -> None:
        """After the commit: a change outside the database (a folder to remove); it must be safe to lose."""
        self.afterwards.append(action)


@dataclass(frozen=True)
class Transactions:
    """Runs use cases: each in one transaction of its own."""

    database: Database
    bell: Bell
    settings: Settings
    keys: KeyRing
    memory: dict[str, Any] = field(default_factory=dict)

    def write(self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(uow, …)`, tried again as a whole where that can help; then what it left for after the commit."""

        def once() -> tuple[T, UnitOfWork]:
            with self.database.writing() as session:
                uow = self._begin(session)
                result = work(uow, *args, **kwargs)
                failpoint("before_commit")
                session.commit()
                return result, uow

        result, uow = self.database.retrying(once)
        failpoint("after_commit")
        for action in uow.afterwards:
            action()
        if uow.messages or uow.rings or uow.wakes_agents:
            self.bell.after_commit(uow.messages, uow.rings, uow.wakes_agents)
        return result

    def read(self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(uow, …)` in a transaction that never writes."""

        def once() -> T:
            with self.database.reading() as session:
                return work(self._begin(session), *args, **kwargs)

        return self.database.retrying(once)

    def _begin(self, session: Session) -> UnitOfWork:
        return UnitOfWork(session, self.database, self.settings, self.keys, memory=self.memory)
