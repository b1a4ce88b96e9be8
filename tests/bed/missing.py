"""`python -m tests.bed.missing`: says in one table what `make test` needs and this machine does not have, and exits with
2; with 0 when all is there. `--install`, as root on Debian or Ubuntu, installs what their packages have. Standard library
only: it runs before anything is installed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bed.programs import CONTAINERS, MARIADB, SBIN, SHELLS, find_chromium, find_mariadb


@dataclass(frozen=True)
class Part:
    """Something that the tests need. `package` is Debian's name of it where root may install it on the way."""

    name: str
    needed_for: str
    get: str
    present: Callable[[], bool]
    package: str | None = None


def _version(*command: str) -> tuple[int, ...]:
    """The first number with dots that the command prints, (0,) when it cannot be run."""
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(number) for number in found[0].split(".")) if found else (0,)


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None or shutil.which(program, path=SBIN) is not None


PARTS: tuple[Part, ...] = (
    Part("git", "everything", "your system's package git", lambda: shutil.which("git") is not None, "git"),
    Part("node >= 20", "the page's tests", "your system's package nodejs", lambda: _version("node", "--version") >= (20,)),
    Part("npm", "the page's tests", "your system's package npm", lambda: shutil.which("npm") is not None),
    Part(
        "MariaDB",
        "scenarios, races, faults",
        "apt-get install mariadb-server-core",
        lambda: all(find_mariadb(program) for program in MARIADB),
        "mariadb-server-core",
    ),
    *(
        Part(name, "reporters of other CI systems", f"apt-get install {name}", partial(_is_there, name), name)
        for name in ("curl", *SHELLS)
    ),
    *(
        Part(package, "docker and compose executors", f"apt-get install {package}", partial(_is_there, program), package)
        for package, program in CONTAINERS.items()
    ),
    Part("git-lfs", "workflows with routes", "apt-get install git-lfs", lambda: shutil.which("git-lfs") is not None, "git-lfs"),
    Part("sshd", "private repositories", "apt-get install openssh-server", partial(_is_there, "sshd"), "openssh-server"),
    Part("ngircd", "notifications and the bot on IRC", "apt-get install ngircd", partial(_is_there, "ngircd"), "ngircd"),
    Part("ssh", "private repositories", "apt-get install openssh-client", partial(_is_there, "ssh"), "openssh-client"),
    Part("Chromium", "end-to-end tests", "apt-get install chromium", lambda: find_chromium() is not None, "chromium"),
)


def table(parts: Sequence[Part]) -> str:
    """What is missing, for whom, and how to get it."""
    rows = [("missing", "needed for", "how to get it"), *((part.name, part.needed_for, part.get) for part in parts)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def install(parts: Sequence[Part]) -> None:
    """Installs the Debian packages of these parts, where root can; what could not be installed stays missing."""
    packages = [part.package for part in parts if part.package]
    if not packages or os.getuid() != 0 or shutil.which("apt-get") is None:
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    sys.stderr.write(f"installing {', '.join(packages)}\n")
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=env, stdout=sys.stderr, check=False)


def main(arguments: Sequence[str], parts: Sequence[Part] = PARTS) -> int:
    """The exit code: 0 when nothing is missing, else 2 after printing the table."""
    missing = [part for part in parts if not part.present()]
    if missing and "--install" in arguments:
        install(missing)
        missing = [part for part in missing if not part.present()]
    if missing:
        sys.stdout.write(table(missing) + "\n")
    return 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
