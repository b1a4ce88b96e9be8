"""The supervisor's loop: starts children stage by stage, passes their output on, starts them again when they die, and
stops them all in order. One thread, because the death signal follows the thread that forked."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from dominoci.supervisor.child import Child, Running
from dominoci.supervisor.output import Lines, LogFile, Screen

FIRST_DELAY_S: Final = 1.0
LONGEST_DELAY_S: Final = 5.0  # guarantee G8 speaks of 30 s in all, agents' leases included
STEADY_S: Final = 60.0  # who ran this long before dying starts again with the first delay
TICK_S: Final = 0.2
AGENT_STOP_S: Final = 4.0  # the agent hands its builds back, for which web must still be there
STOP_S: Final = 8.0
KILL_S: Final = 1.5
SAME_SIGNAL_S: Final = 1.0
CHUNK: Final = 64 * 1024
DRAIN_CHUNKS: Final = 16  # a pipe holds 64 kB, so its last words fit


@dataclass(frozen=True)
class Stage:
    """Children that are started together; `then` is called once, when all of them are ready."""

    children: Sequence[Child]
    then: Callable[[], object] = lambda: None


@dataclass
class _Slot:
    """A child's place: what runs in it now, or when it is started again."""

    child: Child
    log: LogFile
    running: Running | None = None
    lines: Lines = field(default_factory=Lines)
    started_at: float = 0.0
    start_at: float | None = 0.0
    delay_s: float = FIRST_DELAY_S
    was_ready: bool = False


class Supervisor:
    """Runs stages of children until a signal says stop. Use once, in the main thread."""

    def __init__(
        self,
        stages: Sequence[Stage],
        logs: Path,
        screen: Screen,
        keep_open: Sequence[int] = (),
        stop_s: float = STOP_S,
    ) -> None:
        """`logs` is the folder for the children's output; `keep_open` are file descriptors that every child inherits;
        after `stop_s` seconds of stopping, what is left is killed."""
        self._waiting = list(stages)
        self._stage: list[_Slot] = []
        self._slots: list[_Slot] = []
        self._then: Callable[[], object] | None = None
        self._logs, self._screen, self._keep_open = logs, screen, keep_open
        self._signals, self._signalled_at = 0, 0.0
        self._stopping = False
        self._stop_s = stop_s
        self._selector = selectors.DefaultSelector()

    def run(self) -> int:
        """Runs until SIGINT, SIGTERM or SIGHUP, then stops every child (within 10 s) and returns 0. What a stage's
        `then` raises is raised again after the same stop."""
        restore = self._catch_signals()
        try:
            while not self._signals:
                self._tick()
            self._say("stopping")
        finally:
            self._stop()
            restore()
        return 0

    def _tick(self) -> None:
        self._reap()
        now = time.monotonic()
        for slot in self._slots:
            if slot.start_at is not None and slot.start_at <= now:
                self._start(slot)
        if self._stage_is_ready():
            self._next_stage()
        else:
            self._pump(TICK_S)

    def _stage_is_ready(self) -> bool:
        for slot in self._stage:
            if not slot.was_ready:
                slot.was_ready = slot.running is not None and (slot.child.ready is None or slot.child.ready())
        return (self._then is not None or bool(self._waiting)) and all(slot.was_ready for slot in self._stage)

    def _next_stage(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
        if self._waiting:
            stage = self._waiting.pop(0)
            self._stage = [_Slot(child, LogFile(self._logs / f"{child.name}.log")) for child in stage.children]
            self._slots += self._stage
            self._then = stage.then

    def _start(self, slot: _Slot) -> None:
        slot.start_at, slot.started_at, slot.lines = None, time.monotonic(), Lines()
        try:
            slot.running = Running(slot.child, self._keep_open)
        except OSError as error:
            self._again(slot, f"could not be started ({error.strerror})")
            return
        os.set_blocking(slot.running.output.fileno(), False)
        self._selector.register(slot.running.output, selectors.EVENT_READ, slot)

    def _reap(self) -> None:
        for slot in self._slots:
            code = slot.running.ended() if slot.running is not None else None
            if slot.running is None or code is None:
                continue
            for _ in range(DRAIN_CHUNKS):
                self._read(slot)
            self._close_output(slot)
            slot.running = None
            if slot.child.once and code == 0:
                continue
            self._again(slot, f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}")

    def _again(self, slot: _Slot, how: str) -> None:
        now = time.monotonic()
        if now - slot.started_at >= STEADY_S:
            slot.delay_s = FIRST_DELAY_S
        slot.start_at = now + slot.delay_s
        if not (self._signals or self._stopping):
            self._say(f"{slot.child.name} {how}; starting it again in {slot.delay_s:.0f} s")
        slot.delay_s = min(slot.delay_s * 2, LONGEST_DELAY_S)

    def _pump(self, timeout_s: float) -> None:
        """Passes on what the children wrote; waits at most `timeout_s` for something to happen."""
        for key, _ in self._selector.select(timeout_s):
            if isinstance(key.data, _Slot):
                self._read(key.data)
            elif isinstance(key.fileobj, socket.socket):
                key.fileobj.recv(CHUNK)

    def _read(self, slot: _Slot) -> None:
        if slot.running is None or slot.running.output.closed:
            return
        try:
            chunk = os.read(slot.running.output.fileno(), CHUNK)
        except BlockingIOError:
            return
        for line in slot.lines.feed(chunk):
            slot.log.write(line)
            if slot.child.shown:
                self._screen.show(slot.child.name, line)
        if not chunk:
            self._close_output(slot)

    def _close_output(self, slot: _Slot) -> None:
        if slot.running is not None and not slot.running.output.closed:
            self._selector.unregister(slot.running.output)
            slot.running.output.close()

    def _stop(self) -> None:
        """Asks rank after rank to end, then ends what is left; a second signal ends all at once."""
        begun, asked = time.monotonic(), self._signals
        self._stopping = True
        for slot in self._slots:
            slot.start_at = None
        for rank in sorted({slot.child.stop_rank for slot in self._slots}):
            slots = [slot for slot in self._slots if slot.child.stop_rank == rank]
            for slot in slots:
                if slot.running is not None:
                    slot.running.terminate()
            limit = begun + (AGENT_STOP_S if rank == 0 else self._stop_s)
            while any(slot.running for slot in slots) and time.monotonic() < limit and self._signals <= max(asked, 1):
                self._pump(TICK_S)
                self._reap_stopped()
        for slot in self._slots:
            if slot.running is not None:
                slot.running.kill()
        limit = time.monotonic() + KILL_S
        while any(slot.running for slot in self._slots) and time.monotonic() < limit:
            self._pump(TICK_S)
            self._reap_stopped()
        for slot in self._slots:
            slot.log.close()
        self._selector.close()

    def _reap_stopped(self) -> None:
        self._reap()
        for slot in self._slots:
            slot.start_at = None

    def _catch_signals(self) -> Callable[[], None]:
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        self._selector.register(ours, selectors.EVENT_READ)
        old_fd = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        # a child's end need not do anything here but wake the loop, for which it must have a handler
        old = {signal.SIGCHLD: signal.signal(signal.SIGCHLD, lambda *_: None)}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            old[number] = signal.signal(number, self._on_signal)

        def restore() -> None:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_fd)
            ours.close()
            theirs.close()

        return restore

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches everybody at a terminal, and a script or make may pass it on: that is one wish, not two
        now = time.monotonic()
        if now - self._signalled_at > SAME_SIGNAL_S:
            self._signals += 1
        self._signalled_at = now

    def _say(self, text: str) -> None:
        self._screen.show("up", text.encode() + b"\n")
