"""Which waiting build an agent takes next: one that it can run, of the highest priority, of the project that has the fewest
builds running, of those the one whose last turn was longest ago, and of its builds the oldest. So a project with 500 waiting
builds holds up another's single one no longer than until a slot is free, even if there is only one slot."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LOWEST, HIGHEST = -100, 100
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """The oldest of a project's waiting builds that are alike in priority and needs. `running`: how many the project runs now;
    `served`: when an agent last took one of it (None: never)."""

    id: str
    project_id: str
    priority: int
    needs: frozenset[str]
    running: int = 0
    served: datetime | None = None


def in_turn(waiting: Iterable[Waiting], has: Collection[str]) -> list[Waiting]:
    """Those that an agent with these labels and executors can run, whose turn is first in front. Ids sort by time."""
    able = [build for build in waiting if build.needs.issubset(has)]
    return sorted(able, key=lambda build: (-build.priority, build.running, build.served or _NEVER, build.id))
