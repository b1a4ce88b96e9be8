"""Combos: what passed together. When a project succeeds in a tree, the commits and artifacts of it and of all its ancestors are
one. Nothing of it is stored: it follows from the frozen inputs of each attempt."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import zip_longest

from dominoci.domain.pasted import compare_url
from dominoci.domain.reports import Artifact
from dominoci.domain.tree import sub_id_key

Try = tuple[str, int]  # (event id, attempt)

_ID = re.compile(r"([0-9a-f-]{36}):([1-9]\d{0,5}(?:\.[1-9]\d{0,5}){0,99}):([1-9]\d{0,8})", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{7,64}")


def combo_id(tree_id: str, sub_id: str, attempt: int) -> str:
    """The name of a combo: which attempt of which event succeeded."""
    return f"{tree_id}:{sub_id}:{attempt}"


def read_id(text: str) -> tuple[str, str, int] | None:
    """The (tree id, sub id, attempt) that a combo's name says; None when it cannot be one."""
    found = _ID.fullmatch(text)
    return (found[1], found[2], int(found[3])) if found else None


def commit_range(text: str) -> tuple[str, str] | None:
    """The half-open range in which all commits lie that begin with `text`; None when it is no such prefix but a whole commit.

    Seven to 64 hexadecimal digits are a prefix; `g` sorts behind every one of them.
    """
    prefix = text.lower()
    return (prefix, prefix + "g") if _HEX.fullmatch(prefix) else None


@dataclass(frozen=True)
class Given:
    """One attempt of one event, and what it was given: its frozen inputs, None where an older version did not keep them."""

    key: Try
    inputs: Sequence[Try] | None


class Lineage:
    """For each attempt of a tree the set of attempts that led to it, with itself.

    Sets are bits of a number, bit n for the n-th attempt: a tree of 10,000 events has 100 million pairs of ancestor and
    descendant.
    """

    def __init__(self, tries: Iterable[Given], passed: Mapping[str, Sequence[Try]]) -> None:
        """`tries` must name parents before children; inputs that it does not name count for nothing. `passed` gives, by event
        id, the parents whose edge passed with their present attempt: what an attempt without frozen inputs was given."""
        self._bits: dict[Try, int] = {}
        self._order: list[Try] = []
        for given in tries:
            inputs = passed.get(given.key[0], ()) if given.inputs is None else given.inputs
            bits = 1 << len(self._order)
            for parent in inputs:
                bits |= self._bits.get(parent, 0)
            self._bits[given.key] = bits
            self._order.append(given.key)

    def count(self, key: Try) -> int:
        """How many attempts are in the combo of this one."""
        return self._bits[key].bit_count()

    def members(self, keys: Iterable[Try]) -> set[Try]:
        """The attempts in the combos of these, all together."""
        bits = 0
        for key in keys:
            bits |= self._bits[key]
        return {key for place, key in enumerate(self._order) if bits >> place & 1}

    def holding(self, sought: Set[Try]) -> set[Try]:
        """The attempts whose combo holds any of those sought."""
        mask = sum(1 << place for place, key in enumerate(self._order) if key in sought)
        return {key for key, bits in self._bits.items() if bits & mask}


@dataclass(frozen=True)
class Member:
    """One project's part in a combo. `repository` is its clone URL where it is known."""

    project_id: str
    project: str
    sub_id: str
    attempt: int
    commit: str | None = None
    branch: str | None = None
    tag: str | None = None
    pipeline: str | None = None
    run_url: str | None = None
    repository: str | None = None
    artifacts: tuple[Artifact, ...] = ()


def in_order(members: Iterable[Member]) -> list[Member]:
    """Members as a tree shows them: by sub id, the root first."""
    return sorted(members, key=lambda m: (sub_id_key(m.sub_id), m.attempt))


def is_mixed(members: Iterable[Member]) -> bool:
    """Whether a project is in it with more than one commit: such a combo passed, but names no single state of that project."""
    commits: dict[str, str | None] = {}
    return any(commits.setdefault(m.project_id, m.commit) != m.commit for m in members)


@dataclass(frozen=True)
class ArtifactChange:
    """An artifact whose content differs, or that is only on one side; digests are None where there is none, or no such file."""

    name: str
    change: str  # added | removed | changed
    old_sha256: str | None
    new_sha256: str | None


@dataclass(frozen=True)
class ProjectChange:
    """What became of one project from one combo to another. A project that stands in a mixed combo may have several."""

    project_id: str
    project: str
    old: str | None
    new: str | None
    compare_url: str | None
    artifacts: Sequence[ArtifactChange]


@dataclass(frozen=True)
class Comparison:
    """What differs between two combos, by project name; `unchanged` counts the projects that do not."""

    changed: Sequence[ProjectChange]
    added: Sequence[Member]
    removed: Sequence[Member]
    unchanged: int


def compare(old: Sequence[Member], new: Sequence[Member]) -> Comparison:
    """From combo `old` to combo `new`."""
    before, after = _by_project(old), _by_project(new)
    both = sorted(before.keys() & after.keys(), key=lambda p: (after[p][0].project, p))
    changes = [_changes(before[p], after[p]) for p in both]
    return Comparison(
        changed=[change for several in changes for change in several],
        added=_only(after, before),
        removed=_only(before, after),
        unchanged=sum(not several for several in changes),
    )


def _by_project(members: Sequence[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in in_order(members):
        found.setdefault(member.project_id, []).append(member)
    return found


def _only(here: Mapping[str, list[Member]], there: Mapping[str, list[Member]]) -> list[Member]:
    missing = [member for project, members in here.items() if project not in there for member in members]
    return sorted(missing, key=lambda m: (m.project, sub_id_key(m.sub_id)))


def _changes(old: list[Member], new: list[Member]) -> list[ProjectChange]:
    before, after = (list(dict.fromkeys(m.commit for m in side)) for side in (old, new))
    gone, come = [c for c in before if c not in after], [c for c in after if c not in before]
    artifacts = _artifact_changes(old, new)
    # the same commit may have been built anew, with other artifacts
    pairs = list(zip_longest(gone, come)) or ([(after[0], after[0])] if artifacts else [])
    last = new[-1]
    return [
        ProjectChange(
            last.project_id,
            last.project,
            a,
            b,
            compare_url(last.repository, a, b) if a != b else None,
            () if place else artifacts,
        )
        for place, (a, b) in enumerate(pairs)
    ]


def _artifact_changes(old: list[Member], new: list[Member]) -> list[ArtifactChange]:
    before, after = _artifacts(old), _artifacts(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        a, b = before.get(name), after.get(name)
        if a is None or b is None or {_content(x) for x in a} != {_content(x) for x in b}:
            change = "added" if a is None else "removed" if b is None else "changed"
            found.append(ArtifactChange(name, change, _digest(a), _digest(b)))
    return found


def _artifacts(members: list[Member]) -> dict[str, list[Artifact]]:
    found: dict[str, list[Artifact]] = {}
    for artifact in (artifact for member in members for artifact in member.artifacts):
        found.setdefault(artifact.name, []).append(artifact)
    return found


def _content(artifact: Artifact) -> str | None:
    """What tells one file from another: its digest, or else what names its version."""
    return artifact.sha256 or artifact.purl or artifact.url


def _digest(artifacts: list[Artifact] | None) -> str | None:
    return artifacts[0].sha256 if artifacts else None
