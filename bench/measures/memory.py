"""P11: memory of the whole idle stack against the floor's, and how much it has grown after the builds of this run."""

from bench.bed import Bed
from bench.figures import Figure
from bench.measures.falling import fall
from bench.shapes import binary_tree
from bench.table import Goal, Row, ratio

ENOUGH = 500
TREE = binary_tree(127)


def idle(bed: Bed) -> list[Row]:
    """The stack when it has run one small tree and rests, and the floor in the same state."""
    bed.stack.settle()
    ours, floor = Figure.of([bed.stack.memory_mb()], "MB"), Figure.of([bed.floor.memory_mb()], "MB")
    rss = bed.stack.memory_mb("Rss"), bed.floor.memory_mb("Rss")
    bed.notes.append(f"P11: memory is PSS (shared pages once); as RSS {rss[0]:.0f} and {rss[1]:.0f} MB")
    return [ratio("P11 idle memory", ours, floor, Goal(1.3))]


def growth(bed: Bed, at_least: int = ENOUGH) -> list[Row]:
    """After the field's first builds the agent and the arbiter are warm: what is added from there on."""
    fall(bed, TREE)
    bed.stack.settle()
    before, done = bed.stack.memory_mb(), bed.records.builds_ended()
    while bed.records.builds_ended() - done < at_least:
        fall(bed, TREE)
    bed.stack.settle()
    after, builds = bed.stack.memory_mb(), bed.records.builds_ended() - done
    percent = (after / before - 1) * 100
    goal = Goal(5, unit=" %")
    told = f"{after:.0f} MB", f"{before:.0f} MB before", f"{percent:+.1f} %"
    return [Row(f"P11 growth after {builds} builds", *told, str(goal), goal.met(percent))]
