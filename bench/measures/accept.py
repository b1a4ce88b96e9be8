"""P1: how many root events are durably accepted in a second, against a route that does one ORM commit and nothing else."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from bench import load
from bench.arbiter import root_report
from bench.bed import Bed
from bench.figures import Figure
from bench.processes import cpu_s, family
from bench.table import Goal, Row, ratio

SECONDS = 2.0
CHILDREN = 5


def measure(bed: Bed) -> list[Row]:
    """Without children; with five webhook children whose deliveries wait; and with them while deliveries run."""
    alone, parent = _project(bed, 0), _project(bed, CHILDREN)
    press_bare(bed, 0.5)
    press_ours(bed, alone, 0.5)
    pressed: dict[str, list[Pressed]] = {"bare": [], "alone": [], "held": [], "busy": []}
    for _ in range(bed.runs):
        pressed["bare"].append(press_bare(bed, SECONDS))
        pressed["alone"].append(press_ours(bed, alone, SECONDS))
        with _held(bed):
            pressed["held"].append(press_ours(bed, parent, SECONDS))
        _drained(bed)
        pressed["busy"].append(press_ours(bed, parent, SECONDS))
        _drained(bed)
    figures = {name: Figure.of([each.rate for each in values], "/s") for name, values in pressed.items()}
    shares = ", ".join(f"{name} {median(each.cpu_s for each in values) * 1e3:.1f}" for name, values in pressed.items())
    bed.notes.append(f"P1: CPU ms of web an accept: {shares}")
    five = f"P1 accept, {CHILDREN} children"
    return [
        ratio("P1 accept, no children", figures["alone"], figures["bare"], Goal(0.6, at_least=True, stretch=1.0)),
        ratio(five, figures["held"], figures["bare"], Goal(0.3, at_least=True, stretch=0.6)),
        ratio(f"{five}, while delivering", figures["busy"], figures["bare"]),
    ]


@dataclass(frozen=True)
class Pressed:
    """Accepts a second, and CPU seconds of the web server for each."""

    rate: float
    cpu_s: float


def press_bare(bed: Bed, seconds: float) -> Pressed:
    """The bare route under load."""
    process, port = bed.bare
    return _press(port, lambda: load.post("/accept", _report()), seconds, lambda: family(process.pid))


def press_ours(bed: Bed, token: str, seconds: float) -> Pressed:
    """The arbiter under load."""
    headers = {"Authorization": f"Bearer {token}"}
    web = bed.stack.roles()["web"]
    return _press(bed.stack.port, lambda: load.post("/api/v1/events", _report(), headers), seconds, lambda: web)


def _press(port: int, request: Callable[[], bytes], seconds: float, pids: Callable[[], list[int]]) -> Pressed:
    before = cpu_s(pids())
    done = load.press(port, request, seconds=seconds)
    return Pressed(done.rate(201), (cpu_s(pids()) - before) / done.statuses.total())


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
