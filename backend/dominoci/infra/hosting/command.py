"""Calls git by argv, in an environment that no configuration of the machine or the user reaches into."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dominoci.domain.errors import Unavailable


class GitError(Exception):
    """Git refused or took too long; the text is what it said, cut to one paragraph."""


def run(*arguments: str, at: Path, stdin: bytes = b"", timeout_s: float = 30) -> bytes:
    """What `git <arguments>` prints when run in the folder `at`.

    Whatever comes from outside must stand behind `--` or `--end-of-options`. Raises GitError when git fails or runs for
    more than `timeout_s` seconds, Unavailable when there is no git.
    """
    argv = [executable(), *arguments]
    try:
        done = subprocess.run(argv, cwd=at, env=environment(), input=stdin, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as e:
        raise GitError(f"git {arguments[0]} took more than {timeout_s:g} s") from e
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise GitError(said or f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout


@cache
def executable() -> str:
    """The path of git. Raises Unavailable when it is not installed."""
    if found := shutil.which("git"):
        return found
    raise Unavailable("git is not installed on this machine.")


@cache
def environment() -> Mapping[str, str]:
    """The whole environment of every git process: no system or user configuration, no prompt, English, fixed formats.

    Repositories may belong to another user than the process (a mounted volume); they are our own, so git is told to trust them.
    """
    return {
        "PATH": os.pathsep.join((str(Path(executable()).parent), os.defpath)),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "GIT_DEFAULT_HASH": "sha1",
        "GIT_DEFAULT_REF_FORMAT": "files",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
