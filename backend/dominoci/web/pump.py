"""Sends what logs have grown by to all who follow them: one thread, one read and one frame for a whole process."""

import threading
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

import structlog

from dominoci.infra.files import LogFile
from dominoci.web.tail import Log

log = structlog.get_logger()
Key = tuple[str, str]  # a log's topic, and the number of its step
TICK_S = 0.5
SHARE = 3  # after a round it rests so many times as long as that took: many readers get fewer, larger frames
LONGEST_REST_S = 0.2


class Pump:
    """The logs that are followed here. `tick` is called about twice a second."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._logs: WeakValueDictionary[Key, Log] = WeakValueDictionary()
        self._grown: dict[Key, None] = {}
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="live-pump", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def log(self, topic: str, step: int, file: LogFile) -> Log:
        """The one log of this topic and step; `file` is where it lies."""
        with self._lock:
            found = self._logs.get((topic, str(step)))
            if found is None or found.file != file:
                found = self._logs[topic, str(step)] = Log(topic, step, file)
            return found

    def grown(self, topic: str, step: str) -> None:
        """Something was written to a log."""
        with self._lock:
            if (topic, step) in self._logs:
                self._grown[topic, step] = None
                self._rung.set()

    def _run(self) -> None:
        while True:
            self._rung.wait(TICK_S)
            self._rung.clear()
            begun = time.monotonic()
            try:
                self._round()
            except Exception:  # readers see for themselves every few seconds; the traceback goes to the log
                log.exception("live_pump")
            time.sleep(min((time.monotonic() - begun) * SHARE, LONGEST_REST_S))

    def _round(self) -> None:
        with self._lock:
            grown, self._grown = self._grown, {}
            logs = [self._logs.get(key) for key in grown]
        for one in logs:
            if one is not None:
                one.grow()
        self._tick()
