"""One child process: how it is started so that it cannot outlive its parent, and how it and what it started end."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final

PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True)
class Child:
    """What to run. `ready` tells whether it can be used (None: at once). Lower `stop_rank` is stopped first. A child
    that runs `once` has done its work when it exits with 0; all others are started again whenever they end. The output
    of one that is not `shown` goes to its log file only."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    stop_rank: int = 1
    once: bool = False
    shown: bool = True


class Running:
    """A started child. Standard output and error come together through `output`, which does not block."""

    def __init__(self, child: Child, keep_open: Sequence[int] = ()) -> None:
        """Starts it, in a session of its own; OSError when that is not possible. `keep_open` are file descriptors that
        it inherits. Only for the main thread: the death signal follows the thread that forked."""
        self._process = subprocess.Popen(
            child.argv,
            env=dict(child.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=keep_open,
            start_new_session=True,
            preexec_fn=end_with_parent(),  # noqa: PLW1509  the supervisor has one thread
        )
        self.pid = self._process.pid

    @property
    def output(self) -> IO[bytes]:
        """Where its output is read."""
        stream = self._process.stdout
        if stream is None:
            raise RuntimeError("a child without output")
        return stream

    def ended(self) -> int | None:
        """Its exit code (negative: the signal that killed it) once it has ended, with all that it left in its process
        group killed; None while it runs."""
        # looked at without being reaped first: so long, nobody else can be given its number
        if sys.platform == "linux" and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        if sys.platform == "linux":
            self.kill()
        return self._process.poll()

    def terminate(self) -> None:
        """Asks it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it and everything in its process group, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def end_with_parent() -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel shall send the child SIGTERM when its parent dies. None where the system has no such thing."""
    if sys.platform != "linux":
        return None
    parent, libc = os.getpid(), ctypes.CDLL(None)

    def set_death_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # a parent that died before that line sends nothing any more
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return set_death_signal
