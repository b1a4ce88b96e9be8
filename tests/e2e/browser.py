"""Runs Playwright on the pages that `make build-ui` has built, with the system's Chromium."""

import os
import subprocess
from pathlib import Path
from typing import Final

from tests.bed.programs import find_chromium

REPOSITORY: Final = Path(__file__).parents[2]
PLAYWRIGHT: Final = REPOSITORY / "node_modules" / ".bin" / "playwright"
PAGE: Final = REPOSITORY / "backend" / "dominoci" / "web" / "static" / "index.html"


def run(config: str, *arguments: str, **env: str) -> int:
    """The exit code of `playwright test --config tests/e2e/<config>`; what it says goes to this process's output."""
    chromium = find_chromium()
    assert chromium is not None, "Chromium is not installed: python -m tests.bed.missing"
    assert PAGE.is_file(), "the page is not built: make build-ui"
    argv = [str(PLAYWRIGHT), "test", "--config", f"tests/e2e/{config}", *arguments]
    return subprocess.run(argv, cwd=REPOSITORY, env={**os.environ, "CHROMIUM": chromium, **env}, check=False).returncode
