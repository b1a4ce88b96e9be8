"""The lock file of a combo: its commits and artifact digests, as JSON, or as variables that a shell can read with `. ./file`."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from dominoci.domain.combo import Member
from dominoci.domain.reports import Artifact
from dominoci.domain.tree import sub_id_key

VERSION = 1
_NO_NAME = re.compile(r"[^A-Za-z0-9_]")
_FIELDS = ("name", "sha256", "url", "purl")


def lock(combo: str, members: Sequence[Member]) -> dict[str, Any]:
    """The file as JSON. The same combo always gives the same file: members by project, artifacts by name."""
    return {"version": VERSION, "combo": combo, "members": [_member(member) for member in _sorted(members)]}


def _sorted(members: Sequence[Member]) -> list[Member]:
    return sorted(members, key=lambda m: (m.project, sub_id_key(m.sub_id), m.attempt))


def _member(member: Member) -> dict[str, Any]:
    fields = ("project", "sub_id", "attempt", "commit", "branch", "tag", "repository")
    artifacts = [{field: getattr(artifact, field) for field in _FIELDS} for artifact in _artifacts(member)]
    return {**{field: getattr(member, field) for field in fields}, "artifacts": artifacts}


def _artifacts(member: Member) -> list[Artifact]:
    return sorted(member.artifacts, key=lambda a: (a.name, a.sha256 or "", a.url or ""))


def dotenv(combo: str, members: Sequence[Member]) -> str:
    """The file as `NAME=value` lines for a POSIX shell; a value is quoted where it must be, so that reading it runs nothing."""
    ordered = _sorted(members)
    lines = [f"# DominoCI combo {combo}"]
    for member, prefix in zip(ordered, prefixes([m.project for m in ordered]), strict=True):
        lines += [f"{prefix}_{name}={_quoted(value)}" for name, value in _variables(member)]
    return "\n".join(lines) + "\n"


def _variables(member: Member) -> Iterator[tuple[str, str | None]]:
    yield from (("COMMIT", member.commit), ("BRANCH", member.branch), ("TAG", member.tag))
    for number, artifact in enumerate(_artifacts(member), start=1):
        for field, value in (("NAME", artifact.name), ("SHA256", artifact.sha256), ("URL", artifact.url)):
            yield f"ARTIFACT_{number}_{field}", value


def _quoted(value: str | None) -> str:
    return shlex.quote(value) if value else ""


def prefixes(projects: Sequence[str]) -> list[str]:
    """The beginning of each project's variables: `lib-core` gives LIB_CORE. Where two would get the same, the later ones are
    numbered, LIB_CORE_2, with numbers that make no other project's beginning."""
    plain = [_plain(project) for project in projects]
    reserved, numbers = set(plain), dict.fromkeys(plain, 0)
    found = []
    for prefix in plain:
        numbers[prefix] += 1
        while numbers[prefix] > 1 and f"{prefix}_{numbers[prefix]}" in reserved:
            numbers[prefix] += 1
        found.append(f"{prefix}_{numbers[prefix]}" if numbers[prefix] > 1 else prefix)
        reserved.add(found[-1])
    return found


def _plain(project: str) -> str:
    name = _NO_NAME.sub("_", project).upper()
    return f"_{name}" if name[:1].isdigit() else name
