"""Measures recoveries."""

import time
from collections.abc import Callable


class Stopwatch:
    """How long it takes from a fault to the right end of what it hit."""

    def __init__(self, note: Callable[[str, object], None]) -> None:
        self._note, self._begun = note, 0.0

    def fault(self) -> None:
        """Now."""
        self._begun = time.monotonic()

    def right(self) -> None:
        """All is well again. The time is told, and not judged: the machine is shared."""
        self._note("recovered_s", time.monotonic() - self._begun)
