"""P1: how many root events are durably accepted in a second, against a route that does one ORM commit and nothing else."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from bench import load
from bench.arbiter import root_report
from bench.bed import Bed
from bench.figures import Figure
from bench.processes import family
from bench.table import Goal, Row, ratio

SECONDS = 2.0
CHILDREN = 5


def measure(bed: Bed) -> list[Row]:
    """Without children; with five webhook children whose deliveries wait; and with them while deliveries run."""
    alone, parent = _project(bed, 0), _project(bed, CHILDREN)
    press_bare(bed, 0.5)
    press_ours(bed, alone, 0.5)
    rates: dict[str, list[float]] = {"bare": [], "alone": [], "held": [], "busy": []}
    for _ in range(bed.runs):
        rates["bare"].append(press_bare(bed, SECONDS))
        rates["alone"].append(press_ours(bed, alone, SECONDS))
        with _held(bed):
            rates["held"].append(press_ours(bed, parent, SECONDS))
        _drained(bed)
        rates["busy"].append(press_ours(bed, parent, SECONDS))
        _drained(bed)
    figures = {name: Figure.of(values, "/s") for name, values in rates.items()}
    five = f"P1 accept, {CHILDREN} children"
    return [
        ratio("P1 accept, no children", figures["alone"], figures["bare"], Goal(0.6, at_least=True, stretch=1.0)),
        ratio(five, figures["held"], figures["bare"], Goal(0.3, at_least=True, stretch=0.6)),
        ratio(f"{five}, while delivering", figures["busy"], figures["bare"]),
    ]


def press_bare(bed: Bed, seconds: float) -> float:
    """Accepts a second of the bare route."""
    return load.press(bed.bare_port, lambda: load.post("/accept", _report()), seconds=seconds).rate(201)


def press_ours(bed: Bed, token: str, seconds: float) -> float:
    """Accepts a second of the arbiter."""
    headers = {"Authorization": f"Bearer {token}"}
    request = lambda: load.post("/api/v1/events", _report(), headers)  # noqa: E731  one line, used once
    return load.press(bed.stack.port, request, seconds=seconds).rate(201)


def _report() -> bytes:
    return json.dumps(root_report()).encode()


def _project(bed: Bed, children: int) -> str:
    """A root with so many webhook children; its token."""
    target = {"kind": "webhook", "url": bed.sink_url}
    root = bed.arbiter.project(target)
    for _ in range(children):
        bed.arbiter.depend(root, bed.arbiter.project(target))
    return bed.arbiter.project_token(root)


@contextmanager
def _held(bed: Bed) -> Iterator[None]:
    """Worker and scheduler stand still meanwhile, so that the figure is that of accepting alone."""
    roles = bed.stack.roles()
    held = [pid for role in ("worker", "scheduler") for first in roles[role] for pid in family(first)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def _drained(bed: Bed) -> None:
    bed.stack.until(lambda: bed.records.outbox_open() == 0)
    bed.stack.settle()
