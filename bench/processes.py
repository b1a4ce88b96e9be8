"""Processes that a bench starts: never left behind, and what /proc says of them (CPU seconds, memory)."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
PR_SET_PDEATHSIG = 1
START_S = 60.0
STOP_S = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A command in the repository's root, its output in a file; ends with us, whatever ends us."""

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509  so that no server outlives the bench
            )
        self.pid = self._process.pid

    def until(self, answers: Callable[[], bool], within_s: float = START_S) -> None:
        """Returns once `answers()`. Raises RuntimeError with the log's end when it ends first or takes too long."""
        limit = time.monotonic() + within_s
        while not answers():
            if self._process.poll() is not None or time.monotonic() > limit:
                tail = self._log.read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{self._process.args!r} did not come up:\n{tail}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Ends it in its own way, by force after 20 s."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _end_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def set_death_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return set_death_signal


def family(pid: int) -> list[int]:
    """A process and all that descend from it, now."""
    found = [pid]
    for each in found:
        found += _children(each)
    return found


def _children(pid: int) -> list[int]:
    listed: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            listed += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return listed


def command_line(pid: int) -> str:
    """What it was started with; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def cpu_s(pids: Iterable[int]) -> float:
    """CPU seconds, user and system, of these processes and of the children that they have waited for."""
    total = 0
    for pid in pids:
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): utime, stime, cutime, cstime are fields 14 to 17; the name was field 2
        total += sum(int(field) for field in after_name[11:15])
    return total / _TICKS


def memory_mb(pids: Iterable[int], field: str = "Pss") -> float:
    """Memory in 10^6 bytes: `Pss` shares what processes share, `Rss` counts it for each."""
    return sum(_kilobytes(pid, field) for pid in pids) * 1024 / 1e6


def _kilobytes(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def settle(pids: Callable[[], Iterable[int]], within_s: float = 20.0) -> None:
    """Returns once these processes have been at rest (below 5 % of a core) for a quarter of a second, or after `within_s`."""
    limit = time.monotonic() + within_s
    before = cpu_s(pids())
    while time.monotonic() < limit:
        time.sleep(0.25)
        now = cpu_s(pids())
        if now - before <= 0.0125:
            return
        before = now
