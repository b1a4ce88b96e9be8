"""A bell that nobody hears: it keeps what was rung and published after each commit."""

from collections.abc import Iterable
from typing import Any

from dominoci.infra.redis import Bell


class SilentBell(Bell):
    """Stands in for Redis where a test is about the database."""

    def __init__(self) -> None:
        self.deaf = False
        self.rings = 0
        self.wakes = 0
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def after_commit(self, messages: Iterable[tuple[str, dict[str, Any]]], ring: bool, wake_agents: bool) -> bool:
        """Keeps it all, but when it is `deaf`, as without Redis."""
        if self.deaf:
            return False
        self.messages.extend(messages)
        self.rings += ring
        self.wakes += wake_agents
        return True

    def ping(self) -> bool:
        """There is nothing to be away."""
        return True
