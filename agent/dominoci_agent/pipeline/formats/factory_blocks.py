"""The blocks of `.factory/*.hcl` one by one: what may stand in each, and what is said when something else does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats.hcl import Attribute, Block, Body, Node
from dominoci_agent.pipeline.formats.template import Template
from dominoci_agent.pipeline.globs import GlobError, compile_glob
from dominoci_agent.pipeline.model import Filter, Refs
from dominoci_agent.pipeline.validate import StageUse

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DURATION = re.compile(r"([0-9]{1,9})(s|m|h)")
_UNIT_S = {"s": 1, "m": 60, "h": 3600}
MAX_TIMEOUT_S = 7 * 24 * 3600


@dataclass(frozen=True)
class Settings:
    """What a stage and a run may carry alike."""

    environment: Mapping[str, Template] = field(default_factory=dict)
    timeout_s: float | None = None
    image: Template | None = None
    artifacts: tuple[Template, ...] = ()
    secrets: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class PipelineBlock:
    """`pipeline "name" { filter, stages }`."""

    name: str
    where: Where
    filter: Filter
    uses: tuple[StageUse, ...]


def read_pipeline(block: Block, problems: Problems) -> PipelineBlock:
    """A pipeline block; DefinitionError when it has no usable name, everything else is noted."""
    name, body = _named(block), block.body
    source = body.attributes.get("source")
    if source:
        message = f'pipeline "{name}" has a source: imported pipelines are not supported yet; write its stages here'
        raise DefinitionError(Problem(source.where, message))
    _expect(body, f'pipeline "{name}"', ("stages",), ("filter",), problems)
    stages = body.attributes.get("stages")
    uses = _stage_uses(stages, problems) if stages else ()
    if not uses:
        where = stages.where if stages else block.where
        problems.add(where, f'pipeline "{name}" runs nothing; expected stages = [{{ name = "…" }}]')
    return PipelineBlock(name, block.where, _filter(body, name, problems), uses)


def read_stage(block: Block, problems: Problems) -> StageBlock:
    """A stage block; DefinitionError when it has no usable name, everything else is noted."""
    name, body = _named(block), block.body
    _expect(body, f'stage "{name}"', _SETTING_NAMES, ("run", "variables", "environment"), problems)
    runs: dict[str, RunBlock] = {}
    for inner in (inner for inner in body.blocks if inner.type == "run"):
        run = _read_run(inner, problems)
        first = runs.setdefault(run.name, run)
        if first is not run:
            problems.add(run.where, f'run "{run.name}" is given twice in stage "{name}"; the first is at {first.where}')
    if not runs:
        problems.add(block.where, f'stage "{name}" does nothing; expected a block run "…" {{ command = "…" }}')
    own: dict[str, tuple[Template, Where]] = {}
    for inner in _at_most_one(body, "variables", problems):
        own = variables(inner, problems)
    return StageBlock(name, block.where, tuple(runs.values()), own, _settings(body, problems))


def variables(block: Block, problems: Problems) -> dict[str, tuple[Template, Where]]:
    """The values of a `variables { NAME = value }` block; what is no value is noted."""
    if block.labels:
        problems.add(block.where, f"{block.type} takes no name; expected {block.type} {{ NAME = … }}")
    for inner in block.body.blocks:
        problems.add(inner.where, f'unknown block "{inner.type}" in {block.type}; expected NAME = "value"')
    nodes = {name: attribute.node for name, attribute in block.body.attributes.items()}
    return {name: (value, nodes[name].where) for name, value in _strings(nodes, block.type, problems).items()}


def _read_run(block: Block, problems: Problems) -> RunBlock:
    name, body = _named(block), block.body
    _expect(body, f'run "{name}"', ("command", "file", *_SETTING_NAMES), ("environment",), problems)
    parts = {key: _text(body.attributes[key], problems) for key in ("command", "file") if key in body.attributes}
    if len(parts) != 1:
        found = "has both command and file" if parts else "has nothing to run"
        problems.add(block.where, f'run "{name}" {found}; expected either command = "…" or file = "…"')
    return RunBlock(name, block.where, parts.get("command"), parts.get("file"), _settings(body, problems))


def _named(block: Block) -> str:
    label = block.labels[0] if len(block.labels) == 1 else ""
    if not NAME.fullmatch(label):
        message = f'expected {block.type} "name" {{ … }}, the name of letters, digits, ".", "_", "-" and spaces'
        raise DefinitionError(Problem(block.where, message))
    return label


def _expect(body: Body, what: str, attributes: tuple[str, ...], blocks: tuple[str, ...], problems: Problems) -> None:
    expected = ", ".join([*attributes, *(f"{name} {{ }}" for name in blocks if name not in attributes)])
    for name, attribute in body.attributes.items():
        if name not in attributes:
            problems.add(attribute.where, f'unknown attribute "{name}" in {what}; expected {expected}')
    for block in body.blocks:
        if block.type not in blocks:
            problems.add(block.where, f'unknown block "{block.type}" in {what}; expected {expected}')


def _at_most_one(body: Body, kind: str, problems: Problems) -> list[Block]:
    found = [block for block in body.blocks if block.type == kind]
    for again in found[1:]:
        problems.add(again.where, f"{kind} is given twice; the first is at {found[0].where}")
    return found[:1]


def _stage_uses(attribute: Attribute, problems: Problems) -> tuple[StageUse, ...]:
    uses = []
    for node in _list(attribute.node, 'stages = [{ name = "…" }]', problems):
        if not isinstance(node.value, dict):
            problems.add(node.where, 'expected a stage as { name = "…", depends_on = ["…"] }')
            continue
        for key, value in node.value.items():
            if key not in ("name", "depends_on"):
                problems.add(value.where, f'unknown attribute "{key}" of a stage; expected name, depends_on')
        name = _plain(node.value["name"], problems) if "name" in node.value else None
        if name is None:
            problems.add(node.where, 'a stage needs a name: { name = "…" }')
            continue
        parents = _plain_list(node.value["depends_on"], "depends_on", problems) if "depends_on" in node.value else ()
        uses.append(StageUse(name, parents, node.where))
    return tuple(uses)


def _filter(body: Body, pipeline: str, problems: Problems) -> Filter:
    halves = {"include": Refs(), "exclude": Refs()}
    for block in _at_most_one(body, "filter", problems):
        _expect(block.body, f'the filter of pipeline "{pipeline}"', (), ("include", "exclude"), problems)
        for kind in halves:
            for half in _at_most_one(block.body, kind, problems):
                _expect(half.body, f"{kind} of a filter", ("branches", "tags", "paths"), (), problems)
                lists = {name: _globs(half.body, name, problems) for name in ("branches", "tags", "paths")}
                halves[kind] = Refs(**lists)
    return Filter(halves["include"], halves["exclude"])


def _globs(body: Body, name: str, problems: Problems) -> tuple[str, ...]:
    attribute = body.attributes.get(name)
    if not attribute:
        return ()
    for node in _list(attribute.node, f'{name} = ["…"]', Problems()):
        _check_glob(_plain(node, Problems()), node.where, problems)
    return _plain_list(attribute.node, name, problems)


def _check_glob(pattern: str | None, where: Where, problems: Problems) -> None:
    try:
        if pattern is not None:
            compile_glob(pattern)
    except GlobError as error:
        problems.add(where, str(error))


_SETTING_NAMES = ("timeout", "environment", "image", "artifacts", "secrets")


def _settings(body: Body, problems: Problems) -> Settings:
    found = body.attributes
    return Settings(
        environment=_environment(body, problems),
        timeout_s=_timeout(found["timeout"], problems) if "timeout" in found else None,
        image=_text(found["image"], problems) if "image" in found else None,
        artifacts=_templates(found["artifacts"], problems) if "artifacts" in found else (),
        secrets=_secrets(found["secrets"], problems) if "secrets" in found else (),
    )


def _environment(body: Body, problems: Problems) -> dict[str, Template]:
    """`environment = { A = "b" }` or a block of the same name."""
    nodes: dict[str, Node] = {}
    for block in _at_most_one(body, "environment", problems):
        return {name: value for name, (value, _) in variables(block, problems).items()}
    attribute = body.attributes.get("environment")
    if attribute and isinstance(attribute.node.value, dict):
        nodes = attribute.node.value
    elif attribute:
        problems.add(attribute.where, 'expected environment = { NAME = "value" }')
    return _strings(nodes, "environment", problems)


def _strings(nodes: Mapping[str, Node], what: str, problems: Problems) -> dict[str, Template]:
    result = {}
    for name, node in nodes.items():
        if not VARIABLE.fullmatch(name) or name.upper().startswith("DOMINO_"):
            problems.add(node.where, f'"{name}" cannot be a name in {what}: letters, digits and "_", not DOMINO_…')
        value = _scalar(node)
        if value is None:
            problems.add(node.where, f'"{name}" in {what} must be a string, a number, true or false')
        else:
            result[name] = value
    return result


def _scalar(node: Node) -> Template | None:
    value = node.value
    if isinstance(value, bool):
        return Template(("true" if value else "false",))
    if isinstance(value, int | float):
        return Template((f"{value:g}" if isinstance(value, float) else str(value),))
    return value if isinstance(value, Template) else None


def _timeout(attribute: Attribute, problems: Problems) -> float | None:
    value = attribute.node.value
    seconds: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, Template) and (found := _DURATION.fullmatch(value.plain or "")):
        seconds = float(int(found[1]) * _UNIT_S[found[2]])
    if seconds is None or not 0 < seconds <= MAX_TIMEOUT_S:
        problems.add(attribute.where, 'expected timeout in seconds (90) or as "90s", "15m", "2h", at most 168h')
    return seconds


def _secrets(attribute: Attribute, problems: Problems) -> tuple[str, ...]:
    names = _plain_list(attribute.node, "secrets", problems)
    for name in names:
        if not VARIABLE.fullmatch(name) or name.upper().startswith("DOMINO_"):
            problems.add(attribute.where, f'"{name}" cannot be the name of a secret: letters, digits and "_", not DOMINO_…')
    return names


def _text(attribute: Attribute, problems: Problems) -> Template | None:
    value = attribute.node.value
    if isinstance(value, Template) and value.plain != "":
        return value
    problems.add(attribute.where, f'expected {attribute.name} = "text"')
    return None


def _templates(attribute: Attribute, problems: Problems) -> tuple[Template, ...]:
    result = []
    for node in _list(attribute.node, f'{attribute.name} = ["…"]', problems):
        if not isinstance(node.value, Template):
            problems.add(node.where, f"expected a quoted string in {attribute.name}")
            continue
        _check_glob(node.value.plain, node.where, problems)
        result.append(node.value)
    return tuple(result)


def _list(node: Node, expected: str, problems: Problems) -> list[Node]:
    if isinstance(node.value, list):
        return node.value
    problems.add(node.where, f"expected {expected}")
    return []


def _plain(node: Node, problems: Problems) -> str | None:
    text = node.value.plain if isinstance(node.value, Template) else None
    if text is None:
        problems.add(node.where, "expected a quoted string without ${…}")
    return text


def _plain_list(node: Node, name: str, problems: Problems) -> tuple[str, ...]:
    texts = [_plain(inner, problems) for inner in _list(node, f'{name} = ["…"]', problems)]
    return tuple(text for text in texts if text is not None)
