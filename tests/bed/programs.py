"""Where the programs of the test bed are; run as a module, it prints the browser's path. Standard library only: this runs
before anything is installed."""

import os
import shutil
import sys
from pathlib import Path

MARIADB = ("mariadbd", "mariadb-install-db")
SBIN = "/usr/sbin:/sbin:/usr/local/sbin:/usr/libexec"  # not on everybody's PATH
SHELLS = ("dash", "busybox")  # what integrations/sh must run under
# Debian's packages of which the tests make a Docker engine and its images, each with a program that is in it
CONTAINERS = {
    "docker.io": "dockerd",
    "docker-compose": "docker-compose",
    "iptables": "iptables",
    "iproute2": "ip",
    "debootstrap": "debootstrap",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def cache() -> Path:
    """Where what takes long to make is kept from run to run, outside of the repository."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dominoci"


def find_mariadb(program: str) -> str | None:
    """The path of one of MariaDB's programs, None when it is not installed."""
    return shutil.which(program) or shutil.which(program, path=SBIN)


def find_chromium() -> str | None:
    """The system's Chromium, None when there is none; browsers are never downloaded. `CHROMIUM` names another one."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


if __name__ == "__main__":
    sys.stdout.write(f"{find_chromium() or ''}\n")
