"""Rules: projects report on their own, and tell the results of what was triggered: once, twice, late, of the wrong attempt."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from dominoci.services import reports, results
from tests.machine import agreement
from tests.machine.facts import Event, Project, Told
from tests.machine.graphs import BRANCHES, Drawn, drawn_graphs
from tests.machine.play import PICKS, STATUSES, Play, pick
from tests.machine.subject import report_of

TREES = 5
MAINLY = st.sampled_from([*BRANCHES, "main", "main"])
OFTEN = st.sampled_from([True, True, True, False])


class Telling(Play):
    """Reports, results and signs of life."""

    @initialize(graph=drawn_graphs(), trees=st.sampled_from([1, 1, 2, 3]))
    def begin(self, graph: Drawn, trees: int) -> None:
        """A graph, and the first trees over all of it."""
        self.lay(graph)
        for _ in range(trees):
            self._open(self.model.projects[0], self.tell("SUCCESS"), False, None)
            self.agree()

    @precondition(lambda self: len(self.model.trees) < TREES)
    @rule(number=PICKS, success=OFTEN, branch=MAINLY, keyed=st.booleans(), cause=st.none() | PICKS)
    def report(self, number: int, success: bool, branch: str, keyed: bool, cause: int | None) -> None:
        """A project, often the first, reports on its own; perhaps in the run of another's event."""
        roots = self.live()
        self._open(pick([*[roots[0]] * 5, *roots], number), self.tell("SUCCESS" if success else "FAILED", branch), keyed, cause)

    def _open(self, root: Project, told: Told, keyed: bool, cause: int | None) -> None:
        others = [event for event in self.model.events if event.project is not root]
        caused_by = pick(others, cause) if others and cause is not None else None
        key = f"key {told.commit}" if keyed else None
        answered, _ = self.serve(lambda: self._report(root, told, key, caused_by))
        if answered is None:
            return
        tree = self.model.report(root, told, self.model.tree_of(caused_by).depth + 1 if caused_by else 1)
        assert answered in (0, 201 if tree else 200)
        self.reported.append((root, told, key, tree))
        if tree:
            self.ids[tree] = agreement.number(self.world, tree, self.ids)
            self.model.settle()

    @precondition(lambda self: self.reported)
    @rule(number=PICKS, other=st.booleans())
    def report_again(self, number: int, other: bool) -> None:
        """The same report comes again, known by its key or its link; or another one under the same key."""
        root, told, key, tree = pick(self.reported, number)
        again = self.tell("SUCCESS", told.branch) if other and key else told
        answered, answer = self.serve(lambda: self._report(root, again, key, None))
        assert answered in (None, 0, 200 if again == told else 409)
        assert answer is None or answer["tree_id"] == (self.ids[tree] if tree else None)

    def _report(self, root: Project, told: Told, key: str | None, cause: Event | None) -> tuple[int, dict[str, Any]]:
        token = self.token(cause, max(cause.attempt, 1)) if cause else None
        said = report_of(told, linked=True)
        answer: tuple[int, dict[str, Any]] = self.world.write(reports.report, self.who(root), said, key, token)
        return answer

    @precondition(lambda self: self.open())
    @rule(number=PICKS, status=STATUSES, branch=st.sampled_from(BRANCHES))
    def result(self, number: int, status: str, branch: str) -> None:
        """A project that was triggered tells its result."""
        event = pick(self.open(), number)
        self.tell_result(event, event.attempt, self.tell(status, branch))

    @precondition(lambda self: self.open())
    @rule(statuses=st.lists(STATUSES, min_size=1, max_size=3))
    def all_results(self, statuses: list[str]) -> None:
        """All that were triggered tell their results, in turn."""
        for n, event in enumerate(self.open()):
            self.tell_result(event, event.attempt, self.tell(statuses[n % len(statuses)]))

    @precondition(lambda self: self._given_up())
    @rule(number=PICKS, status=st.sampled_from(["SUCCESS", "SUCCESS", "SUCCESS", "FAILED", "SKIPPED", "TIMED_OUT"]))
    def late_result(self, number: int, status: str) -> None:
        """A project tells the result of an event that was given up, rather of one that something hangs on."""
        given_up = self._given_up()
        parents = [e for e in given_up if e.state != "cancelled" and any(self.model.tree_of(e).children(e))]
        event = pick(given_up if number % 4 == 0 else parents or given_up, number)
        self.tell_result(event, max(event.attempt, 1), self.tell(status))

    @precondition(lambda self: any(self.model.events))
    @rule(number=PICKS, status=STATUSES, older=st.booleans(), again=st.booleans())
    def strange_result(self, number: int, status: str, older: bool, again: bool) -> None:
        """A result of any event: the same again, another, of another attempt, of one that waits."""
        event = pick([*self.model.events], number)
        attempt = max(event.attempt - older, 1)
        known = event.told.get(attempt)
        self.tell_result(event, attempt, replace(known, by="project") if again and known else self.tell(status))

    def tell_result(self, event: Event, attempt: int, told: Told) -> None:
        """The result of one attempt."""
        token, who = self.token(event, attempt), self.who(event.project)
        self.both(
            lambda: self.world.write(results.record, who, token, report_of(told), {})[0],
            lambda: self.model.result(event, attempt, told),
        )

    @precondition(lambda self: any(self.model.events))
    @rule(number=PICKS)
    def started(self, number: int) -> None:
        """A sign of life."""
        event = pick(self.open() or [*self.model.events], number)
        attempt = max(event.attempt, 1)
        token, who = self.token(event, attempt), self.who(event.project)
        self.both(
            lambda: self.world.write(results.started, who, token, None, {}) and 200,
            lambda: self.model.tells_start(event, attempt),
        )

    def _given_up(self) -> list[Event]:
        return [event for event in self.model.events if event.state in ("timed_out", "undeliverable", "cancelled")]
