"""The command line, as a person uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dominoci_agent.cli import main
from dominoci_agent.config import AgentSettings, SettingsError
from tests.unit.agent.definition import one_step, pipeline, stage
from tests.waiting import until


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a `.factory`, and the current one."""
    (tmp_path / ".factory").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def define(project: Path, **files: str) -> None:
    for name, text in files.items():
        (project / f".factory/{name}.hcl").write_text(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("command", [[], ["run"], ["exec"], ["validate"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert len(result.output) > 200


def test_exec_runs_the_pipelines_of_a_file_here(project: Path) -> None:
    define(project, a=one_step("pwd; echo on ${domino.branch}"), b=pipeline("other", name="b") + stage("other", "echo b"))
    result = run("exec", ".factory/a.hcl", "--branch", "topic")
    assert result.exit_code == 0
    assert f"{project}\n" in result.output
    assert "on topic\n" in result.output
    assert "pipeline b:" not in result.output


def test_exec_of_a_folder_runs_all_and_finds_stages_in_the_neighbour_files(project: Path) -> None:
    define(project, a=pipeline("x", name="a"), b=pipeline("x", name="b"), stages=stage("x", "echo here"))
    assert run("exec", ".factory").output.count("here\n") == 2
    assert run("exec", ".factory/a.hcl").output.count("here\n") == 1


def test_exec_ends_with_the_result(project: Path) -> None:
    define(project, a=pipeline("x", "y<x") + stage("x", "exit 3") + stage("y", "echo never"))
    result = run("exec", ".factory/a.hcl")
    assert result.exit_code == 1
    assert "x · r1: failed" in result.output
    assert "exit code 3" in result.output
    assert "y · r1: skipped" in result.output


def test_exec_replaces_variables_and_takes_secrets_from_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "hunter2-long")
    define(project, a='variables { who = "world" }\n' + one_step("echo hello ${var.who}; echo $KEY", 'secrets = ["KEY"]'))
    result = run("exec", ".factory/a.hcl", "--var", "who=you")
    assert "hello you\n***\n" in result.output
    assert run("exec", ".factory/a.hcl", "--var", "who").exit_code == 2


def test_exec_asks_the_filters_unless_a_pipeline_is_named(project: Path) -> None:
    rule = '  filter {\n    include { branches = ["main"] }\n  }\n'
    define(project, a=pipeline("x", rule=rule) + stage("x", "echo ran"))
    skipped = run("exec", ".factory/a.hcl", "--branch", "topic")
    assert skipped.exit_code == 0
    assert "ran\n" not in skipped.output
    assert 'does not cover branch "topic"' in skipped.output
    assert "ran\n" in run("exec", ".factory/a.hcl", "--branch", "topic", "--pipeline", "build").output
    assert run("exec", ".factory/a.hcl", "--pipeline", "nope").exit_code == 2


def test_exec_of_a_broken_definition_says_where(project: Path) -> None:
    define(project, a="\nstage {\n}\n")
    result = run("exec", ".factory/a.hcl")
    assert result.exit_code == 2
    assert ".factory/a.hcl:2: expected stage" in result.output


def test_exec_ends_everything_when_interrupted(project: Path) -> None:
    define(project, a=one_step("echo $$ > pid.new; mv pid.new pid; sleep 600"))
    command = [sys.executable, "-m", "dominoci_agent.cli", "exec", ".factory/a.hcl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]})
    until((project / "pid").exists, "the step runs")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"cancelled" in output
    assert not Path(f"/proc/{(project / 'pid').read_text().strip()}").exists()


def test_validate_says_what_is_wrong_where(project: Path) -> None:
    define(project, a="x = 1\n", b="\nstage {\n}\n")
    for path in (".", ".factory"):
        result = run("validate", path)
        assert result.exit_code == 1
        first, second = result.output.splitlines()
        assert ".factory/a.hcl:1: unknown attribute" in first
        assert ".factory/b.hcl:2: expected stage" in second


def test_validate_is_content_with_a_good_definition(project: Path) -> None:
    define(project, a=one_step("true"))
    result = run("validate", ".")
    assert (result.exit_code, result.output) == (0, ".: good (pipelines: build)\n")


def test_a_byte_order_mark_is_no_error(project: Path) -> None:
    (project / ".factory/a.hcl").write_text("\ufeff" + one_step("true"))
    assert run("validate", ".").exit_code == 0


def test_validate_of_a_file_that_is_no_text_names_the_line(project: Path) -> None:
    (project / ".factory/a.hcl").write_bytes(b"# fine\n\xff\n")
    assert ".factory/a.hcl:2: the file is not UTF-8" in run("validate", ".").output


@pytest.mark.parametrize(
    ("flag", "value"), [("url", "ftp://x"), ("url", "http://me:pw@x"), ("slots", "0"), ("slots", "many"), ("slots", "1000")]
)
def test_a_setting_that_cannot_be_used_is_one_clear_line(flag: str, value: str) -> None:
    with pytest.raises(SettingsError):
        AgentSettings.read({}, **{flag: value})
    result = run("run", f"--{flag}", value)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert len(result.output.splitlines()) == 1


def test_flags_win_over_the_environment() -> None:
    environ = {"DOMINOCI_URL": "http://a/", "DOMINOCI_AGENT_NAME": "env", "DOMINOCI_AGENT_SLOTS": "3"}
    settings = AgentSettings.read(environ, name="flag", url=None)
    assert (settings.url, settings.name, settings.slots) == ("http://a", "flag", 3)


JOB = """
onStart: echo begins with $CHANNEL
stages:
  - title: build
    steps:
      - {title: compile, command: "echo compiling; exit 3", ignoreExitCode: true}
      - {title: test, command: echo testing}
parameters:
  - {title: CHANNEL, required: true}
  - {title: ""}
"""
FLOW = "workflows:\n  - workflow: {name: release, jobs: [{job: {name: git, action: git.yml, success: [%s]}}]}\n"


def test_exec_runs_a_job_definition_with_its_parameters(project: Path) -> None:
    (project / "job.yml").write_text(JOB)
    result = run("exec", "job.yml", "--var", "CHANNEL=beta")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if line in ("begins with beta", "compiling", "testing")]
    assert lines == ["begins with beta", "compiling", "testing"]
    assert "job.yml:10: a parameter with an empty title is ignored" in result.output
    without = run("exec", "job.yml")
    assert (without.exit_code, "--var CHANNEL=VALUE" in without.output) == (2, True)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (".flow.yml", FLOW % "", "good (pipelines: release)"),
        (".flow.yml", FLOW % "nope", ':2: job "git" has a route to "nope"'),
        (".domino/job.yml", JOB, "good (pipelines: job)"),
        (".domino/job.json", '{"stages": 1}', ':1: "stages" of a job must be a list'),
        ("release.yml", FLOW % "git", "closes a cycle: git -> git"),
        ("payload.json", '{"project_build_command": "make", "project_dist_directory": "/etc"}', "a path inside the repository"),
    ],
)
def test_validate_knows_every_format_in_a_repository_and_as_a_file(project: Path, file: str, text: str, expected: str) -> None:
    path = project / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    paths = [file, "."] if file.startswith(".") else [file]
    for path_given in paths:
        result = run("validate", path_given)
        assert expected in result.output
        assert result.exit_code == (0 if "good" in expected else 1)


def test_validate_looks_at_imports_when_asked(project: Path) -> None:
    define(project, a='pipeline "p" {\n  source = "http://127.0.0.1:9/r.git//x?ref=v1"\n}\n')
    assert run("validate", ".").exit_code == 0
    result = run("validate", "--imports", ".")
    assert result.exit_code == 1
    assert "127.0.0.1" in result.output
