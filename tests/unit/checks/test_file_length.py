"""Long source files are found wherever we write by hand, and nowhere else."""

from pathlib import Path

import pytest

from tests.checks.file_length import main


def write(repository: Path, name: str, lines: int) -> None:
    """A file of so many lines."""
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n" * lines)


def test_a_file_of_401_lines_is_named_and_one_of_400_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "backend/dominoci/long.py", 401)
    write(tmp_path, "frontend/src/fits.tsx", 400)
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == "backend/dominoci/long.py: 401 lines, more than 400\n"


def test_what_is_not_written_by_hand_may_be_long(tmp_path: Path) -> None:
    for name in ("backend/dominoci/web/static/app.css", "frontend/src/lib/api/schema.d.ts", "tests/case.yaml", "docs/a.py"):
        write(tmp_path, name, 1000)
    assert main(tmp_path) == 0
