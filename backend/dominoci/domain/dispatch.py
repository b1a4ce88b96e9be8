"""What a triggered project is told: the JSON payload and the variables of protocol.md, "A child is triggered"."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

PAYLOAD_TYPE = "dominoci.event.triggered"
CANCEL_TYPE = "dominoci.event.cancelled"
RESERVED = "DOMINO_"  # names that only the arbiter sets
MASKED_TOKEN = "dce_…"  # noqa: S105  what is stored in place of one
MASKED_IDENTITY = "…"


@dataclass(frozen=True)
class ParentInput:
    """A parent that passed, with what it reported; the JSON parts are as stored."""

    project: str
    sub_id: str
    metadata: Mapping[str, Any]
    links: Mapping[str, Any]
    artifacts: Sequence[Mapping[str, Any]]

    def view(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "project": self.project,
            "sub_id": self.sub_id,
            "metadata": dict(self.metadata),
            "links": dict(self.links),
            "artifacts": [dict(a) for a in self.artifacts],
        }


@dataclass(frozen=True)
class Trigger:
    """One attempt of one event, with everything that its CI system must know. `event_token` and `identity` (a JWT that says who
    sends this) are minted anew for every send."""

    tree_id: str
    sub_id: str
    attempt: int
    delivery_id: str
    event_token: str = field(repr=False)
    project: Mapping[str, Any]
    ref: str
    root: Mapping[str, Any]
    parents: Sequence[ParentInput]
    parameters: Mapping[str, str]
    public_url: str
    identity: str = field(default="", repr=False)

    def masked(self) -> "Trigger":
        """The same as it may be stored and shown: without what proves anything."""
        return replace(self, event_token=MASKED_TOKEN, identity=MASKED_IDENTITY if self.identity else "")

    @property
    def result_url(self) -> str:
        """Where the result goes."""
        return f"{self.public_url}/api/v1/results"

    @property
    def started_url(self) -> str:
        """Where a sign of life goes."""
        return f"{self.public_url}/api/v1/results/started"


def payload(trigger: Trigger) -> dict[str, Any]:
    """The trigger as JSON."""
    return {
        "type": PAYLOAD_TYPE,
        "version": "1",
        "tree_id": trigger.tree_id,
        "sub_id": trigger.sub_id,
        "attempt": trigger.attempt,
        "delivery_id": trigger.delivery_id,
        "event_token": trigger.event_token,
        "identity": trigger.identity,
        "project": dict(trigger.project),
        "ref": trigger.ref,
        "root": dict(trigger.root),
        "parents": [parent.view() for parent in trigger.parents],
        "parameters": dict(trigger.parameters),
        "callback": {"result": trigger.result_url, "started": trigger.started_url},
    }


def cancellation(trigger: Trigger, run_url: str | None) -> dict[str, Any]:
    """That a trigger's run is to be stopped, as JSON. It names the run by what its trigger named, and holds no credential."""
    return {
        "type": CANCEL_TYPE,
        "version": "1",
        "tree_id": trigger.tree_id,
        "sub_id": trigger.sub_id,
        "attempt": trigger.attempt,
        "delivery_id": trigger.delivery_id,
        "project": dict(trigger.project),
        "run_url": run_url,
    }


def variables(trigger: Trigger) -> dict[str, str]:
    """The trigger as variables; the dependency's parameters stand under their own names, and none may call itself `DOMINO_*`."""
    first: Mapping[str, Any] = trigger.parents[0].metadata if trigger.parents else {}
    named = {
        "DOMINO_TREE_ID": trigger.tree_id,
        "DOMINO_SUB_ID": trigger.sub_id,
        "DOMINO_ATTEMPT": str(trigger.attempt),
        "DOMINO_REF": trigger.ref,
        # Jenkins folds queued builds of equal parameters into one: this one never is equal
        "DOMINO_DELIVERY_ID": trigger.delivery_id,
        "DOMINO_EVENT_TOKEN": trigger.event_token,
        "DOMINO_IDENTITY": trigger.identity,
        "DOMINO_RESULT_URL": trigger.result_url,
        "DOMINO_STARTED_URL": trigger.started_url,
        "DOMINO_UPSTREAM_PROJECT": trigger.parents[0].project if trigger.parents else "",
        "DOMINO_UPSTREAM_COMMIT": first.get("commit") or "",
        "DOMINO_UPSTREAM_BRANCH": first.get("branch") or "",
        "DOMINO_UPSTREAM_TAG": first.get("tag") or "",
        "DOMINO_PAYLOAD": json.dumps(payload(trigger), separators=(",", ":")),
    }
    own = {name: value for name, value in trigger.parameters.items() if not name.upper().startswith(RESERVED)}
    return {**own, **named}
