"""The check of definitions over HTTP: what an agent would say, and nothing fetched."""

from typing import Any

import pytest
from click.testing import CliRunner

from dominoci_agent.cli import main
from tests.unit.api.site import TestSite

CHECK = "/definitions/check"
HCL = """
pipeline "build" {
  stages = [{ name = "compile" }, { name = "test", depends_on = ["compile"] }]
}
stage "compile" {
  run "make" { command = "make ${domino.branch}" }
}
stage "test" {
  run "make" { command = "make test" }
}
pipeline "image" {
  source = "https://git.example/ci.git//docker?ref=v1"
}
"""


def checked(site: TestSite, **body: Any) -> Any:
    answer = site.post(CHECK, body)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_good_definition_is_told_by_its_pipelines(site: TestSite) -> None:
    told = checked(site, files={".factory/build.hcl": HCL, ".flow.yml": "not looked at", "README.md": "x"})
    assert (told["valid"], told["problems"]) == (True, [])
    build, image = told["pipelines"]
    assert [(stage["name"], stage["depends_on"]) for stage in build["stages"]] == [("compile", []), ("test", ["compile"])]
    # nothing is fetched for a stranger's text
    assert (image["source"], image["stages"]) == ("https://git.example/ci.git//docker?ref=v1", [])


def test_parameters_routes_and_warnings_are_told(site: TestSite) -> None:
    job = "stages: [{steps: [{command: make}]}]\nparameters: [{title: A, required: true}, {title: ''}]\n"
    told = checked(site, format="job", text=job)
    assert told["pipelines"][0]["parameters"] == [{"name": "A", "required": True, "default": None}]
    assert told["warnings"] == [{"file": "definition", "line": 2, "message": "a parameter with an empty title is ignored"}]
    flow = (
        "workflows: [{workflow: {name: w, jobs: [{job: {name: a, action: a.yml, fail: [b]}}, {job: {name: b, action: b.yml}}]}}]"
    )
    (workflow,) = checked(site, format="flow", text=flow)["pipelines"]
    assert (workflow["routed"], workflow["stages"][0]["fail"]) == (True, ["b"])


def test_problems_are_those_that_the_agent_tells(site: TestSite, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "workflows:\n  - workflow: {name: w, jobs: [{job: {name: a, success: [b]}}]}\n"
    (tmp_path / ".flow.yml").write_text(text)
    told = checked(site, files={".flow.yml": text})
    assert told["valid"] is False
    lines = [f"{one['file']}:{one['line']}: {one['message']}" for one in told["problems"]]
    assert CliRunner().invoke(main, ["validate", "."]).output.splitlines() == lines
    assert len(lines) == 2


@pytest.mark.parametrize("body", [{}, {"files": {}}, {"format": "job"}, {"text": "x"}, {"files": {"a": "b"}, "format": "job"}])
def test_what_says_not_what_to_check_is_refused(site: TestSite, body: dict[str, Any]) -> None:
    assert site.post(CHECK, body).status_code == 422


def test_files_without_a_definition_are_told_what_an_agent_looks_for(site: TestSite) -> None:
    (problem,) = checked(site, files={"README.md": "x"})["problems"]
    assert "expected .factory/*.hcl, .flow.yml or .domino/{job.yml,job.yaml,job.json}" in problem["message"]
