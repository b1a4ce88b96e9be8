"""What is missing for the tests is said before any of them runs."""

import pytest

from tests.bed.missing import Part, main


def part(name: str, present: bool) -> Part:
    return Part(name, "some tests", f"install {name}", lambda: present)


def test_nothing_is_said_when_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], [part("a", True), part("b", True)]) == 0
    assert capsys.readouterr().out == ""


def test_one_table_says_what_is_missing_and_how_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], [part("Chromium", False), part("git", True), part("db", False)]) == 2
    assert capsys.readouterr().out == (
        "missing   needed for  how to get it\n"
        "Chromium  some tests  install Chromium\n"
        "db        some tests  install db\n"
    )


def test_what_cannot_be_installed_stays_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--install"], [part("Chromium", False)]) == 2
    assert "install Chromium" in capsys.readouterr().out
