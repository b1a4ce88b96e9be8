"""The state machine of guarantees.md: everything that can happen, in any order, and in the end everything ends."""

from typing import ClassVar

from tests.machine.changing import Changing
from tests.machine.telling import Telling
from tests.machine.trees import FINISH
from tests.machine.working import TIMERS, Working

TURNS = 60


class Machine(Telling, Working, Changing):
    """All rules. `examples` counts the runs that came to their end."""

    examples: ClassVar[int] = 0

    def teardown(self) -> None:
        """Everything comes to its end: with results, or where none come by the clock alone."""
        for turn in range(TURNS):
            if self._ended():
                break
            self._go_on(turn)
            self.agree()
        assert self._ended(), "something is stuck"
        type(self).examples += 1

    def _ended(self) -> bool:
        return all(tree.state != "running" for tree in self.model.trees)

    def _go_on(self, turn: int) -> None:
        if self.commits % 2 or turn > TURNS / 2:
            self.tick(FINISH + 1, TIMERS, ["accepted"])
            return
        if self.model.due():
            self.send(["accepted"], True, self.world.drain)
        for n, event in enumerate(self.open()):
            self.tell_result(event, event.attempt, self.tell("SUCCESS" if (n + turn) % 4 else "FAILED"))
