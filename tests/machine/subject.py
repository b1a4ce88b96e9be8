"""The service as the machine drives it: the real one, in a process that can be made to die, beside a CI system under orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from dominoci.adapters.base import Receipt, Run, Started, Target
from dominoci.domain.dispatch import Trigger
from dominoci.domain.reports import Links, Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services.upkeep import Upkeep
from tests.fakes import adapters
from tests.machine.facts import Told
from tests.machine.model import PATIENCE
from tests.world import World

P = ParamSpec("P")
T = TypeVar("T")
def silent(trigger: Trigger) -> Receipt:
    """The bytes left, and no answer came. When to try again is said, as by the busy one, so that no jitter decides."""
    raise ExchangeFailed("no answer", exchange=adapters.EXCHANGE, retry=True, ambiguous=True, retry_after_s=PATIENCE)


ANSWERS: Mapping[str, adapters.Answer] = {
    "accepted": adapters.accept,
    "refused": adapters.refuse,
    "busy": adapters.busy_for(PATIENCE),
    "silent": silent,
}


class Died(BaseException):
    """The process has ended here, as by kill -9."""


def die(trigger: Trigger) -> Receipt:
    """The process ends while the trigger is on its way."""
    raise Died


@dataclass(frozen=True)
class Mortal(Transactions):
    """Transactions whose process ends right before or right after the next commit, when `fate` says so."""

    fate: list[str] = field(default_factory=list)

    def write(self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ever, but for the end."""
        fate = self.fate.pop() if self.fate else "lives"

        def once(uow: UnitOfWork) -> T:
            answer = work(uow, *args, **kwargs)
            if fate == "before":
                raise Died
            if fate == "after":  # what was to leave the process after the commit never does
                uow.messages, uow.afterwards, uow.rings, uow.wakes_agents = [], [], False, False
            return answer

        answer = super().write(once)
        if fate == "after":
            raise Died
        return answer


class CI(adapters.ScriptedSystem):
    """A CI system that answers all triggers of a project alike, as ordered for one drain."""

    def __init__(self) -> None:
        super().__init__()
        self.order({}, False)

    def order(self, answers: Mapping[str, adapters.Answer], known: bool) -> None:
        """What to answer, by project, and whether it knows of earlier sends when it is asked."""
        self.sent, self.asked, self.targets, self.stopped = [], [], [], []
        self.orders, self.known = answers, known

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """As ordered."""
        with self._lock:
            self.sent.append(trigger)
            self.targets.append(target)
        return self.orders.get(trigger.project["name"], adapters.accept)(trigger)

    def watches(self, target: Target) -> str | None:
        """Never: what became of a run is told."""
        return None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """As ordered."""
        with self._lock:
            self.asked.append(trigger)
        return Run(None) if self.known else None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """As ordered."""
        with self._lock:
            self.stopped.append((trigger, started.url))
        return self.orders.get(trigger.project["name"], adapters.accept)(trigger)


def mortal(world: World) -> tuple[Mortal, CI]:
    """Makes an empty world's process mortal, and gives it a CI system under orders."""
    ci = CI()
    world.adapters = {ci.kind: ci}
    made = Mortal(world.database, world.bell, world.settings, world.transactions.keys)
    world.transactions, world.upkeep = made, Upkeep(made, world.adapters)
    return made, ci


def report_of(told: Told, *, linked: bool = False) -> Report:
    """As the API would have read it; `linked` names the run, so that a repeat is known by that."""
    link = f"https://ci.test/runs/{told.commit}" if linked else None
    return Report(ResultStatus(told.status), Metadata(branch=told.branch, commit=told.commit), Links(pipeline=link))
