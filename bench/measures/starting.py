"""P12: how long the second start of the whole stack takes until it is ready."""

from bench.bed import Bed
from bench.figures import Figure
from bench.table import Goal, Row, plain


def measure(bed: Bed) -> list[Row]:
    """Stops the stack and starts it again on the same folder. Ready is: web, database and Redis answer. The last of a run."""
    stack = bed.stack
    seconds = []
    for _ in range(bed.runs):
        stack.stop()
        seconds.append(stack.start())
    return [plain("P12 second start to ready", Figure.of(seconds, "s"), Goal(5, unit=" s"))]
