"""Values of dependency parameters: plain text with `${…}` references to the parent, the root, the tree and the event.

`$${` stands for a plain `${`. Everything else, a lone `$` too, is taken as it is written.
"""

import re
from collections.abc import Mapping

_FACTS = ("commit", "branch", "tag", "pipeline", "message", "project")
NAMES = (
    *(f"parent.{fact}" for fact in (*_FACTS, "sub_id")),
    *(f"root.{fact}" for fact in _FACTS),
    "tree.id",
    "event.sub_id",
)
_REFERENCE = re.compile(r"\$?\$\{([^{}]*)\}?")  # linear: one character class, no nesting


def problems(parameters: Mapping[str, str]) -> list[str]:
    """What is wrong with the references in these values, a sentence each; none when all can be filled in."""
    return [
        f"{name}: {problem}"
        for name, value in parameters.items()
        for match in _REFERENCE.finditer(value)
        if (problem := _problem(match))
    ]


def _problem(match: "re.Match[str]") -> str | None:
    if match.group().startswith("$$"):
        return None
    if not match.group().endswith("}"):
        return f"{match.group()} is not closed (write $${{ for a plain ${{)"
    if match.group(1) not in NAMES:
        return f"{match.group()} is not known; there are {', '.join(NAMES)}"
    return None


def fill(parameters: Mapping[str, str], facts: Mapping[str, str | None]) -> dict[str, str]:
    """The values with their references filled in; what nobody reported is empty, what is no reference stays as it is."""

    def value_of(match: "re.Match[str]") -> str:
        if match.group().startswith("$$"):
            return match.group()[1:]
        return (facts.get(match.group(1)) or "") if _problem(match) is None else match.group()

    return {name: _REFERENCE.sub(value_of, value) for name, value in parameters.items()}


def facts_of(prefix: str, project: str, metadata: Mapping[str, str | None], **more: str) -> dict[str, str | None]:
    """What references that begin with `prefix` stand for: a project and what it reported."""
    known = {"project": project, **{key: metadata.get(key) for key in _FACTS if key != "project"}, **more}
    return {f"{prefix}.{key}": value for key, value in known.items()}
