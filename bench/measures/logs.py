"""Logs: how fast a long one gets from a step to the arbiter's disk, and how late the lines of several at once are."""

import http.client
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bench.arbiter import repository
from bench.bed import Bed
from bench.figures import Figure, percentile
from bench.table import Goal, Row, plain, ratio
from bench.web import HOST

SIZE_MB = 100
CHUNK = 256 * 1024  # what the agent sends at once
LOGS, LINES_A_SECOND, SECONDS = 4, 2000, 6
DEFINITION = 'pipeline "build" {\n  stages = [{ name = "log" }]\n}\n\nstage "log" {\n  run "log" { file = "log.sh" }\n}\n'
# lines as compilers write them: of different lengths, nothing in them that repeats at once
LONG = f"""#!/bin/sh
seq -f 'src/part%%.0f/file.c: warning: unused variable in line %.0f of the translation unit' 1 2000000 | head -c {SIZE_MB}000000
"""
# each line begins with the second it was written in
STEADY = f"""#!/usr/bin/env python3
import sys, time
begun = time.time()
for batch in range({SECONDS} * 20):
    now = time.time()
    sys.stdout.write("".join(f"{{now:.3f}} line {{n}} of a step that says much\\n" for n in range({LINES_A_SECOND} // 20)))
    sys.stdout.flush()
    time.sleep(max(0, begun + (batch + 1) / 20 - time.time()))
"""


def measure(bed: Bed) -> list[Row]:
    """A log of a hundred megabytes against the same chunks put to a bare route; then several logs at once."""
    return [_throughput(bed), _lag(bed)]


def _throughput(bed: Bed) -> Row:
    project = _project(bed, "long", LONG)
    ours, bare = [], []
    for _ in range(bed.runs):
        ours.append(SIZE_MB / _build(bed, project))
        bare.append(SIZE_MB / _put(bed))
        shutil.rmtree(bed.stack.folder / "data" / "jobs" / project, ignore_errors=True)
    return ratio(f"P5 a log of {SIZE_MB} MB, by bare PUTs", Figure.of(ours, "MB/s"), Figure.of(bare, "MB/s"))


def _project(bed: Bed, name: str, script: str) -> str:
    work = repository(bed.room(name), {".factory/build.hcl": DEFINITION, "log.sh": script})
    project = bed.arbiter.project({"kind": "agent"})
    bed.arbiter.push(project, work)
    _rest(bed)
    return project


def _rest(bed: Bed) -> None:
    bed.stack.until(lambda: bed.records.builds_open() == 0)
    bed.stack.settle()


def _build(bed: Bed, project: str) -> float:
    """Seconds from the step's start to the build's end, when its last line is stored."""
    build = bed.arbiter.ask("POST", f"/projects/{project}/builds", {})["id"]
    _rest(bed)
    return bed.records.build_s(build)


def _put(bed: Bed) -> float:
    """Seconds for the same bytes in the same pieces, by one connection that stays open."""
    _, port = bed.bare
    piece, line = b"x" * CHUNK, http.client.HTTPConnection(HOST, port, timeout=60)
    begun = time.monotonic()
    for _ in range(SIZE_MB * 1_000_000 // CHUNK):
        line.request("PUT", "/log", piece)
        line.getresponse().read()
    line.close()
    (bed.folder / "bare-log.txt").unlink()
    return time.monotonic() - begun


def _lag(bed: Bed) -> Row:
    projects = [_project(bed, f"steady{n}", STEADY) for n in range(LOGS)]
    worst = []
    for _ in range(bed.runs):
        begun = time.time()
        for project in projects:
            bed.arbiter.ask("POST", f"/projects/{project}/builds", {})
        late = list(_late(bed, begun))
        worst.append(percentile(late, 0.99))
        _rest(bed)
    goal = Goal(1, unit=" s")
    return plain(f"P5 {LOGS} logs of {LINES_A_SECOND:,} lines/s, stored after, p99", Figure.of(worst, "s"), goal)


def _late(bed: Bed, begun: float) -> Iterator[float]:
    """How old the last stored line of each log is, every tenth of a second while all are being written."""
    jobs = bed.stack.folder / "data" / "jobs"
    while time.time() < begun + SECONDS - 1:
        time.sleep(0.1)
        fresh = [path for path in jobs.glob("*/*/*/*.log") if path.stat().st_mtime > begun]
        for path in fresh if len(fresh) == LOGS else ():
            written = _last_second(path)
            if written:
                yield time.time() - written


def _last_second(log: Path) -> float | None:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 1024))
        lines = file.read().splitlines()
    # the last may be half a line
    return float(lines[-2].split()[0]) if len(lines) > 2 else None
