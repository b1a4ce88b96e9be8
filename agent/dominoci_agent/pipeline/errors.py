"""What is wrong with a definition, and where: every error of every format names file and line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST = 100


@dataclass(frozen=True, order=True)
class Where:
    """A place in a definition: file as the reader knows it, line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to be put right. `str()` gives `file:line: message`, which editors can jump to."""

    where: Where
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class DefinitionError(Exception):
    """A definition that cannot be run; holds every problem found, in the order of the files."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass
class Problems:
    """Collects problems, so that one run of the check shows all of them and not just the first. MOST are enough: from then on
    reading stops with DefinitionError."""

    found: list[Problem] = field(default_factory=list)

    def add(self, where: Where, message: str) -> None:
        """Note one problem; reading goes on."""
        self.found.append(Problem(where, message))
        self._stop_at_most()

    def take(self, error: DefinitionError) -> None:
        """Note all problems of another check."""
        self.found.extend(error.problems)
        self._stop_at_most()

    def _stop_at_most(self) -> None:
        if len(self.found) >= MOST:
            raise DefinitionError(*self.found[:MOST])

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Note all problems of a DefinitionError that is raised inside; what follows the block goes on."""
        try:
            yield
        except DefinitionError as error:
            self.take(error)

    def raise_any(self) -> None:
        """Raise DefinitionError with all that was noted; nothing noted: return."""
        if self.found:
            raise DefinitionError(*self.found)


def decode(name: str, content: bytes) -> str:
    """The text of a definition file. DefinitionError with the line of the first byte that is no UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionError(Problem(Where(name, line), "the file is not UTF-8")) from None
