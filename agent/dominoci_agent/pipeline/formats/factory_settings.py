"""What a stage and a run of `.factory/*.hcl` may carry alike: environment, limits, image, artifacts, secrets, caches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problems, Where
from dominoci_agent.pipeline.formats.factory_values import (
    at_most_one,
    expect,
    note,
    plain_list,
    strings,
    templates,
    text,
    variables,
)
from dominoci_agent.pipeline.formats.hcl import Attribute, Block, Body, Node
from dominoci_agent.pipeline.formats.template import Template

NAMES = ("timeout", "environment", "image", "artifacts", "secrets")
BLOCKS = ("environment", "cache")


@dataclass(frozen=True)
class CacheBlock:
    """`cache { key, paths, files }`."""

    key: Template
    paths: tuple[Template, ...]
    files: tuple[Template, ...]
    where: Where


@dataclass(frozen=True)
class Settings:
    """The settings of one stage or run, with their references not yet filled in."""

    environment: Mapping[str, Template] = field(default_factory=dict)
    timeout_s: float | None = None
    image: Template | None = None
    artifacts: tuple[Template, ...] = ()
    secrets: tuple[str, ...] = ()
    caches: tuple[CacheBlock, ...] = ()


def read_settings(body: Body, problems: Problems) -> Settings:
    """The settings in the body of a stage or a run; what is wrong is noted."""
    found = body.attributes
    return Settings(
        environment=_environment(body, problems),
        timeout_s=_timeout(found["timeout"], problems) if "timeout" in found else None,
        image=_image(found["image"], problems) if "image" in found else None,
        artifacts=templates(found["artifacts"], values.glob, problems) if "artifacts" in found else (),
        secrets=plain_list(found["secrets"].node, "secrets", problems, _secret) if "secrets" in found else (),
        caches=tuple(_caches(body, problems)),
    )


def _image(attribute: Attribute, problems: Problems) -> Template | None:
    name = text(attribute, problems)
    if name is not None and name.plain is not None:
        note(values.image(name.plain), attribute.where, problems)
    return name


def _secret(name: str) -> str | None:
    return values.variable(name, "the name of a secret")


def _environment(body: Body, problems: Problems) -> dict[str, Template]:
    """`environment = { A = "b" }` or a block of the same name."""
    nodes: dict[str, Node] = {}
    for block in at_most_one(body, "environment", problems):
        return {name: value for name, (value, _) in variables(block, problems).items()}
    attribute = body.attributes.get("environment")
    if attribute and isinstance(attribute.node.value, dict):
        nodes = attribute.node.value
    elif attribute:
        problems.add(attribute.where, 'expected environment = { NAME = "value" }')
    return strings(nodes, "environment", problems)


def _timeout(attribute: Attribute, problems: Problems) -> float | None:
    value = attribute.node.value
    seconds = values.seconds(value.plain if isinstance(value, Template) else value)
    if seconds is None:
        problems.add(attribute.where, values.TIMEOUT)
    return seconds


def _caches(body: Body, problems: Problems) -> Iterator[CacheBlock]:
    for block in (block for block in body.blocks if block.type == "cache"):
        cache = _cache(block, problems)
        if cache:
            yield cache


def _cache(block: Block, problems: Problems) -> CacheBlock | None:
    body = block.body
    expect(body, "cache", ("key", "paths", "files"), (), problems)
    if block.labels:
        problems.add(block.where, "cache takes no name; expected cache { key, paths }")
    found = body.attributes
    lists = {name: templates(found[name], values.path, problems) for name in ("paths", "files") if name in found}
    key = text(found["key"], problems) if "key" in found else None
    if key is None or not lists.get("paths"):
        problems.add(block.where, 'a cache needs key = "…" and paths = ["…"], each on a line of its own')
        return None
    if key.plain is not None and (wrong := values.cache_key(key.plain)):
        problems.add(found["key"].where, wrong)
    return CacheBlock(key, lists["paths"], lists.get("files", ()), block.where)
