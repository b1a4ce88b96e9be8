"""`python -m bench.ui [WORD …]`: the budgets of ui.md in Chromium, on the built page behind the real server, as one table.

The measures are TypeScript (`*.bench.ts`); words choose those whose name holds one of them. Ends in 1 when a budget is exceeded.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.processes import ROOT, Process
from bench.stack import Stack
from bench.table import Goal, Row, plain, render
from bench.ui import fixtures
from bench.web import HOST
from tests.bed.process import free_port
from tests.bed.programs import find_chromium

NEAR = 0.8  # of a budget: worth a warning
PLAYWRIGHT = ROOT / "node_modules" / ".bin" / "playwright"


def main(arguments: Sequence[str] | None = None) -> int:
    """Plants, measures, prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only measures whose name holds one of them, as B4 or log")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-ui-") as folder:
        found, whole = _measured(Path(folder), given.words)
    rows = [_row(one) for one in found]
    print(render(rows))
    print("\n".join(["", *_notes(found), _where()]))
    if not whole:
        print("Some measures did not come to their end: what Playwright says above tells which.")
    return 0 if whole and not any(row.met is False for row in rows) else 1


def _measured(folder: Path, words: Sequence[str]) -> tuple[list[dict[str, Any]], bool]:
    """What the measures have recorded (`measure`, `values`, `unit`, `budget`, `told`), and whether all came to their end."""
    sink, results = free_port(), folder / "results"
    home = folder / "stack"
    home.mkdir()
    with (
        Process([sys.executable, "-m", "bench.sink", str(sink)], folder / "sink.log"),
        Stack(home, agent=False) as stack,
    ):
        sys.stderr.write("planting trees and logs\n")
        planted = fixtures.plant(stack, f"http://{HOST}:{sink}/hook")
        stack.settle()
        places = {"url": f"http://{HOST}:{stack.port}", "link": stack.login_link(), "results": str(results), **asdict(planted)}
        argv = [str(PLAYWRIGHT), "test", "--config", "bench/ui", *(f"--grep={word}" for word in words)]
        env = {**os.environ, "CHROMIUM": find_chromium() or "", "DOMINOCI_BENCH": json.dumps(places)}
        # Playwright says on the way what it measures; standard output is for the table
        done = subprocess.run(argv, cwd=ROOT, env=env, stdout=sys.stderr, check=False)
    lines = results.read_text().splitlines() if results.exists() else []
    return [json.loads(line) for line in lines], done.returncode == 0


def _row(one: dict[str, Any]) -> Row:
    figure = Figure.of(one["values"], one["unit"])
    if one["budget"] is None:
        return Row(one["measure"], str(figure), "-", "-")
    row = plain(one["measure"], figure, Goal(one["budget"], unit=f" {one['unit']}"))
    return Row(row.measure, row.ours, "-", f"{figure.median / one['budget']:.2f}" if one["budget"] else "-", row.goal, row.met)


def _notes(found: Sequence[dict[str, Any]]) -> list[str]:
    near = [one["measure"] for one in found if _is_near(one)]
    told = [f"{one['measure']}: {one['told']}" for one in found if one["told"]]
    return [*(["Above 80 % of its budget: " + ", ".join(near)] if near else []), *told]


def _is_near(one: dict[str, Any]) -> bool:
    budget = one["budget"]
    return bool(budget) and NEAR * budget < Figure.of(one["values"], one["unit"]).median <= budget


def _where() -> str:
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    return f"Medians (lowest-highest); the ratio is to the budget. {machine}."


if __name__ == "__main__":
    sys.exit(main())
