"""Repositories elsewhere, as far as their branches are asked for."""

import threading

from dominoci.outbound.remote_refs import RefsUnknown
from dominoci.services.repository_access import Access


class ScriptedRefs:
    """Knows the (repository address, branch) pairs that a test has put into `there`; `trouble` is raised once each first."""

    def __init__(self) -> None:
        self.there: set[tuple[str, str]] = set()
        self.trouble: list[RefsUnknown] = []
        self.asked: list[tuple[str, str]] = []
        self.accesses: list[Access | None] = []
        self._lock = threading.Lock()

    def has_branch(self, url: str, branch: str, access: Access | None = None) -> bool:
        """Whether a test has put it there; `accesses` keeps what it was asked with."""
        with self._lock:
            self.asked.append((url, branch))
            self.accesses.append(access)
            if self.trouble:
                raise self.trouble.pop(0)
        return (url, branch) in self.there
