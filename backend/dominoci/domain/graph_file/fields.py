"""The fields of a project and of a dependency: how each is called in the file and where it is stored, its default, how it is
read and how it is written. An absent field has its default, so that the file alone says what is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dominoci.domain import target
from dominoci.domain.addresses import git_problem, web_problem
from dominoci.domain.fair_queue import HIGHEST, LOWEST
from dominoci.domain.globs import MAX_PATTERN, pattern_problem
from dominoci.domain.graph_file import values
from dominoci.domain.graph_file.faults import Faults, Mark, Wrong
from dominoci.domain.graph_file.nodes import Items, Node, Scalar, Table
from dominoci.domain.graph_file.values import Reader, choice, duration, flag, line_of_text, whole
from dominoci.domain.names import variable_problem
from dominoci.domain.parameters import problems as reference_problems
from dominoci.domain.refs import MAX_REF, is_ref_name

DAY_S: Final = 86_400
MOST_PATTERNS, MOST_PARAMETERS = 50, 100
VISIBILITIES: Final = ("private", "public")
ON_NEW_EVENT: Final = ("parallel", "supersede", "queue", "coalesce")


@dataclass(frozen=True)
class Secret:
    """A secret that the file only names: the client reads it from its environment and sends it apart."""

    env: str
    mark: Mark


@dataclass(frozen=True)
class Field:
    """One field: its key in the file, its name where it is stored, its default there, and how it is read and written."""

    key: str
    stored: str
    default: Any
    read: Reader
    spell: Callable[[Any], Any] = lambda value: value


def _ref_problem(name: str) -> str | None:
    return None if is_ref_name(name) else "cannot be the name of a branch or tag."


def _glob_problem(pattern: str) -> str | None:
    problem = pattern_problem(pattern)
    return f"{problem}." if problem else None


def _secret(node: Node, faults: Faults) -> Secret:
    if not isinstance(node, Table):
        raise Wrong(node.mark, "A secret never stands in the file: write {env: NAME}, the variable that holds it for the client.")
    found, marks = values.table(node, {"env": line_of_text(100, variable_problem)}, faults, "a secret")
    if "env" not in found:
        raise Wrong(node.mark, "Expected {env: NAME}, the variable that holds the secret for the client.")
    return Secret(found["env"], marks["env"])


def _labels(node: Node, faults: Faults) -> list[str]:
    return values.each(values.items(node, "labels", target.MOST_LABELS), line_of_text(100), faults)


_WEB: Final = line_of_text(2000, web_problem)
_OWN: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(("url", "cancel_url", "api_url"), _WEB),
    "mode": choice(target.GENERIC_WEBHOOK, target.BUILD),
    "unstable": choice("failed", "success"),
    "labels": _labels,
    "priority": whole(LOWEST, HIGHEST),
}
TARGET_KINDS: Final[Mapping[str, Mapping[str, Reader]]] = {
    kind: {
        **{name: _OWN.get(name, line_of_text(500)) for name in target.FIELDS[kind]},
        **dict.fromkeys(target.SECRETS[kind], _secret),
    }
    for kind in target.KINDS
}
TARGET: Final[Mapping[str, Reader]] = {
    "kind": choice(*TARGET_KINDS),
    **{key: read for fields in TARGET_KINDS.values() for key, read in fields.items()},
}


def _target(node: Node, faults: Faults) -> dict[str, Any]:
    """A target with the `Secret`s that it names."""
    found, marks = values.table(node, TARGET, faults, "a target")
    if "kind" not in marks:
        raise Wrong(node.mark, f"A target needs its kind: {' or '.join(TARGET_KINDS)}.")
    kind = found.get("kind")
    for key in [] if kind is None else sorted(marks.keys() - {"kind", *TARGET_KINDS[kind]}):
        faults.add(marks[key], f"{key} is not for targets of kind {kind}.")
    if kind is not None and len(found) == len(marks):
        # secrets that the file does not name may be stored
        for text in target.missing(found, target.SECRETS[kind]).values():
            faults.add(node.mark, text)
    return found


def _patterns(node: Node, faults: Faults) -> dict[str, list[str]]:
    """`[main, "release/*", "!release/old"]`, where `!` excludes, or `{include: […], exclude: […]}`."""
    if isinstance(node, Table):
        found, _ = values.table(node, {"include": _globs, "exclude": _globs}, faults, "patterns")
        return {"include": found.get("include", []), "exclude": found.get("exclude", [])}
    parts = values.items(node, "patterns", 2 * MOST_PATTERNS)
    minus = [part for part in parts if isinstance(part, Scalar) and part.text.startswith("!")]
    plus = tuple(part for part in parts if part not in minus)
    bare = tuple(Scalar(part.text[1:], part.plain, part.mark) for part in minus)
    return {"include": _globs(Items(plus, node.mark), faults), "exclude": _globs(Items(bare, node.mark), faults)}


def _globs(node: Node, faults: Faults) -> list[str]:
    parts = values.items(node, "patterns", MOST_PATTERNS)
    return values.each(parts, line_of_text(MAX_PATTERN, _glob_problem), faults)


def _spell_patterns(patterns: Mapping[str, list[str]]) -> Any:
    if any(pattern.startswith("!") for pattern in patterns["include"]):
        return {key: found for key, found in patterns.items() if found}
    return [*patterns["include"], *(f"!{pattern}" for pattern in patterns["exclude"])]


def _ref(node: Node, faults: Faults) -> dict[str, str | None]:
    """`default`, `same`, or `{fixed: name}`."""
    if not isinstance(node, Table):
        return {"use": choice("default", "same")(node, faults), "value": None}
    found, _ = values.table(node, {"fixed": line_of_text(200, _ref_problem)}, faults, "a ref")
    if not found:
        raise Wrong(node.mark, "Expected default, same, or {fixed: name}.")
    return {"use": "fixed", "value": found["fixed"]}


def _spell_ref(ref: Mapping[str, str | None]) -> Any:
    return {"fixed": ref["value"]} if ref["use"] == "fixed" else ref["use"]


def _parameters(node: Node, faults: Faults) -> dict[str, str]:
    given = values.pairs(node, "parameters")
    if len(given) > MOST_PARAMETERS:
        raise Wrong(node.mark, f"Expected at most {MOST_PARAMETERS} parameters, not {len(given)}.")
    readers = {key.text: line_of_text(4000, lines=True) for key, _ in given if _is_variable(key, faults)}
    named = Table(tuple(pair for pair in given if pair[0].text in readers), node.mark)
    found, marks = values.table(named, readers, faults, "parameters")
    for name, value in found.items():
        for problem in reference_problems({name: value}):
            faults.add(marks[name], f"{problem}.")
    return found


def _is_variable(key: Scalar, faults: Faults) -> bool:
    read = line_of_text(100, variable_problem)
    return bool(values.each((key,), read, faults))


_NO_PATTERNS: Final[Mapping[str, list[str]]] = {"include": [], "exclude": []}
PROJECT: Final = (
    Field("repository", "repository_url", None, line_of_text(2000, git_problem)),
    Field("default_branch", "default_branch", "main", line_of_text(200, _ref_problem)),
    Field("visibility", "visibility", "private", choice(*VISIBILITIES)),
    Field("enabled", "enabled", True, flag),
    Field("owners", "owners_url", None, _WEB),
    Field("contact", "contact", None, line_of_text(200)),
    Field("on_new_event", "on_new_event", "parallel", choice(*ON_NEW_EVENT)),
    Field("start_deadline", "start_deadline_s", 3600, duration(1, 30 * DAY_S), values.spelled),
    Field("finish_deadline", "finish_deadline_s", 21_600, duration(1, 30 * DAY_S), values.spelled),
    Field("accept_event_token", "accept_event_token", False, flag),
    Field("target", "target", {"kind": "agent"}, _target),
)
DEPENDENCY: Final = (
    Field("join", "join", "all", choice("all", "each")),
    Field("enabled", "enabled", True, flag),
    *(Field(key, key, _NO_PATTERNS, _patterns, _spell_patterns) for key in ("branches", "tags", "pipelines")),
    Field("ref", "ref", {"use": "default", "value": None}, _ref, _spell_ref),
    Field("parameters", "parameters", {}, _parameters),
)
assert MAX_REF >= 200  # noqa: S101 - a branch that the file takes, git takes too


def defaults(fields: tuple[Field, ...]) -> dict[str, Any]:
    """What is stored where the file says nothing."""
    return {field.stored: field.default for field in fields}
