"""Names of projects, folders and jobs, as protocol.md fixes them."""

import string

_FIRST = frozenset(string.ascii_letters + string.digits)
_REST = _FIRST | frozenset("._-")
MAX_LENGTH = 100
LONGEST_JOB = 140  # a copy's name is its job's with the branch behind it
DEEPEST_PLACE = 10
LONGEST_PATH = 500
OWN_PREFIX = "DOMINO_"
# what stands behind a job's path in addresses: /api/v1/jobs/tools/hello/builds
_BEHIND_JOBS = frozenset(("builds", "copies", "definition", "definitions", "links", "triggers"))


def name_problem(name: str, longest: int = MAX_LENGTH) -> str | None:
    """Why `name` cannot be a project's name, as a sentence; None when it can."""
    if not 1 <= len(name) <= longest:
        return f"must have 1 to {longest} characters"
    if name[0] not in _FIRST or not _REST.issuperset(name):
        return "must begin with a letter or digit and hold only letters, digits, '.', '_' and '-'"
    if name.isdigit():
        return "must not be all digits"
    if name.endswith((".svg", ".json")):
        return "must not end in .svg or .json (badges use those addresses)"
    return None


def place_problem(name: str, longest: int = MAX_LENGTH) -> str | None:
    """Why `name` cannot be a folder's or a job's name, as a sentence; None when it can."""
    if problem := name_problem(name, longest):
        return problem
    if name in _BEHIND_JOBS:
        return f"must not be {name!r} (addresses of jobs use that word)"
    if name.partition(".lease")[0].isdigit():
        return "must not look like the folder of a build (12.lease1)"
    return None


def path_problem(path: str) -> str | None:
    """Why `path` (names with slashes between) cannot be a folder's or a job's, as a sentence; None when it can."""
    names = path.split("/")
    if len(names) > DEEPEST_PLACE or len(path) > LONGEST_PATH:
        return f"must have at most {DEEPEST_PLACE} names and {LONGEST_PATH} characters"
    return next((f"{problem}: {name!r}" for name in names if (problem := place_problem(name))), None)


def variable_problem(name: str) -> str | None:
    """Why a parameter cannot have this name, as a sentence; None when it can."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[:1].isdigit()
    if not plain or name.startswith(OWN_PREFIX):
        return f"Names are letters, digits and _, and do not begin with a digit or {OWN_PREFIX}."
    return None


def slug(title: str) -> str:
    """A safe part of a path made of `title`: lower case, `-` for everything else, at most 60 characters."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in title.lower())
    return "-".join(part for part in kept.split("-") if part).strip(".-")[:60]
