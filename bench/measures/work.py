"""P5: what the agent adds to a step over fork+exec, and its checkout against a git worktree from a local mirror."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.arbiter import git, repository
from bench.bed import Bed
from bench.figures import Figure
from bench.table import Goal, Row, excess, ratio
from bench.web import HOST
from dominoci_agent.runtime.git import Remote
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.stop import Stop

STEPS = 40
TIMES = 10
FILES = 200
PIPELINE = 'pipeline "build" {{\n  stages = [{{ name = "steps" }}]\n}}\n\nstage "steps" {{\n{}}}\n'
STEP = '  run "step-{}" {{ command = "true" }}\n'


def measure(bed: Bed) -> list[Row]:
    """Steps by a build of forty of them on the real agent; checkouts of two hundred files by the agent's own code."""
    return [_steps(bed), _checkout(bed)]


def _steps(bed: Bed) -> Row:
    steps = "".join(STEP.format(n) for n in range(STEPS))
    work = repository(bed.room("steps"), {".factory/build.hcl": PIPELINE.format(steps)})
    project = bed.arbiter.project({"kind": "agent"})
    bed.arbiter.push(project, work)
    _rest(bed)
    ours, bare = [], []
    for _ in range(bed.runs):
        ours.append(_build(bed, project) * 1e3)
        bare.append(median(_timed(_fork_and_exec) for _ in range(STEPS)) * 1e3)
    return excess("P5 a step, over fork+exec", Figure.of(ours, "ms"), Figure.of(bare, "ms"), Goal(3, unit=" ms"))


def _build(bed: Bed, project: str) -> float:
    """Seconds from one step's start to the next one's, over a whole build."""
    build = bed.arbiter.ask("POST", f"/projects/{project}/builds", {})["id"]
    _rest(bed)
    times = bed.records.steps(build)
    assert len(times) == STEPS, "every step has run"
    return (times[-1][1] - times[0][0]).total_seconds() / STEPS


def _rest(bed: Bed) -> None:
    bed.stack.until(lambda: bed.records.builds_open() == 0)
    bed.stack.settle()


def _fork_and_exec() -> None:
    """The least that runs a command as a step is run: a shell, its output in a pipe, a session of its own."""
    process = subprocess.Popen(
        ["sh", "-c", "true"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.read()
    process.stdout.close()
    process.wait()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _checkout(bed: Bed) -> Row:
    files = {f"src/part{n % 10}/file{n}.txt": f"line {n}\n" * 100 for n in range(FILES)}
    work = repository(bed.room("files"), files)
    project = bed.arbiter.project({"kind": "agent"})
    bed.arbiter.push(project, work)
    commit = git(work, "rev-parse", "HEAD").strip()
    peer, room = bed.room("peer"), bed.room("checkouts")
    git(peer, "clone", "--quiet", "--mirror", str(work), "mirror.git")
    check_out = _agents_way(bed, project, commit)
    names = iter(range(10_000))
    ours, worktree = [], []
    for _ in range(bed.runs):
        ours.append(median(_timed(lambda: check_out(room / str(next(names)))) for _ in range(TIMES)) * 1e3)
        worktree.append(median(_timed(lambda: _worktree(peer, room / str(next(names)), commit)) for _ in range(TIMES)) * 1e3)
    return ratio(f"P5 checkout of {FILES} files", Figure.of(ours, "ms"), Figure.of(worktree, "ms"), Goal(1.5))


def _agents_way(bed: Bed, project: str, commit: str) -> Callable[[Path], None]:
    """The agent's own checkout from a mirror that has all it needs."""
    remote = Remote.at(f"http://{HOST}:{bed.stack.port}/git/{project}.git", bed.stack.token)
    mirror, stop = Mirror(bed.room("mirror")), Stop()
    mirror.fetch(remote, commit, stop)

    def check_out(workspace: Path) -> None:
        workspace.mkdir()
        mirror.check_out(remote, commit, workspace, stop)

    check_out(bed.room("first") / "workspace")
    return check_out


def _worktree(peer: Path, workspace: Path, commit: str) -> None:
    git(peer / "mirror.git", "worktree", "add", "--quiet", "--detach", str(workspace), commit)
