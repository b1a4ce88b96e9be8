"""Repositories elsewhere, as far as their branches are asked for."""

import threading

from dominoci.outbound.remote_refs import RefsUnknown


class ScriptedRefs:
    """Knows the (repository address, branch) pairs that a test has put into `there`; `trouble` is raised once each first."""

    def __init__(self) -> None:
        self.there: set[tuple[str, str]] = set()
        self.trouble: list[RefsUnknown] = []
        self.asked: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def has_branch(self, url: str, branch: str) -> bool:
        """Whether a test has put it there."""
        with self._lock:
            self.asked.append((url, branch))
            if self.trouble:
                raise self.trouble.pop(0)
        return (url, branch) in self.there
