"""What every CI system's adapter offers. The only seam between trees and the outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from dominoci.domain.dispatch import Trigger
from dominoci.outbound.exchange import Exchange


@dataclass(frozen=True)
class Target:
    """Where a project's pipeline lives: the kind's own fields, and its secrets by name, in the clear (never logged or stored)."""

    kind: str
    fields: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Receipt:
    """The CI system took the trigger. `reading` is our reading of its answer, a sentence; `run_url` and `run_ref` (what it calls
    the run: a queue item, the id of a pipeline or run) where it said them."""

    reading: str
    exchange: Exchange
    run_url: str | None = None
    run_ref: str | None = None


@dataclass(frozen=True)
class Started:
    """What is known of an attempt's run so far: its page, and what the CI system calls it (Receipt)."""

    url: str | None = None
    ref: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as it was found over there. `status` is a ResultStatus value once final, else None; `running` whether it was seen to
    run, not only to wait; `ref` what it is called from now on (None: as before); `commit`, `branch`, `tag` what it built."""

    url: str | None
    status: str | None = None
    running: bool = False
    ref: str | None = None
    commit: str | None = None
    branch: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Told:
    """What a CI system's own webhook says of a run. `keys` are the names of the target it is about (domain.target.key), one of
    which a project has; the run is that of `event_token`, else the one that is called `run.ref`, else that of `tree_id`, `sub_id`
    and `attempt` (the first one where that is not said)."""

    keys: tuple[str, ...]
    run: Run
    event_token: str | None = field(default=None, repr=False)
    tree_id: str | None = None
    sub_id: str | None = None
    attempt: int | None = None


@dataclass(frozen=True)
class Finding:
    """One step of a test connection: what was tried, whether it held, and how long it took where something was asked."""

    step: str
    ok: bool
    detail: str
    duration_ms: int | None = None


class Adapter(Protocol):
    """One CI system. Implementations hold no state; any thread may call them; every failure is an ExchangeFailed."""

    kind: ClassVar[str]

    def check(self, target: Target) -> list[Finding]:
        """Test connection: changes nothing over there, starts nothing."""
        ...

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Starts the pipeline, or says why not. The same `delivery_id` may come again: G4."""
        ...

    def watches(self, target: Target) -> str | None:
        """The server (origin) that can be asked for runs of this target with the credentials that it has; None for none."""
        ...

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """The run of this delivery, after an ambiguous send or a silence; None when there is none or it cannot be known."""
        ...

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Asks for the run to be stopped; a run that has ended is no error. Where that cannot be asked, the receipt says so."""
        ...
