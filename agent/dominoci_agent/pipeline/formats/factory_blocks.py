"""The blocks of `.factory/*.hcl` one by one: what may stand in each, and what is said when something else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats import factory_settings
from dominoci_agent.pipeline.formats.factory_import import Import, read_source
from dominoci_agent.pipeline.formats.factory_settings import Settings, read_settings
from dominoci_agent.pipeline.formats.factory_values import (
    Variables,
    at_most_one,
    expect,
    items,
    plain,
    plain_list,
    text,
    variables,
)
from dominoci_agent.pipeline.formats.hcl import Attribute, Block, Body
from dominoci_agent.pipeline.formats.template import Template
from dominoci_agent.pipeline.model import Filter, Refs
from dominoci_agent.pipeline.validate import StageUse


@dataclass(frozen=True)
class RunBlock:
    """`run "name" { command | file … }`."""

    name: str
    where: Where
    command: Template | None
    file: Template | None
    settings: Settings


@dataclass(frozen=True)
class StageBlock:
    """`stage "name" { … }`."""

    name: str
    where: Where
    runs: tuple[RunBlock, ...]
    variables: Mapping[str, tuple[Template, Where]]
    settings: Settings
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class PipelineBlock:
    """`pipeline "name" { filter, stages }`, or `{ filter, source, variables }` for one that is imported."""

    name: str
    where: Where
    filter: Filter
    uses: tuple[StageUse, ...]
    source: Import | None = None
    variables: Mapping[str, tuple[Template, Where]] = field(default_factory=dict)


def read_pipeline(block: Block, problems: Problems) -> PipelineBlock:
    """A pipeline block; DefinitionError when it has no usable name, everything else is noted."""
    name, body = _named(block), block.body
    if "source" in body.attributes:
        return _read_imported(name, block, problems)
    expect(body, f'pipeline "{name}"', ("stages",), ("filter",), problems)
    stages = body.attributes.get("stages")
    uses = _stage_uses(stages, problems) if stages else ()
    if not uses:
        where = stages.where if stages else block.where
        problems.add(where, f'pipeline "{name}" runs nothing; expected stages = [{{ name = "…" }}]')
    return PipelineBlock(name, block.where, _filter(body, name, problems), uses)


def _read_imported(name: str, block: Block, problems: Problems) -> PipelineBlock:
    body, source = block.body, block.body.attributes["source"]
    expect(body, f'the imported pipeline "{name}"', ("source",), ("filter", "variables"), problems)
    address, found = plain(source.node, problems), None
    try:
        found = read_source(address, source.where) if address is not None else None
    except DefinitionError as error:
        problems.take(error)
    own: Variables = {}
    for inner in at_most_one(body, "variables", problems):
        own = variables(inner, problems)
    return PipelineBlock(name, block.where, _filter(body, name, problems), (), found, own)


def read_stage(block: Block, problems: Problems) -> StageBlock:
    """A stage block; DefinitionError when it has no usable name, everything else is noted."""
    name, body = _named(block), block.body
    expect(body, f'stage "{name}"', (*factory_settings.NAMES, "labels"), ("run", "variables", *factory_settings.BLOCKS), problems)
    runs: dict[str, RunBlock] = {}
    for inner in (inner for inner in body.blocks if inner.type == "run"):
        run = _read_run(inner, problems)
        first = runs.setdefault(run.name, run)
        if first is not run:
            problems.add(run.where, f'run "{run.name}" is given twice in stage "{name}"; the first is at {first.where}')
    if not runs:
        problems.add(block.where, f'stage "{name}" does nothing; expected a block run "…" {{ command = "…" }}')
    own: Variables = {}
    for inner in at_most_one(body, "variables", problems):
        own = variables(inner, problems)
    labels = body.attributes.get("labels")
    asked = plain_list(labels.node, "labels", problems, values.label) if labels else ()
    return StageBlock(name, block.where, tuple(runs.values()), own, read_settings(body, problems), asked)


def _read_run(block: Block, problems: Problems) -> RunBlock:
    name, body = _named(block), block.body
    expect(body, f'run "{name}"', ("command", "file", *factory_settings.NAMES), factory_settings.BLOCKS, problems)
    parts = {key: text(body.attributes[key], problems) for key in ("command", "file") if key in body.attributes}
    if len(parts) != 1:
        found = "has both command and file" if parts else "has nothing to run"
        problems.add(block.where, f'run "{name}" {found}; expected either command = "…" or file = "…"')
    return RunBlock(name, block.where, parts.get("command"), parts.get("file"), read_settings(body, problems))


def _named(block: Block) -> str:
    label = block.labels[0] if len(block.labels) == 1 else ""
    if values.name(label):
        message = f'expected {block.type} "name" {{ … }}, the name of letters, digits, ".", "_", "-" and spaces'
        raise DefinitionError(Problem(block.where, message))
    return label


def _stage_uses(attribute: Attribute, problems: Problems) -> tuple[StageUse, ...]:
    uses = []
    for node in items(attribute.node, 'stages = [{ name = "…" }]', problems):
        if not isinstance(node.value, dict):
            problems.add(node.where, 'expected a stage as { name = "…", depends_on = ["…"] }')
            continue
        for key, value in node.value.items():
            if key not in ("name", "depends_on"):
                problems.add(value.where, f'unknown attribute "{key}" of a stage; expected name, depends_on')
        name = plain(node.value["name"], problems) if "name" in node.value else None
        if name is None:
            problems.add(node.where, 'a stage needs a name: { name = "…" }')
            continue
        parents = plain_list(node.value["depends_on"], "depends_on", problems) if "depends_on" in node.value else ()
        uses.append(StageUse(name, parents, node.where))
    return tuple(uses)


def _filter(body: Body, pipeline: str, problems: Problems) -> Filter:
    halves = {"include": Refs(), "exclude": Refs()}
    for block in at_most_one(body, "filter", problems):
        expect(block.body, f'the filter of pipeline "{pipeline}"', (), ("include", "exclude"), problems)
        for kind in halves:
            for half in at_most_one(block.body, kind, problems):
                expect(half.body, f"{kind} of a filter", ("branches", "tags", "paths"), (), problems)
                lists = {name: _globs(half.body, name, problems) for name in ("branches", "tags", "paths")}
                halves[kind] = Refs(**lists)
    return Filter(halves["include"], halves["exclude"])


def _globs(body: Body, name: str, problems: Problems) -> tuple[str, ...]:
    attribute = body.attributes.get(name)
    if not attribute:
        return ()
    return plain_list(attribute.node, name, problems, values.glob)
