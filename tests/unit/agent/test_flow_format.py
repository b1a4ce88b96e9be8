"""`.flow.yml`: the document's own example, and what a job may say."""

from __future__ import annotations

import json

from dominoci_agent.pipeline.definition import load_files
from dominoci_agent.pipeline.formats.flow import load
from dominoci_agent.pipeline.model import Cache, Compose, Filter, Pipeline, Routes

# the example of flow-build-server, letter by letter: the key `job` stands in one mapping again and again
DOCUMENTED = """\
workflows:
    - workflow:
        name: "supper workflow"
        jobs:
            job:
                name: "git"
                action: git-compose.yml
                success:
                    - build
                fail:
                    - email
            job:
                name: build
                action: build-compose.yml
                success:
                    - deploy
                fail:
                    - email
            job:
                name: deploy
                action: qa-deploy-compose.yml
                success:
                    - integration-tests
                fail:
                    - email
            job:
                name: integration-tests
                action: integration-compose.yml
                fail:
                    - email
            job:
                name: email
                action: email-compose.yaml
"""


def read(text: str) -> Pipeline:
    """The one workflow of a file."""
    definition = load(text)
    (found,) = definition.pipelines(list(definition.filters), {})
    return found


def one_job(text: str) -> Pipeline:
    """A workflow of one job `a` with these keys."""
    return read(f"workflows: [{{workflow: {{name: w, jobs: [{{job: {{name: a, {text}}}}}]}}}}]")


def test_the_documents_example_loads_unchanged_as_its_five_jobs() -> None:
    definition = load_files({".flow.yml": DOCUMENTED, "README.md": "x"})
    assert definition.filters == {"supper workflow": Filter()}
    (workflow,) = definition.pipelines(["supper workflow"], {})
    assert workflow.routed
    assert [(stage.name, stage.steps[0].compose, stage.routes) for stage in workflow.stages] == [
        ("git", Compose("git-compose.yml"), Routes(("build",), ("email",))),
        ("build", Compose("build-compose.yml"), Routes(("deploy",), ("email",))),
        ("deploy", Compose("qa-deploy-compose.yml"), Routes(("integration-tests",), ("email",))),
        ("integration-tests", Compose("integration-compose.yml"), Routes((), ("email",))),
        ("email", Compose("email-compose.yaml"), Routes()),
    ]


def test_a_list_of_jobs_means_the_same() -> None:
    jobs = "[{job: {name: a, action: a.yml, success: [b]}}, {job: {name: b, action: b.yml}}]"
    listed = read(f"workflows: [{{workflow: {{name: w, jobs: {jobs}}}}}]")
    assert [(stage.name, stage.routes) for stage in listed.stages] == [("a", Routes(("b",))), ("b", Routes())]


def test_a_job_carries_its_settings() -> None:
    workflow = one_job(
        "action: a.yml, network: internal, timeout: 10m, environment: {A: no, B: 1}, secrets: [KEY], labels: [linux, gpu],"
        " artifacts: ['dist/**'], cache: {key: npm, paths: [node_modules], files: [package-lock.json]}"
    )
    stage = workflow.stage("a")
    assert (stage.timeout_s, stage.labels, stage.artifacts) == (600, ("linux", "gpu"), ("dist/**",))
    (step,) = stage.steps
    assert step.compose == Compose("a.yml", network="internal")
    # a plain `no` is the word that stands there
    assert (dict(step.environment), step.secrets) == ({"A": "no", "B": "1"}, ("KEY",))
    assert step.cache == (Cache("npm", ("node_modules",), ("package-lock.json",)),)


def test_an_inline_action_reaches_compose_as_it_was_meant() -> None:
    workflow = one_job(
        "action: {services: {app: {image: debian, command: [sh, -c, 'exit 0'], ports: [22:22], init: true, n: 1.5}}}"
    )
    compose = workflow.stage("a").steps[0].compose
    assert compose
    assert json.loads(compose.content or "") == {
        "services": {"app": {"image": "debian", "command": ["sh", "-c", "exit 0"], "ports": ["22:22"], "init": True, "n": 1.5}}
    }


def test_a_file_may_hold_several_workflows() -> None:
    definition = load(
        "workflows:\n  - workflow: {name: a, jobs: [{job: {name: x, action: x.yml}}]}\n"
        "  - workflow: {name: b, jobs: [{job: {name: x, action: y.yml}}]}\n"
    )
    assert [found.stages[0].steps[0].compose for found in definition.pipelines(["b"], {})] == [Compose("y.yml")]
    assert {name: where.line for name, where in definition.places.items()} == {"a": 2, "b": 3}
