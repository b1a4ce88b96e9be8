"""Job definitions in YAML or JSON: stages of commands with hooks and parameters (design: formats.md section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problem, Problems, Where
from dominoci_agent.pipeline.formats.fields import SETTINGS, Fields
from dominoci_agent.pipeline.formats.json_nodes import read_json
from dominoci_agent.pipeline.formats.nodes import Node, Table, read_yaml, shown
from dominoci_agent.pipeline.model import Filter, Parameter, Pipeline, Stage, Step, When, cached

FOLDER = ".domino"
FILES = ("job.yml", "job.yaml", "job.json")
MAX_STAGES = 200
MAX_STEPS = 1000
MAX_PARAMETERS = 200
MAX_TITLE = 200
UNTITLED = "job"

_HOOKS = {"onStart": When.ON_START, "onSuccess": When.ON_SUCCESS, "onFailure": When.ON_FAILURE}
_JOB = ("title", *_HOOKS, "stages", "parameters", "environment", "image", "secrets")
_STAGE = ("title", *_HOOKS, "steps", *SETTINGS)
_STEP = ("title", "command", "ignoreExitCode", *SETTINGS)
_RESERVED = ("PATH", "LD_")


@dataclass(frozen=True)
class Definition:
    """One job, checked; it is a pipeline whose stages follow each other. `warnings` are what was read and is not used."""

    job: Pipeline
    where: Where
    warnings: tuple[Problem, ...] = ()

    @property
    def filters(self) -> dict[str, Filter]:
        """A job has no filter: it always runs."""
        return {self.job.name: Filter()}

    @property
    def places(self) -> dict[str, Where]:
        """Where the job begins."""
        return {self.job.name: self.where}

    def pipelines(
        self, names: Sequence[str], domino: Mapping[str, str], overrides: Mapping[str, str] | None = None
    ) -> list[Pipeline]:
        """The job, with its parameters in the environment of every step: what `overrides` gives, else the default."""
        given = overrides or {}
        chosen = {one.name: given.get(one.name, one.default) for one in self.job.parameters}
        values = {name: value for name, value in chosen.items() if value is not None}
        hooks = tuple(_with(step, values) for step in self.job.hooks)
        stages = tuple(replace(stage, steps=tuple(_with(step, values) for step in stage.steps)) for stage in self.job.stages)
        filled = replace(self.job, hooks=hooks, stages=stages)
        return [filled for name in names if name == self.job.name]


def _with(step: Step, values: Mapping[str, str]) -> Step:
    return replace(step, environment={**values, **step.environment})


def load(text: str, file: str) -> Definition:
    """Read a file. DefinitionError with every problem found."""
    problems = Problems()
    node = read_json(text, file) if _is_json(text, file) else read_yaml(text, file)
    reader = _Reader(problems)
    job = reader.job(node)
    problems.raise_any()
    return Definition(job, node.where, tuple(reader.warnings))


def _is_json(text: str, file: str) -> bool:
    """By the file's ending; a text without a file is JSON when it begins like it."""
    if file.endswith((".yml", ".yaml")):
        return False
    return file.endswith(".json") or text.lstrip().startswith("{")


@dataclass
class _Reader:
    """Reads one job; what is wrong goes to `problems`, what is only odd to `warnings`."""

    problems: Problems
    warnings: list[Problem] = field(default_factory=list)

    def job(self, node: Node) -> Pipeline:
        job = Fields.of(node, "a job", _JOB, self.problems)
        common = _settings(job, Step(""))
        stages = list(self.stages(job, common))
        if len(stages) > MAX_STAGES or sum(len(stage.steps) for stage in stages) > MAX_STEPS:
            message = f"at most {MAX_STAGES} stages with {MAX_STEPS} steps in all are allowed"
            self.problems.add(job.place("stages"), message)
        hooks = tuple(self.hooks(job, common))
        return Pipeline(_title(job) or UNTITLED, tuple(stages), hooks=hooks, parameters=tuple(self.parameters(job)))

    def stages(self, job: Fields, common: Step) -> Iterator[Stage]:
        before: tuple[str, ...] = ()
        taken: set[str] = set()
        nodes = job.items("stages", 'stages: [{title: …, steps: [{command: "…"}]}]')
        if not nodes and job.table.pairs:
            self.problems.add(job.place("stages"), "the job does nothing; expected stages: [{title: …, steps: [{command: …}]}]")
        for number, node in enumerate(nodes, 1):
            stage = Fields.of(node, "a stage", _STAGE, self.problems)
            name = _unique(_title(stage) or f"stage {number}", taken)
            inner = _settings(stage, common)
            hooks = list(self.hooks(stage, inner))
            steps = cached(list(self.steps(stage, inner)), stage.cache(), inner)
            if not steps and not hooks and isinstance(node, Table):
                self.problems.add(stage.where, f'stage "{name}" does nothing; expected steps: [{{title: …, command: …}}]')
            ordered = [*_of(hooks, When.ON_START), *steps, *_of(hooks, When.ON_SUCCESS), *_of(hooks, When.ON_FAILURE)]
            yield Stage(name, tuple(ordered), before, timeout_s=stage.timeout(), artifacts=stage.texts("artifacts", values.glob))
            before = (name,)

    def steps(self, stage: Fields, common: Step) -> Iterator[Step]:
        for number, node in enumerate(stage.items("steps", 'steps: [{title: …, command: "…"}]'), 1):
            step = Fields.of(node, "a step", _STEP, self.problems)
            name = _title(step) or f"step {number}"
            command = step.text("command")
            if not command and isinstance(node, Table):
                self.problems.add(step.place("command"), f'step "{name}" has nothing to run; expected command: "…"')
            yield replace(
                _settings(step, common),
                name=name,
                command=command,
                ignore_exit_code=step.flag("ignoreExitCode"),
                timeout_s=step.timeout(),
                artifacts=step.texts("artifacts", values.glob),
                cache=step.cache(),
            )

    def hooks(self, owner: Fields, common: Step) -> Iterator[Step]:
        for key, when in _HOOKS.items():
            command = owner.text(key)
            if command:
                yield replace(common, name=key, command=command, when=when)

    def parameters(self, job: Fields) -> Iterator[Parameter]:
        first: dict[str, Where] = {}
        nodes = job.items("parameters", "parameters: [{title: NAME, required: true}]")
        if len(nodes) > MAX_PARAMETERS:
            self.problems.add(job.place("parameters"), f"{len(nodes)} parameters; at most {MAX_PARAMETERS} are allowed")
        for node in nodes:
            parameter = Fields.of(node, "a parameter", ("title", "required", "default"), self.problems)
            name, required, default = parameter.text("title"), parameter.flag("required"), parameter.text("default")
            if not name:
                self.warnings.append(Problem(parameter.where, "a parameter with an empty title is ignored"))
                continue
            wrong = _not_a_parameter(name)
            if wrong:
                self.problems.add(parameter.place("title"), wrong)
            before = first.setdefault(name, parameter.where)
            if before is not parameter.where:
                self.problems.add(parameter.where, f'parameter "{shown(name)}" is given twice; the first is at {before}')
            yield Parameter(name, required, default)


def _not_a_parameter(name: str) -> str | None:
    upper = name.upper()
    if upper == _RESERVED[0] or upper.startswith(_RESERVED[1]):
        return f'"{shown(name)}" cannot be the title of a parameter: PATH and LD_… are the agent\'s'
    return values.variable(name, "the title of a parameter")


def _settings(fields: Fields, common: Step) -> Step:
    """What all steps inside carry: the outer settings with the own ones over them."""
    return replace(
        common,
        environment={**common.environment, **fields.environment()},
        image=fields.text("image", values.image) or common.image,
        secrets=tuple(dict.fromkeys((*common.secrets, *fields.secrets()))),
    )


def _of(hooks: Sequence[Step], when: When) -> Iterator[Step]:
    return (hook for hook in hooks if hook.when is when)


def _title(fields: Fields) -> str:
    """The title for people: one line, no control characters; any text is allowed."""
    text = " ".join((fields.text("title") or "").split())
    return "".join(char for char in text if char.isprintable())[:MAX_TITLE]


def _unique(name: str, taken: set[str]) -> str:
    """The name, numbered when another stage has it already: titles may repeat, stages of a pipeline may not."""
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    taken.add(unique)
    return unique
