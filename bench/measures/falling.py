"""P2, P3, P4: the hop, the makespan and the CPU of trees of no-op builds, against the same trees on the floor in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.bed import Bed
from bench.figures import Figure
from bench.processes import settle
from bench.records import Hop
from bench.shapes import Shape, binary_tree, chain, fan_out, size
from bench.stack import ARBITER
from bench.table import Goal, Row, ratio

PAIR = chain(2)  # the hop is that from the first to the second: both are run by the agent, which has nothing else to do
PAIRS = 10
SHAPES: dict[str, Shape] = {"chain of 20": chain(20), "fan-out of 100": fan_out(100), "binary tree of 127": binary_tree(127)}


@dataclass(frozen=True)
class Fall:
    """One tree that fell on the stack. CPU seconds by role."""

    makespan_s: float
    hops: Sequence[Hop]
    cpu_s: dict[str, float]

    @property
    def arbiter_cpu_s(self) -> float:
        """Of web, worker and scheduler."""
        return sum(self.cpu_s[role] for role in ARBITER)


def fall(bed: Bed, shape: Shape) -> Fall:
    """Lets one tree of this shape fall on the stack under test."""
    bed.field.stand(shape)
    before = bed.stack.cpu_s()
    tree = bed.field.report()
    makespan = bed.records.wait(tree)
    bed.stack.until(lambda: bed.records.builds_open() == 0)
    spent = {role: after - before.get(role, 0.0) for role, after in bed.stack.cpu_s().items()}
    return Fall(makespan, bed.records.hops(tree), spent)


def hop(bed: Bed) -> list[Row]:
    """P2."""
    ours: list[Hop] = []
    theirs: list[float] = []
    fall(bed, PAIR)
    for _ in range(bed.runs):
        hops = [each for _ in range(PAIRS) for each in _rested(bed, PAIR).hops]
        ours.append(sorted(hops, key=lambda each: each.seconds)[len(hops) // 2])
        theirs.append(median(s for _ in range(PAIRS) for s in _on_floor(bed)))
    whole = Figure.of([each.seconds * 1e3 for each in ours], "ms")
    claimed = Figure.of([each.to_claim_s * 1e3 for each in ours], "ms")
    bed.notes.append(f"P2: of the hop, {claimed} pass until the child's build is claimed, the rest in the agent")
    return [ratio("P2 hop", whole, Figure.of([s * 1e3 for s in theirs], "ms"), Goal(2.5))]


def _rested(bed: Bed, shape: Shape) -> Fall:
    bed.stack.settle()
    return fall(bed, shape)


def _on_floor(bed: Bed) -> tuple[float, ...]:
    settle(bed.floor.pids)
    return bed.floor.run(PAIR).hops_s


def makespan(bed: Bed) -> list[Row]:
    """P3 and P4, from the same trees."""
    rows, spent = [], []
    for name, shape in SHAPES.items():
        ours, floor = [], []
        fall(bed, shape)
        for _ in range(bed.runs):
            ours.append(_rested(bed, shape))
            settle(bed.floor.pids)
            floor.append(bed.floor.run(shape))
        seconds = Figure.of([each.makespan_s for each in ours], "s")
        rows.append(ratio(f"P3 {name}", seconds, Figure.of([each.makespan_s for each in floor], "s"), Goal(2.5, stretch=1.6)))
        events = size(shape)
        mine = Figure.of([each.arbiter_cpu_s / events * 1e3 for each in ours], "ms")
        theirs = Figure.of([each.cpu_s / events * 1e3 for each in floor], "ms")
        spent.append(ratio(f"P4 CPU an event, {name}", mine, theirs, Goal(2.5)))
        bed.notes.append(_shares(name, ours, events, median(each.agent_cpu_s for each in floor)))
    return rows + spent


def _shares(name: str, falls: Sequence[Fall], events: int, floor_agent_s: float) -> str:
    roles = sorted({role for each in falls for role in each.cpu_s})
    shares = [(role, median(each.cpu_s.get(role, 0.0) for each in falls) / events * 1e3) for role in roles]
    told = ", ".join(f"{role} {ms:.1f}" for role, ms in shares if ms >= 0.05)
    return f"P4: CPU ms an event by process, {name}: {told} (the floor's agent {floor_agent_s / events * 1e3:.1f})"
