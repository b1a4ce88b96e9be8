"""Root file systems for containers, made here from Debian's packages: nothing is pulled. `python -m tests.bed.rootfs` makes the
big one and says how long it took."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bed.programs import SBIN, cache

SUITE: Final = "bookworm"
PACKAGES: Final = "python3-minimal"
# what a container never reads, a third of the whole
LEFT_OUT: Final = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt", "var/lib/apt/lists")
# on a tmpfs, for dpkg waits for the disk after each package; a mount namespace of its own takes it away again whatever happens
_MAKE: Final = """
set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
debootstrap --variant=minbase --include="$2" "$3" "$1/root" "$4" >&2
cd "$1/root"
rm -rf $5
tar -c . >"$6"
"""


def busybox(folder: Path) -> Path:
    """A tar of busybox, its libraries and its names, made in `folder` within a few milliseconds."""
    program = shutil.which("busybox")
    assert program is not None, "busybox is not installed: python -m tests.bed.missing"
    root = folder / "busybox"
    for part in ("bin", "tmp", "etc", "root"):
        (root / part).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    shutil.copy(program, root / "bin" / "busybox")
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for library in {word for word in linked.split() if word.startswith("/")}:
        (root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, root / library[1:])
    subprocess.run([program, "chroot", str(root), "/bin/busybox", "--install", "-s", "/bin"], check=True)
    made = folder / "busybox.tar"
    subprocess.run(["tar", "-C", str(root), "--owner=0", "--group=0", "-cf", str(made), "."], check=True)
    return made


def debian() -> Path:
    """A tar of Debian's minimal system with Python, made by debootstrap in about a minute, once on this machine."""
    made = cache() / f"debian-{SUITE}-{PACKAGES}.tar"
    made.parent.mkdir(parents=True, exist_ok=True)
    with made.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _debootstrap(made)
    return made


def _debootstrap(made: Path) -> None:
    half = made.with_suffix(f".{os.getpid()}")
    with tempfile.TemporaryDirectory() as folder:
        argv = ["unshare", "--mount", "sh", "-c", _MAKE, "sh", folder, PACKAGES, SUITE, mirror(), " ".join(LEFT_OUT), str(half)]
        env = {**os.environ, "PATH": f"{os.environ['PATH']}:{SBIN}"}
        done = subprocess.run(argv, env=env, stderr=subprocess.PIPE, text=True, check=False)
    try:
        assert done.returncode == 0, f"debootstrap failed:\n{done.stderr[-2000:]}"
        half.replace(made)
    finally:
        half.unlink(missing_ok=True)


def mirror() -> str:
    """Where this machine's apt has the suite from."""
    asked = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", f"Codename: {SUITE}", "Component: main"]
    sites = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    assert sites, f"apt knows no mirror of {SUITE}: /etc/apt/sources.list"
    return sites[0]


if __name__ == "__main__":
    before = time.monotonic()
    sys.stdout.write(f"{debian()} after {time.monotonic() - before:.0f} s\n")
