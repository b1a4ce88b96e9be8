"""What the model knows: the graph, trees of events, what is to be done outside. Plain facts, and nothing of the service's."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

WORST_FIRST = ("failed", "undeliverable", "timed_out", "cancelled")
FINAL = ("success", "skipped", *WORST_FIRST)
OPEN = ("queued", "triggered", "running")


@dataclass(eq=False)
class Project:
    """A node of the graph, as people see it now. `rule` is what it wants on a new event while a tree is under way."""

    name: str
    kind: str = "webhook"
    rule: str = "parallel"
    address: int = 0
    enabled: bool = True
    deleted: bool = False
    tells_starts: bool = False


@dataclass(eq=False)
class Dependency:
    """An edge of the graph; `branches` are those whose reports pass it."""

    up: Project
    down: Project
    join: str = "all"
    branches: frozenset[str] = frozenset()
    ref: str = "main"
    enabled: bool = True


@dataclass(frozen=True)
class Told:
    """The end of one run: no two runs have the same commit. `by` is who told it, which belongs to what was told."""

    status: str
    branch: str
    commit: str
    by: str = "project"


@dataclass(eq=False)
class Event:
    """A node of a tree. `told` is the first result of each attempt, `given` are the commits that each attempt was given."""

    project: Project
    join: str
    parents: list[tuple["Event", Dependency]]
    kind: str
    address: int
    sub_id: str = "1"
    state: str = "waiting"
    nothing: bool = False  # skipped in a way that passes nothing on and blocks nothing
    ran: bool = False  # since it last waited
    attempt: int = 0
    ref: str = ""
    deadline: int | None = None
    told: dict[int, Told] = field(default_factory=dict)
    given: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    builds: dict[int, "Build"] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, ...]:
        """The sub id, in numbers."""
        return tuple(int(part) for part in self.sub_id.split("."))


@dataclass(eq=False)
class Tree:
    """Events, parents first. `open` says whether it was under way when somebody last looked."""

    root: Project
    told: Told
    events: list[Event]
    depth: int = 1
    cut: bool = False
    held: bool = False
    open: bool = True

    @property
    def state(self) -> str:
        """The fold."""
        states = {event.state for event in self.events}
        if self.cut or states - {*FINAL}:
            return "failed" if self.cut else "running"
        return next((state for state in WORST_FIRST if state in states), "success")

    def children(self, event: Event) -> Iterator[Event]:
        """The events right behind one."""
        return (child for child in self.events if any(parent is event for parent, _ in child.parents))

    def behind(self, event: Event) -> set[Event]:
        """All events behind one."""
        return {later for child in self.children(event) for later in (child, *self.behind(child))}

    def settled(self, event: Event) -> bool:
        """Whether what is right behind an event may be decided by it."""
        return event.state in FINAL and not (self.held and event is self.events[0])


@dataclass(eq=False)
class Errand:
    """Something to be done outside: pending or leased until `at`, done, or dead. `tree` only where it is about all of a tree."""

    kind: str
    event: Event
    attempt: int
    at: int
    tree: Tree | None = None
    state: str = "pending"
    tries: int = 0
    ambiguous: bool = False


@dataclass(eq=False)
class Build:
    """What own agents run for one attempt."""

    event: Event
    attempt: int
    state: str = "queued"
    leases: int = 0
    until: int = 0
    holder: int = 0  # whose token is good: that of this lease
    stop: bool = False
    told: Told | None = None


def frozen(root: Project, graph: list[Dependency]) -> list[Event]:
    """The events of a tree: of each project one for all of its `all`-parents, and one for each of its `each`-parents."""
    graph = [d for d in graph if d.enabled and d.down.enabled]
    events = [Event(root, "root", [], root.kind, root.address)]
    reached = {root}
    while more := {d.down for d in graph if d.up in reached} - reached:
        reached |= more
    left = reached - {root}
    while left:
        ready = {project for project in left if not any(d.up in left and d.down is project for d in graph)}
        for project in sorted(ready, key=lambda project: project.name):
            edges = [replace(d) for d in graph if d.down is project and d.up in reached]
            pairs = [(parent, d) for d in edges for parent in events if parent.project is d.up]
            every = [pair for pair in pairs if pair[1].join == "all"]
            groups = [("all", every)] if every else []
            groups += [("each", [pair]) for pair in pairs if pair[1].join == "each"]
            events += [Event(project, join, parents, project.kind, project.address) for join, parents in groups]
        left -= ready
    return events


def outcome(parent: Event, edge: Dependency) -> str:
    """What a final parent means for an edge."""
    if parent.state == "success":
        return "passed" if parent.told[parent.attempt].branch in edge.branches else "filtered"
    return "filtered" if parent.state == "skipped" and parent.nothing else "blocked"
