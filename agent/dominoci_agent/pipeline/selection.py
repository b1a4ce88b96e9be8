"""Which pipelines of a definition run for a commit, and the sentence that says why or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dominoci_agent.pipeline.globs import matches_any
from dominoci_agent.pipeline.model import Filter

NO_BASE = "there is no earlier build to compare with"


@dataclass(frozen=True)
class Change:
    """What was pushed. `paths` is None when the changed paths are not known: then all count as changed, and
    `unknown_because` says why."""

    branch: str | None = None
    tag: str | None = None
    paths: tuple[str, ...] | None = None
    unknown_because: str = NO_BASE


@dataclass(frozen=True)
class Decision:
    """Whether one pipeline runs, with the reason as a sentence."""

    name: str
    selected: bool
    reason: str


def decide(filters: Mapping[str, Filter], change: Change, named: Sequence[str] | None = None) -> list[Decision]:
    """One decision for each pipeline, in name order. `named`: run exactly these, whatever their filters say;
    KeyError with the name of one that does not exist."""
    for name in named or ():
        if name not in filters:
            raise KeyError(name)
    return [_decide_one(name, filters[name], change, named) for name in sorted(filters)]


def _decide_one(name: str, rule: Filter, change: Change, named: Sequence[str] | None) -> Decision:
    if named is not None:
        asked = name in named
        return Decision(name, asked, "It was asked for by name." if asked else "Other pipelines were asked for by name.")
    against = _ref_against(rule, change) or _paths_against(rule, change)
    if against:
        return Decision(name, selected=False, reason=against)
    return Decision(name, selected=True, reason=_why(rule, change))


def _why(rule: Filter, change: Change) -> str:
    if rule == Filter():
        return "It has no filter."
    if rule.looks_at_paths and change.paths is None:
        return f"All paths count as changed, because {change.unknown_because}."
    if rule.looks_at_paths:
        path = next(path for path in change.paths or () if _counts(rule, path))
        return f'The filter lets {_ref(change)} and the changed path "{path}" through.'
    return f"The filter lets {_ref(change)} through."


def _ref(change: Change) -> str:
    if change.tag is not None:
        return f'tag "{change.tag}"'
    return "a commit without branch" if change.branch is None else f'branch "{change.branch}"'


def _ref_against(rule: Filter, change: Change) -> str | None:
    include, exclude = rule.include, rule.exclude
    if _is_in(exclude.branches, change.branch) or _is_in(exclude.tags, change.tag):
        patterns = exclude.branches if _is_in(exclude.branches, change.branch) else exclude.tags
        return f"The exclude filter ({_listed(patterns)}) covers {_ref(change)}."
    if not include.branches and not include.tags:
        return None
    # with both lists given, either may let the commit in
    if _is_in(include.branches, change.branch) or _is_in(include.tags, change.tag):
        return None
    lists = (("branches", include.branches), ("tags", include.tags))
    wanted = [f"{word} {_listed(patterns)}" for word, patterns in lists if patterns]
    return f"The include filter ({'; '.join(wanted)}) does not cover {_ref(change)}."


def _is_in(patterns: tuple[str, ...], value: str | None) -> bool:
    return value is not None and matches_any(patterns, value)


def _paths_against(rule: Filter, change: Change) -> str | None:
    if change.paths is None or not rule.looks_at_paths:
        return None
    if any(_counts(rule, path) for path in change.paths):
        return None
    parts = []
    if rule.include.paths:
        parts.append(f"include {_listed(rule.include.paths)}")
    if rule.exclude.paths:
        parts.append(f"exclude {_listed(rule.exclude.paths)}")
    number = len(change.paths)
    which = f"None of the {number} changed paths passes" if number != 1 else f'"{change.paths[0]}" does not pass'
    return f"{which} the path filter ({'; '.join(parts)})." if number else "No path has changed."


def _counts(rule: Filter, path: str) -> bool:
    """Whether a changed path gives a pipeline a reason to run."""
    included = not rule.include.paths or matches_any(rule.include.paths, path)
    return included and not matches_any(rule.exclude.paths, path)


def _listed(patterns: Iterable[str]) -> str:
    return ", ".join(patterns)
