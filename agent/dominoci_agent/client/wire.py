"""What the arbiter's answers mean: JSON to values, checked, so that nothing later has to doubt a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dominoci_agent.runtime.inputs import Input

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class WireError(Exception):
    """The arbiter's answer is not what the wire says it should be."""


@dataclass(frozen=True)
class Registration:
    """Who this agent is to the arbiter."""

    id: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Repository:
    """Where to clone from, and what to show there: a password (with a user name where one matters), or a private SSH key with
    the keys that the host may have."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ssh_key: str | None = field(default=None, repr=False)
    known_hosts: str | None = None


@dataclass(frozen=True)
class Given:
    """A definition to run instead of the file in the repository: its format and text."""

    format: str
    text: str


@dataclass(frozen=True)
class Job:
    """Which job of a workflow with routes a build is: its name, its run, the jobs whose routes to it have fired, and the
    repository of the run's workspace."""

    name: str
    run: str
    fired_by: tuple[str, ...]
    workspace: Repository


@dataclass(frozen=True)
class Claim:
    """One build to run, and all that is needed for it. Secrets are not in its text form. Without a repository it begins in an
    empty folder, and its definition is given; `file` is where in the repository it stands, where that is told."""

    id: str
    number: int
    project: str
    repository: Repository | None
    ref: str
    ref_fallback: str | None  # what to build when the repository has no `ref`
    branch: str | None
    tag: str | None
    commit: str | None
    base_commit: str | None
    pipelines: tuple[str, ...] | None
    inputs: tuple[Input, ...]
    url: str
    lease_s: float
    timeout_s: float | None
    token: str = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    definition: Given | None = None
    file: str | None = None
    job: Job | None = None
    trusted: bool = True
    project_id: str = ""  # a name can pass to another project, an id cannot


def read_claim(body: object) -> Claim:
    """A claim's answer. WireError names the field that is missing or of another kind."""
    top = _Reader(body, "claim")
    project = top.inner("project")
    build_id = top.text("id")
    if not _ID.fullmatch(build_id):
        raise WireError("claim: the id is not one")
    names = top.maybe("pipelines", list)
    if not top.maybe("repository", dict) and not top.maybe("definition", dict):
        raise WireError("claim: repository and definition are both missing")
    return Claim(
        id=build_id,
        number=top.number("number"),
        project=project.text("name"),
        repository=_read_repository(top.inner("repository")) if top.maybe("repository", dict) else None,
        ref=top.maybe("ref", str) or "",
        ref_fallback=top.maybe("ref_fallback", str),
        branch=top.maybe("branch", str),
        tag=top.maybe("tag", str),
        commit=top.maybe("commit", str),
        base_commit=top.maybe("base_commit", str),
        pipelines=None if names is None else tuple(str(name) for name in names),
        inputs=tuple(_read_input(item) for item in top.maybe("inputs", list) or ()),
        url=top.maybe("url", str) or "",
        lease_s=float(top.maybe("lease_s", (int, float)) or 20),
        timeout_s=top.maybe("timeout_s", (int, float)),
        token=top.text("token"),
        variables=_texts(top.maybe("variables", dict)),
        secrets=_texts(top.maybe("secrets", dict)),
        definition=_read_definition(top) if top.maybe("definition", dict) else None,
        file=top.maybe("file", str),
        job=_read_job(top.inner("job")) if top.maybe("job", dict) else None,
        trusted=top.maybe("trusted", bool) is not False,
        project_id=project.maybe("id", str) or project.text("name"),
    )


def _read_repository(item: _Reader) -> Repository:
    shown = {name: item.maybe(name, str) for name in ("username", "password", "ssh_key", "known_hosts")}
    return Repository(item.text("url"), **shown)


def _read_definition(top: _Reader) -> Given:
    item = top.inner("definition")
    return Given(item.text("format"), item.text("text"))


def _read_job(item: _Reader) -> Job:
    fired_by = tuple(str(name) for name in item.maybe("fired_by", list) or ())
    return Job(item.text("name"), item.text("run"), fired_by, _read_repository(item.inner("workspace")))


def _read_input(body: object) -> Input:
    item = _Reader(body, "claim.inputs")
    return Input(item.text("project"), item.text("name"), item.text("url"), item.text("sha256"), item.maybe("size", int))


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in (values or {}).items()}


@dataclass(frozen=True)
class _Reader:
    """Takes fields out of one JSON object."""

    body: object
    name: str

    def maybe(self, key: str, kind: type | tuple[type, ...]) -> Any:
        if not isinstance(self.body, dict):
            raise WireError(f"{self.name}: expected an object")
        value = self.body.get(key)
        if value is not None and not isinstance(value, kind):
            raise WireError(f"{self.name}: {key} is of another kind than expected")
        return value

    def text(self, key: str) -> str:
        return str(self._given(key, str))

    def number(self, key: str) -> int:
        return int(self._given(key, int))

    def inner(self, key: str) -> _Reader:
        return _Reader(self._given(key, dict), f"{self.name}.{key}")

    def _given(self, key: str, kind: type) -> Any:
        value = self.maybe(key, kind)
        if value is None:
            raise WireError(f"{self.name}: {key} is missing")
        return value


def read_registration(body: object) -> Registration:
    """A registration's answer."""
    top = _Reader(body, "registration")
    return Registration(top.text("id"), top.text("token"))
