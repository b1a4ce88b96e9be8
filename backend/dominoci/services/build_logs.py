"""The logs of all steps of a build together: where they lie, and what stands in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dominoci.domain.errors import NotFound
from dominoci.domain.log_text import find
from dominoci.infra.files import Place
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal
from dominoci.services.builds import kept, visible_build
from dominoci.store import builds

View = dict[str, Any]
MOST_LINES = 10_000  # numbered in one answer
UNSEEN = ("waiting", "skipped")


@dataclass(frozen=True)
class StepLog:
    """Where the log of a step lies, and what the step is called."""

    n: int
    title: str
    place: Place
    path: str


def places(uow: UnitOfWork, who: Principal, build_id: str, n: int | None) -> list[StepLog]:
    """The logs of a build's steps that have run, in order, or of step `n` alone. Raises NotFound, or Gone once they were
    removed."""
    row = visible_build(uow, who, build_id)
    steps = [step for step in builds.steps(uow.session, row.id) if n in (None, step.n)]
    if n is not None and not steps:
        raise NotFound("This build has no such step.")
    ran = [step for step in steps if step.state not in UNSEEN]
    place = kept(row)
    return [StepLog(s.n, " / ".join(dict.fromkeys((s.pipeline, s.stage, s.name))), place, s.log_path) for s in ran]


def search(logs: Sequence[StepLog], read: Callable[[StepLog], Iterable[bytes]], needle: str) -> View:
    """In which lines of which steps `needle` stands: the true counts, and the numbers of the first MOST_LINES lines."""
    left, steps = MOST_LINES, []
    for log in logs:
        found = find(read(log), needle, left)
        left -= len(found.lines)
        if found.count:
            steps.append({"n": log.n, "count": found.count, "lines": found.lines})
    return {"count": sum(step["count"] for step in steps), "steps": steps}
