"""Definitions that cannot be run, one file each: where each is wrong, in which words, and that none of them costs much."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dominoci_agent.pipeline.definition import load_text
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.formats import hcl_reader

FOLDER = Path(__file__).parent / "broken"
# a line a file, `format/file:line: words`
EXPECTED = (FOLDER / "EXPECTED").read_text().splitlines()

# as big as a body may be, and made to be slow; what is said of them does not matter
HOSTILE = {
    "flow": (
        "[" * 99_999, "{" * 99_999, "- " * 49_999, "a: " * 33_333, "? " * 49_999, "a:\n" * 33_333, "k: [" + "1," * 49_000,
        "'" * 99_999, "|\n" * 49_999, "- |\n" * 24_999, '"' + "\\x41" * 24_999, "&a " * 33_333, "# \n" * 33_333, "!" * 99_999,
        "workflows:\n" + "- {}\n" * 19_000, "a: " + "b " * 49_000, "[" + "{a: b}," * 14_000, "x" * 99_999 + ": 1",
    ),
    "job": (
        "[" * 99_999, "{" * 99_999, '{"a":' * 19_999, "[" + "1," * 49_999, '{"' + "\\u0041" * 16_000, "[" + " " * 99_998,
        '{"stages":[' + "{}," * 19_000 + "{}]}", '{"a":' + "1" * 99_000 + "}", '{"a":"' + "\\" * 99_001,
        "stages:\n" + "- {steps: [{command: a}]}\n" * 3_000, "{" + '"a":1,' * 16_000 + '"a":1}',
    ),
    "builder": ("[" * 99_999, '{"project_build_command":"' + "x" * 99_000 + '"}', "-" * 99_999, "{" + " \n" * 49_999),
    "factory": ("[" * 65_000, "a = " + "[" * 3_000 + "]" * 3_000, "#" * 100_000, "a = \"" + "${" * 20_000),
}  # fmt: skip


def said(form: str, text: str, file: str) -> list[str]:
    """What is wrong with a text, a line a problem; the hostile ones may also be content with it."""
    try:
        load_text(form, text, file)
    except DefinitionError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda line: line.split(":")[0])
def test_a_broken_file_is_refused_at_its_line_and_with_what_was_expected(expected: str) -> None:
    place, words = expected.split(": ", 1)
    file = place.rpartition(":")[0]
    problems = said(file.split("/")[0], (FOLDER / file).read_text(), file)
    assert problems, "it was taken"
    assert any(problem.startswith(f"{place}: ") and words in problem for problem in problems), problems


def test_every_broken_file_is_listed() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*")}
    assert files == {line.split(":")[0] for line in EXPECTED}
    assert len(files) >= 30


def test_no_definition_costs_more_than_a_second_and_256_mb() -> None:
    """In a process that the kernel ends when one of them does."""
    done = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=False, cwd=Path.cwd())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["cheap"]


def _within_bounds(form: str, text: str, file: str) -> None:
    """Read it in a child whose clock begins at nought; SystemExit with its name when it took more than it may."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
        said(form, text, file)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"{file}: {text[:40]!r} ended with {status}")


def _read_all() -> None:
    hcl_reader.warm()
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
    for line in EXPECTED:
        file = line.split(":")[0]
        _within_bounds(file.split("/")[0], (FOLDER / file).read_text(), file)
    for form, texts in HOSTILE.items():
        for text in texts:
            _within_bounds(form, text, "hostile")
    sys.stdout.write("cheap")


if __name__ == "__main__":
    _read_all()
