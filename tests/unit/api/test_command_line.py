"""The command `dominoci`, and the documents that it makes."""

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dominoci
from dominoci.cli import main
from dominoci.cli.documents import DOCUMENTS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    for name in [name for name in os.environ if name.startswith("DOMINOCI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("REDIS_URL", "")
    monkeypatch.setenv("DOMINOCI_DATA", str(tmp_path))
    return Run()


class Run:
    """The command as a shell runs it, in this process."""

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)


def test_help_names_and_explains_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.exit_code == 0
    for name, command in main.commands.items():
        assert command.hidden or name in shown.output
        assert run(name, "--help").exit_code == 0
        assert (command.help or "").strip()


def test_the_version(run: Run) -> None:
    assert dominoci.__version__ in run("--version").output


@pytest.mark.parametrize("arguments", [["nonsense"], ["token", "create"], ["up", "--port", "x"], ["up", "--port", "0"]])
def test_a_wrong_use_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_setting_that_cannot_be_used_is_one_line_and_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMINOCI_PORT", "many")
    shown = run("db", "upgrade")
    assert (shown.exit_code, shown.output) == (2, "Error: DOMINOCI_PORT must be a whole number from 1 to 65535, not 'many'\n")


def test_a_database_without_tables_says_what_to_do(run: Run) -> None:
    shown = run("login-link")
    assert (shown.exit_code, shown.output.count("\n")) == (1, 1)
    assert "dominoci db upgrade" in shown.output


def test_after_the_upgrade_admin_gets_in_by_link_and_token(run: Run) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").exit_code == 0
    assert "/setup#code=" in run("login-link").output
    assert run("token", "create", "--user", "admin").output.startswith("dcu_")
    assert run("agent", "enrol").output.startswith("dca_")


def test_an_unknown_user_is_one_line_and_exit_code_1(run: Run) -> None:
    run("db", "upgrade")
    shown = run("token", "create", "--user", "nobody")
    assert (shown.exit_code, shown.output) == (1, "Error: There is no user called nobody.\n")


def test_preparing_leaves_an_enrolment_that_only_this_account_can_read(run: Run, tmp_path: Path) -> None:
    shown = run("prepare", "--agent")
    assert "/setup#code=" in json.loads(shown.output)["link"]
    enrolment = tmp_path / "agent-enrolment"
    assert enrolment.read_text().startswith("dca_")
    assert stat.S_IMODE(enrolment.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shown = run("db", "upgrade", "--data", str(tmp_path / "file" / "data"))
    assert (shown.exit_code, shown.output.count("\n")) == (1, 1)
    assert "Not a directory" in shown.output


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_generated_documents_are_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == DOCUMENTS[name](), "run: dominoci docs"


def test_docs_writes_what_is_stale_and_check_only_says_so(run: Run, tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert run("docs", "--check", "--folder", folder).exit_code == 1
    assert run("docs", "--folder", folder).exit_code == 0
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".md", ".json")} == set(DOCUMENTS)
    assert run("docs", "--check", "--folder", folder).exit_code == 0


def test_openapi_is_printed_or_written(run: Run, tmp_path: Path) -> None:
    printed = run("openapi")
    run("openapi", "--output", str(tmp_path / "api.json"))
    assert json.loads(printed.output)["openapi"] == "3.1.0"
    assert (tmp_path / "api.json").read_text("utf-8") == printed.output
