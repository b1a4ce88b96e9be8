"""P11: memory of the whole idle stack against the floor's, how much it has grown after the builds of this run, and what the agent
holds after many builds and a long log."""

from pathlib import Path

from bench.arbiter import NOOP, repository
from bench.bed import Bed
from bench.figures import Figure
from bench.measures.falling import fall
from bench.measures.logs import DEFINITION, LONG, SIZE_MB
from bench.processes import memory_mb
from bench.shapes import binary_tree
from bench.table import Goal, Row, ratio

ENOUGH = 500
TREE = binary_tree(127)


def idle(bed: Bed) -> list[Row]:
    """The stack when it has run one small tree and rests, and the floor in the same state."""
    bed.stack.settle()
    ours, floor = Figure.of([bed.stack.memory_mb()], "MB"), Figure.of([bed.floor.memory_mb()], "MB")
    rss = bed.stack.memory_mb("Rss"), bed.floor.memory_mb("Rss")
    bed.notes.append(f"P11: memory is PSS (shared pages once); as RSS {rss[0]:.0f} and {rss[1]:.0f} MB")
    return [ratio("P11 idle memory", ours, floor, Goal(1.3))]


def growth(bed: Bed, at_least: int = ENOUGH) -> list[Row]:
    """After the field's first builds the agent and the arbiter are warm: what is added from there on."""
    fall(bed, TREE)
    bed.stack.settle()
    before, done = bed.stack.memory_mb(), bed.records.builds_ended()
    while bed.records.builds_ended() - done < at_least:
        fall(bed, TREE)
    bed.stack.settle()
    after, builds = bed.stack.memory_mb(), bed.records.builds_ended() - done
    percent = (after / before - 1) * 100
    goal = Goal(5, unit=" %")
    told = f"{after:.0f} MB", f"{before:.0f} MB before", f"{percent:+.1f} %"
    return [Row(f"P11 growth after {builds} builds", *told, str(goal), goal.met(percent))]


def agent(bed: Bed, builds: int = 1000) -> list[Row]:
    """What the agent holds after its first fifty builds and after a thousand more; then a long log, and the most it ever held."""
    quick = _project(bed, "quick", {".factory/build.hcl": NOOP})
    long = _project(bed, "a-long-log", {".factory/build.hcl": DEFINITION, "log.sh": LONG})
    agent_pid = min(bed.stack.roles()["agent"])
    _builds(bed, quick, 50)
    before = memory_mb([agent_pid], "Rss")
    _builds(bed, quick, builds)
    after = memory_mb([agent_pid], "Rss")
    _builds(bed, long, 1)
    status = Path(f"/proc/{agent_pid}/status").read_text().splitlines()
    most = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    rows = ((f"{builds:,} builds", after, Goal(10, unit=" %")), (f"a log of {SIZE_MB} MB, at most", most, Goal(50, unit=" %")))
    return [_grown(f"P11 the agent after {name}", before, now, goal) for name, now, goal in rows]


def _grown(name: str, before: float, now: float, goal: Goal) -> Row:
    percent = (now / before - 1) * 100
    return Row(name, f"{now:.1f} MB", f"{before:.1f} MB before", f"{percent:+.1f} %", str(goal), goal.met(percent))


def _project(bed: Bed, name: str, files: dict[str, str]) -> str:
    project = bed.arbiter.project({"kind": "agent"})
    bed.arbiter.push(project, repository(bed.room(name), files))
    return project


def _builds(bed: Bed, project: str, count: int) -> None:
    for _ in range(count):
        bed.arbiter.ask("POST", f"/projects/{project}/builds", {})
    bed.stack.until(lambda: bed.records.builds_open() == 0, 600)
    bed.stack.settle()
