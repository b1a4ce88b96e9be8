"""What a measurement is: the median of several runs with its spread."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """Several values of the same thing in one unit (`ms`, `s`, `/s`, `MB`)."""

    values: tuple[float, ...]
    unit: str

    @classmethod
    def of(cls, values: Iterable[float], unit: str) -> "Figure":
        """From values as they were measured. Raises ValueError when there are none."""
        kept = tuple(values)
        if not kept:
            raise ValueError("a figure needs at least one value")
        return cls(kept, unit)

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    def __str__(self) -> str:
        text = f"{_short(self.median)} {self.unit}"
        if len(self.values) == 1:
            return text
        return f"{text} ({_short(min(self.values))}-{_short(max(self.values))})"


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of them do not exceed: 0.99 of fewer than a hundred is the largest."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _short(value: float) -> str:
    """Three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
