"""A graph file as it was read, and the graph that is there, in the same terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dominoci.domain.graph_file.faults import Mark
from dominoci.domain.graph_file.fields import Secret

Settings = Mapping[str, Any]  # by stored names; see fields.PROJECT and fields.DEPENDENCY
Edge = tuple[str, str]  # (project, its upstream), by names


@dataclass(frozen=True)
class WantedProject:
    """A project in the file: all of its settings, the secrets of its target that it names, and where things stand."""

    name: str
    settings: Settings
    secrets: Mapping[str, Secret]
    mark: Mark
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedDependency:
    """An upstream of a project in the file."""

    edge: Edge
    rules: Settings
    mark: Mark


@dataclass(frozen=True)
class GraphFile:
    """What a file says. One that belongs to a single project (`only`) has no projects, only that one's upstreams."""

    projects: Mapping[str, WantedProject]
    dependencies: Mapping[Edge, WantedDependency]
    only: str | None = None
    prune: bool = False


@dataclass(frozen=True)
class PresentProject:
    """A project that is there. `clone_url` is where a hosted one is cloned from, None for others; `secrets` are the names of
    those that its target has."""

    id: str
    settings: Settings
    clone_url: str | None
    secrets: frozenset[str]


@dataclass(frozen=True)
class PresentDependency:
    """A dependency that is there."""

    id: str
    rules: Settings


@dataclass(frozen=True)
class Present:
    """The graph that is there, by names."""

    projects: Mapping[str, PresentProject]
    dependencies: Mapping[Edge, PresentDependency]
