"""What every rule of the machine stands on: the same is done to the service and said to the model, and they must answer alike."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dominoci.domain import credentials
from dominoci.domain.errors import DominoError
from dominoci.services import dependencies
from dominoci.services.access import Principal
from tests.machine import agreement
from tests.machine.facts import OPEN, Build, Dependency, Event, Project, Told, Tree
from tests.machine.graphs import Drawn, filters
from tests.machine.model import Model
from tests.machine.subject import Died, mortal
from tests.machine.trees import DEPTH, FINISH, START
from tests.world import USER, World

T = TypeVar("T")
Answer = tuple[int | None, Any]
PICKS = st.integers(0, 999)
STATUSES = st.sampled_from(["SUCCESS", "SUCCESS", "SUCCESS", "FAILED", "SKIPPED", "CANCELLED", "TIMED_OUT"])


def pick(among: Sequence[T], number: int) -> T:
    """One of these, by any number."""
    return among[number % len(among)]


class Play(RuleBasedStateMachine):
    """One run: an empty world, and a model that knows nothing yet."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.empty(max_chain_depth=DEPTH)
        self.transactions, self.ci = mortal(self.world)
        self.model = Model()
        self.fate: str | None = None
        self.ids: dict[Tree, str] = {}
        self.edges: dict[Dependency, str] = {}
        self.reported: list[tuple[Project, Told, str | None, Tree | None]] = []
        self.held: list[tuple[Build, int, str, str]] = []  # a build, which of its leases, its id, the token of that lease
        self.deliveries: dict[agreement.Key, str] = {}
        self.versions: dict[str, int] = {}
        self.told: set[tuple[Event, int]] = set()
        self.agents: list[Principal] = []
        self.commits = self.edits = 0
        self.rung, self.died = (0, 0), False

    def lay(self, graph: Drawn) -> None:
        """Projects and dependencies."""
        named = {name: Project(name, kind, graph.rules[name]) for name, kind in graph.kinds.items()}
        deadlines = {"start_deadline_s": START, "finish_deadline_s": FINISH}
        for project in named.values():
            self.model.projects.append(project)
            self.world.project(project.name, target=target(project), on_new_event=project.rule, **deadlines)
        for edge in graph.edges:
            self.depend(Dependency(named[edge.up], named[edge.down], edge.join, edge.branches, edge.ref))
        if "agent" in graph.kinds.values():
            self.agents = [self.world.agent(name) for name in ("x", "y")]

    def depend(self, edge: Dependency) -> None:
        """A dependency, unless it is refused."""
        rules = {"join": edge.join, "filters": filters(edge.branches), "ref": {"use": "fixed", "value": edge.ref}}
        body = {"upstream": edge.up.name, **rules}
        status, added = self.serve(lambda: (201, self.world.write(dependencies.add, USER, edge.down.name, body)))
        if status is not None:
            assert status in (0, self.model.depend(edge))
            if edge in self.model.graph:
                self.edges[edge] = added["id"] if added else agreement.newest_dependency(self.world)

    @rule(fault=st.sampled_from(["dies before", "dies after", "redis", "redis"]))
    def fault(self, fault: str) -> None:
        """The process will die right before or right after its next commit; or Redis goes, or comes back empty."""
        if fault == "redis":
            self.world.bell.deaf = not self.world.bell.deaf
            return
        self.fate = fault.removeprefix("dies ")
        self.transactions.fate[:] = [self.fate]

    # ---- the same to both

    def serve(self, call: Callable[[], Answer]) -> Answer:
        """The status and the answer of the service; status 0 when it died after the commit, None when before."""
        fate, self.fate = self.fate, None
        try:
            return call()
        except DominoError as refusal:
            return refusal.status, None
        except Died:
            self.died = True
            return (0 if fate == "after" else None), None
        finally:
            self.transactions.fate.clear()

    def both(self, serve: Callable[[], Any], say: Callable[[], int]) -> None:
        """The same to both. What died before its commit has not happened."""
        status, _ = self.serve(lambda: (serve(), None))
        if status is not None:
            expected = say()
            assert status in (0, expected), f"answered {status}, and not {expected}"

    @invariant()
    def agree(self) -> None:
        """Every row of every tree is as the model says, no tree contradicts itself, and what is to be done was rung for."""
        agreement.check(self.world, self.model, self.ids, self.versions)
        agreement.inputs_given(self.world, self.ids, self.told)
        errands, rings = len(self.model.errands), self.world.bell.rings
        assert errands == self.rung[0] or rings > self.rung[1] or self.died or self.world.bell.deaf, "nobody rang"
        self.rung, self.died = (errands, rings), False

    # ---- what there is

    def live(self) -> list[Project]:
        """Projects that have not been deleted."""
        return [project for project in self.model.projects if not project.deleted]

    def open(self) -> list[Event]:
        """Events of which a result is expected."""
        return [event for event in self.model.events if event.state in OPEN]

    def tell(self, status: str, branch: str = "main", by: str = "project") -> Told:
        """The end of one more run."""
        self.commits += 1
        return Told(status, branch, f"{self.commits:040x}", by)

    def who(self, project: Project) -> Principal:
        """A project's own credential."""
        return Principal("project", self.world.projects[project.name], project.name)

    def token(self, event: Event, attempt: int) -> str:
        """What the run of an attempt reports with."""
        return credentials.mint_event(self.transactions.keys, self.ids[self.model.tree_of(event)], event.sub_id, attempt)


def target(project: Project) -> dict[str, Any]:
    """Where a project's pipeline lives."""
    if project.kind == "agent":
        return {"kind": "agent"}
    return {"kind": "webhook", "url": f"https://ci.test/{project.name}/{project.address}"}
