"""What resources stand on: the container, and the ports that the app fills (long polls, the demo)."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from flask import current_app, g, request

from dominoci.bootstrap import Container
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal

P = ParamSpec("P")
T = TypeVar("T")
EXTENSION = "dominoci"


class LongPolls(Protocol):
    """Requests that wait for something to happen. Any thread may call."""

    def take(self, look: Callable[[], T | None], wait_s: float, gone: Callable[[], bool]) -> T | None:
        """What `look` finds, now or within `wait_s` seconds, else None, and None once `gone()`. Raises TooMany when too many
        requests wait already."""
        ...


class Demo(Protocol):
    """The demo's projects. Any thread may call."""

    def state(self) -> dict[str, Any]:
        """Whether it is loaded, and where its working clone is."""
        ...

    def load(self) -> dict[str, Any]:
        """Starts to load it; answers at once. Loading it again changes nothing."""
        ...

    def remove(self) -> None:
        """Removes its projects, repositories and files."""
        ...


@dataclass(frozen=True)
class Site:
    """One web process."""

    container: Container
    polls: LongPolls
    demo: Demo


def site() -> Site:
    """The running app's."""
    return cast(Site, current_app.extensions[EXTENSION])


def who() -> Principal:
    """Who is asking; the gate has put it there."""
    return cast(Principal, g.principal)


def caller_is_gone() -> bool:
    """Whether the caller has closed the connection of this request. Servers other than gunicorn do not show it: then no."""
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def read(work: Callable[Concatenate[UnitOfWork, Principal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`work(uow, who, …)` in a transaction that only reads."""
    return site().container.read(work, who(), *args, **kwargs)


def write(work: Callable[Concatenate[UnitOfWork, Principal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`work(uow, who, …)` in a transaction, and then what it left for after the commit."""
    return site().container.write(work, who(), *args, **kwargs)
