"""Which definition of a commit, or given to a build, an agent takes; read over git from a fake arbiter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dominoci_agent.client.wire import Given
from dominoci_agent.definitions import Definitions
from dominoci_agent.loop import Agent
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.source import Source
from dominoci_agent.runtime.stop import Stop
from tests.fakes.arbiter import Call, FakeArbiter, git
from tests.unit.agent.definition import one_step, pipeline

HCL = one_step("true")
FLOW = "workflows: [{workflow: {name: release, jobs: [{job: {name: a, action: a.yml}}]}}]\n"
JOB = "title: nightly\nstages: [{steps: [{command: make}]}]\n"
JSON = '{"title": "as json", "stages": [{"steps": [{"command": "make"}]}]}'


@pytest.fixture
def source(arbiter: FakeArbiter, tmp_path: Path) -> Iterator[Source]:
    arbiter.queue(repository={"url": "/git/p1.git", "password": "dcb_pass"})
    with closing(Stop()) as stop:
        yield Source.open(Mirror(tmp_path / "mirror"), f"{arbiter.url}/git/p1.git", "dcb_pass", stop)


def names(source: Source, commit: str, given: Given | None = None) -> list[str]:
    source.mirror.fetch(source.remote, commit, source.stop)
    _, definition = Definitions().of(source, commit, lambda *_: source.mirror, given)
    return list(definition.filters)


ALL = {".factory/a.hcl": HCL, ".flow.yml": FLOW, ".domino/job.yml": JOB, ".domino/job.json": JSON, ".domino/other": "x", "a": "a"}


@pytest.mark.parametrize(
    ("without", "expected", "file"),
    [
        ("nothing", "build", ".factory/a.hcl"),
        (".factory", "release", ".flow.yml"),
        (".factory .flow.yml", "nightly", ".domino/job.yml"),
        (".factory .flow.yml .domino/job.yml", "as json", ".domino/job.json"),
    ],
)
def test_the_first_of_the_formats_is_taken_and_no_other_fetched(
    arbiter: FakeArbiter, source: Source, without: str, expected: str, file: str
) -> None:
    files = {name: text for name, text in ALL.items() if not name.startswith(tuple(without.split()))}
    commit = arbiter.push({**files, ".factory/README": "no definition"})
    assert names(source, commit) == [expected]
    entries = {name: git(arbiter.repository, "rev-parse", f"{commit}:{name}") for name in files}
    sent = {name for name, entry in entries.items() if entry in arbiter.sent_objects()}
    # of the two forms of a job definition both are asked for in one go
    assert sent - {".domino/job.json"} == {file} - {".domino/job.json"}


def test_a_given_definition_stands_in_for_the_file(arbiter: FakeArbiter, source: Source) -> None:
    commit = arbiter.push(ALL)
    assert names(source, commit, Given("job", JOB)) == ["nightly"]
    assert names(source, arbiter.push({"a": "b"}), Given("flow", FLOW)) == ["release"]
    with pytest.raises(DefinitionError, match="unknown format"):
        names(source, commit, Given("makefile", "all:"))


def test_a_commit_without_any_is_told_what_was_looked_for(arbiter: FakeArbiter, source: Source) -> None:
    commit = arbiter.push({"a": "a", ".domino/jobs.yml": JOB, ".factory": "a file"})
    with pytest.raises(DefinitionError, match=r"expected .factory/\*.hcl, .flow.yml or .domino/"):
        names(source, commit)


def test_a_file_that_is_no_text_is_told_with_its_line(arbiter: FakeArbiter, source: Source) -> None:
    work = arbiter.folder / "author"
    arbiter.push({"a": "a"})
    (work / ".flow.yml").write_bytes(b"workflows:\n  - \xff\n")
    with pytest.raises(DefinitionError, match=r"\.flow\.yml:2: the file is not UTF-8"):
        names(source, arbiter.push({}))


def test_a_build_that_asks_for_a_label_goes_back_for_an_agent_that_carries_it(
    arbiter: FakeArbiter, start_agent: Callable[..., Agent]
) -> None:
    stage = 'stage "x" {\n  labels = ["linux", "gpu"]\n  run "r" { command = "true" }\n}\n'
    arbiter.push({".factory/a.hcl": pipeline("x") + stage})
    build = arbiter.builds[arbiter.queue()]

    def given_out_once(call: Call) -> None:
        """The fake would give it to the same agent again and again; a real arbiter knows by now who can run it."""
        if build.released and call.path.endswith("/claim"):
            build.state = "gone"

    arbiter.faults.append(given_out_once)
    start_agent(DOMINOCI_AGENT_LABELS="linux", DOMINOCI_AGENT_SLOTS="1")
    arbiter.wait_for(lambda: build.state == "gone")
    assert (build.released[0], build.needs) == ('this agent has no label "gpu"', ["gpu"])


def test_a_build_runs_a_job_definition_with_hooks_in_the_documented_order(
    arbiter: FakeArbiter, start_agent: Callable[..., Agent]
) -> None:
    start_agent()
    hooks = ", ".join(f'"{name}": "echo %s/{name} >> order"' for name in ("onStart", "onSuccess", "onFailure"))
    steps = '[{"command": "echo 1 >> order"}, {"command": "echo 2 >> order; exit 3", "ignoreExitCode": true}]'
    first = f'{{"title": "first", {hooks % (("first",) * 3)}, "steps": {steps}}}'
    second = f'{{"title": "second", {hooks % (("second",) * 3)}, "steps": [{{"command": "exit 1"}}]}}'
    job = f'{{{hooks % (("job",) * 3)}, "stages": [{first}, {second}, {{"steps": [{{"command": "echo never >> order"}}]}}]}}'
    shown = job.replace("echo job/onFailure >> order", "echo job/onFailure >> order; cat order")
    arbiter.push({".domino/job.json": shown})
    found = arbiter.finished(arbiter.queue())
    assert found["state"] == "failed"
    last = max(step["n"] for step in found["steps"])
    assert arbiter.log("b1", last).decode().split() == [
        "job/onStart", "first/onStart", "1", "2", "first/onSuccess", "second/onStart", "second/onFailure", "job/onFailure",
    ]  # fmt: skip


def test_a_definition_that_cannot_be_run_starts_no_build(arbiter: FakeArbiter, start_agent: Callable[..., Agent]) -> None:
    start_agent()
    arbiter.push({".flow.yml": "workflows:\n  - workflow: {name: w, jobs: [{job: {name: a, action: a.yml, success: [a]}}]}\n"})
    found = arbiter.finished(arbiter.queue())
    assert (found["state"], found["reason"]["code"], found["steps"]) == ("failed", "definition_invalid", [])
    assert found["reason"]["text"].startswith(".flow.yml:2: a route of workflow")
