"""Compose files are code of the repository: read, checked against a list of what is known to be harmless, and written anew for
the program that runs them, so that it never sees a variable, a path or a key that was not looked at.

Format: compose-spec (github.com/compose-spec/compose-spec), as far as docker-compose 1.29 and `docker compose` share it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats.nodes import MAX_BYTES, Items, Node, Scalar, Table, read_yaml
from dominoci_agent.pipeline.model import Compose
from dominoci_agent.runtime.below import open_below
from dominoci_agent.runtime.compose_values import Values, env_file
from dominoci_agent.runtime.engine import BRIDGE, Containers, for_container, labels, short

WORKSPACE = "/workspace"
_INPUTS = "/inputs"
_SOURCE = "/source"
_MOST = 50  # services, networks, volumes: each costs the engine something
# compose reads the output of the services from the engine, which without a bound keeps all of it on its disk
_LOGGING = {"driver": "json-file", "options": {"max-size": "16m", "max-file": "2"}}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# kept as they are: they reach no further than the container
_KEPT = _words(
    "image command entrypoint working_dir user depends_on healthcheck tmpfs expose hostname domainname stop_signal "
    "stop_grace_period init read_only tty stdin_open ulimits shm_size extra_hosts dns dns_search dns_opt profiles platform "
    "cap_drop group_add links networks"
)
# left out: the agent says what of this holds
_LEFT_OUT = _words(
    "container_name scale restart deploy logging develop pull_policy cpus cpu_shares cpu_quota cpu_period cpuset cpu_count "
    "mem_limit mem_reservation memswap_limit mem_swappiness pids_limit oom_kill_disable oom_score_adj ports annotations attach"
)
_HARMLESS: Mapping[str, tuple[object, ...]] = {"privileged": (False, "false"), "network_mode": ("none",), "ipc": ("private",)}
_BUILD = frozenset(("context", "dockerfile", "args", "target", "labels"))
_VOLUME, _NETWORK = frozenset(("driver", "labels")), frozenset(("driver", "labels", "internal", "attachable"))
_MOUNT = frozenset(("type", "source", "target", "read_only"))
_ELSEWHERE = ("environment", "env_file", "volumes", "labels", "build")


@dataclass(frozen=True)
class Project:
    """A compose file that may be run. `text` is for the program, `main` the service whose exit code counts (None: the first to
    fail), `images` what must be there, `builds` whether it makes some of its own, `notes` lines for the log."""

    text: str
    main: str | None
    images: tuple[str, ...]
    builds: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What a compose file is read for. `strict`: of the workspace only the whole is mounted, for what lies in it could be changed
    for a link between the check and the mount."""

    compose: Compose
    workspace: Path
    inputs: Path | None
    environment: Mapping[str, str]
    mark: str
    containers: Containers
    strict: bool = False
    source: Path | None = None

    @property
    def home(self) -> Path:
        """Where the files of the repository are that the definition names: of a job of a run, beside its workspace."""
        return self.source or self.workspace


def read(request: Request) -> Project:
    """DefinitionError with every problem, each with file, line and key."""
    name, text, folder = _source(request)
    problems = Problems()
    top = read_yaml(text, name)
    project = _Reader(request, folder, problems).project(top)
    problems.raise_any()
    return project


def _source(request: Request) -> tuple[str, str, Path]:
    """The name for people, the text, and the folder from which its paths go out."""
    if request.compose.content is not None:
        return "the compose definition", request.compose.content, request.home
    name = request.compose.file or ""
    home, path = request.home.resolve(), (request.home / name).resolve()
    try:
        if not path.is_relative_to(home):
            raise FileNotFoundError
        with os.fdopen(open_below(home, path.relative_to(home)), "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise DefinitionError(Problem(Where(name, 1), f"the file is larger than {MAX_BYTES} bytes"))
        return name, content.decode(), path.parent
    except (OSError, UnicodeDecodeError):
        raise DefinitionError(Problem(Where(name, 1), "there is no such text file in the repository")) from None


@dataclass
class _Reader:
    request: Request
    folder: Path
    problems: Problems
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        given = for_container(self.request.environment)
        self.environment = {**given, "DOMINO_WORKSPACE": WORKSPACE, "PWD": WORKSPACE}
        for name in ("HOME", "TMPDIR"):  # folders of this machine
            self.environment.pop(name, None)
        if self.request.inputs:
            self.environment["DOMINO_INPUTS"] = _INPUTS
        self.environment["DOMINO_SOURCE"] = _SOURCE if self.request.source else WORKSPACE
        self.values = Values(self.environment, self.problems)
        self.labels = labels(self.request.mark)
        self.allow = self.request.containers.allow

    def refuse(self, node: Node, owner: str, key: str, why: str = "reaches beyond its containers") -> None:
        """Says that a key is not for this agent."""
        self.problems.add(node.where, f"{owner}: {key} {why}, and this agent does not allow it (DOMINOCI_AGENT_COMPOSE_ALLOW)")

    def project(self, top: Node) -> Project:
        services: dict[str, Any] = {}
        networks: dict[str, Any] = {"default": None}
        volumes: dict[str, Any] = {}
        mains: list[str] = []
        readers: dict[str, Callable[[str, Node], None]] = {
            "services": lambda name, node: services.update({name: self.service(name, node, mains)}),
            "networks": lambda name, node: networks.update({name: self.network(name, node)}),
            "volumes": lambda name, node: volumes.update({name: self.volume(name, node)}),
        }
        for key, value in self.table(top, "the file").pairs:
            if key.text in readers:
                for name, node in self.few(self.table(value, key.text), key.text):
                    readers[key.text](name.text, node)
            elif key.text not in ("version", "name") and not key.text.startswith("x-"):
                self.refuse(key, "the file", key.text)
        if not services:
            self.problems.add(top.where, "there is no service in it; expected services: {NAME: {image: …}}")
        if len(mains) > 1:
            self.problems.add(top.where, f"more than one service is x-domino.main: {', '.join(mains)}")
        found: dict[str, Any] = {"services": services, "volumes": volumes}
        if self.request.compose.network != "none":
            found["networks"] = {name: self.network_of_agent(name, one) for name, one in networks.items()}
        images = {service["image"] for service in services.values() if "image" in service}
        # compose reads variables: what is a dollar by now must stay one
        text = json.dumps(found, indent=1).replace("$", "$$")
        builds = any("build" in service for service in services.values())
        return Project(text, mains[0] if mains else None, tuple(sorted(images)), builds, tuple(self.notes))

    def table(self, node: Node, owner: str) -> Table:
        if isinstance(node, Table):
            return node
        if not (isinstance(node, Scalar) and node.value is None):
            self.problems.add(node.where, f"{owner} must be a mapping")
        return Table((), node.where)

    def few(self, table: Table, what: str) -> Sequence[tuple[Scalar, Node]]:
        """What stands in it, as far as it can be run."""
        if len(table.pairs) > _MOST:
            self.problems.add(table.pairs[_MOST][0].where, f"there are {len(table.pairs)} {what}; at most {_MOST} are run")
        return table.pairs[:_MOST]

    def service(self, name: str, node: Node, mains: list[str]) -> dict[str, Any]:
        table, owner = self.table(node, f"service {name}"), f"service {name}"
        made: dict[str, Any] = {}
        for key, value in table.pairs:
            if key.text in _KEPT or key.text in self.allow:
                made[key.text] = self.values.read(value)
            elif key.text == "ports":
                self.notes.append(f"{owner}: ports are not published; other services reach it by its name")
            elif key.text == "x-domino":
                mains += [name] if self.values.read(value) == {"main": True} else []
            elif self.matters(key, value):
                self.refuse(key, owner, key.text)
        if "image" not in made and table.get("build") is None:
            self.problems.add(table.where, f"{owner} needs an image (or a build)")
        self.own(table, owner, made)
        self.bounds(made)
        return made

    def matters(self, key: Scalar, value: Node) -> bool:
        """Whether a key that is not kept must be refused."""
        if key.text in _LEFT_OUT or key.text in _ELSEWHERE or key.text.startswith("x-"):
            return False
        return self.values.read(value) not in (None, [], {}, *_HARMLESS.get(key.text, ()))

    def own(self, table: Table, owner: str, made: dict[str, Any]) -> None:
        """The keys that are not simply kept."""
        told, files = table.get("environment"), table.get("env_file")
        own = self.values.pairs(told) if told else {}
        from_files = self.env_files(files, owner) if files else {}
        given = {name: value if value is not None else self.environment.get(name) for name, value in own.items()}
        everything = {**self.environment, **from_files, **given}
        made["environment"] = {name: value for name, value in everything.items() if value is not None}
        marked = table.get("labels")
        made["labels"] = {**(self.values.pairs(marked) if marked else {}), **self.labels}
        build = table.get("build")
        if build is not None:
            made.pop("image", None)  # else it would stand in for that image in the builds of others
            made["build"] = self.build(build, owner)
        mounts = table.get("volumes")
        made["volumes"] = self.mounts(mounts, owner) if mounts else []
        self.mount_workspace(made["volumes"])
        mode = table.get("network_mode")
        if self.request.compose.network == "none" or (mode and self.values.read(mode) == "none"):
            made["network_mode"] = "none"
            for key in ("networks", "links"):
                made.pop(key, None)

    def bounds(self, made: dict[str, Any]) -> None:
        """What the agent adds to every service."""
        limits = self.request.containers
        given = {"cpus": limits.cpus, "mem_limit": limits.memory, "memswap_limit": limits.memory, "pids_limit": limits.pids}
        made.update({key: value for key, value in given.items() if value is not None})
        made["restart"] = "no"
        made.setdefault("logging", _LOGGING)
        made["security_opt"] = [*made.get("security_opt", []), "no-new-privileges:true"]
        if os.getuid() != 0:
            # what it leaves in the workspace must be removable
            made.setdefault("user", f"{os.getuid()}:{os.getgid()}")

    def env_files(self, node: Node, owner: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in node.items if isinstance(node, Items) else (node,):
            path = self.inside(item, self.values.text(item), owner, "env_file")
            try:
                home = self.request.home.resolve()
                found |= env_file(home, path.relative_to(home)) if path else {}
            except (OSError, UnicodeDecodeError):
                self.problems.add(item.where, f"{owner}: env_file {self.values.text(item)} cannot be read")
        return found

    def inside(self, node: Node, name: str, owner: str, key: str) -> Path | None:
        """The path of something in the workspace; None, and a problem, when it is elsewhere."""
        path = (self.folder / name).resolve()
        if path.is_relative_to(self.request.home.resolve()):
            return path
        self.refuse(node, owner, f"{key} {name}", "lies outside of the workspace")
        return None

    def build(self, node: Node, owner: str) -> dict[str, Any]:
        table = node if isinstance(node, Table) else Table(((Scalar("context", True, node.where), node),), node.where)
        made: dict[str, Any] = {"labels": self.labels}
        for key, value in table.pairs:
            if key.text not in _BUILD:
                self.refuse(key, owner, f"build.{key.text}")
            elif key.text == "args":
                made["args"] = {name: text or "" for name, text in self.values.pairs(value).items()}
            elif key.text == "target":
                made["target"] = self.values.text(value)
        if self.request.strict:
            self.refuse(node, owner, "build", "runs without the bounds of a step")
        context = table.get("context")
        folder = self.inside(node, self.values.text(context) if context else ".", owner, "build.context")
        dockerfile = table.get("dockerfile")
        if folder and dockerfile:
            file = self.inside(dockerfile, str(folder / self.values.text(dockerfile)), owner, "build.dockerfile")
            made["dockerfile"] = str(file)
        return {**made, "context": str(folder)}

    def mounts(self, node: Node, owner: str) -> list[dict[str, Any]]:
        if not isinstance(node, Items):
            self.problems.add(node.where, f"{owner}: volumes must be a list")
            return []
        return [mount for item in node.items if (mount := self.mount(item, owner)) is not None]

    def mount(self, node: Node, owner: str) -> dict[str, Any] | None:
        if isinstance(node, Table):
            unknown = [key for key, _ in node.pairs if key.text not in _MOUNT]
            for key in unknown:
                self.refuse(key, owner, f"volumes.{key.text}")
            made = {key.text: self.values.read(value) for key, value in node.pairs if key not in unknown}
        else:
            made = _long_form(self.values.text(node))
        source = str(made.get("source") or "")
        if made.get("type") == "bind":
            return self.bound(node, owner, source, made)
        if made.get("type") not in ("volume", "tmpfs") or "/" in source:
            self.refuse(node, owner, f"volumes of type {made.get('type')}")
        return made

    def bound(self, node: Node, owner: str, source: str, made: dict[str, Any]) -> dict[str, Any] | None:
        """A folder or file of the workspace in a container."""
        if "volumes" in self.allow:
            return {**made, "source": str((self.folder / source).expanduser().resolve())}
        path = self.inside(node, source, owner, "volumes:")
        if path is None:
            return None
        if self.request.strict and path != self.request.home.resolve():
            self.refuse(node, owner, f"volumes: {source}", "is a part of the workspace and could be changed for a link")
        if not path.exists():
            path.mkdir(parents=True)  # as docker does, but as the agent's user
        return {**made, "source": str(path)}

    def mount_workspace(self, mounts: list[dict[str, Any]]) -> None:
        taken = {str(mount.get("target")).rstrip("/") for mount in mounts}
        if WORKSPACE not in taken:
            mounts.append({"type": "bind", "source": str(self.request.workspace), "target": WORKSPACE})
        if self.request.inputs and _INPUTS not in taken:
            mounts.append({"type": "bind", "source": str(self.request.inputs), "target": _INPUTS, "read_only": True})
        if self.request.source and _SOURCE not in taken:
            mounts.append({"type": "bind", "source": str(self.request.source), "target": _SOURCE, "read_only": True})

    def network(self, name: str, node: Node) -> dict[str, Any]:
        owner = f"network {name}"
        made = self.checked(self.table(node, owner), owner, _NETWORK, "bridge")
        return {"internal": True} if made.get("internal") is True else {}

    def network_of_agent(self, name: str, own: dict[str, Any] | None) -> dict[str, Any]:
        bridge = f"{BRIDGE}{short(f'{self.request.mark} {name}')}"
        closed = {"internal": True} if self.request.compose.network == "internal" else {}
        options = {"com.docker.network.bridge.name": bridge}
        return {"driver": "bridge", "driver_opts": options, "labels": self.labels, **(own or {}), **closed}

    def volume(self, name: str, node: Node) -> dict[str, Any]:
        self.checked(self.table(node, f"volume {name}"), f"volume {name}", _VOLUME, "local")
        return {"labels": self.labels}

    def checked(self, table: Table, owner: str, known: frozenset[str], driver: str) -> dict[str, Any]:
        for key, value in table.pairs:
            wrong_driver = key.text == "driver" and self.values.read(value) not in (None, driver, "default")
            if (key.text not in known or wrong_driver) and self.values.read(value) not in (None, False):
                self.refuse(key, owner, key.text)
        return {key.text: self.values.read(value) for key, value in table.pairs if key.text in known}


def _long_form(text: str) -> dict[str, Any]:
    """`SOURCE:TARGET[:ro]`, or `TARGET` alone, as compose's mapping."""
    source, colon, rest = text.partition(":")
    if not colon:
        return {"type": "volume", "target": source}
    target, _, mode = rest.partition(":")
    made: dict[str, Any] = {"type": "bind" if source[:1] in (".", "/", "~") else "volume", "source": source, "target": target}
    return {**made, "read_only": True} if "ro" in mode.split(",") else made
