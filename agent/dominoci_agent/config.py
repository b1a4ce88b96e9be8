"""The agent's settings, from flags and environment; the only reader of `DOMINOCI_*` here."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dominoci_agent.runtime.engine import HOST, Containers

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class SettingsError(ValueError):
    """A setting that cannot be used; the text is one line for the person who set it."""


@dataclass(frozen=True)
class AgentSettings:
    """How one agent runs. `grace_s`: how long running builds may go on after a SIGTERM before they are handed back."""

    url: str
    work: Path
    name: str
    slots: int = 2
    labels: tuple[str, ...] = ()
    grace_s: float = 5.0
    enrolment: str | None = field(default=None, repr=False)
    enrolment_file: Path | None = None
    containers: Containers = field(default_factory=Containers)
    lfs_over: int = 5_000_000

    @classmethod
    def read(cls, environ: Mapping[str, str], **flags: str | int | None) -> AgentSettings:
        """Flags (None: not given) win over `DOMINOCI_URL`, `DOMINOCI_AGENT_{WORK,NAME,SLOTS,LABELS,GRACE,TOKEN,TOKEN_FILE}`;
        `DOMINOCI_LFS_OVER` (bytes); for containers see `_containers`. SettingsError for what cannot be used."""

        def value(flag: str, variable: str, default: str = "") -> str:
            given = flags.get(flag)
            return str(given) if given is not None else environ.get(variable, default)

        file = value("token_file", "DOMINOCI_AGENT_TOKEN_FILE")
        labels = value("labels", "DOMINOCI_AGENT_LABELS").split(",")
        return cls(
            url=_address(value("url", "DOMINOCI_URL", "http://127.0.0.1:8080")),
            work=Path(value("work", "DOMINOCI_AGENT_WORK", "agent-work")).expanduser(),
            name=value("name", "DOMINOCI_AGENT_NAME") or socket.gethostname(),
            slots=int(_number(value("slots", "DOMINOCI_AGENT_SLOTS", "2"), "slots", 1, 64)),
            labels=tuple(label.strip() for label in labels if label.strip()),
            grace_s=_number(environ.get("DOMINOCI_AGENT_GRACE", "5"), "DOMINOCI_AGENT_GRACE", 0, 3600),
            enrolment=environ.get("DOMINOCI_AGENT_TOKEN"),
            enrolment_file=Path(file) if file else None,
            containers=_containers(environ),
            lfs_over=int(_number(environ.get("DOMINOCI_LFS_OVER", "5000000"), "DOMINOCI_LFS_OVER", 1024, 1 << 30)),
        )

    def enrolment_token(self) -> str | None:
        """The enrolment token, read anew each time: the arbiter of `dominoci up` may write the file after the agent started."""
        if self.enrolment_file is None:
            return self.enrolment
        try:
            return self.enrolment_file.read_text().strip() or None
        except OSError:
            return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SettingsError("the arbiter's address must look like https://ci.example.org, without user or password")
    return url.rstrip("/")


def _number(text: str, name: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not least <= number <= most:
        raise SettingsError(f"{name} must be a number from {least:g} to {most:g}")
    return number


def _containers(environ: Mapping[str, str]) -> Containers:
    """`DOMINOCI_AGENT_{EXECUTOR,DOCKER_HOST,IMAGE,CPUS,MEMORY,PIDS,PULL,COMPOSE_ALLOW}`."""

    def value(name: str, default: str) -> str:
        return environ.get(f"DOMINOCI_AGENT_{name}", default).strip()

    cpus = _number(value("CPUS", "0"), "DOMINOCI_AGENT_CPUS", 0, 1024)
    return Containers(
        host=_engine(environ),
        image=value("IMAGE", "") or None,
        cpus=cpus or None,
        memory=_bytes(value("MEMORY", "0"), "DOMINOCI_AGENT_MEMORY") or None,
        pids=int(_number(value("PIDS", "4096"), "DOMINOCI_AGENT_PIDS", 0, 4_000_000)) or None,
        pull=_choice(value("PULL", "missing"), "DOMINOCI_AGENT_PULL", "missing", "never") == "missing",
        only=_choice(value("EXECUTOR", "local"), "DOMINOCI_AGENT_EXECUTOR", "local", "docker") == "docker",
        allow=frozenset(value("COMPOSE_ALLOW", "").replace(",", " ").split()),
    )


def _engine(environ: Mapping[str, str]) -> str:
    """The engine's socket. One elsewhere is of no use: folders are mounted by their path on this machine."""
    named = environ.get("DOMINOCI_AGENT_DOCKER_HOST")
    if named is None:
        usual = environ.get("DOCKER_HOST", "")
        return usual if usual.startswith("unix:///") else HOST
    if named != "none" and not named.startswith("unix:///"):
        raise SettingsError("DOMINOCI_AGENT_DOCKER_HOST must be a socket of this machine (unix:///var/run/docker.sock), or none")
    return named


def _choice(text: str, name: str, *known: str) -> str:
    if text not in known:
        raise SettingsError(f"{name} must be {' or '.join(known)}")
    return text


def _bytes(text: str, name: str) -> int:
    found = re.fullmatch(r"(\d{1,15})([kmg]?)b?", text.lower())
    if not found:
        raise SettingsError(f"{name} must be a size like 512m or 2g")
    return int(found[1]) * _UNITS[found[2]]
