"""What applying a graph file would do: the difference between what is wanted and what is there."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, Literal

from dominoci.domain import target
from dominoci.domain.graph_file.check import stays
from dominoci.domain.graph_file.fields import DEPENDENCY, PROJECT, Field
from dominoci.domain.graph_file.model import GraphFile, Present, Settings, WantedProject

NamedSecret = tuple[str, str]  # a project's name, and the secret's
SECRETS: Final = frozenset(f"target.{name}" for names in target.SECRETS.values() for name in names)
MOST_KEPT: Final = 100  # lines of text


@dataclass(frozen=True)
class FieldChange:
    """A field before and after, as it would be written in a file; None where there is nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One project (`upstream` None) or dependency that is added, changed, removed or kept; `id` is None for what is added.

    `cancels` says how many unfinished events go with a project.
    """

    project: str
    upstream: str | None = None
    id: str | None = None
    fields: tuple[FieldChange, ...] = ()
    cancels: int = 0

    @property
    def kind(self) -> Literal["project", "dependency"]:
        """What it is."""
        return "project" if self.upstream is None else "dependency"

    @property
    def name(self) -> str:
        """`app`, or `app on core`."""
        return self.project if self.upstream is None else f"{self.project} on {self.upstream}"


@dataclass(frozen=True)
class Plan:
    """What would be done: projects before dependencies where things are added, after them where they are removed. What is there
    but not in the file is `removed` when pruning, else `kept`."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    removed: tuple[Change, ...]
    kept: tuple[Change, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.added or self.changed or self.removed)

    @property
    def digest(self) -> str:
        """The same for the same plan: SHA-256 in hex of what would be done to which ids.

        Left out are new values of secrets, which a plan made without them cannot know, and how many events a removal cancels,
        which changes by the second.
        """
        parts = [[name, *map(_essence, getattr(self, name))] for name in ("added", "changed", "removed")]
        known = [[part for part in group if part is not None] for group in parts]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _essence(change: Change) -> list[Any] | None:
    fields = [[f.field, f.before, f.after] for f in change.fields if f.field not in SECRETS]
    of_secret_only = change.id is not None and change.fields and not fields
    return None if of_secret_only else [change.kind, change.name, change.id, fields]


def plan(
    file: GraphFile, present: Present, prune: bool, new_secrets: Set[NamedSecret], unfinished: Mapping[str, int] | None = None
) -> Plan:
    """The plan for a file without faults. `new_secrets`: for which of them another value was sent than the stored one;
    `unfinished`: how many events of a project (by id) are not final."""
    extra = [*_extra_dependencies(file, present), *_extra_projects(file, present, unfinished or {})]
    return Plan(
        added=tuple(_added(file, present)),
        changed=tuple(_changed(file, present, new_secrets)),
        removed=tuple(extra) if prune else (),
        kept=() if prune else tuple(extra),
    )


def _added(file: GraphFile, present: Present) -> Iterator[Change]:
    for name, wanted in file.projects.items():
        if name not in present.projects:
            secrets = [FieldChange(f"target.{secret}", None, "set") for secret in wanted.secrets]
            yield Change(name, fields=(*_difference(PROJECT, None, wanted.settings), *secrets))
    for edge, dependency in file.dependencies.items():
        if edge not in present.dependencies:
            yield Change(*edge, fields=tuple(_difference(DEPENDENCY, None, dependency.rules)))


def _changed(file: GraphFile, present: Present, new_secrets: Set[NamedSecret]) -> Iterator[Change]:
    for name, wanted in file.projects.items():
        if there := present.projects.get(name):
            settings = _difference(PROJECT, there.settings, wanted_settings(wanted, present))
            if fields := (*settings, *_secrets(wanted, present, new_secrets)):
                yield Change(name, id=there.id, fields=fields)
    for edge, dependency in file.dependencies.items():
        known = present.dependencies.get(edge)
        if known and (rules := tuple(_difference(DEPENDENCY, known.rules, dependency.rules))):
            yield Change(*edge, id=known.id, fields=rules)


def wanted_settings(wanted: WantedProject, present: Present) -> Settings:
    """The settings that the file asks for; a hosted project's own clone address says no more than leaving it out."""
    there = present.projects.get(wanted.name)
    if there and there.clone_url is not None:
        return {**wanted.settings, "repository_url": None}
    return wanted.settings


def _secrets(wanted: WantedProject, present: Present, new_secrets: Set[NamedSecret]) -> Iterator[FieldChange]:
    there = present.projects[wanted.name]
    kept = target.keeps_secrets(there.settings["target"], wanted.settings["target"])
    for name in sorted(wanted.secrets.keys() | there.secrets):
        stays = kept and name in there.secrets
        if name not in wanted.secrets and not kept:
            yield FieldChange(f"target.{name}", "set", None)
        elif name in wanted.secrets and not stays:
            yield FieldChange(f"target.{name}", None, "set")
        elif (wanted.name, name) in new_secrets:
            yield FieldChange(f"target.{name}", "set", "changed")


def _difference(fields: Iterable[Field], before: Settings | None, after: Settings) -> Iterator[FieldChange]:
    """The fields that differ; of something new, those that are not as they would be anyway."""
    for field in fields:
        old = field.default if before is None else before[field.stored]
        if old != after[field.stored]:
            spelled = None if before is None else field.spell(old)
            yield FieldChange(field.key, spelled, field.spell(after[field.stored]))


def _extra_dependencies(file: GraphFile, present: Present) -> Iterator[Change]:
    for edge in sorted(present.dependencies.keys() - file.dependencies.keys()):
        if not stays(edge, file):
            yield Change(*edge, id=present.dependencies[edge].id)


def _extra_projects(file: GraphFile, present: Present, unfinished: Mapping[str, int]) -> Iterator[Change]:
    if file.only is None:
        for name in sorted(present.projects.keys() - file.projects.keys()):
            id_ = present.projects[name].id
            yield Change(name, id=id_, cancels=unfinished.get(id_, 0))


def lines(found: Plan) -> list[str]:
    """The plan for people: `+` added, `~` changed, `-` removed, and what is there but not in the file."""
    parts = ("+", found.added), ("~", found.changed), ("-", found.removed)
    told = [line for sign, part in parts for change in part for line in _lines(sign, change)]
    kept = [f"  {change.kind} {change.name}: not in the file, kept" for change in found.kept[:MOST_KEPT]]
    more = [f"  … and {len(found.kept) - MOST_KEPT} more, kept"] if len(found.kept) > MOST_KEPT else []
    counts = f"{len(found.added)} to add, {len(found.changed)} to change, {len(found.removed)} to remove."
    return [*told, *kept, *more, "Nothing to do." if found.empty else counts]


def _lines(sign: str, change: Change) -> Iterator[str]:
    cancels = f" (cancels {change.cancels} unfinished event{'s' * (change.cancels != 1)})" if change.cancels else ""
    yield f"{sign} {change.kind} {change.name}{cancels}"
    for field in change.fields:
        before = "" if change.id is None else f"{_shown(field.before)} -> "
        yield f"    {field.field}: {before}{_shown(field.after)}"


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
