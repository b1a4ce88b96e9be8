"""The local executor: a program in a session of its own, its output streamed, and nothing of it left when it ends."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dominoci_agent.pipeline.model import Compose
from dominoci_agent.runtime.leftovers import MARKER, Warden, sweep
from dominoci_agent.runtime.stop import Stop

READ_SIZE = 64 * 1024
KILL_AFTER_S = 5.0
_FULL_SINK_MS = 20
_DRAIN_S = 1.0


class Sink(Protocol):
    """Where output goes. `room()` False means: not now; the program is not read until there is room again."""

    def write(self, data: bytes) -> None:
        """Take output; never blocks for long."""

    def room(self) -> bool:
        """Whether more is welcome."""


@dataclass(frozen=True)
class Ended:
    """How a program ended: an exit code or the name of the signal that ended it; `timed_out` or `stopped` say that it
    was this executor that ended it. `trouble`: why it could not be run or followed though nothing is wrong with it."""

    exit_code: int | None = None
    signal: str | None = None
    timed_out: bool = False
    stopped: bool = False
    trouble: str | None = None


@dataclass(frozen=True)
class Command:
    """What to run: a program, or (with `compose`) services; with `image` in a container of its own.

    `folder` is the build's workspace, `beside` are the other folders of the build that the program must see under the same
    paths. `mark` tells this step's processes, containers and networks from all others; it begins with the build's mark and a
    dot. `isolated`: strangers' code, which must not run as the agent's own user.
    """

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    mark: str
    timeout_s: float | None = None
    image: str | None = None
    compose: Compose | None = None
    beside: Sequence[Path] = ()
    isolated: bool = False


@dataclass
class LocalExecutor:
    """Runs commands as the agent's own user. Any thread may call `run`, and shorten `kill_after_s` meanwhile."""

    warden: Warden | None = None
    kill_after_s: float = KILL_AFTER_S
    available: frozenset[str] = frozenset({"local"})

    def end_build(self, mark: str) -> None:
        """Nothing of a build is left here: each step is cleared away when it ends."""

    def close(self) -> None:
        """After the last `run`."""
        if self.warden:
            self.warden.close()

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """Run to the end, to the timeout, or until `stop` is thrown: then TERM to the whole group, and KILL after
        `kill_after_s`. Processes that outlive the program are killed. A program that cannot be started ends
        with 127 (not found) or 126, as in a shell, and a line in the log."""
        if stop:
            return Ended(stopped=True)
        try:
            process = subprocess.Popen(
                command.argv,
                env={**command.environment, MARKER: command.mark},
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            sink.write(f"cannot run {command.argv[0]}: {error.strerror or error}\n".encode())
            return Ended(exit_code=127 if isinstance(error, FileNotFoundError) else 126)
        if self.warden:
            self.warden.watch(process.pid)
        try:
            return _Attendance(process, command, sink, stop, self).attend()
        finally:
            if self.warden:
                self.warden.forget(process.pid)


@dataclass
class _Attendance:
    """One running process: reads its output, keeps its time, ends it."""

    process: subprocess.Popen[bytes]
    command: Command
    sink: Sink
    stop: Stop
    executor: LocalExecutor
    started: float = field(default_factory=time.monotonic)
    kill_at: float | None = None
    timed_out: bool = False
    stopped: bool = False

    def attend(self) -> Ended:
        assert self.process.stdout  # noqa: S101 - Popen was asked for a pipe
        output = self.process.stdout.fileno()
        os.set_blocking(output, False)
        exit_fd = os.pidfd_open(self.process.pid)
        try:
            self._follow(output, exit_fd)
            self._end(output)
        finally:
            os.close(exit_fd)
            self.process.stdout.close()
        code = self.process.returncode
        ended_by = signal.Signals(-code).name if code < 0 else None
        return Ended(None if code < 0 else code, ended_by, self.timed_out, self.stopped)

    def _follow(self, output: int, exit_fd: int) -> None:
        """Until the process has ended."""
        poll = select.poll()
        poll.register(exit_fd, select.POLLIN)
        poll.register(output, select.POLLIN)
        poll.register(self.stop.fileno(), select.POLLIN)
        reading = unfinished = True
        while True:
            if unfinished and reading != self.sink.room():
                # unregistered, not masked: poll() reports a hang-up even to those who asked for nothing
                reading = not reading
                _listen(poll, output, reading)
            ready = {descriptor for descriptor, _ in poll.poll(self._patience_ms(reading))}
            if output in ready and not self._read(output):
                unfinished, reading = False, True
                poll.unregister(output)
            if exit_fd in ready:
                return
            if self.stop.fileno() in ready:
                poll.unregister(self.stop.fileno())
                self.stopped = not self.timed_out
                self._terminate()
            self._keep_time()

    def _patience_ms(self, reading: bool) -> float | None:
        waits: list[float] = [] if reading else [_FULL_SINK_MS]
        now = time.monotonic()
        if self.kill_at is not None:
            waits.append(max(0, (self.kill_at - now) * 1000))
        elif self.command.timeout_s is not None:
            waits.append(max(0, (self.started + self.command.timeout_s - now) * 1000))
        return min(waits) + 1 if waits else None

    def _keep_time(self) -> None:
        now = time.monotonic()
        limit = self.command.timeout_s
        if self.kill_at is not None and now >= self.kill_at:
            self._signal(signal.SIGKILL)
            self.kill_at = now + 1
        elif self.kill_at is None and limit is not None and now >= self.started + limit:
            self.timed_out = True
            self._terminate()

    def _terminate(self) -> None:
        if self.kill_at is None:
            self._signal(signal.SIGTERM)
            self.kill_at = time.monotonic() + self.executor.kill_after_s

    def _signal(self, number: signal.Signals) -> None:
        # the leader is not yet waited for, so its id, and the group's with it, cannot belong to anybody else
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def _end(self, output: int) -> None:
        """Kill what outlives the process, then take the rest of its output."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        deadline = time.monotonic() + _DRAIN_S
        while self._read(output) and time.monotonic() < deadline:
            # no end yet: somebody with a session of its own holds the pipe open
            sweep(self.command.mark, since=self.process.pid)
            poll = select.poll()
            poll.register(output, select.POLLIN)
            poll.poll(50)
        sweep(self.command.mark, since=self.process.pid)

    def _read(self, output: int) -> bool:
        """Take what is there; False at the end of the stream."""
        while self.sink.room() or self.process.returncode is not None:
            try:
                data = os.read(output, READ_SIZE)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.sink.write(data)
            if len(data) < READ_SIZE and self.process.returncode is None:
                return True
        return True


def _listen(poll: select.poll, descriptor: int, wanted: bool) -> None:
    if wanted:
        poll.register(descriptor, select.POLLIN)
    else:
        poll.unregister(descriptor)
