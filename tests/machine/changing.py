"""Rules: people cancel, run again and deliver again; and the graph is edited under trees that are under way."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dominoci.services import dependencies, projects, tree_actions
from tests.machine.facts import FINAL, Dependency, Event, Project, Tree
from tests.machine.graphs import BOTH, RULES_OF_PROJECTS
from tests.machine.play import PICKS, Play, pick, target
from tests.world import USER

EDITS = 6
Action = Callable[..., dict[str, Any]]


class Changing(Play):
    """What people do to trees and to the graph."""

    @precondition(lambda self: self.model.trees)
    @rule(number=PICKS, scope=st.sampled_from(["event", "event", "branch", "tree"]))
    def cancel(self, number: int, scope: str) -> None:
        """One event, or what is behind it as well, or all that is unfinished of a tree."""
        tree, event = self._event(number, lambda event: event.state not in FINAL)
        chosen = {"event": [event], "branch": [event, *tree.behind(event)], "tree": tree.events}[scope]
        what = () if scope == "tree" else (event.sub_id, scope)
        action = tree_actions.cancel_tree if scope == "tree" else tree_actions.cancel_event
        self.both(lambda: self._act(action, tree, *what), lambda: self.model.cancel(chosen))

    @precondition(lambda self: self.model.trees)
    @rule(number=PICKS, downstream=st.booleans())
    def rerun_event(self, number: int, downstream: bool) -> None:
        """One event, with what is behind it or without."""
        tree, event = self._event(number, lambda event: event.ran and event.state in FINAL)
        self.both(
            lambda: self._act(tree_actions.rerun_event, tree, event.sub_id, downstream),
            lambda: self.model.rerun(event, downstream),
        )

    @precondition(lambda self: self.model.trees)
    @rule(number=PICKS, everything=st.booleans())
    def rerun_tree(self, number: int, everything: bool) -> None:
        """All that failed, or all."""
        tree = pick(self.model.trees, number)
        self.both(
            lambda: self._act(tree_actions.rerun_tree, tree, "all" if everything else "failed"),
            lambda: self.model.rerun_all(tree) if everything else self.model.rerun_failed(tree),
        )

    @precondition(lambda self: self.model.trees)
    @rule(number=PICKS)
    def redeliver(self, number: int) -> None:
        """An undeliverable event is sent again, and any other is not."""
        tree, event = self._event(number, lambda event: event.state == "undeliverable")
        self.both(
            lambda: self._act(tree_actions.redeliver, tree, event.sub_id),
            lambda: self.model.redeliver(event),
        )

    def _act(self, action: Action, tree: Tree, *what: object) -> int:
        answer = self.world.write(action, USER, self.ids[tree], *what)
        assert answer["events"]
        return 200

    def _event(self, number: int, wanted: Callable[[Event], bool]) -> tuple[Tree, Event]:
        """Any event, but mostly one of those that the action is for."""
        every = [(tree, event) for tree in self.model.trees for event in tree.events]
        return pick(every if number % 4 == 0 else [at for at in every if wanted(at[1])] or every, number)

    # ---- edits

    @precondition(lambda self: self.edits < EDITS)
    @rule(number=PICKS, other=PICKS, edit=st.sampled_from(["add", "remove", "switch"]), join=st.sampled_from(["all", "each"]))
    def change_dependency(self, number: int, other: int, edit: str, join: str) -> None:
        """A dependency is added, unless there is one or it would close a cycle; or one is removed, or switched off or on."""
        self.edits += 1
        if edit == "add" or not self.model.graph:
            self.depend(Dependency(pick(self.live(), number), pick(self.live(), other), join, BOTH))
            return
        edge = pick(self.model.graph, number)
        at = (edge.down.name, self.edges[edge])
        if edit == "remove":
            self.both(lambda: self.world.write(dependencies.remove, USER, *at) or 204, lambda: self.model.remove(edge))
            return
        body = {"enabled": not edge.enabled}
        self.both(lambda: self.world.write(dependencies.change, USER, *at, body) and 200, lambda: _set(edge, body))

    @precondition(lambda self: self.edits < EDITS)
    @rule(number=PICKS, field=st.sampled_from(["address", "enabled", "rule", "deleted"]), wish=st.sampled_from(RULES_OF_PROJECTS))
    def change_project(self, number: int, field: str, wish: str) -> None:
        """A project moves, is switched off or on, or wants something else of new events: what is under way goes on as it was. Or
        it goes away."""
        project = pick(self.live(), number)
        self.edits += 1
        if field == "deleted":
            self._delete(project)
            return
        new = {"address": project.address + 1, "enabled": not project.enabled, "rule": wish}[field]
        said = {
            "address": {"target": target(Project(project.name, project.kind, address=project.address + 1))},
            "enabled": {"enabled": new},
            "rule": {"on_new_event": new},
        }[field]
        self.both(
            lambda: self.world.write(projects.change, USER, project.name, said) and 200,
            lambda: _set(project, {field: new}),
        )

    def _delete(self, project: Project) -> None:
        if len(self.live()) > 2:
            self.both(
                lambda: self.world.write(projects.remove, USER, self.world.projects[project.name]) or 204,
                lambda: self.model.delete(project),
            )


def _set(facts: object, new: Mapping[str, object]) -> int:
    for name, value in new.items():
        setattr(facts, name, value)
    return 200
