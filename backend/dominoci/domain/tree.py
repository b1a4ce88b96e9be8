"""Freezing: from the dependency graph to the events and edges of one tree, with joins expanded and sub ids fixed."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dominoci.domain.filters import Filters

JOIN_ALL, JOIN_EACH = "all", "each"
MAX_DEPTH = 100  # levels: a sub id must fit its column and the event token that carries it


@dataclass(frozen=True)
class RefRule:
    """Which ref of the downstream project to run: `default`, `fixed` (then `value` names it) or `same` as the parent's."""

    use: str = "default"
    value: str | None = None


@dataclass(frozen=True)
class Dependency:
    """One enabled edge of the graph."""

    id: str
    upstream: str
    downstream: str
    join: str = JOIN_ALL
    filters: Filters = field(default_factory=Filters)
    ref: RefRule = field(default_factory=RefRule)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FrozenEvent:
    """One node of a tree: a project, and the dependencies that lead to it from parent events (by index)."""

    project: str
    join: str
    parents: list[tuple[int, Dependency]]
    sub_id: str = ""


@dataclass(frozen=True)
class FrozenTree:
    """Events in an order in which parents come first; the root is at index 0."""

    events: Sequence[FrozenEvent]


class TreeTooLarge(Exception):
    """The tree would have `events` events, more than the limit."""

    def __init__(self, events: int, limit: int) -> None:
        super().__init__(f"the tree would have {events} events, more than the limit of {limit}")
        self.events, self.limit = events, limit


class TreeTooDeep(Exception):
    """The tree would have more than MAX_DEPTH levels."""

    def __init__(self) -> None:
        super().__init__(f"the tree would be more than {MAX_DEPTH} levels deep")


def freeze(root: str, dependencies: Sequence[Dependency], names: Mapping[str, str], max_events: int) -> FrozenTree:
    """The tree that a success of project `root` opens.

    `dependencies` must hold every enabled dependency that can be reached from `root`, and may hold more; `names` gives the
    name of each project id. Raises TreeTooLarge before expanding when there would be more than `max_events` events, and
    TreeTooDeep.
    """
    reachable = descendants(((d.upstream, d.downstream) for d in dependencies), [root]) | {root}
    incoming: dict[str, list[Dependency]] = defaultdict(list)
    for dependency in dependencies:
        if dependency.upstream in reachable:
            incoming[dependency.downstream].append(dependency)
    order = _parents_first(root, incoming, names)
    _refuse_too_large(order, incoming, max_events)
    events = _expand(order, incoming, names)
    _number(events, names)
    return FrozenTree(events)


def _parents_first(root: str, incoming: Mapping[str, Sequence[Dependency]], names: Mapping[str, str]) -> list[str]:
    """The projects in an order in which parents come first, by name among those that could come next (Kahn, 1962)."""
    left = {project: len(edges) for project, edges in incoming.items()}
    following: dict[str, list[str]] = defaultdict(list)
    for project, edges in incoming.items():
        for dependency in edges:
            following[dependency.upstream].append(project)
    order: list[str] = []
    free = [(names[root], root)]
    while free:
        _, project = heapq.heappop(free)
        order.append(project)
        for child in following[project]:
            left[child] -= 1
            if not left[child]:
                heapq.heappush(free, (names[child], child))
    return order


def count_events(order: Sequence[str], incoming: Mapping[str, Sequence[Dependency]]) -> int:
    """How many events `order` (projects, parents first) expands to, without expanding: `each` multiplies."""
    copies: dict[str, int] = {}
    for project in order:
        edges = incoming.get(project, ())
        each = sum(copies[d.upstream] for d in edges if d.join == JOIN_EACH)
        copies[project] = each + (1 if not edges or any(d.join == JOIN_ALL for d in edges) else 0)
    return sum(copies.values())


def _refuse_too_large(order: Sequence[str], incoming: Mapping[str, Sequence[Dependency]], limit: int) -> None:
    total = count_events(order, incoming)
    if total > limit:
        raise TreeTooLarge(total, limit)


def _expand(
    order: Sequence[str], incoming: Mapping[str, Sequence[Dependency]], names: Mapping[str, str]
) -> list[FrozenEvent]:
    events: list[FrozenEvent] = []
    of_project: dict[str, list[int]] = defaultdict(list)

    def add(project: str, join: str, parents: list[tuple[int, Dependency]]) -> None:
        of_project[project].append(len(events))
        events.append(FrozenEvent(project, join, parents))

    for project in order:
        edges = sorted(incoming.get(project, ()), key=lambda d: names[d.upstream])
        if not edges:
            add(project, "root", [])
        joined = [(i, d) for d in edges if d.join == JOIN_ALL for i in of_project[d.upstream]]
        if joined:
            add(project, JOIN_ALL, joined)
        for dependency in edges:
            if dependency.join == JOIN_EACH:
                for parent in of_project[dependency.upstream]:
                    add(project, JOIN_EACH, [(parent, dependency)])
    return events


def _number(events: Sequence[FrozenEvent], names: Mapping[str, str]) -> None:
    """Siblings are numbered by project name; a joined event stands under its first parent by sub id.

    A path of names sorts like the sub id that it will become, so the first parent is known before any number is.
    """
    paths: list[tuple[str, ...]] = []
    children: dict[int, list[int]] = defaultdict(list)
    for index, event in enumerate(events):
        if not event.parents:
            paths.append((names[event.project],))
            continue
        first = min((parent for parent, _ in event.parents), key=lambda p: paths[p])
        paths.append((*paths[first], names[event.project]))
        if len(paths[-1]) > MAX_DEPTH:
            raise TreeTooDeep
        children[first].append(index)
    events[0].sub_id = "1"
    for index, event in enumerate(events):
        for number, child in enumerate(sorted(children[index], key=lambda c: names[events[c].project]), start=1):
            events[child].sub_id = f"{event.sub_id}.{number}"


def descendants(edges: Iterable[tuple[str, str]], starts: Iterable[str]) -> set[str]:
    """Everything that can be reached from `starts` over parent -> child `edges`; the starts themselves only where it leads back
    to one of them from another."""
    children: dict[str, list[str]] = defaultdict(list)
    for parent, child in edges:
        children[parent].append(child)
    found: set[str] = set()
    frontier = list(starts)
    while frontier:
        following = {child for parent in frontier for child in children[parent]} - found
        found |= following
        frontier = list(following)
    return found


def sub_id_key(sub_id: str) -> tuple[int, ...]:
    """For sorting sub ids as numbers: 1.2 before 1.10."""
    return tuple(int(part) for part in sub_id.split("."))
