"""Own agents as a CI system. Their builds are written by settling itself, so `trigger` never has anything to send; this adapter
checks, finds and cancels over a small port into the build queue."""

from typing import ClassVar, Protocol

from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.domain.dispatch import Trigger
from dominoci.outbound.exchange import Exchange, ExchangeFailed


class BuildQueue(Protocol):
    """What this adapter needs of the build queue."""

    def agents_alive(self) -> int:
        """How many agents were heard of lately."""
        ...

    def find(self, tree_id: str, sub_id: str, attempt: int) -> tuple[str, str | None] | None:
        """The page of an attempt's build, and its final status if it has one."""
        ...

    def cancel(self, tree_id: str, sub_id: str, attempt: int) -> None:
        """Cancels an attempt's build, or asks its agent to."""
        ...


class AgentAdapter:
    """Builds on own agents."""

    kind: ClassVar[str] = "agent"

    def __init__(self, queue: BuildQueue) -> None:
        self._queue = queue

    def check(self, target: Target) -> list[Finding]:
        """Whether any agent is there to take a build."""
        alive = self._queue.agents_alive()
        advice = f"{alive} connected" if alive else "no agent is connected: start one with `dominoci-agent run`"
        return [Finding("agents", alive > 0, advice)]

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Says what is already so: the build was queued in the transaction that settled the event."""
        run = self.find(target, trigger, Started())
        exchange = Exchange("-", run.url or "-" if run else "-", "")
        if run is None:
            raise ExchangeFailed("the build is not in the queue", exchange=exchange, retry=False)
        return Receipt("the build is in the queue", exchange, run.url)

    def watches(self, target: Target) -> str | None:
        """Never: what becomes of a build is booked as it happens."""
        return None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """The build of this attempt."""
        found = self._queue.find(trigger.tree_id, trigger.sub_id, trigger.attempt)
        return Run(found[0], found[1]) if found else None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Cancels the build of this attempt."""
        self._queue.cancel(trigger.tree_id, trigger.sub_id, trigger.attempt)
        return Receipt("the build is cancelled, or its agent is asked to stop", Exchange("-", started.url or "-", ""))
