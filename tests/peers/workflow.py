"""The workflow of docs/connect-github.md, as a repository's files."""

import re
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs/connect-github.md"
WORKFLOW: Final = "domino.yml"


def _of_the_page() -> str:
    """As it stands there, but without runs for pushes: that of the commit itself would come first."""
    found = re.search(r"```yaml\n(name: domino\n.*?)```", PAGE.read_text(), re.DOTALL)
    assert found, f"{PAGE} shows no workflow"
    return found[1].replace("  push:\n", "")


FILES: Final = {f".github/workflows/{WORKFLOW}": _of_the_page()}
