"""Processes that nobody attends to any more: daemons a step left behind, and steps of an agent that was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

MARKER = "DOMINOCI_STEP_ID"
_PROC = Path("/proc")
_ROUNDS = 20

# Reads "+ PGID" and "- PGID"; when the agent is gone (end of input) kills the groups that are left. A shell and not a
# Python process, because it lives as long as the agent and should cost nothing.
_WARDEN = """
trap '' INT TERM HUP
live=' '
while read -r sign group; do
  case $sign in
    +) live="$live$group " ;;
    -) case $live in *" $group "*) live="${live%%" $group "*} ${live#*" $group "}" ;; esac ;;
  esac
done
for group in $live; do kill -9 "-$group" 2>/dev/null; done
"""


class Warden:
    """A tiny child process that outlives a kill -9 of the agent just long enough to kill its steps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WARDEN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"PATH": os.defpath},
            bufsize=0,
        )

    def watch(self, group: int) -> None:
        """Kill this process group should the agent die."""
        self._tell(f"+ {group}\n")

    def forget(self, group: int) -> None:
        """The group has ended."""
        self._tell(f"- {group}\n")

    def close(self) -> None:
        """End the warden; what it still watches is killed."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        # without it builds run all the same, only less well protected
        with self._lock, contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(line.encode())


def sweep(mark: str, since: int = 0) -> int:
    """Kill every process whose environment carries the mark (or begins with it, when it ends in "."): a daemon leaves
    its process group and session, but rarely its environment. `since`: only processes younger than that process id.
    How many were killed."""
    killed: set[int] = set()  # on a busy machine one that was killed is still seen in the next rounds
    for _ in range(_ROUNDS):
        found = list(_marked(mark, since))
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed.update(found)
    return len(killed)


def _marked(mark: str, since: int) -> Iterator[int]:
    wanted = f"{MARKER}={mark}".encode() + (b"" if mark.endswith(".") else b"\0")
    for pid in _candidates(since):
        try:
            with open(f"/proc/{pid}/environ", "rb", buffering=0) as environ:  # noqa: PTH123 - hot path
                found = wanted in environ.read(128 * 1024) + b"\0"
        except OSError:
            continue
        if found and pid != os.getpid():
            yield pid


def _candidates(since: int) -> Iterator[int]:
    """Process ids given out after `since`. Usually a handful, which are asked for directly: walking all of /proc at the
    end of each step would cost more than the step."""
    newest = _newest_pid() if since else 0
    if since < newest <= since + 64:
        yield from range(since + 1, newest + 1)
        return
    for entry in os.listdir(_PROC) if _PROC.is_dir() else ():  # noqa: PTH208 - hot path
        if entry.isdigit():
            pid = int(entry)
            if not since or pid > since or pid <= newest < since:
                yield pid


def _newest_pid() -> int:
    try:
        return int(Path("/proc/loadavg").read_text().split()[-1])
    except (OSError, ValueError):
        return 0
