"""Builds of jobs: without a repository, and by a definition that stands in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dominoci_agent.client.wire import WireError, read_claim
from dominoci_agent.loop import Agent
from tests.fakes.arbiter import FakeArbiter
from tests.unit.agent.definition import one_step

Start = Callable[..., Agent]
JOB = "stages:\n  - steps:\n      - command: {command}\n"


def test_without_a_repository_a_build_begins_in_an_empty_folder(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    text = JOB.format(command='"ls -A | wc -l; echo [$DOMINO_COMMIT] $DOMINO_BRANCH $WHO"')
    given = {"format": "job", "text": text}
    found = arbiter.finished(arbiter.queue(repository=None, commit=None, definition=given, variables={"WHO": "you"}))
    assert (found["state"], found["commit"]) == ("success", None)
    assert arbiter.log("b1", 1).decode() == "0\n[] main you\n"
    assert not arbiter.sent_objects()


def test_a_definition_with_filters_runs_without_a_repository_too(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    only = 'pipeline "build" {\n filter {\n include { paths = ["src/**"] }\n }\n'
    text = one_step("echo hi").replace('pipeline "build" {', only)
    found = arbiter.finished(arbiter.queue(repository=None, commit=None, definition={"format": "factory", "text": text}))
    assert (found["state"], found["pipelines"][0]["selected"]) == ("success", True)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("ci/nightly.yml", "nightly\n"),
        ("night.hcl", "hcl\n"),
        ("none.yml", "none.yml:1: there is no such file in commit"),
        ("ci/deep/none.yml", "ci/deep/none.yml:1: there is no such file in commit"),
        ("ci", "ci:1: there is no such file in commit"),
        ("broken.yml", "broken.yml:1: "),
    ],
)
def test_a_build_runs_the_file_that_its_job_names(arbiter: FakeArbiter, start_agent: Start, file: str, expected: str) -> None:
    start_agent()
    others = {".factory/a.hcl": one_step("echo usual"), "broken.yml": "stages: 7\n", "xci/nightly.yml": "x"}
    arbiter.push({**others, "ci/nightly.yml": JOB.format(command="echo nightly"), "night.hcl": one_step("echo hcl")})
    found = arbiter.finished(arbiter.queue(file=file))
    if found["state"] == "success":
        assert arbiter.log("b1", 1).decode() == expected
    else:
        assert found["reason"]["code"] == "definition_invalid"
        assert found["reason"]["text"].startswith(expected)


def test_a_claim_with_nothing_to_run_is_no_claim() -> None:
    with pytest.raises(WireError, match="both missing"):
        read_claim({"id": "b1", "number": 1, "token": "t", "project": {"name": "x"}, "repository": None, "definition": None})
