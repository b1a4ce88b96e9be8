"""What a project tells the arbiter: a status with metadata, links and artifacts (protocol.md, "A project reports")."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dominoci.domain.states import ResultStatus


@dataclass(frozen=True)
class Metadata:
    """Where a pipeline ran; None where the CI system did not say."""

    branch: str | None = None
    tag: str | None = None
    pipeline: str | None = None
    commit: str | None = None
    message: str | None = None

    @property
    def lane(self) -> str:
        """The full name of the ref, which trees of one project queue up behind each other by; empty where none was said."""
        if self.branch:
            return f"refs/heads/{self.branch}"
        return f"refs/tags/{self.tag}" if self.tag else ""


@dataclass(frozen=True)
class Links:
    """Pages for people."""

    repository: str | None = None
    pipeline: str | None = None
    owners: str | None = None


@dataclass(frozen=True)
class Artifact:
    """Something that a pipeline made. `sha256` is 64 hex digits, `purl` a package URL, `size` in bytes."""

    name: str
    url: str | None = None
    sha256: str | None = None
    purl: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class Report:
    """The end of one pipeline run, as its project tells it."""

    status: ResultStatus
    metadata: Metadata = field(default_factory=Metadata)
    links: Links = field(default_factory=Links)
    artifacts: tuple[Artifact, ...] = ()

    def digest(self) -> str:
        """SHA-256 over the whole report, in hex: two reports are the same if and only if their digests are."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def as_json(value: Metadata | Links | tuple[Artifact, ...]) -> Any:
    """The part of a report as it is stored and sent."""
    return [asdict(a) for a in value] if isinstance(value, tuple) else asdict(value)


def report_from_json(status: str, metadata: Mapping[str, Any], links: Mapping[str, Any], artifacts: list[Any]) -> Report:
    """The report that `as_json` took apart."""
    return Report(
        ResultStatus(status), Metadata(**metadata), Links(**links), tuple(Artifact(**artifact) for artifact in artifacts)
    )
