"""`python -m tests.checks.file_length`: no source file is longer than 400 lines. Ruff and Biome have no such rule."""

import sys
from collections.abc import Iterator
from pathlib import Path

LIMIT = 400
ROOTS = ("backend", "agent", "frontend/src", "tests", "bench")
SOURCES = {".py", ".ts", ".tsx", ".css", ".sh", ".mjs"}
# not written by hand
GENERATED = {"node_modules", "static", "schema.d.ts", "test-results", "playwright-report"}


def too_long(repository: Path) -> Iterator[tuple[Path, int]]:
    """Every source file over the limit, with its number of lines."""
    for root in ROOTS:
        for path in sorted((repository / root).rglob("*")):
            if path.suffix in SOURCES and path.is_file() and not GENERATED & set(path.parts):
                lines = len(path.read_bytes().splitlines())
                if lines > LIMIT:
                    yield path.relative_to(repository), lines


def main(repository: Path) -> int:
    """Prints what is too long; 1 when anything is."""
    found = list(too_long(repository))
    for path, lines in found:
        sys.stdout.write(f"{path}: {lines} lines, more than {LIMIT}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[2]))
