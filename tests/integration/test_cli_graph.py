"""`dominoci apply` and `export`, against a served arbiter."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dominoci.cli import main
from dominoci.config import SettingsError, secret_values
from tests.integration.served import Arbiter

CORE = """\
version: 1
projects:
  core: {repository: "https://git.test/core.git"}
  app:
    repository: https://git.test/app.git
    upstreams:
      core: {branches: [main]}
"""
FAULTY = """\
version: 1
projects:
  a: {upstreams: {b: {}}}
  b: {upstreams: {a: {}, nobody: {}}}
"""
SECRET = """\
version: 1
projects:
  app:
    repository: https://git.test/app.git
    target: {kind: webhook, url: "https://93.184.215.14/hook", secret: {env: APP_SECRET}}
"""


class Graph:
    """The commands, in a folder with a dominoci.yml."""

    def __init__(self, arbiter: Arbiter, folder: Path) -> None:
        self.arbiter, self.file = arbiter, folder / "dominoci.yml"

    def __call__(self, text: str | None, *arguments: str, stdin: str | None = None, **env: str | None) -> Result:
        if text is not None:
            self.file.write_text(text)
        given = {"DOMINOCI_URL": self.arbiter.url, "DOMINOCI_TOKEN": self.arbiter.token, "DOMINOCI_TOKEN_FILE": None}
        return CliRunner().invoke(main, arguments, input=stdin, env={**given, "NO_PROXY": "*", **env})

    def names(self) -> list[str]:
        """The projects that there are."""
        return sorted(project["name"] for project in self.arbiter.api("GET", "/projects")["items"])


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """An arbiter without projects, and a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    arbiter = Arbiter(tmp_path / "arbiter")
    yield Graph(arbiter, tmp_path)
    arbiter.close()


def test_a_plan_tells_and_changes_nothing(graph: Graph) -> None:
    planned = graph(CORE, "apply", "--plan")
    assert planned.exit_code == 3
    assert "+ project core" in planned.stdout
    assert "+ dependency app on core" in planned.stdout
    assert graph.names() == []


def test_what_was_applied_is_there_and_a_second_time_does_nothing(graph: Graph) -> None:
    assert graph(CORE, "apply", "--yes").stdout.endswith("applied\n")
    assert graph.names() == ["app", "core"]
    again = graph(None, "apply", "--yes")
    assert (again.exit_code, "applied" in again.stdout) == (0, False)
    assert graph(None, "apply", "--plan").exit_code == 0


def test_without_a_yes_nothing_is_applied(graph: Graph) -> None:
    asked = graph(CORE, "apply")
    assert (asked.exit_code, asked.stderr) == (2, "Error: nobody is there to be asked: say --yes\n")
    assert graph.names() == []


def test_prune_removes_what_the_file_does_not_name(graph: Graph) -> None:
    graph.arbiter.project("old")
    assert graph(CORE, "apply", "--yes").exit_code == 0
    assert graph.names() == ["app", "core", "old"]
    assert "- project old" in graph(None, "apply", "--prune", "--yes").stdout
    assert graph.names() == ["app", "core"]


def test_every_fault_is_named_with_its_place_and_nothing_is_applied(graph: Graph) -> None:
    shown = graph(FAULTY, "apply", "--yes")
    assert shown.exit_code == 1
    lines = shown.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("dominoci.yml:") for line in lines[:-1])
    assert any("nobody" in line for line in lines)
    assert any("cycle" in line for line in lines)
    assert lines[-1] == "Error: The graph file has 2 errors; nothing was applied."
    assert graph.names() == []


def test_json_is_what_the_api_answers(graph: Graph) -> None:
    planned = json.loads(graph(CORE, "apply", "--plan", "--json").stdout)
    assert [change["project"] for change in planned["added"]] == ["core", "app", "app"]
    done = json.loads(graph(None, "apply", "--yes", "--json").stdout)
    assert done["added"] == planned["added"]


def test_what_is_exported_can_be_applied_and_changes_nothing(graph: Graph) -> None:
    graph(CORE, "apply", "--yes")
    text = graph(None, "export").stdout
    assert graph(None, "apply", "-f", "-", "--prune", "--plan", stdin=text).exit_code == 0
    assert graph(None, "export", "app", "-o", "one.yml").exit_code == 0
    assert "  core:\n    repository" not in (graph.file.parent / "one.yml").read_text()


def test_a_repositorys_own_file_names_its_upstreams(graph: Graph) -> None:
    graph(CORE, "apply", "--yes")
    graph.arbiter.project("net")
    own = "version: 1\nupstreams:\n  core: {}\n  net: {}\n"
    planned = graph(own, "apply", "--project", "app", "--plan")
    assert (planned.exit_code, "+ dependency app on net" in planned.stdout) == (3, True)


def test_secrets_come_from_the_environment_and_are_never_shown(graph: Graph, tmp_path: Path) -> None:
    value = "whsec_" + "QUJD" * 8
    missing = graph(SECRET, "apply", "--yes", APP_SECRET=None)
    assert missing.exit_code == 1
    assert "not set here, and needed to apply: APP_SECRET" in missing.stderr
    (tmp_path / "secret").write_text(value)
    done = graph(None, "apply", "--yes", APP_SECRET_FILE=str(tmp_path / "secret"))
    assert done.exit_code == 0, done.output
    assert graph.arbiter.api("GET", "/projects/app")["target"]["secrets"][0]["name"] == "secret"
    other = graph(None, "apply", "--plan", APP_SECRET="whsec_" + "QUJE" * 8)
    assert (other.exit_code, "target.secret" in other.stdout) == (3, True)
    assert "QUJ" not in missing.output + done.output + other.output


@pytest.mark.parametrize("name", ["DOMINOCI_TOKEN", "DOMINOCI_ANYTHING", "DATABASE_URL"])
def test_no_file_gets_the_settings_of_dominoci_as_secrets(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        secret_values([name], {name: "x"})


def test_a_file_that_is_no_text_is_a_wrong_use(graph: Graph) -> None:
    graph.file.write_bytes(b"\xff\xfe")
    assert graph(None, "apply", "--plan").exit_code == 2
