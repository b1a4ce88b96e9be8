"""The agent process: one claimer, as many builds side by side as there are slots, and an orderly end.

Work is asked for by a long poll only while a slot is free. On a signal no more is claimed, what runs has `grace_s` to finish,
the rest is ended and handed back.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from types import FrameType

from dominoci_agent.backoff import Backoff
from dominoci_agent.build import Build, Tools
from dominoci_agent.client.arbiter import Arbiter, BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.client.wire import Claim, WireError
from dominoci_agent.config import AgentSettings
from dominoci_agent.definitions import Definitions
from dominoci_agent.identity import Identity
from dominoci_agent.pipeline.formats import hcl_reader
from dominoci_agent.runtime.executors import Executors
from dominoci_agent.runtime.folder import WorkFolder, WorkFolderError
from dominoci_agent.runtime.stop import Stop, Why

_log = logging.getLogger("dominoci_agent.loop")

POLL_S = 30
_LOOK_S = 1.0
_KILL_AFTER_S = 1.0  # while shutting down; the whole end must take less than 8 s
_LAST_WORDS_S = 2.0
_QUIET_FAILURES = 5


@dataclass
class Agent:
    """One agent process. `run()` returns after `stop()` was called, or a signal came."""

    settings: AgentSettings
    arbiter: Arbiter
    tools: Tools
    identity: Identity
    executor: Executors
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    _builds: dict[str, Build] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _idle: threading.Condition = field(init=False)
    _slots: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._idle = threading.Condition(self._lock)
        self._slots = threading.Semaphore(self.settings.slots)

    @classmethod
    def create(cls, settings: AgentSettings) -> Agent:
        """Take the work folder (clearing away what a killed agent left there) and make everything ready. WorkFolderError."""
        executor = Executors.open(settings.containers)
        try:
            work = WorkFolder(settings.work, executor.clear)
        except WorkFolderError:
            executor.close()
            raise
        if work.killed or work.removed:
            _log.warning("leftovers.killed", extra={"processes": work.killed, "of_containers": work.removed})
        arbiter = Arbiter(settings.url)
        tools = Tools(arbiter, work, executor, Definitions(), settings.lfs_over, frozenset(settings.labels))
        return cls(settings, arbiter, tools, Identity(settings, arbiter, work.path / "agent.json", executor.available), executor)

    def run(self) -> None:
        """Serve until told to stop; then end within the grace and a few seconds."""
        threading.Thread(target=hcl_reader.warm, name="warm", daemon=True).start()
        claimer = threading.Thread(target=self._claim_for_ever, name="claimer", daemon=True)
        claimer.start()
        # in slices: a handler runs when the main thread comes back to Python, and the kernel may have woken another thread
        while not self.stopping.wait(_LOOK_S):
            continue
        self._end()

    @property
    def busy(self) -> int:
        """How many builds it runs."""
        return len(self.builds)

    @property
    def builds(self) -> list[Build]:
        """The builds that it runs."""
        with self._lock:
            return list(self._builds.values())

    def stop(self) -> None:
        """End in an orderly way; may be called from a signal handler."""
        self.stopping.set()

    def close(self) -> None:
        """After `run()`: give back what this process holds, so that another agent may have the work folder."""
        self.arbiter.close()
        self.executor.close()
        self.tools.work.close()

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT stop the agent; a second one changes nothing, the end is near anyway."""

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)

    def _claim_for_ever(self) -> None:
        backoff = Backoff()
        while not self.stopping.is_set():
            self._slots.acquire()
            if self.stopping.is_set():
                return
            claim = None
            try:
                # what it is able to do is told at once, by a claim that does not wait
                told = self.identity.introduction()
                claim = self.arbiter.claim(self.identity.token(self.stopping), 0 if told else POLL_S, told)
                self.identity.introduced()
                backoff.reset()
            except Unreachable as error:
                self._wait(backoff, str(error), error.retry_after)
            except (Refused, WireError) as error:
                if isinstance(error, Refused) and error.status in (401, 403):
                    self.identity.forget()
                self._wait(backoff, str(error))
            except Exception:  # noqa: BLE001 - the next line says why
                # the outermost loop of the claimer: an agent that silently claims no more would be worse
                _log.exception("claim.crashed")
                self._wait(backoff, "unexpected")
            if claim is None or not self._begin(claim):
                self._slots.release()

    def _wait(self, backoff: Backoff, why: str, retry_after: str | None = None) -> None:
        seconds = backoff.next(retry_after)
        # an arbiter that is just being started is no news
        if backoff.failures == _QUIET_FAILURES and not self.stopping.is_set():
            _log.warning("arbiter.unreachable", extra={"url": self.arbiter.url, "detail": why})
        self.stopping.wait(seconds)

    def _begin(self, claim: Claim) -> bool:
        """Start the build; where this machine has no descriptor or thread left for it, hand it back and wait a little."""
        try:
            return self._start(claim)
        except (OSError, RuntimeError) as error:
            _log.exception("build.not_begun", extra={"build": claim.id})
            self._forget(claim)
            self._release(claim, f"the agent could not begin it: {error}")
            self.stopping.wait(_LOOK_S)
            return False

    def _start(self, claim: Claim) -> bool:
        if self.stopping.is_set():
            self._release(claim, "the agent is shutting down")
            return False
        build = Build(claim, self.tools)
        with self._lock:
            self._builds[claim.id] = build
        _log.info("build.claimed", extra={"build": claim.id, "project": claim.project, "number": claim.number})
        threading.Thread(target=self._run, args=(build,), name=f"build-{claim.id}", daemon=True).start()
        return True

    def _run(self, build: Build) -> None:
        try:
            build.run(self._slots.release)
        finally:
            self._forget(build.claim)

    def _forget(self, claim: Claim) -> None:
        with self._idle:
            self._builds.pop(claim.id, None)
            self._idle.notify_all()

    def _release(self, claim: Claim, reason: str) -> None:
        try:
            with closing(Stop()) as stop:
                BuildClient(self.arbiter, claim, stop).release(reason)
        except (LeaseLost, Refused, Unreachable, OSError) as error:
            _log.warning("build.release_failed", extra={"build": claim.id, "detail": str(error)})

    def _end(self) -> None:
        running = self.builds
        _log.info("agent.stopping", extra={"builds": len(running), "grace_s": self.settings.grace_s})
        # before anything is handed back: the agent must not be given its own builds again
        self.arbiter.hang_up()
        self.executor.kill_after_s = _KILL_AFTER_S
        for build in running:
            if not build.started:
                build.stop.throw(Why.SHUTDOWN)
        if not self._wait_idle(self.settings.grace_s):
            for build in self.builds:
                build.stop.throw(Why.SHUTDOWN)
            self._wait_idle(_KILL_AFTER_S + _LAST_WORDS_S)
        self.ended.set()
        _log.info("agent.stopped")

    def _wait_idle(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        with self._idle:
            while self._builds and (left := until - time.monotonic()) > 0:
                self._idle.wait(left)
            return not self._builds
