"""`python -m tests.e2e.screenshots FOLDER` writes a picture of every page there: light, dark, wide, narrow."""

import sys
from pathlib import Path

from tests.e2e import browser

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.e2e.screenshots FOLDER")
    sys.exit(browser.run("screenshots.config.ts", DOMINOCI_SCREENSHOTS=str(Path(sys.argv[1]).absolute())))
