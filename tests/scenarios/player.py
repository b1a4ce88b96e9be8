"""Plays a scenario that is written as data: a graph, a root report, what happens then, and what must be true in the end.

The words of a case are the keys of `Player.verbs` (steps) and `Expectation.checks` (what is expected), told in cases/README.md.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dominoci.domain.errors import DominoError
from dominoci.services import dependencies, projects, tree_actions
from dominoci.services.access import Principal
from tests.fakes import adapters
from tests.scenarios.expectation import Expectation
from tests.world import USER, World

Case = Mapping[str, Any]
NEVER = {"branches": {"include": ["never"]}}
ANSWERS = {
    "accepted": adapters.accept,
    "refused": adapters.refuse,
    "busy": adapters.busy,
    "silent": adapters.silent,
}


class Player:
    """One case in one world."""

    def __init__(self, world: World, case: Case) -> None:
        self.world, self.case = world, case
        self.trees: list[str] = []
        self.focus = 0
        self.agent: Principal | None = None
        self.claimed: dict[str, Any] | None = None
        self.numbers: dict[str, str] = {}
        self.verbs: Mapping[str, Callable[[Any], None]] = {
            "result": self._each(self._result),
            "report": self._each(self._report),
            "started": self._started,
            "settle": self._settle,
            "wait": lambda delta: self.world.pass_time(**delta),
            "answers": self._answers,
            "drain": self._drain,
            "build": self._each(self._build),
            "begin": self._each(self._begin_build),
            "end": self._end_build,
            "claim": lambda name: self._same(self._claim(), name),
            "cancel": self._cancel,
            "rerun": self._rerun,
            "redeliver": self._each(self._redeliver),
            "look": self._look,
            "change": self._each(self._change_project),
            "depend": self._depend,
            "disable": lambda edge: self._change(edge, {"enabled": False}),
            "enable": lambda edge: self._change(edge, {"enabled": True}),
            "remove": self._remove,
            "delete": lambda name: self.world.write(projects.remove, USER, self.world.projects[name]),
            "expect": self.expect,
        }

    @property
    def tree_id(self) -> str:
        """The tree that the case is about: the first that was opened, until it looks at another one."""
        return self.trees[self.focus]

    def set_up(self) -> None:
        """Projects and dependencies as the case begins."""
        for name, body in self.case.get("projects", {}).items():
            self.world.project(name, **(body or {}))
        edges = self.case.get("edges", [])
        if isinstance(edges, dict):
            self.world.plant(_many(**edges))
            return
        for edge in edges:
            self._depend(edge)

    def begin(self) -> None:
        """The root's report."""
        root = self.case["root"]
        self.trees.clear()
        self.numbers.clear()
        self.focus = 0
        for name, body in (root if isinstance(root, dict) else {root: "SUCCESS"}).items():
            self._report(name, body)

    def step(self, step: Mapping[str, Any]) -> None:
        """One step of one verb; afterwards the rows of every tree must agree with each other."""
        for verb, what in step.items():
            self.verbs[verb](what)
        for tree_id in self.trees:
            self.world.check(tree_id)

    def play(self, results: Sequence[tuple[str, Any]]) -> None:
        """Reports these results in this order; one whose event has not been triggered yet comes as soon as it has been."""
        waiting = deque(results)
        idle = 0
        while waiting:
            name, body = waiting.popleft()
            if self._state(name) == "waiting" and idle < len(waiting):
                waiting.append((name, body))
                idle += 1
                continue
            idle = 0
            self.step({"result": {name: body}})

    def expect(self, expected: Mapping[str, Any]) -> None:
        """AssertionError when the tree is not as expected."""
        Expectation(self.world, self.trees, expected, self.focus).hold()

    def _state(self, name: str) -> str:
        return str(self.world.event(self.tree_id, self.sub_id(name))["state"])

    def sub_id(self, name: str) -> str:
        """An event by its sub id, or by its project where that stands once in the tree."""
        if not self.numbers:
            self.numbers = {event["project"]["name"]: event["sub_id"] for event in self.world.tree(self.tree_id)["events"]}
        return name if name[0].isdigit() else self.numbers[name]

    @staticmethod
    def _each(verb: Callable[[str, Any], None]) -> Callable[[Mapping[str, Any]], None]:
        def run(listed: Mapping[str, Any]) -> None:
            for name, body in listed.items():
                verb(name, body)

        return run

    @staticmethod
    def _same(found: object, expected: object) -> None:
        assert found == expected

    def _result(self, name: str, body: Any) -> None:
        told, answer = _told(body, answer=201)
        status, sub_id = told.pop("status"), self.sub_id(name)
        project = None if name == sub_id else name
        _answered(answer, lambda: self.world.result(self.tree_id, sub_id, status, project=project, **told)[0])

    def _report(self, name: str, body: Any) -> None:
        told, expected = _told(body, tree="new")
        if within := told.pop("within", None):
            told["token"] = self.world.event_token(self.tree_id, self.sub_id(within))
        if (refused := told.pop("answer", None)) is not None:
            _answered(refused, lambda: self.world.report_answered(name, told.pop("status"), **told)[0])
            return
        status, answer = self.world.report_answered(name, told.pop("status"), **told)
        opened = answer["tree_id"]
        if expected == "new":
            assert status == 201
            assert opened not in self.trees
            self.trees.append(opened)
        else:
            assert opened == (self.trees[expected - 1] if expected else None)
        for tree_id in self.trees:
            self.world.check(tree_id)

    def _started(self, told: str | Mapping[str, str]) -> None:
        name, run_url = next(iter(told.items())) if isinstance(told, Mapping) else (told, None)
        self.world.started(self.tree_id, self.sub_id(name), run_url)

    def _drain(self, sent: int | None) -> None:
        done = self.world.drain()
        assert sent in (None, done), f"{done} rows were drained"

    def _look(self, number: int) -> None:
        self.focus = number - 1
        self.numbers.clear()

    def _cancel(self, what: str | Mapping[str, Any]) -> None:
        """`tree`, or events by name with `event` or `branch`, and the answer's status where it is not 200."""
        if what == "tree":
            self.world.write(tree_actions.cancel_tree, USER, self.tree_id)
            return
        for name, how in dict(what).items():  # type: ignore[arg-type]
            answer = how if isinstance(how, int) else 200
            self._act(answer, tree_actions.cancel_event, self.sub_id(name), how if isinstance(how, str) else "event")

    def _rerun(self, what: str | Mapping[str, Any]) -> None:
        """`failed` or `all`, or events by name with `alone` or `downstream`; a number is the answer that is expected."""
        if isinstance(what, str):
            self._act(200, tree_actions.rerun_tree, what)
            return
        for name, how in what.items():
            if name in ("failed", "all"):
                self._act(how, tree_actions.rerun_tree, name)
            else:
                answer = how if isinstance(how, int) else 200
                self._act(answer, tree_actions.rerun_event, self.sub_id(name), how != "alone")

    def _redeliver(self, name: str, answer: int) -> None:
        self._act(answer, tree_actions.redeliver, self.sub_id(name))

    def _act(self, answer: int, action: Callable[..., Any], *arguments: Any) -> None:
        def act() -> int:
            self.world.write(action, USER, self.tree_id, *arguments)
            return 200

        _answered(answer, act)

    def _change_project(self, name: str, body: Mapping[str, Any]) -> None:
        self.world.write(projects.change, USER, self.world.projects[name], body)

    def _settle(self, status: str) -> None:
        """Every event that is triggered reports this, and so do those after it, until nothing is."""
        while open_ones := [e for e in self.world.tree(self.tree_id)["events"] if e["state"] == "queued"]:
            for event in open_ones:
                self.world.result(self.tree_id, event["sub_id"], status)

    def _answers(self, listed: Mapping[str, Sequence[str]]) -> None:
        for name, answers in listed.items():
            self.world.ci.answers[name].extend(ANSWERS[answer] for answer in answers)

    def _claim(self) -> str | None:
        """An agent takes the build that is next; answers its project."""
        self.agent = self.agent or self.world.agent()
        self.claimed = self.world.claim(self.agent)
        return self.claimed["project"]["name"] if self.claimed else None

    def _begin_build(self, name: str, body: Mapping[str, Any]) -> None:
        """The same, for this project's build, which then tells this of itself."""
        self._same(self._claim(), name)
        assert self.claimed is not None
        self.world.tell_build(self.claimed, **body)

    def _end_build(self, body: Any) -> None:
        told, answer = _told(body, answer=201)
        claimed = self.claimed
        assert claimed is not None, "no build was claimed"
        _answered(answer, lambda: self.world.end_build(claimed, told.pop("status"), **told)[0])

    def _build(self, name: str, body: Any) -> None:
        self._begin_build(name, {})
        self._end_build(body)

    def _depend(self, edge: str | Mapping[str, Any]) -> None:
        (ends, body), *_ = (edge if isinstance(edge, Mapping) else {edge: {}}).items()
        upstream, downstream = ends.split(" -> ")
        self.world.depend(upstream, downstream, **(body if isinstance(body, dict) else {"join": body}))

    def _dependency(self, edge: str) -> tuple[str, str]:
        upstream, downstream = edge.split(" -> ")
        listed = self.world.read(dependencies.listing, USER, downstream)["upstream"]
        return downstream, next(d["id"] for d in listed if d["upstream"]["name"] == upstream)

    def _change(self, edge: str, body: Mapping[str, Any]) -> None:
        self.world.write(dependencies.change, USER, *self._dependency(edge), body)

    def _remove(self, edge: str) -> None:
        self.world.write(dependencies.remove, USER, *self._dependency(edge))


def _many(chain: int = 0, fan: int = 0, filtered: int = 0) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Big graphs: `chain` projects one after the other below core, or `fan` side by side and `end` behind them, `filtered` of
    them by a filter."""
    for upstream, downstream in pairwise(["core", *(f"p{n:03d}" for n in range(1, chain + 1))]):
        yield upstream, downstream, {}
    for n in range(1, fan + 1):
        yield "core", f"p{n:03d}", NEVER if n <= filtered else {}
        yield f"p{n:03d}", "end", {}


def _told(body: Any, **defaults: Any) -> tuple[dict[str, Any], Any]:
    """A result or report as keyword arguments, and what is expected of the answer (the one key of `defaults`)."""
    told = dict(body) if isinstance(body, dict) else {"status": body}
    ((key, default),) = defaults.items()
    expected = told.pop(key, default)
    return {"status": "SUCCESS", **told}, expected


def _answered(expected: int, call: Callable[[], int]) -> None:
    try:
        status = call()
    except DominoError as refusal:
        status = refusal.status
    assert status == expected
