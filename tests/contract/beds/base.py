"""What a CI system brings to the contract suite: a stand-in of it, the adapter, and how the two are made to meet each case."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dominoci.adapters.base import Adapter, Target
from dominoci.outbound.exchange import Caller
from tests.fakes.misbehaving import Misbehaving


@dataclass(frozen=True)
class Wrong:
    """A target with one mistake. A test connection fails at `step`, with words that hold `says`; a trigger is refused for good,
    unless `starts`: then the mistake costs something else (parameters that are dropped, runs that cannot be asked for)."""

    target: Target
    step: str
    says: str
    starts: bool = False


class Bed(ABC):
    """One way to one CI system; a class each, made once for the whole suite, so cases tell their runs by delivery id."""

    name: ClassVar[str]
    """What the case is called: `jenkins-build`."""
    asked: ClassVar[bool] = True
    """Whether the good target's runs can be asked for (`find`)."""
    stopped: ClassVar[bool] = True
    """Whether they can be stopped (`cancel`)."""
    names: ClassVar[bool] = True
    """Whether the answer to a trigger names the run."""
    once: ClassVar[bool] = True
    """Whether a delivery whose answer was lost still leads to one run: it is found there, or the system knows repeats."""
    results: ClassVar[Mapping[str, str | None]] = {}
    """How a run can end or stand over there, in its own words, and the ResultStatus it becomes; None: it is not final."""

    system: Misbehaving
    """The stand-in; the suite enters it."""

    @abstractmethod
    def adapter(self, caller: Caller) -> Adapter:
        """The adapter under test."""

    @property
    @abstractmethod
    def target(self) -> Target:
        """A target that works."""

    @abstractmethod
    def wrong(self) -> Mapping[str, Wrong]:
        """Targets that do not, by what is wrong: at least `credentials` and `target` (no such job, project, workflow), where
        these can be told."""

    @abstractmethod
    def runs(self, delivery_id: str) -> list[str]:
        """The runs that were started over there for this delivery, by what the stand-in calls them."""

    @abstractmethod
    def start(self, run: str) -> None:
        """The run begins to run (it was queued until now)."""

    @abstractmethod
    def finish(self, run: str, result: str) -> None:
        """It ends, or comes to stand, with one of `results`. It need not have been started."""

    @abstractmethod
    def is_stopped(self, run: str) -> bool:
        """Whether it was asked to stop, or left the queue because of that."""

    def secrets(self) -> list[str]:
        """What must be in no finding, exchange or repr, in each form in which it is sent."""
        return list(self.target.secrets.values())
