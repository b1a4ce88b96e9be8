"""What is wrong with a graph file: every fault with its place, so that one look mends them all."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final, NamedTuple

from dominoci.domain.errors import DominoError

MOST_FAULTS: Final = 200
MOST_COMPARED: Final = 50_000


class Mark(NamedTuple):
    """A place in the file; lines and columns count from 1."""

    line: int
    column: int


START: Final = Mark(1, 1)


class Fault(NamedTuple):
    """One thing that is wrong, and what would be right."""

    line: int
    column: int
    message: str


class Wrong(Exception):
    """Raised where a value cannot be read; who collects faults catches it."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


class Refused(DominoError):
    """A graph file with faults: nothing of it was applied."""

    status, title = 422, "Invalid input"

    def __init__(self, faults: list[Fault]) -> None:
        count = f"{len(faults)} errors" if len(faults) > 1 else "an error"
        super().__init__(f"The graph file has {count}; nothing was applied.", errors=[fault._asdict() for fault in faults])
        self.faults = faults


class Faults:
    """Collects faults, at most `MOST_FAULTS` of them."""

    def __init__(self) -> None:
        self._found: set[Fault] = set()
        self._compared = 0

    def add(self, mark: Mark, message: str) -> None:
        """One more."""
        if len(self._found) < MOST_FAULTS:
            self._found.add(Fault(*mark, message))

    def note(self, wrong: Wrong) -> None:
        """One more, as it was raised."""
        self.add(wrong.mark, wrong.message)

    def near(self, word: str, known: Collection[str]) -> str:
        """A hint at the known word that is nearest, if one is near. Comparing costs: a file of nothing but unknown words gets
        hints for the first of them only."""
        self._compared += len(known)
        if self._compared > MOST_COMPARED or len(self._found) >= MOST_FAULTS:
            return ""
        found = get_close_matches(word[:100], sorted(known), n=1, cutoff=0.6)
        return f" (did you mean {found[0]}?)" if found else ""

    def in_order(self) -> list[Fault]:
        """All of them, in the order of the file."""
        return sorted(self._found)
