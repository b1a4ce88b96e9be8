"""`.factory/*.hcl`: all files are one configuration of pipelines, stages and variables (design: formats.md section 1).

`load` reads the files once; `Definition.pipelines` fills in the variables of one build. Between the two the filters
are asked, so that a pipeline that does not run needs no value.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats.factory_blocks import PipelineBlock, StageBlock, read_pipeline, read_stage
from dominoci_agent.pipeline.formats.factory_fill import Fill
from dominoci_agent.pipeline.formats.factory_import import MAX_DEPTH as MAX_IMPORTS
from dominoci_agent.pipeline.formats.factory_import import Fetch, Import
from dominoci_agent.pipeline.formats.factory_values import variables
from dominoci_agent.pipeline.formats.hcl import Block, Body
from dominoci_agent.pipeline.formats.template import Template
from dominoci_agent.pipeline.model import Filter, Pipeline
from dominoci_agent.pipeline.validate import check_stages

FOLDER = ".factory"
MAX_FILES = 64
MAX_SECONDS = 1.0
MAX_STEPS = 1000


@dataclass
class Definition:
    """All `.factory` files of one commit, checked, with the variables not yet filled in."""

    variables: dict[str, tuple[Template, Where]] = field(default_factory=dict)
    blocks: dict[str, PipelineBlock] = field(default_factory=dict)
    stages: dict[str, StageBlock] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    fetch: Fetch | None = None  # how an imported pipeline is got
    chain: tuple[str, ...] = ()  # the imports that led here

    @property
    def imports(self) -> dict[str, Import]:
        """What is imported, by the name of the pipeline here."""
        return {name: block.source for name, block in self.blocks.items() if block.source}

    @property
    def places(self) -> dict[str, Where]:
        """Where each pipeline is defined."""
        return {name: block.where for name, block in self.blocks.items()}

    @property
    def filters(self) -> dict[str, Filter]:
        """The filter of each pipeline by name."""
        return {name: block.filter for name, block in self.blocks.items()}

    def pipelines(
        self, names: Sequence[str], domino: Mapping[str, str], overrides: Mapping[str, str] | None = None
    ) -> list[Pipeline]:
        """The named pipelines with `${var.…}` and `${domino.…}` filled in.

        `domino`: what `${domino.NAME}` may name. `overrides`: values that replace global variables of the same name
        (parameters of the build). DefinitionError when a variable is unknown.
        """
        fill = Fill(self.variables, domino, overrides or {})
        return [self._pipeline(self.blocks[name], fill, domino) for name in names]

    def _pipeline(self, block: PipelineBlock, fill: Fill, domino: Mapping[str, str]) -> Pipeline:
        if block.source is None:
            return fill.pipeline(block, self.stages)
        inner = self.imported(block.name)
        name, given = _only(inner, block), fill.variables(block)
        unknown = [variable for variable in given if variable not in inner.variables]
        if unknown:
            known = ", ".join(sorted(inner.variables)) or "none"
            message = f'the imported pipeline has no variable "{unknown[0]}"; it has: {known}'
            raise DefinitionError(Problem(block.variables[unknown[0]][1], message))
        with _told_where(block.source):
            (found,) = inner.pipelines([name], domino, given)
        return replace(found, name=block.name)

    def imported(self, name: str) -> Definition:
        """The configuration that pipeline `name` is imported from, a namespace of its own. DefinitionError, which names the place
        of the import as well, when it cannot be had, is wrong, or imports itself."""
        source = self.blocks[name].source
        if source is None:
            return self
        chain = (*self.chain, str(source))
        if str(source) in self.chain:
            raise DefinitionError(Problem(source.where, f"the import imports itself: {' -> '.join(chain)}"))
        if len(chain) > MAX_IMPORTS:
            message = f"imports within imports go at most {MAX_IMPORTS} deep: {' -> '.join(chain)}"
            raise DefinitionError(Problem(source.where, message))
        if self.fetch is None:
            raise DefinitionError(Problem(source.where, "imported pipelines cannot be fetched here"))
        files = self.fetch(source)
        with _told_where(source):
            return replace(load(files), fetch=self.fetch, chain=chain)


def _only(inner: Definition, block: PipelineBlock) -> str:
    """Which pipeline of an imported configuration is meant: the one of the same name, or the only one."""
    names = sorted(inner.blocks)
    if block.name in names or len(names) == 1:
        return block.name if block.name in names else names[0]
    where = block.source.where if block.source else block.where
    message = f'there is no pipeline "{block.name}" in {block.source}; there are: {", ".join(names) or "none"}'
    raise DefinitionError(Problem(where, message))


@contextmanager
def _told_where(source: Import) -> Iterator[None]:
    """Adds the place of the import to problems of what is imported."""
    try:
        yield
    except DefinitionError as error:
        problems = (Problem(one.where, f"{one.message} (imported at {source.where})") for one in error.problems)
        raise DefinitionError(*problems) from None


def load(files: Mapping[str, str]) -> Definition:
    """Read files (name as shown in errors → text) as one configuration. DefinitionError with every problem found."""
    from dominoci_agent.pipeline.formats import hcl_reader  # most processes of the arbiter read no HCL

    problems, definition = Problems(), Definition()
    if len(files) > MAX_FILES:
        raise DefinitionError(Problem(Where(max(files), 1), f"{len(files)} files; at most {MAX_FILES} are read"))
    started = time.thread_time()
    for file in sorted(files):
        if time.thread_time() - started > MAX_SECONDS:
            raise DefinitionError(Problem(Where(file, 1), f"reading the definition took more than {MAX_SECONDS:g} s"))
        try:
            body = hcl_reader.parse(files[file], file)
        except DefinitionError as error:
            problems.take(error)
            continue
        _collect(body, definition, problems)
    # a file that cannot be read may hold what the others refer to: only its own problem is worth showing then
    problems.raise_any()
    _check_references(definition, problems)
    problems.raise_any()
    Fill(definition.variables).check(definition.stages, definition.blocks, problems)
    problems.raise_any()
    return definition


def _collect(body: Body, definition: Definition, problems: Problems) -> None:
    for name, attribute in body.attributes.items():
        problems.add(attribute.where, f'unknown attribute "{name}"; expected a pipeline, stage or variables block')
    for block in body.blocks:
        try:
            _collect_block(block, definition, problems)
        except DefinitionError as error:
            problems.take(error)


def _collect_block(block: Block, definition: Definition, problems: Problems) -> None:
    if block.type == "variables":
        for name, value in variables(block, problems).items():
            first = definition.variables.setdefault(name, value)
            if first is not value:
                problems.add(value[1], f'variable "{name}" is given twice; the first is at {first[1]}')
    elif block.type == "pipeline":
        pipeline = read_pipeline(block, problems)
        _once("pipeline", pipeline, definition.blocks.setdefault(pipeline.name, pipeline), problems)
    elif block.type == "stage":
        stage = read_stage(block, problems)
        _once("stage", stage, definition.stages.setdefault(stage.name, stage), problems)
    else:
        problems.add(block.where, f'unknown block "{block.type}"; expected pipeline, stage or variables')


def _once(kind: str, new: PipelineBlock | StageBlock, first: PipelineBlock | StageBlock, problems: Problems) -> None:
    if first is not new:
        problems.add(new.where, f'{kind} "{new.name}" is given twice; the first is at {first.where}')


def _check_references(definition: Definition, problems: Problems) -> None:
    for pipeline in definition.blocks.values():
        check_stages(pipeline.name, pipeline.uses, problems)
        steps = sum(len(definition.stages[use.name].runs) for use in pipeline.uses if use.name in definition.stages)
        if steps > MAX_STEPS:
            problems.add(pipeline.where, f'pipeline "{pipeline.name}" has {steps} runs; at most {MAX_STEPS} are allowed')
        for use in pipeline.uses:
            if use.name not in definition.stages:
                problems.add(use.where, f'stage "{use.name}" is not defined; expected a block stage "{use.name}" {{ … }}')
