"""A server process for tests that does not outlive them, even when they are killed."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_S = 20


class Server:
    """A command that is started, killed and started again; its output goes to a file. `env` None: the environment of here."""

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self._argv, self._log, self._env = argv, log, env
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id; AssertionError when it does not run."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def start(self, answers: Callable[[], bool]) -> None:
        """Starts it and returns once `answers()`; AssertionError with the log's end when it ends instead."""
        from tests.waiting import until

        with self._log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                preexec_fn=_end_with_parent(),  # noqa: PLW1509  set so that no server outlives the tests
            )

        def up() -> bool:
            tail = self._log.read_text(errors="replace")[-2000:] if process.poll() is not None else ""
            assert process.poll() is None, f"{self._argv[0]} ended with {process.returncode}:\n{tail}"
            return answers()

        until(up, f"{self._argv[0]} answers", within_s=60)

    def ended(self) -> int | None:
        """Its exit code once it has ended by itself; None while it runs."""
        return None if self._process is None else self._process.poll()

    def stop(self) -> int | None:
        """Ends it in its own way, by force after 20 s; its exit code, None when it did not run."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as kill -9 does."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int | None:
        if self._process is None:
            return None
        self._process.send_signal(number)
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process = None
        return code


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def set_death_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return set_death_signal
