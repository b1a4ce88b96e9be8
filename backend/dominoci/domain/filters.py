"""Ref filters of a dependency: which reports of the parent pass it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dominoci.domain.globs import matches
from dominoci.domain.reports import Metadata


@dataclass(frozen=True)
class Patterns:
    """Globs on one field of the parent's report; an empty list means anything."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filters:
    """The three fields that a dependency may filter on."""

    branches: Patterns = field(default_factory=Patterns)
    tags: Patterns = field(default_factory=Patterns)
    pipelines: Patterns = field(default_factory=Patterns)

    @cached_property
    def pass_all(self) -> bool:
        """Whether there is no pattern at all, as in most dependencies."""
        return self == Filters()


@dataclass(frozen=True)
class Miss:
    """Why a report did not pass: the field, its value, and the patterns that said so."""

    field: str
    value: str | None
    rule: str
    patterns: tuple[str, ...]

    def params(self) -> dict[str, Any]:
        """For the stored reason."""
        return {"field": self.field, "value": self.value, "rule": self.rule, "patterns": list(self.patterns)}


def filters_from_json(value: Mapping[str, Any] | None) -> Filters:
    """Filters from their stored form; missing parts mean anything."""

    def patterns(key: str) -> Patterns:
        part = (value or {}).get(key) or {}
        return Patterns(tuple(part.get("include", ())), tuple(part.get("exclude", ())))

    return Filters(patterns("branches"), patterns("tags"), patterns("pipelines"))


def filters_to_json(filters: Filters) -> dict[str, Any]:
    """The stored form of `filters`."""
    parts = {"branches": filters.branches, "tags": filters.tags, "pipelines": filters.pipelines}
    return {key: {"include": list(p.include), "exclude": list(p.exclude)} for key, p in parts.items()}


def first_miss(filters: Filters, report: Metadata) -> Miss | None:
    """The first rule of `filters` that `report` does not pass; None when it passes all.

    An include list on a field that the report leaves null does not match, an exclude list does not exclude. With include
    lists on both branch and tag, either may match.
    """
    if filters.pass_all:
        return None
    return (
        _excluded("branch", filters.branches, report.branch)
        or _excluded("tag", filters.tags, report.tag)
        or _excluded("pipeline", filters.pipelines, report.pipeline)
        or _ref_not_included(filters, report)
        or _not_included("pipeline", filters.pipelines, report.pipeline)
    )


def _excluded(name: str, patterns: Patterns, value: str | None) -> Miss | None:
    if value is not None and any(matches(p, value) for p in patterns.exclude):
        return Miss(name, value, "exclude", patterns.exclude)
    return None


def _not_included(name: str, patterns: Patterns, value: str | None) -> Miss | None:
    if not patterns.include or (value is not None and any(matches(p, value) for p in patterns.include)):
        return None
    return Miss(name, value, "include", patterns.include)


def _ref_not_included(filters: Filters, report: Metadata) -> Miss | None:
    branch = _not_included("branch", filters.branches, report.branch)
    tag = _not_included("tag", filters.tags, report.tag)
    if filters.branches.include and filters.tags.include:
        return branch if branch and tag else None
    return branch or tag
