"""`python -m bench [MEASURE …]`: measures against limits and peers in the same run, and prints one table."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from bench.bed import Bed
from bench.measures import (
    accept,
    archive,
    containers,
    delivering,
    doors,
    falling,
    graph,
    growing,
    logs,
    memory,
    starting,
    viewing,
    work,
)
from bench.table import Row, render

Measure = Callable[[Bed], list[Row]]
# in the order of a whole run: memory is taken before the builds, P1 leaves thousands of trees, P12 stops the stack
MEASURES: Mapping[str, Measure] = {
    "p11-idle": memory.idle,
    "p2": falling.hop,
    "p3": falling.makespan,
    "p5": work.measure,
    "p5-docker": containers.measure,
    "p5-log": logs.measure,
    "p11": memory.growth,
    "p11-agent": memory.agent,
    "p6": delivering.measure,
    "p7": viewing.measure,
    "p8": growing.measure,
    "p9": graph.measure,
    "p10": archive.measure,
    "p10-doors": doors.measure,
    "p1": accept.measure,
    "p12": starting.measure,
}
ALSO = {"p4": "p3"}  # measured together


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what was asked for, all of it by default; 0 also where goals are missed: the table says so."""
    given = _parser().parse_args(arguments)
    names = [ALSO.get(name, name) for name in given.measures] or list(MEASURES)
    begun, rows = time.monotonic(), []
    with Bed(given.database, given.runs, full=given.full) as bed:
        for name in dict.fromkeys(names):
            sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {name}\n")
            rows += MEASURES[name](bed)
    rows.sort(key=lambda row: int(row.measure.split()[0].removeprefix("P")))
    print(render(rows))
    print("\n".join(["", *bed.notes, _where(given, time.monotonic() - begun)]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = sorted({*MEASURES, *ALSO}, key=lambda name: (len(name), name))
    parser.add_argument("measures", nargs="*", metavar="MEASURE", choices=[[], *names], help=", ".join(names))
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how often each figure is measured (default 5)")
    parser.add_argument("--full", action="store_true", help="the history of a million events, and every result of large trees")
    parser.add_argument("--database", choices=("sqlite", "mariadb"), default="sqlite")
    return parser


def _where(given: argparse.Namespace, seconds: float) -> str:
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    runs = f"Medians of {given.runs} runs (lowest-highest), {given.database}, {machine}"
    return f"{runs}; load {load:.1f} at the end, {seconds:.0f} s in all."


if __name__ == "__main__":
    sys.exit(main())
