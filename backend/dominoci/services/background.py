"""Slow work of the scheduler, beside its timers: a file store that takes its time must not keep anything else waiting."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread

import structlog

from dominoci.domain.errors import DominoError

log = structlog.get_logger()


@dataclass
class Background:
    """What is begun is done one after another, each kind of work once at a time.

    The threads end with the process, whatever they do: the work must be such that it can be cut off anywhere and begun anew.
    """

    _begun: dict[str, Thread] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)

    def begin(self, name: str, work: Callable[[], None]) -> None:
        """Begins the work of this name, unless it still waits or runs."""
        with self._guard:
            before = self._begun.get(name)
            if before is None or not before.is_alive():
                self._begun[name] = Thread(target=self._do, args=(name, work), name=name, daemon=True)
                self._begun[name].start()

    def wait(self) -> None:
        """Until all that was begun is done."""
        with self._guard:
            begun = list(self._begun.values())
        for thread in begun:
            thread.join()

    def _do(self, name: str, work: Callable[[], None]) -> None:
        with self._turn:
            try:
                work()
            except DominoError as e:
                log.warning("work_not_done", work=name, because=e.detail)
            except Exception:  # the timer's next turn tries again; the traceback is in the log
                log.exception("work_failed", work=name)
