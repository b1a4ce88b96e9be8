"""The Docker engine of this machine, as the docker and compose executors use it."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dominoci_agent.runtime.local import Sink
from dominoci_agent.runtime.stop import Stop

if TYPE_CHECKING:
    from docker import APIClient

HOST = "unix:///var/run/docker.sock"
WORK, BUILD, STEP = "dominoci.work", "dominoci.build", "dominoci.step"
# an admin can close the host to every build with one rule for all interfaces of this name (docs/agents.md)
BRIDGE = "dmn-"
_PING_S = 2.0
_CALL_S = 60.0
_WITH_SETTINGS_OF_THE_HOST = ("PATH", "LANG", "LC_ALL", "USER", "LOGNAME", "SHELL")
_TOLD_WHILE_PULLING = ("Pulling from", "Pull complete", "Already exists", "Digest:", "Status:")


@dataclass(frozen=True)
class Containers:
    """How this agent runs containers. `image`: of steps that name none; `cpus` (cores), `memory` (bytes) and `pids` bound every
    container, None is no bound. `pull`: whether images that are not here may be fetched. `only`: nothing runs outside of
    containers. `allow`: keys of compose files that are refused otherwise."""

    host: str = HOST
    image: str | None = None
    cpus: float | None = None
    memory: int | None = None
    pids: int | None = 4096
    pull: bool = True
    only: bool = False
    allow: frozenset[str] = frozenset()


class EngineTrouble(Exception):
    """The engine is gone or did not do what it should: no fault of the step."""


class UnusableImage(Exception):
    """There is no such image, or it cannot run this; the text is for the step's log."""


def labels(mark: str) -> dict[str, str]:
    """What every container, network and volume of a step carries; `mark` is the step's: work folder, build, number."""
    return {WORK: mark.partition(".")[0], BUILD: mark.rpartition(".")[0], STEP: mark}


def short(text: str) -> str:
    """A name of 10 letters and digits for something longer."""
    return sha256(text.encode()).hexdigest()[:10]


def for_container(environment: Mapping[str, str]) -> dict[str, str]:
    """A step's environment without what only says how this machine is set up: an image has its own PATH."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _WITH_SETTINGS_OF_THE_HOST or value != os.environ.get(name, os.defpath if name == "PATH" else "C.UTF-8")
    }


class Engine:
    """Any thread may call it. What fails is EngineTrouble, unless said otherwise."""

    def __init__(self, containers: Containers) -> None:
        self.containers = containers
        self._networks: set[str] = set()
        self._builds: set[str] = set()  # that may have left something
        self._lock = threading.Lock()

    @cached_property
    def api(self) -> APIClient:
        """Docker's own client; loaded when first used, for that takes a quarter of a second."""
        from docker import APIClient

        if not self.answers():
            raise EngineTrouble(f"no Docker engine answers at {self.containers.host}")
        return APIClient(base_url=self.containers.host, version="auto", timeout=int(_CALL_S))

    def answers(self) -> bool:
        """Whether there is an engine, asked without loading the client."""
        connection = _OverSocket(self.containers.host)
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def close(self) -> None:
        """After the last call."""
        if "api" in vars(self):
            self.api.close()

    @contextlib.contextmanager
    def calls(self, doing: str) -> Iterator[APIClient]:
        """The client; its errors come out as EngineTrouble that begins with `doing`."""
        from docker.errors import DockerException
        from requests import RequestException

        try:
            yield self.api
        except (DockerException, RequestException, OSError) as error:
            raise EngineTrouble(f"{doing}: {said(error)}") from error

    def image(self, name: str, sink: Sink, stop: Stop) -> None:
        """Makes sure that the image is here. UnusableImage when it cannot be had; returns early when `stop` is thrown."""
        from docker.errors import ImageNotFound

        with self.calls("the engine does not answer") as api, contextlib.suppress(ImageNotFound):
            api.inspect_image(name)  # type: ignore[no-untyped-call]
            return
        if not self.containers.pull:
            raise UnusableImage(f'the image "{name}" is not on this machine, and this agent pulls none (DOMINOCI_AGENT_PULL)')
        sink.write(f"pulling {name}\n".encode())
        self._pull(name, sink, stop)

    def _pull(self, name: str, sink: Sink, stop: Stop) -> None:
        from docker.errors import APIError
        from docker.utils import parse_repository_tag

        repository, tag = parse_repository_tag(name)
        with self.calls(f'pulling "{name}" failed') as api:
            try:
                for event in api.pull(repository, tag or "latest", stream=True, decode=True):
                    if stop:
                        return
                    if "error" in event:
                        raise UnusableImage(f'the image "{name}" could not be pulled: {event["error"]}')
                    status = str(event.get("status", ""))
                    if status.startswith(_TOLD_WHILE_PULLING):
                        sink.write(f"{event.get('id', '')} {status}\n".lstrip().encode())
            except APIError as error:
                if error.is_client_error():
                    raise UnusableImage(f'the image "{name}" could not be pulled: {said(error)}') from None
                raise

    def expects(self, mark: str) -> None:
        """The step of that mark makes things in the engine: at its build's end what is left of them is looked for."""
        with self._lock:
            self._builds.add(labels(mark)[BUILD])

    def network(self, mark: str) -> str:
        """The name of the network that the containers of a build share, made when first asked for; `mark` is a step's."""
        build = labels(mark)[BUILD]
        name = f"dominoci-{short(build)}"
        with self._lock, self.calls("the build's network could not be made") as api:
            if build not in self._networks and not api.networks(names=[name]):
                told = {label: value for label, value in labels(mark).items() if label != STEP}
                bridge = {"com.docker.network.bridge.name": f"{BRIDGE}{short(build)}"}
                api.create_network(name, driver="bridge", options=bridge, labels=told, check_duplicate=True)
            self._networks.add(build)
            self._builds.add(build)
        return name

    def forget(self, build: str) -> None:
        """Removes what is left of a build, its network too; asks nothing when the build made nothing."""
        with self._lock:
            if build not in self._builds:
                return
            self._builds.discard(build)
            self._networks.discard(build)
        self.remove(BUILD, build)

    def remove(self, label: str, value: str) -> int:
        """Removes every container, network and volume with a label; how many there were."""
        wanted: dict[str, Any] = {"label": [f"{label}={value}"]}
        count = 0
        with self.calls("what is left could not be removed") as api:
            for container in api.containers(all=True, filters=wanted):
                count += _gone(lambda one=container["Id"]: api.remove_container(one, force=True, v=True))
            for network in api.networks(filters=wanted):
                count += _gone(lambda one=network["Id"]: api.remove_network(one))
            for volume in api.volumes(filters=wanted)["Volumes"] or ():
                count += _gone(lambda one=volume["Name"]: api.remove_volume(one, force=True))
        return count


def said(error: Exception) -> str:
    """What an error of the client says, in one line."""
    return " ".join(str(getattr(error, "explanation", None) or error).split())[:500]


def _gone(remove: Any) -> int:
    """1 when it was there. What somebody else removes at the same time is gone as well."""
    from docker.errors import APIError

    try:
        remove()
    except APIError as error:
        if error.status_code not in (http.client.NOT_FOUND, http.client.CONFLICT):
            raise
        return 0
    return 1


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, host: str) -> None:
        super().__init__("engine", timeout=_PING_S)
        self._path = host.removeprefix("unix://")

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
