"""Named places where a test may end the process as kill -9 would. They do nothing unless set in DOMINOCI_FAILPOINTS."""

import os
import signal

_armed: frozenset[str] = frozenset()


def arm(names: frozenset[str]) -> None:
    """Sets which failpoints are active in this process."""
    global _armed  # noqa: PLW0603 - one switch for the process, read at places that get no settings
    _armed = names


def failpoint(name: str) -> None:
    """Ends this process with SIGKILL if `name` is armed."""
    if name in _armed:
        os.kill(os.getpid(), signal.SIGKILL)
