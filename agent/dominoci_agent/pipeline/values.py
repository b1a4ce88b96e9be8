"""What single values of a definition may be, whatever the format: names, durations, paths, cache keys. Each check answers the
sentence about what was expected, or None when all is well."""

from __future__ import annotations

import re

from dominoci_agent.pipeline.globs import GlobError, compile_glob

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
MAX_TIMEOUT_S = 7 * 24 * 3600
MAX_PATH = 512
_DURATION = re.compile(r"([0-9]{1,9})(s|m|h)")
_UNIT_S = {"s": 1, "m": 60, "h": 3600}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=-]{0,99}")
_CACHE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/@-]{0,254}")

TIMEOUT = 'expected timeout in seconds (90) or as "90s", "15m", "2h", at most 168h'


def name(text: str) -> str | None:
    """The name of a pipeline, a stage or a step."""
    return None if NAME.fullmatch(text) else f'"{_short(text)}" cannot be a name: letters, digits, ".", "_", "-" and spaces'


def variable(text: str, what: str) -> str | None:
    """The name of an environment variable that a definition may set. `what`: where it stands."""
    if VARIABLE.fullmatch(text) and not text.upper().startswith("DOMINO_"):
        return None
    return f'"{_short(text)}" cannot be {what}: letters, digits and "_", not DOMINO_…'


def seconds(value: object) -> float | None:
    """A timeout in seconds; None for what is none (see TIMEOUT)."""
    if isinstance(value, bool):
        return None
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    result = float(int(found[1]) * _UNIT_S[found[2]]) if found else float(value) if isinstance(value, int | float) else 0.0
    return result if 0 < result <= MAX_TIMEOUT_S else None


def glob(text: str) -> str | None:
    """A pattern of files."""
    try:
        compile_glob(text)
    except GlobError as error:
        return str(error)
    return None


def label(text: str) -> str | None:
    """A word that an agent may carry."""
    return None if _LABEL.fullmatch(text) else f'"{_short(text)}" cannot be a label: letters, digits and ". _ : / = -"'


def cache_key(text: str) -> str | None:
    """The fixed part of a cache's key."""
    return None if _CACHE_KEY.fullmatch(text) else f'"{_short(text)}" cannot be a cache\'s key: letters, digits, ".", "_", "-"'


def as_cache_key(text: str) -> str:
    """A key that was filled in, with what cannot stand in one (the "/" of a branch) replaced by "-"."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", text).lstrip("._-")[:100] or "cache"


def image(text: str) -> str | None:
    """The name of a container image; it becomes an argument, so it must not look like an option."""
    return None if _IMAGE.fullmatch(text) else f'"{_short(text)}" cannot be the name of an image'


def path(text: str) -> str | None:
    """A path below the workspace."""
    parts = text.split("/")
    usable = 0 < len(text) <= MAX_PATH and text.isprintable() and not text.startswith(("/", "-")) and ".." not in parts
    if usable and ".git" not in parts and "\\" not in text:
        return None
    return f'"{_short(text)}" cannot be used: expected a path inside the repository, without "..", not in .git'


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
