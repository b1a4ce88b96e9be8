"""What an event is started with: its frozen inputs, made into the trigger that every kind of target gets."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dominoci.domain import credentials
from dominoci.domain.dispatch import ParentInput, Trigger
from dominoci.domain.errors import NotFound
from dominoci.domain.parameters import facts_of, fill
from dominoci.domain.states import EdgeOutcome
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Attempt, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import identity
from dominoci.store import projects, trees
from dominoci.store.statements import Columns

Frozen = Sequence[tuple[str, int]]  # (parent's event id, parent's attempt)
BRANCH_OF_PARENT = "same"


@dataclass(frozen=True)
class Passed:
    """A frozen dependency that let its parent through, with what that attempt of the parent reported."""

    edge: Columns
    attempt: int
    told: Columns


@dataclass(frozen=True)
class Start:
    """One attempt with all that it is started from; nothing of it changes but the ref of one that is still to be looked for."""

    event: Event
    attempt: Attempt
    tree: Tree
    given: Sequence[Passed]
    repository: str

    @property
    def parameters(self) -> dict[str, str]:
        """The dependencies' parameters, filled in; where two set the same name, the first by the parents' sub ids wins."""
        root = facts_of("root", self.tree.root_project_name, self.tree.root_meta)
        common = {**root, "tree.id": self.tree.id, "event.sub_id": self.event.sub_id}
        merged: dict[str, str] = {}
        for passed in self.given:
            parent = facts_of("parent", passed.edge.project_name, passed.told.meta, sub_id=passed.edge.sub_id)
            merged = {**fill(passed.edge.parameters, {**common, **parent}), **merged}
        return merged

    @property
    def wanted_branch(self) -> str | None:
        """The parent's branch that is still to be looked for in the repository (rule `same`); None when the ref is known."""
        if self.attempt.ref is not None or not self.given or self.given[0].edge.ref.get("use") != BRANCH_OF_PARENT:
            return None
        branch: str | None = self.given[0].told.meta.get("branch")
        return branch

    def trigger(self, uow: UnitOfWork) -> Trigger:
        """What its CI system is told."""
        event, number = self.event, self.attempt.number
        return Trigger(
            tree_id=self.tree.id,
            sub_id=event.sub_id,
            attempt=number,
            delivery_id=self.attempt.delivery_id,
            event_token=credentials.mint_event(uow.keys, self.tree.id, event.sub_id, number),
            project={"id": event.project_id, "name": event.project_name, "repository_url": self.repository},
            ref=self.attempt.ref or event.default_branch,
            root={"project": self.tree.root_project_name, "metadata": self.tree.root_meta},
            parents=[_parent(passed) for passed in self.given],
            parameters=self.parameters,
            public_url=uow.settings.public_url,
            identity=identity.mint(uow, event, number, self.attempt.delivery_id),
        )


def trigger_of(uow: UnitOfWork, event: Event, number: int) -> Trigger:
    """What the CI system of one attempt is told. Raises NotFound when it does not exist."""
    return start_of(uow, event.id, number).trigger(uow)


def start_of(uow: UnitOfWork, event_id: str, number: int) -> Start:
    """One attempt. Raises NotFound when it does not exist."""
    found = starts_of(uow, [(event_id, number)])
    if not found:
        raise NotFound("There is no such attempt.")
    return found[event_id, number]


def starts_of(uow: UnitOfWork, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Start]:
    """Attempts by (event id, number), with a fixed number of queries; those that do not exist are left out."""
    session = uow.session
    events = {event.id: event for event in trees.known_events(session, sorted({event_id for event_id, _ in keys}))}
    attempts = trees.attempts_at(session, keys)
    forest = trees.of_ids(session, sorted({event.tree_id for event in events.values()}))
    edges: dict[str, list[Columns]] = defaultdict(list)
    for edge in trees.incoming(session, list(events)):
        edges[edge.child_id].append(edge)
    given = {key: _given(edges[key[0]], attempt) for key, attempt in attempts.items()}
    results = trees.results(session, {pair for pairs in given.values() for pair in pairs.items()})
    repositories = _repositories(uow, events.values())
    return {
        key: Start(
            event := events[key[0]],
            attempt,
            forest[event.tree_id],
            _passed(edges[event.id], given[key], results),
            repositories[event.id],
        )
        for key, attempt in attempts.items()
    }


def _repositories(uow: UnitOfWork, events: Collection[Event]) -> dict[str, str]:
    """The events' repositories, as frozen; events of an older version ask their projects."""
    older = [event.project_id for event in events if event.repository_url is None]
    known = projects.of_ids(uow.session, older) if older else {}
    return {event.id: event.repository_url or known[event.project_id].repository_url for event in events}


def _given(edges: Sequence[Columns], attempt: Attempt) -> dict[str, int]:
    """Parents by id with the attempt that counted; attempts of an older version did not keep them."""
    if attempt.inputs is not None:
        return dict(attempt.inputs)
    return {edge.parent_id: edge.attempt for edge in edges if edge.outcome == EdgeOutcome.PASSED.value}


def _passed(
    edges: Sequence[Columns], given: Mapping[str, int], results: Mapping[tuple[str, int], Columns]
) -> list[Passed]:
    """In the order of the parents' sub ids. A result never changes, and so neither does what an attempt was given."""
    counted = [(edge, given[edge.parent_id]) for edge in edges if edge.parent_id in given]
    found = [
        Passed(edge, number, results[edge.parent_id, number]) for edge, number in counted if (edge.parent_id, number) in results
    ]
    return sorted(found, key=lambda passed: sub_id_key(passed.edge.sub_id))


def _parent(passed: Passed) -> ParentInput:
    edge, told = passed.edge, passed.told
    return ParentInput(edge.project_name, edge.sub_id, told.meta, told.links, told.artifacts)


def keep_ref(uow: UnitOfWork, event: Event, number: int, ref: str) -> None:
    """Keeps the ref that was found with the attempt, for every later send and rerun of it."""
    trees.update_attempts(uow.session, [(event.id, number)], ref=ref)
    trees.set_ref(uow.session, event, ref)


def own_artifacts(uow: UnitOfWork, trigger: Trigger) -> list[dict[str, Any]]:
    """The parents' artifacts that the arbiter itself keeps, as the agent fetches them: addresses relative to ours."""
    base = uow.settings.public_url
    return [
        _fetchable(parent, artifact, base)
        for parent in trigger.parents
        for artifact in parent.artifacts
        if (artifact["url"] or "").startswith(f"{base}/api/v1/builds/") and artifact["sha256"]
    ]


def _fetchable(parent: ParentInput, artifact: Mapping[str, Any], base: str) -> dict[str, Any]:
    return {
        "project": parent.project,
        "sub_id": parent.sub_id,
        "name": artifact["name"],
        "url": artifact["url"].removeprefix(base),
        "sha256": artifact["sha256"],
        "size": artifact["size"],
    }
