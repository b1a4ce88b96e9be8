"""`.flow.yml`: workflows of docker compose jobs that set each other going by routes (design: formats.md section 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problem, Problems, Where
from dominoci_agent.pipeline.formats.fields import Fields
from dominoci_agent.pipeline.formats.nodes import Items, Node, Scalar, Table, plain, read_yaml
from dominoci_agent.pipeline.model import Compose, Filter, Pipeline, Routes, Stage, Step
from dominoci_agent.pipeline.validate import RoutedStage, check_routes

FILE = ".flow.yml"
NETWORKS = ("default", "internal", "none")
MAX_JOBS = 200
MAX_NAME = 100  # of a job, as the arbiter keeps it
STEP = "compose"

_WORKFLOW = ("name", "jobs")
_JOB = ("name", "action", "success", "fail", "network", "timeout", "environment", "secrets", "labels", "artifacts", "cache")
# the document writes one mapping in which the key `job` stands again and again
_REPEATABLE = (("jobs", "job"),)


@dataclass(frozen=True)
class Definition:
    """The workflows of one file, checked; each is a routed pipeline. A job is a stage of one compose step."""

    workflows: Mapping[str, Pipeline]
    places: Mapping[str, Where]
    warnings: tuple[Problem, ...] = ()

    @property
    def filters(self) -> dict[str, Filter]:
        """A workflow has no filter: it always runs."""
        return dict.fromkeys(self.workflows, Filter())

    def pipelines(
        self, names: Sequence[str], domino: Mapping[str, str], overrides: Mapping[str, str] | None = None
    ) -> list[Pipeline]:
        """The named workflows. Nothing in them is to be filled in: what a build is given, its jobs find in their environment."""
        return [self.workflows[name] for name in names]


def load(text: str, file: str = FILE) -> Definition:
    """Read a file. DefinitionError with every problem found."""
    problems = Problems()
    top = Fields.of(read_yaml(text, file, _REPEATABLE), "the file", ("workflows",), problems)
    workflows: dict[str, Pipeline] = {}
    places: dict[str, Where] = {}
    jobs: list[tuple[str, Where]] = []
    for node in top.items("workflows", "- workflow: {name: …, jobs: […]}"):
        workflow, where, of_jobs = _workflow(node, problems)
        jobs += [(f"{workflow.name}/{stage.name}", of_job) for stage, of_job in zip(workflow.stages, of_jobs, strict=True)]
        if workflow.name in workflows:
            problems.add(where, f'workflow "{workflow.name}" is given twice; the first is at {places[workflow.name]}')
        workflows[workflow.name], places[workflow.name] = workflow, where
    if not workflows:
        problems.add(top.place("workflows"), "the file has no workflow; expected workflows: [{workflow: {name: …, jobs: […]}}]")
    if len(workflows) > 1:
        _check_together(jobs, problems)
    problems.raise_any()
    return Definition(workflows, places)


def _check_together(jobs: Sequence[tuple[str, Where]], problems: Problems) -> None:
    """Several workflows run as one, in which the name of a job has its workflow's before it."""
    for name, where in jobs:
        if len(name) > MAX_NAME:
            problems.add(where, f'"{name}", the job with its workflow\'s name before it, is longer than {MAX_NAME} characters')
    if len(jobs) > MAX_JOBS:
        problems.add(jobs[MAX_JOBS][1], f"the workflows have {len(jobs)} jobs together; at most {MAX_JOBS} are allowed")


def _workflow(node: Node, problems: Problems) -> tuple[Pipeline, Where, list[Where]]:
    """The workflow, where it stands, and where each of its jobs does."""
    outer = Fields.of(node, "an item of workflows", ("workflow",), problems)
    inner = outer.node("workflow")
    if inner is None:
        if isinstance(node, Table):
            problems.add(node.where, "expected workflow: {name: …, jobs: […]}")
        return Pipeline("", (), routed=True), node.where, []
    fields = Fields.of(inner, "a workflow", _WORKFLOW, problems)
    name = fields.text("name", values.name) or ""
    if fields.node("name") is None:
        problems.add(fields.where, "a workflow needs a name")
    found = [_job(job, problems) for job in _jobs(fields)]
    if not found:
        problems.add(fields.place("jobs"), f'workflow "{name}" has no job; expected jobs: [{{job: {{name: …, action: …}}}}]')
    if len(found) > MAX_JOBS:
        problems.add(fields.place("jobs"), f'workflow "{name}" has {len(found)} jobs; at most {MAX_JOBS} are allowed')
    routed = [RoutedStage(stage.name, stage.routes or Routes(), where) for stage, where in found if stage.name]
    check_routes(name, routed, problems)
    return Pipeline(name, tuple(stage for stage, _ in found), routed=True), fields.where, [where for _, where in found]


def _jobs(workflow: Fields) -> Iterator[Fields]:
    """The jobs of a mapping `job: …, job: …`, or of a list `- job: …`."""
    node = workflow.node("jobs")
    for part in node.items if isinstance(node, Items) else (node,) if node else ():
        outer = Fields.of(part, "jobs", ("job",), workflow.problems)
        yield from (Fields.of(job, "a job", _JOB, workflow.problems) for key, job in outer.table.pairs if key.text == "job")


def _job(job: Fields, problems: Problems) -> tuple[Stage, Where]:
    name = job.text("name", values.name) or ""
    if job.node("name") is None:
        problems.add(job.where, "a job needs a name")
    step = Step(
        STEP,
        compose=_action(job, name, problems),
        environment=job.environment(),
        secrets=job.secrets(),
        cache=job.cache(),
    )
    return Stage(
        name,
        (step,),
        routes=Routes(_targets(job, "success"), _targets(job, "fail")),
        timeout_s=job.timeout(),
        artifacts=job.texts("artifacts", values.glob),
        labels=job.texts("labels", values.label),
    ), job.where


def _targets(job: Fields, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(job.texts(key, values.name)))


def _action(job: Fields, name: str, problems: Problems) -> Compose:
    network = job.text("network", lambda text: None if text in NETWORKS else f"expected network: {', '.join(NETWORKS)}")
    node = job.node("action")
    if isinstance(node, Scalar):
        return Compose(file=job.text("action", values.path), network=network or NETWORKS[0])
    if isinstance(node, Table):
        _check_services(node, name, problems)
        # JSON is YAML to compose, and leaves no doubt about what a plain word of the definition means
        return Compose(content=json.dumps(plain(node), ensure_ascii=False), network=network or NETWORKS[0])
    expected = "expected action: the name of a compose file, or a mapping with services"
    problems.add(node.where if node else job.where, f'job "{name}" has nothing to do; {expected}')
    return Compose()


def _check_services(node: Table, name: str, problems: Problems) -> None:
    services = node.get("services")
    if not isinstance(services, Table) or not services.pairs:
        where = services.where if services else node.where
        problems.add(where, f'the action of job "{name}" has no service; expected services: {{NAME: {{image: …}}}}')
