"""What a scenario says of its tree, compared with what the API shows of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dominoci.services import tree_views, why
from tests.world import USER, World


class Expectation:
    """Words of `checks`, and beside them events (by project or sub id) with their states. `others` speaks of those not named."""

    def __init__(self, world: World, trees: Sequence[str], expected: Mapping[str, Any], focus: int = 0) -> None:
        self.world, self.trees, self.expected = world, trees, expected
        self.tree = world.tree(trees[focus])
        self.events = {event["sub_id"]: event for event in self.tree["events"]}
        self.checks: Mapping[str, Callable[[Any], None]] = {
            "tree": lambda state: self._same("tree", self.tree["state"], state),
            "count": lambda count: self._same("count", self.tree["event_count"], count),
            "trees": lambda count: self._same("trees", len(self.trees), count),
            "others": lambda state: None,
            "why": self._of_events(lambda event: self._why(event)["sentence"]),
            "code": self._of_events(lambda event: event["reason"]["code"]),
            "facts": self._of_events(lambda event: [fact["code"] for fact in self._why(event)["facts"]]),
            "number": self._of_events(lambda event: event["sub_id"]),
            "parents": self._of_events(lambda event: event["parents"]),
            "attempt": self._of_events(lambda event: event["attempt"]),
            "ref": self._of_events(lambda event: event["ref"]),
            "target": self._of_events(lambda event: event["target"]),
            "inputs": self._of_events(lambda event: [p["project"] for p in self._given(event)["parents"]]),
            "parameters": self._of_events(lambda event: self._given(event)["parameters"]),
            "result": self._of_events(lambda event: (self._full(event)["result"] or {"status": None})["status"]),
            "late": self._of_events(lambda event: self._full(event)["result"]["late"]),
            "asked_by": self._of_events(lambda event: [a["asked_by"] for a in self._full(event)["attempts"]]),
            "reported": self._of_events(lambda event: [a["status"] for a in self._full(event)["attempts"]]),
            "given": self._of_events(lambda event: {p["project"]: p["attempt"] for p in self._given(event)["parents"]}),
            "held": lambda held: self._same("held", self.tree["held"], held),
            "depth": lambda depth: self._same("depth", self.tree["depth"], depth),
            "states": self._states,
            "not_in_tree": self._not_in_tree,
            "stopped": lambda names: self._same("stopped", sorted(t.project["name"] for t, _ in world.ci.stopped), sorted(names)),
            "deliveries": self._of_events(self._deliveries),
            "last": self._last,
            "edges": self._edges,
            "reason": lambda text: self._same("reason", (self.tree["reason"] or {"text": None})["text"], text),
            "sent": lambda names: self._same("sent", sorted(t.project["name"] for t in self.world.ci.sent), sorted(names)),
        }

    def hold(self) -> None:
        """AssertionError naming the first difference."""
        for word, value in self.expected.items():
            if word in self.checks:
                self.checks[word](value)
        named = {self._event(word)["sub_id"]: state for word, state in self.expected.items() if word not in self.checks}
        other = self.expected.get("others")
        states = {sub_id: named.get(sub_id, other or event["state"]) for sub_id, event in self.events.items()}
        self._same("states", {sub_id: event["state"] for sub_id, event in self.events.items()}, states)

    def _event(self, name: str) -> dict[str, Any]:
        if name in self.events:
            return dict(self.events[name])
        (found,) = [event for event in self.events.values() if event["project"]["name"] == name]
        return dict(found)

    def _same(self, what: str, found: object, expected: object) -> None:
        assert found == expected, what

    def _of_events(self, ask: Callable[[dict[str, Any]], object]) -> Callable[[Mapping[str, Any]], None]:
        def check(expected: Mapping[str, Any]) -> None:
            for name, value in expected.items():
                self._same(name, ask(self._event(name)), value)

        return check

    def _why(self, event: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = self.world.read(why.of_event, USER, self.tree["id"], event["sub_id"])
        return told

    def _given(self, event: dict[str, Any]) -> dict[str, Any]:
        return self._full(event)["inputs"] or {"parents": [], "parameters": {}}

    def _full(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.world.event(self.tree["id"], event["sub_id"])

    def _deliveries(self, event: dict[str, Any]) -> list[str]:
        listed = self.world.read(tree_views.deliveries, USER, self.tree["id"], event["sub_id"])
        return [delivery["state"] for delivery in listed["items"]]

    def _states(self, expected: Sequence[str]) -> None:
        """Of all trees of the case, in the order of their opening."""
        self._same("states", [self.world.tree(tree_id)["state"] for tree_id in self.trees], list(expected))

    def _not_in_tree(self, expected: Mapping[str, str]) -> None:
        for name, told in expected.items():
            answer = self.world.read(why.of_project, USER, self.tree["id"], name)
            self._same(name, (answer["in_tree"], answer["sentence"]), (False, told))

    def _last(self, expected: Mapping[str, str]) -> None:
        for name, status in expected.items():
            self._same(name, self.world.last_result(name)["status"], status)

    def _edges(self, expected: Mapping[str, str | None]) -> None:
        graph = self.world.read(tree_views.graph, USER, self.tree["id"])
        names = {node["sub_id"]: node["project"] for node in graph["nodes"]}
        lines = {f"{names[e['from']]} -> {names[e['to']]}": e for e in graph["edges"]}
        asked = {name: "reason" if str(value).startswith("filter:") else "outcome" for name, value in expected.items()}
        found = {name: e[asked.get(name, "outcome")] for name, e in lines.items()}
        self._same("edges", {edge: found.get(edge, "no such edge") for edge in expected}, dict(expected))
