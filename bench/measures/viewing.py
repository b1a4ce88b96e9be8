"""P7: how late the lines of one log reach many who watch it, against a bare server with one buffer; and what each takes."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.arbiter import Arbiter
from bench.bed import Bed
from bench.figures import Figure
from bench.line import Line
from bench.processes import ROOT, Process, cpu_s, family, memory_mb
from bench.stack import Stack
from bench.table import Goal, Row, plain, ratio
from bench.web import HOST, answers
from tests.bed.process import free_port

LINES_A_SECOND = 100
WARM_S, SECONDS = 1.0, 6.0
MOST_BATCHED = 500  # of more viewers than this the bare server batches what comes within BATCH_MS
BATCH_MS = 100
CASES = (("gthread", 200), ("gevent", 500), ("gevent", 2000))
STEP = {"n": 1, "pipeline": "p", "stage": "s", "name": "n", "state": "running"}


@dataclass(frozen=True)
class Log:
    """One log that grows: where viewers find it, and how a chunk is added at an offset."""

    port: int
    path: str
    token: str
    message: str
    put: Callable[[int], str]
    put_token: str


@dataclass(frozen=True)
class Watched:
    """Milliseconds from the writing of a line to its arrival, 99th percentile; kB of the web process and its share of a core."""

    p99_ms: float
    kb_a_viewer: float
    cores: float


def measure(bed: Bed) -> list[Row]:
    """200 viewers on threads, 500 and 2,000 on greenlets."""
    rows = []
    for worker, count in CASES:
        bare = [_bare(bed, count) for _ in range(bed.runs)]
        ours = _ours(bed, worker, count)
        name = f"P7 {count:,} viewers, {worker}"
        figures = [Figure.of([each.p99_ms for each in side], "ms") for side in (ours, bare)]
        rows.append(ratio(f"{name}, p99", figures[0], figures[1], Goal(3)))
        memory = [Figure.of([each.kb_a_viewer for each in side], "kB") for side in (ours, bare)]
        title = f"{name}, memory of each"
        rows.append(plain(title, memory[0], Goal(60, unit=" kB")) if worker == "gevent" else Row(title, str(memory[0]), "-", "-"))
        shares = [Figure.of([each.cores for each in side], "cores") for side in (ours, bare)]
        bed.notes.append(f"P7: {count:,} viewers, {worker}: web {shares[0]}, the bare server {shares[1]}, {memory[1]} a viewer")
    return rows


def _bare(bed: Bed, count: int) -> Watched:
    port, batch = free_port(), BATCH_MS if count > MOST_BATCHED else 0
    argv = [sys.executable, "-m", "bench.floor.viewers", str(port), str(batch)]
    with Process(argv, bed.folder / "bare-viewers.log") as process:
        process.until(lambda: answers(port, "/", 200))
        return _watch(Log(port, "/", "-", "{}", lambda _: "/log", "-"), lambda: family(process.pid), count)


def _ours(bed: Bed, worker: str, count: int) -> list[Watched]:
    more = {"DOMINOCI_WEB_WORKER_CLASS": worker, "DOMINOCI_LIVE_CAP": str(count + 50), "DOMINOCI_LEASE_S": "3600"}
    url = bed.mariadb.fresh(f"viewing{count}") if worker == "gevent" else None
    found = []
    for n in range(bed.runs):
        with Stack(bed.room(f"viewing-{count}-{n}"), database_url=url, agent=False, more=more) as stack:
            web = stack.roles()["web"]
            found.append(_watch(_running(Arbiter(stack.port, stack.token), stack), lambda: web, count))  # noqa: B023 - called here
    return found


def _running(arbiter: Arbiter, stack: Stack) -> Log:
    """A build that an agent has claimed and that writes its first step's log."""
    project = arbiter.project({"kind": "agent"})
    arbiter.ask("POST", f"/projects/{project}/builds", {})
    enrolment = arbiter.ask("POST", "/agents/enrolments")["token"]
    agent = json.loads(Line(stack.port, enrolment).post("/api/v1/agents/register", {"name": "bench", "slots": 1}))["token"]
    claimed = json.loads(Line(stack.port, agent).post("/api/v1/agents/claim", {}))
    build, token = claimed["id"], claimed["token"]
    Line(stack.port, token).post(f"/api/v1/builds/{build}/state", {"steps": [STEP]})
    message = json.dumps({"op": "subscribe", "topic": f"build:{build}:log", "step": 1, "from": 0})
    put = f"/api/v1/builds/{build}/steps/1/log?offset="
    return Log(stack.port, "/api/v1/live", stack.token, message, lambda offset: f"{put}{offset}", token)


def _watch(log: Log, pids: Callable[[], list[int]], count: int) -> Watched:
    before = memory_mb(pids())
    with _viewers(log, count) as viewers:
        used = memory_mb(pids()) - before
        _write(log, 0, WARM_S)
        spent, begun = cpu_s(pids()), time.monotonic()
        _write(log, int(WARM_S * LINES_A_SECOND), SECONDS)
        cores = (cpu_s(pids()) - spent) / (time.monotonic() - begun)
        told, _ = viewers.communicate("end\n", timeout=60)
    late = json.loads(told.splitlines()[-1])
    wanted = count * int((WARM_S + SECONDS) * LINES_A_SECOND)
    if late["lines"] != wanted:
        raise RuntimeError(f"{late['lines']} of {wanted} lines arrived")
    return Watched(late["p99"] * 1e3, used * 1e3 / count, cores)


@contextmanager
def _viewers(log: Log, count: int) -> Iterator["subprocess.Popen[str]"]:
    argv = [sys.executable, "-m", "bench.viewers", str(log.port), str(count), log.path, log.token, log.message]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the viewers did not come in")
            yield process
        finally:
            process.kill()


def _write(log: Log, written: int, seconds: float) -> None:
    """So many lines a second, each with the time at which it was due; those due together go together, as an agent's do."""
    connection = http.client.HTTPConnection(HOST, log.port, timeout=60)
    headers = {"Authorization": f"Bearer {log.put_token}", "Content-Type": "application/octet-stream"}
    begun, sent = time.time(), 0
    size = len(_line(begun, 0)) * written
    while sent < int(seconds * LINES_A_SECOND):
        due = min(int((time.time() - begun) * LINES_A_SECOND) + 1, int(seconds * LINES_A_SECOND))
        chunk = b"".join(_line(begun + n / LINES_A_SECOND, n) for n in range(sent, due))
        if chunk:
            connection.request("PUT", log.put(size), chunk, headers)
            answer = connection.getresponse()
            if answer.read() is None or answer.status != 200:
                raise RuntimeError(f"a chunk was refused: {answer.status}")
            sent, size = due, size + len(chunk)
        time.sleep(max(0.0, begun + sent / LINES_A_SECOND - time.time()))
    time.sleep(1.0)  # what is on its way shall arrive
    connection.close()


def _line(at: float, n: int) -> bytes:
    return b"%.6f line %06d of a step that says as much in a line as steps do\n" % (at, n)
