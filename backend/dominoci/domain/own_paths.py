"""Where to go after signing in: only to a page of ours. `frontend/src/lib/next-url.ts` has the same rule."""

import re
from typing import Final

HOME: Final = "/"
LONGEST: Final = 2000
# browsers read `/\host`, `//host` and `https:host` as other sites, so the rule is narrow
_LOCAL: Final = re.compile(r"/[A-Za-z0-9_]")
_REFUSED: Final = re.compile(r"\\|//|[\x00-\x1f\x7f]")


def own_path(path: str | None) -> str:
    """The address when it certainly stays on this site, else the home page."""
    if not path or len(path) > LONGEST or not _LOCAL.match(path) or _REFUSED.search(path):
        return HOME
    return path
