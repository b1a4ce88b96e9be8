"""What GitHub is sent of a trigger: the dependency's parameters as inputs of their names, the whole JSON as one more, cut where
GitHub would refuse it (docs.github.com, "Events that trigger workflows", "Create a repository dispatch event")."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dominoci.domain.dispatch import RESERVED, Trigger, payload

INPUT: Final = "domino"
# 65,535 characters of all inputs as compact JSON, or of the client_payload; a little less, for what is counted otherwise
MOST: Final = 65_000
MOST_INPUTS: Final = 25
MESSAGE: Final = "message"
Payload = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """What is sent, the same as it may be stored, and what had to be left out of the JSON."""

    sent: Mapping[str, Any]
    shown: Mapping[str, Any]
    left_out: tuple[str, ...]

    @property
    def remark(self) -> str:
        """The same as a sentence with a space before it; empty when all was sent."""
        if not self.left_out:
            return ""
        return f" GitHub takes 65,535 characters, so the JSON came without {', '.join(self.left_out)}."


def as_inputs(trigger: Trigger) -> Order:
    """For workflow_dispatch. Raises ValueError, with a sentence, when there is too much even so."""
    own = {name: value for name, value in trigger.parameters.items() if _free(name)}
    if len(own) + 1 > MOST_INPUTS:
        raise ValueError(f"GitHub takes {MOST_INPUTS} inputs, and these are {len(own)} parameters and `{INPUT}`: take fewer.")
    return _fitted(trigger, lambda told: {**own, INPUT: _compact(told)})


def as_client_payload(trigger: Trigger) -> Order:
    """For repository_dispatch: one of the ten keys that it takes. Raises ValueError as above."""
    return _fitted(trigger, lambda told: {INPUT: told})


def _fitted(trigger: Trigger, wrapped: Callable[[Payload], Payload]) -> Order:
    names = tuple(CUTS)
    for count in range(len(names) + 1):
        left_out = names[:count]
        sent = wrapped(_cut(payload(trigger), left_out))
        if len(_compact(sent)) <= MOST:
            return Order(sent, wrapped(_cut(payload(trigger.masked()), left_out)), left_out)
    raise ValueError("GitHub takes 65,535 characters, and the parameters alone are longer: make them shorter.")


def _cut(told: Payload, names: tuple[str, ...]) -> Payload:
    for name in names:
        told = CUTS[name](told)
    return {**told, "left_out": list(names)} if names else told


def _parents(told: Payload, **less: Any) -> Payload:
    return {**told, "parents": [{**parent, **less} for parent in told["parents"]]}


def _without_messages(told: Payload) -> Payload:
    def brief(holder: Mapping[str, Any]) -> dict[str, Any]:
        return {**holder, "metadata": {name: value for name, value in holder["metadata"].items() if name != MESSAGE}}

    return {**told, "root": brief(told["root"]), "parents": [brief(parent) for parent in told["parents"]]}


# what a workflow needs least goes first
CUTS: Final[Mapping[str, Callable[[Payload], Payload]]] = {
    "artifacts": lambda told: _parents(told, artifacts=[]),
    "links": lambda told: _parents(told, links={}),
    "commit messages": _without_messages,
    "all parents but the first": lambda told: {**told, "parents": told["parents"][:1]},
}


def _free(name: str) -> bool:
    return not name.upper().startswith(RESERVED) and name.lower() != INPUT


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
