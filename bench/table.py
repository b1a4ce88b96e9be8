"""The one table that a run prints: measure, ours, limit or peer, ratio, goal, met?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import Figure

HEADINGS = ("measure", "ours", "limit or peer", "ratio", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio (or on the figure itself); `stretch` is what would be better still, `lowest` a second bound below."""

    bound: float
    at_least: bool = False
    stretch: float | None = None
    unit: str = ""
    lowest: float | None = None

    def met(self, value: float) -> bool:
        """Whether `value` keeps the bounds."""
        if self.lowest is not None and value < self.lowest:
            return False
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        if self.lowest is not None:
            return f"{self.lowest:g}-{self.bound:g}{self.unit}"
        sign = ">=" if self.at_least else "<="
        text = f"{sign} {self.bound:g}{self.unit}"
        return text if self.stretch is None else f"{text} (stretch {self.stretch:g}{self.unit})"


@dataclass(frozen=True)
class Row:
    """One line of the table, as text. `met` is None where no goal is set."""

    measure: str
    ours: str
    peer: str
    ratio: str
    goal: str = "-"
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line's cells, in the order of the headings."""
        verdict = "-" if self.met is None else "yes" if self.met else "NO"
        return (self.measure, self.ours, self.peer, self.ratio, self.goal, verdict)


def ratio(measure: str, ours: Figure, peer: Figure, goal: Goal | None = None) -> Row:
    """Ours over the peer's, by their medians."""
    quotient = ours.median / peer.median
    verdict = goal.met(quotient) if goal else None
    return Row(measure, str(ours), str(peer), f"{quotient:.2f}", str(goal or "-"), verdict)


def excess(measure: str, ours: Figure, peer: Figure, goal: Goal) -> Row:
    """Ours above the peer's, in their unit."""
    more = ours.median - peer.median
    return Row(measure, str(ours), str(peer), f"+{more:.2f} {ours.unit}", str(goal), goal.met(more))


def plain(measure: str, ours: Figure, goal: Goal) -> Row:
    """A figure that stands for itself."""
    return Row(measure, str(ours), "-", "-", str(goal), goal.met(ours.median))


def render(rows: Sequence[Row]) -> str:
    """The whole table."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([texts[0], "-" * len(texts[0]), *texts[1:]])
