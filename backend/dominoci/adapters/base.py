"""What every CI system's adapter offers. The only seam between trees and the outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from dominoci.domain.dispatch import Trigger


@dataclass(frozen=True)
class Target:
    """Where a project's pipeline lives: the kind's own fields, and its secret in the clear (never logged, never stored)."""

    kind: str
    fields: Mapping[str, Any]
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer as they may be stored: secrets masked, bodies cut."""

    method: str
    url: str
    body: str
    status: int | None = None
    answer: str | None = None
    duration_ms: int = 0


@dataclass(frozen=True)
class Receipt:
    """The CI system took the trigger. `reading` is our reading of its answer, a sentence; `run_url` where it said one."""

    reading: str
    exchange: Exchange
    run_url: str | None = None


@dataclass(frozen=True)
class Run:
    """A run that was found over there. `status` is a ResultStatus value once final, else None."""

    url: str | None
    status: str | None = None


@dataclass(frozen=True)
class Finding:
    """One step of a test connection: what was tried, whether it held, and how long it took where something was asked."""

    step: str
    ok: bool
    detail: str
    duration_ms: int | None = None


class AdapterError(Exception):
    """A call that did not work. `retry` says whether trying again can help; `ambiguous` whether it may have worked after all.

    `retry_after_s` is what the other side asked for, in seconds.
    """

    def __init__(
        self,
        reading: str,
        *,
        exchange: Exchange,
        retry: bool,
        ambiguous: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(reading)
        self.reading, self.exchange, self.retry = reading, exchange, retry
        self.ambiguous, self.retry_after_s = ambiguous, retry_after_s


class Adapter(Protocol):
    """One CI system. Implementations hold no state; any thread may call them; every failure is an AdapterError."""

    kind: ClassVar[str]

    def check(self, target: Target) -> list[Finding]:
        """Test connection: changes nothing over there, starts nothing."""
        ...

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Starts the pipeline, or says why not. The same `delivery_id` may come again: G4."""
        ...

    def find(self, target: Target, trigger: Trigger) -> Run | None:
        """The run of this delivery, after an ambiguous send or a silence; None when there is none or it cannot be known."""
        ...

    def cancel(self, target: Target, trigger: Trigger, run_url: str | None) -> Receipt:
        """Asks for the run to be stopped; a run that has ended is no error. Where that cannot be asked, the receipt says so."""
        ...
