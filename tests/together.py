"""Doing things at the same moment: threads that meet at a barrier and then all go."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Crew:
    """`size` threads that wait for work; `at_once` gives each of them one thing to do and lets all begin together."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)
        self._barrier = threading.Barrier(size)
        self.size = size

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def at_once(self, works: Sequence[Callable[[], T]]) -> list[T]:
        """What each of `works` (as many as there are threads) answered; raises what one of them raised."""
        assert len(works) == self.size

        def run(work: Callable[[], T]) -> T:
            self._barrier.wait(60)
            return work()

        return list(self._pool.map(run, works))
