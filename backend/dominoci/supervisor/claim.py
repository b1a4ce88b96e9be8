"""What must hold before a start: a data folder that can be written and is nobody else's, and a free port."""

import fcntl
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from dominoci.supervisor.output import Screen

LAST_RUN_S: Final = 15.0
POLL_S: Final = 0.1


class CannotStart(Exception):
    """Something that must hold before a start does not; the text is one line for the user."""


@contextmanager
def data_folder(data: Path, screen: Screen) -> Iterator[int]:
    """Claims the folder as long as the context lasts, or raises CannotStart; gives a file descriptor that every child
    is to inherit.

    Two locks: the parent's says that a run is on, and a second one is refused at once. The children's outlives a parent
    that was killed until the last of them is gone, and is waited for: an old Valkey, when it ends, would take the new
    one's socket away."""
    _check_writable(data)
    with (data / "up.lock").open("ab") as run, (data / "children.lock").open("ab") as children:
        if not _locked(run):
            raise CannotStart(f"dominoci is already running on the data folder {data}")
        if not _locked(children):
            screen.show("up", b"waiting for the processes of the last run to end\n")
            _wait_for(children, data)
        yield children.fileno()


def check_port(host: str, port: int) -> None:
    """CannotStart when nobody could listen there now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with --host and --port"
        ) from error


def _check_writable(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "logs").mkdir(exist_ok=True)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"cannot write to the data folder {data} ({error.strerror}); choose another with --data or DOMINOCI_DATA"
        ) from error


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(children: IO[bytes], data: Path) -> None:
    limit = time.monotonic() + LAST_RUN_S
    while not _locked(children):
        if time.monotonic() > limit:
            raise CannotStart(f"processes of an earlier run still use the data folder {data}")
        time.sleep(POLL_S)
