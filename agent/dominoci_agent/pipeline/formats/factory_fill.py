"""Filling in `${var.NAME}` and `${domino.NAME}` of a `.factory` definition: stage variables hide global ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Problems, Where
from dominoci_agent.pipeline.formats.factory_blocks import PipelineBlock, RunBlock, StageBlock
from dominoci_agent.pipeline.formats.factory_settings import Settings
from dominoci_agent.pipeline.formats.template import Ref, Template
from dominoci_agent.pipeline.model import Cache, Pipeline, Stage, Step, cached
from dominoci_agent.pipeline.values import as_cache_key

Values = Mapping[str, tuple[Template, Where]]

# what `${domino.NAME}` may name; a build may know more (its DOMINO_* variables), these are always there
DOMINO_NAMES = (
    "branch", "tag", "ref", "commit", "build_number", "build_url", "project", "tree_id", "sub_id",
    "upstream_project", "upstream_commit", "upstream_branch", "upstream_tag",
)  # fmt: skip


class Fill:
    """The values of one build. Without `domino` it only checks that every name exists."""

    def __init__(
        self, variables: Values, domino: Mapping[str, str] | None = None, overrides: Mapping[str, str] | None = None
    ) -> None:
        self.domino = domino or {}
        self.overrides = overrides or {}
        # a global variable may use ${domino.…} but no other variable: no order, no cycles
        self.globals = {name: self._global(name, value) for name, (value, _) in variables.items()}

    def variables(self, block: PipelineBlock) -> dict[str, str]:
        """What an imported pipeline is given for its own variables. DefinitionError for an unknown name."""
        lookup = self._lookup(self.globals, f'the imported pipeline "{block.name}"')
        return {name: template.fill(lookup) for name, (template, _) in block.variables.items()}

    def pipeline(self, block: PipelineBlock, stages: Mapping[str, StageBlock]) -> Pipeline:
        """The pipeline, ready to run. DefinitionError for an unknown name."""
        filled = (self._stage(stages[use.name], use.depends_on) for use in block.uses)
        return Pipeline(block.name, tuple(filled))

    def check(self, stages: Mapping[str, StageBlock], pipelines: Mapping[str, PipelineBlock], problems: Problems) -> None:
        """Note every name that does not exist, also in stages that no pipeline uses."""
        for stage in stages.values():
            with problems.taking():
                self._stage(stage, ())
        for block in pipelines.values():
            with problems.taking():
                self.variables(block)

    def _global(self, name: str, template: Template) -> str:
        if name in self.overrides:
            return self.overrides[name]
        return template.fill(self._lookup({}, f'the global variable "{name}"'))

    def _stage(self, block: StageBlock, depends_on: tuple[str, ...]) -> Stage:
        own_lookup = self._lookup(self.globals, f'stage "{block.name}"')
        own = {name: template.fill(own_lookup) for name, (template, _) in block.variables.items()}
        values = {**self.globals, **own}
        lookup = self._lookup(values, f'stage "{block.name}"')
        settings = block.settings
        steps = [self._step(run, settings, values, lookup) for run in block.runs]
        around = Step("", image=settings.image.fill(lookup) if settings.image else None)
        return Stage(
            block.name,
            tuple(cached(steps, _caches(settings, lookup), around)),
            depends_on,
            timeout_s=settings.timeout_s,
            artifacts=tuple(template.fill(lookup) for template in settings.artifacts),
            labels=block.labels,
        )

    def _step(self, run: RunBlock, stage: Settings, values: Mapping[str, str], lookup: Callable[[Ref], str]) -> Step:
        environment = {**stage.environment, **run.settings.environment}
        image = run.settings.image or stage.image
        return Step(
            name=run.name,
            command=run.command.fill(lookup) if run.command else None,
            file=run.file.fill(lookup) if run.file else None,
            environment={**values, **{name: value.fill(lookup) for name, value in environment.items()}},
            timeout_s=run.settings.timeout_s,
            image=image.fill(lookup) if image else None,
            artifacts=tuple(template.fill(lookup) for template in run.settings.artifacts),
            secrets=tuple(dict.fromkeys((*stage.secrets, *run.settings.secrets))),
            cache=_caches(run.settings, lookup),
        )

    def _lookup(self, values: Mapping[str, str], user: str) -> Callable[[Ref], str]:
        def answer(ref: Ref) -> str:
            known = values if ref.scope == "var" else {**dict.fromkeys(DOMINO_NAMES, ""), **self.domino}
            if ref.name in known:
                return known[ref.name]
            names = ", ".join(sorted(known)) or "none"
            message = f"{ref} is unknown in {user}; known there: {names}; write ${ref} for the shell"
            raise DefinitionError(Problem(ref.where, message))

        return answer


def _caches(settings: Settings, lookup: Callable[[Ref], str]) -> tuple[Cache, ...]:
    return tuple(
        Cache(
            as_cache_key(block.key.fill(lookup)),
            tuple(template.fill(lookup) for template in block.paths),
            tuple(template.fill(lookup) for template in block.files),
        )
        for block in settings.caches
    )
