"""Names of projects, folders and jobs, as protocol.md fixes them."""

import string

_FIRST = frozenset(string.ascii_letters + string.digits)
_REST = _FIRST | frozenset("._-")
MAX_LENGTH = 100
OWN_PREFIX = "DOMINO_"


def name_problem(name: str) -> str | None:
    """Why `name` cannot be a project's name, as a sentence; None when it can."""
    if not 1 <= len(name) <= MAX_LENGTH:
        return f"must have 1 to {MAX_LENGTH} characters"
    if name[0] not in _FIRST or not _REST.issuperset(name):
        return "must begin with a letter or digit and hold only letters, digits, '.', '_' and '-'"
    if name.isdigit():
        return "must not be all digits"
    if name.endswith((".svg", ".json")):
        return "must not end in .svg or .json (badges use those addresses)"
    return None


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
