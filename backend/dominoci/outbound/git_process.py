"""One git process that talks to a server nobody vouches for: by argv, with an environment of its own, and with an end to
its time, its memory and its output."""

import os
import re
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO, Final, cast

MAX_OUTPUT: Final = 64 * 1024
MAX_MEMORY: Final = 256 << 20
# the first git whose connections can be pinned to an address (http.curloptResolve); an older one would ignore the setting
OLDEST: Final = (2, 37)


class NoGit(Exception):
    """There is no git on this machine that could be used; the text says which is needed."""


@dataclass(frozen=True)
class Ended:
    """How git ended: its exit code, what it said on both its outputs, whether that is all of it, and whether in time."""

    code: int
    said: str
    whole: bool
    in_time: bool


def run(arguments: Sequence[str], settings: Mapping[str, str], timeout_s: float, protocols: str = "https:http") -> Ended:
    """`git -c <settings> <arguments>` for at most `timeout_s` seconds, with all its children, over `protocols` only. Whatever
    comes from outside must stand behind `--`. Raises NoGit."""
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    started = time.monotonic()
    process = subprocess.Popen(
        [*_limited(), _executable(), *options, *arguments],
        env=_environment() | {"GIT_ALLOW_PROTOCOL": protocols},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    timer = Timer(timeout_s, _kill, (process,))
    timer.daemon = True
    timer.start()
    with process:
        try:
            said = cast(IO[bytes], process.stdout).read(MAX_OUTPUT + 1)
            if len(said) > MAX_OUTPUT:
                _kill(process)
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
    in_time = code != -signal.SIGKILL or time.monotonic() - started < timeout_s
    return Ended(code, said.decode(errors="replace"), len(said) <= MAX_OUTPUT, in_time)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Ends the whole group. Not by `poll()`: a git that is dead already may have a child that still holds the pipe."""
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@cache
def _limited() -> tuple[str, ...]:
    """What stands before git so that it keeps to MAX_MEMORY, as a server may send refs without end and git keeps them all. Of
    util-linux; where it is missing the time limit has to do. (Limited after its start, git's first child would be free.)"""
    found = shutil.which("prlimit")
    return (found, f"--as={MAX_MEMORY}", "--") if found else ()


@cache
def _executable() -> str:
    found = shutil.which("git")
    if found is None:
        raise NoGit("git is not installed on the arbiter's machine.")
    said = subprocess.run([found, "version"], capture_output=True, text=True, timeout=10, check=False).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        raise NoGit(f"git {OLDEST[0]}.{OLDEST[1]} or newer is needed on the arbiter's machine, not {said.strip()[:60]}.")
    return found


def _environment() -> dict[str, str]:
    """All of it but the protocols: no configuration of the system, the user or a repository, no proxy, no prompt, no helper."""
    # SSL_CERT_FILE and SSL_CERT_DIR count here as they do for the guarded client
    trusted = ssl.get_default_verify_paths()
    certificates = {"GIT_SSL_CAINFO": trusted.cafile, "GIT_SSL_CAPATH": trusted.capath}
    return {
        "PATH": os.pathsep.join((str(Path(_executable()).parent), os.defpath)),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DIR": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **{name: path for name, path in certificates.items() if path is not None},
    }
