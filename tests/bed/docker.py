"""A Docker engine of the tests, from Debian's docker.io: in network, process and mount namespaces of its own, so that two engines
share no iptables chain, no bridge and no address, and nothing of one outlives it.

Whoever needs it says `with shared() as engine`: the first starts it (by a small process, `python -m tests.bed.docker FOLDER`),
all others of this temporary folder use the same one, and it ends with the last of them, however they end."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import docker

from tests.bed.process import Server
from tests.bed.programs import SBIN
from tests.bed.rootfs import busybox, debian
from tests.waiting import until

TINY: Final = "dominoci/busybox:test"
DEBIAN: Final = "dominoci/debian:test"
_ENVIRONMENT: Final = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")
_LOOK_S: Final = 0.2


@dataclass(frozen=True)
class Engine:
    """A running engine. `host` is its address for clients, `folder` where it keeps everything."""

    folder: Path

    @property
    def host(self) -> str:
        """For DOCKER_HOST."""
        return f"unix://{self.folder / 's'}"

    @contextmanager
    def client(self) -> Iterator[docker.DockerClient]:
        """A client of it."""
        with closing(docker.DockerClient(base_url=self.host)) as client:
            yield client

    def debian(self) -> str:
        """The image with Debian's minimal system and Python, imported when first asked for."""
        with _locked(self.folder / "debian.lock"), self.client() as client:
            if not client.images.list(name=DEBIAN):
                _import(client, debian(), DEBIAN)
        return DEBIAN

    def left(self, label: str) -> list[str]:
        """The names of all containers, networks and volumes with a label (`name` or `name=value`)."""
        wanted: dict[str, str | list[str] | bool] = {"label": [label]}
        with closing(docker.APIClient(base_url=self.host)) as api:
            containers = [one["Names"][0] for one in api.containers(all=True, filters=wanted)]
            named = [*api.networks(filters=wanted), *(api.volumes(filters=wanted)["Volumes"] or ())]
        return sorted([*containers, *(one["Name"] for one in named)])

    def inside(self, *argv: str) -> list[str]:
        """The argv of a command that runs on the network that is the host's to this engine."""
        return ["nsenter", f"--net=/proc/{(self.folder / 'host.pid').read_text()}/ns/net", *argv]

    def rules(self) -> str:
        """Its iptables rules."""
        return _run(self.inside("iptables", "-S"))


class OwnEngine:
    """An engine for one user alone: a context manager."""

    def __init__(self, folder: Path) -> None:
        assert os.getuid() == 0, "the tests start a Docker engine, which takes root"
        folder.mkdir(parents=True)
        self.engine = Engine(folder)
        self._groups = f"dominoci-{folder.name}-{os.getpid()}"
        options = {"data-root": folder / "data", "exec-root": folder / "exec", "pidfile": folder / "pid"}
        more = [f"--host={self.engine.host}", "--bridge=none", "--default-address-pool=base=172.30.0.0/16,size=24"]
        more += [f"--cgroup-parent=/{self._groups}"]
        named = [f"--{name}={value}" for name, value in options.items()]
        apart = ["unshare", "--net", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child"]
        self._server = Server([*apart, "dockerd", *named, *more], folder / "log", _with_sbin())

    def __enter__(self) -> Engine:
        try:
            return self._start()
        except BaseException:
            self._server.kill()
            raise

    def _start(self) -> Engine:
        folder = self.engine.folder
        self._server.start(lambda: _answers(self.engine))
        parent = self._server.pid
        (folder / "host.pid").write_text(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])
        _run(self.engine.inside("ip", "link", "set", "lo", "up"))
        with self.engine.client() as client:
            _import(client, busybox(folder), TINY)
        (folder / "ready").touch()
        return self.engine

    def __exit__(self, *_: object) -> None:
        # the first of its process namespace, and with it all others; `unshare` ends when the last has gone
        os.kill(int((self.engine.folder / "host.pid").read_text()), signal.SIGKILL)
        self._server.stop()
        shutil.rmtree(self.engine.folder, ignore_errors=True)
        for top in (*Path("/sys/fs/cgroup").glob(f"*/{self._groups}"), Path("/sys/fs/cgroup", self._groups)):
            for group in sorted(filter(Path.is_dir, (top, *top.rglob("*"))), reverse=True):
                with suppress(OSError):
                    group.rmdir()


@contextmanager
def shared() -> Iterator[Engine]:
    """The engine that all tests (and benches) with this temporary folder share."""
    place = Path(tempfile.gettempdir()) / f"dominoci-docker-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    engine = Engine(place / "e")
    with (place / "users").open("a") as users:
        with _locked(place / "door"):
            if not _ready(engine):
                _start_keeper(place, engine)
            fcntl.flock(users, fcntl.LOCK_SH)
        yield engine


def keep(place: Path) -> None:
    """Runs the shared engine for as long as anybody uses it."""
    with ExitStack() as door, OwnEngine(place / "e"):  # in this order: nobody comes in while it ends
        while not _unused(place, door):
            time.sleep(_LOOK_S)


def _unused(place: Path, door: ExitStack) -> bool:
    """Whether nobody is in; then the door stays locked."""
    with ExitStack() as looking:
        if not looking.enter_context(_locked(place / "door", wait=False)):
            return False
        with _locked(place / "users", wait=False) as nobody:
            if nobody:
                door.push(looking.pop_all())
        return nobody


def _start_keeper(place: Path, engine: Engine) -> None:
    """Called with the door held: the keeper cannot end before its first user is in."""
    with (place / "log").open("ab") as log:
        argv = [sys.executable, "-m", "tests.bed.docker", str(place)]
        keeper = subprocess.Popen(argv, cwd=Path(__file__).parents[2], stdout=log, stderr=log, start_new_session=True)

    def ready() -> bool:
        tail = (place / "log").read_text(errors="replace")[-3000:] if keeper.poll() is not None else ""
        assert keeper.poll() is None, f"the Docker engine did not start:\n{tail}"
        return _ready(engine)

    until(ready, "the Docker engine is ready")
    keeper.returncode = 0  # it lives longer than this process: nobody waits for it


def _ready(engine: Engine) -> bool:
    return (engine.folder / "ready").exists() and _answers(engine)


def _answers(engine: Engine) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(engine.folder / "s"))
            probe.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return b" 200 " in probe.recv(100)
        except OSError:
            return False


def _import(client: docker.DockerClient, tar: Path, name: str) -> None:
    repository, _, tag = name.partition(":")
    said = client.api.import_image(str(tar), repository, tag, changes=[f"ENV {value}" for value in _ENVIRONMENT])
    assert client.images.list(name=name), f"{name} was not imported: {said}"


def _with_sbin() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ['PATH']}:{SBIN}"}


def _run(argv: Sequence[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=_with_sbin())
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Whether the lock was got, which without `wait` may be False."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
