"""What the demo consists of: seven repositories with their files, and the graph between them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

REPOSITORIES: Final = Path(__file__).parent / "repositories"
# the scripts that every repository of the demo brings along
SHARED: Final = "shared"
ROOT: Final = "core"
NAMES: Final = ("core", "net", "ui", "app", "image", "docs", "nightly")
BRANCH: Final = "main"

_ONLY_RELEASES: Final = {"filters": {"branches": {"include": ["release/*"], "exclude": []}}}
# upstream, downstream, and what else the dependency says
EDGES: Final[tuple[tuple[str, str, Mapping[str, Any]], ...]] = (
    ("core", "net", {}),
    ("core", "ui", {}),
    ("net", "app", {}),
    ("ui", "app", {}),
    ("app", "image", {}),
    ("app", "docs", {}),
    ("core", "nightly", _ONLY_RELEASES),
)


def files(name: str) -> dict[str, bytes]:
    """The files of one repository by path, in order."""
    found = {**_below(REPOSITORIES / SHARED), **_below(REPOSITORIES / name)}
    return dict(sorted(found.items()))


def is_program(content: bytes) -> bool:
    """Whether a file is to be executable. Packages lose that bit on their way, so it is told from the first line."""
    return content.startswith(b"#!")


def _below(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}
