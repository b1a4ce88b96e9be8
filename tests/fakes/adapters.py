"""A CI system that does as it is told, and remembers what it was asked."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import ClassVar

from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.domain.dispatch import Trigger
from dominoci.outbound.exchange import Exchange, ExchangeFailed

Answer = Callable[[Trigger], Receipt]
EXCHANGE = Exchange("POST", "https://ci.test/hook", "{}", 200, "ok", 3)


def accept(trigger: Trigger) -> Receipt:
    """It takes the trigger and names the run."""
    return Receipt("HTTP 200", EXCHANGE, f"https://ci.test/runs/{trigger.delivery_id}")


def refuse(trigger: Trigger) -> Receipt:
    """It will never take it."""
    raise ExchangeFailed("HTTP 404: no such hook", exchange=EXCHANGE, retry=False)


def busy(trigger: Trigger) -> Receipt:
    """It did not take it; another try may do."""
    raise ExchangeFailed("HTTP 503", exchange=EXCHANGE, retry=True)


def busy_for(seconds: float) -> Answer:
    """It asks for patience."""

    def answer(trigger: Trigger) -> Receipt:
        raise ExchangeFailed("HTTP 429", exchange=EXCHANGE, retry=True, retry_after_s=seconds)

    return answer


def silent(trigger: Trigger) -> Receipt:
    """The bytes left, and no answer came: nobody knows."""
    raise ExchangeFailed("no answer within 15 s", exchange=EXCHANGE, retry=True, ambiguous=True)


class ScriptedSystem:
    """An adapter for webhook targets: each project's triggers get its next answer, and `accept` when none is left."""

    kind: ClassVar[str] = "webhook"

    def __init__(self) -> None:
        self.answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.sent: list[Trigger] = []
        self.stopped: list[tuple[Trigger, str | None]] = []
        self.cancel_answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.targets: list[Target] = []
        self.asked: list[Trigger] = []
        self.runs: dict[str, Run | Exception] = {}
        self.server: str | None = None
        self._lock = threading.Lock()

    def check(self, target: Target) -> list[Finding]:
        """There is nothing to find out."""
        return []

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """The project's next answer."""
        with self._lock:
            self.sent.append(trigger)
            self.targets.append(target)
            waiting = self.answers[trigger.project["name"]]
            answer = waiting.pop(0) if waiting else accept
        return answer(trigger)

    def watches(self, target: Target) -> str | None:
        """Only where a test has said so."""
        return self.server

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """The run, or the failure, that a test has put there for this delivery."""
        with self._lock:
            self.asked.append(trigger)
        found = self.runs.get(trigger.delivery_id)
        if isinstance(found, Exception):
            raise found
        return found

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """The run is stopped; the project's next answer to a cancellation, and `accept` when none is left."""
        with self._lock:
            self.stopped.append((trigger, started.url))
            waiting = self.cancel_answers[trigger.project["name"]]
            answer = waiting.pop(0) if waiting else accept
        return answer(trigger)
