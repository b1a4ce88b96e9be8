"""`dominoci job`, against a served arbiter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.served import Arbiter
from tests.integration.test_cli_remote import Command

ASKS = "parameters:\n  - title: WHO\n    required: true\nstages:\n  - steps:\n      - command: echo $WHO\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    arbiter = Arbiter(tmp_path_factory.mktemp("arbiter"))
    yield Command(arbiter)
    arbiter.close()


def test_a_job_from_the_first_version_to_its_end(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "hello.yml"
    file.write_text(ASKS)
    made = run("job", "add", "tools/hello", "--definition", str(file), "--title", "Greets")
    assert made.exit_code == 0, made.output
    assert "definition  version 1 (job)\nparameters  WHO (required)\n" in made.stdout
    refused = run("job", "run", "tools/hello")
    assert (refused.exit_code, "parameters.WHO" in refused.output) == (1, True)
    assert run("job", "run", "tools/hello", "-p", "WHO=you").stdout.startswith("build 1 of tools/hello: http")
    assert [row[:3] for row in run.rows("job", "builds", "tools/hello")] == [["1", "queued", "main"]]

    broken = run("job", "define", "tools/hello", "-", stdin="stages: 7\n")
    assert (broken.exit_code, "Line 1: " in broken.output) == (1, True)
    assert run("job", "define", "tools/hello", "-", stdin=ASKS + "# again\n").exit_code == 0
    assert [(row[0], row[4]) for row in run.rows("job", "versions", "tools/hello")] == [("2", "yes"), ("1", "no")]
    assert run("job", "definition", "tools/hello", "--version", "1").stdout == ASKS

    assert run("job", "folder", "add", "gears/old").exit_code == 0
    moved = run.json("job", "change", "tools/hello", "--folder", "gears", "--name", "hi", "--disable")
    assert (moved["path"], moved["enabled"]) == ("gears/hi", False)
    assert run("job", "run", "gears/hi", "-p", "WHO=you").exit_code == 1
    assert [row[0] for row in run.rows("job", "--folder", "gears")] == ["gears/hi"]
    assert [row[0] for row in run.rows("job", "folder")] == ["gears", "tools"]
    assert run("job", "folder", "delete", "gears").exit_code == 1
    assert run("job", "delete", "gears/hi").exit_code == 2  # nobody is there to be asked
    assert run("job", "delete", "gears/hi", "--yes").stdout == "deleted gears/hi\n"
    assert run("job", "show", "gears/hi").exit_code == 1
