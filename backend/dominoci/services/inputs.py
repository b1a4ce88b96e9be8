"""What an event is started with: its frozen inputs, made into the trigger that every kind of target gets."""

from collections.abc import Mapping, Sequence
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


def trigger_of(uow: UnitOfWork, event: Event, number: int) -> Trigger:
    """The trigger of one attempt. Raises NotFound when the attempt does not exist."""
    tree, attempt = trees.tree(uow.session, event.tree_id), trees.attempt(uow.session, event.id, number)
    if tree is None or attempt is None:
        raise NotFound("There is no such attempt.")
    given = of_attempt(uow, event, attempt)
    return Trigger(
        tree_id=tree.id,
        sub_id=event.sub_id,
        attempt=attempt.number,
        delivery_id=attempt.delivery_id,
        event_token=credentials.mint_event(uow.keys, tree.id, event.sub_id, attempt.number),
        project={"id": event.project_id, "name": event.project_name, "repository_url": repository_of(uow, event)},
        ref=attempt.ref or event.default_branch,
        root={"project": tree.root_project_name, "metadata": tree.root_meta},
        parents=[_parent(passed) for passed in given],
        parameters=parameters_of(tree, event, given),
        public_url=uow.settings.public_url,
    )


def repository_of(uow: UnitOfWork, event: Event) -> str:
    """The event's repository, as frozen; events of an older version ask their project."""
    if event.repository_url is not None:
        return event.repository_url
    project = projects.by_id(uow.session, event.project_id)
    return project.repository_url if project else ""


def of_attempt(uow: UnitOfWork, event: Event, attempt: Attempt) -> list[Passed]:
    """What one attempt was given, in the order of the parents' sub ids. It never changes: a result never does."""
    edges = trees.incoming(uow.session, [event.id])
    given = _given(edges, attempt)
    results = trees.results(uow.session, given.items())
    found = [
        Passed(edge, given[edge.parent_id], results[edge.parent_id])
        for edge in edges
        if edge.parent_id in given and edge.parent_id in results
    ]
    return sorted(found, key=lambda passed: sub_id_key(passed.edge.sub_id))


def _given(edges: Sequence[Columns], attempt: Attempt) -> dict[str, int]:
    """Parents by id with the attempt that counted; attempts of an older version did not keep them."""
    if attempt.inputs is not None:
        return dict(attempt.inputs)
    return {edge.parent_id: edge.attempt for edge in edges if edge.outcome == EdgeOutcome.PASSED.value}


def _parent(passed: Passed) -> ParentInput:
    edge, told = passed.edge, passed.told
    return ParentInput(edge.project_name, edge.sub_id, told.meta, told.links, told.artifacts)


def parameters_of(tree: Tree, event: Event, given: Sequence[Passed]) -> dict[str, str]:
    """The dependencies' parameters, filled in; where two set the same name, the first by the parents' sub ids wins."""
    common = {**facts_of("root", tree.root_project_name, tree.root_meta), "tree.id": tree.id, "event.sub_id": event.sub_id}
    merged: dict[str, str] = {}
    for passed in given:
        parent = facts_of("parent", passed.edge.project_name, passed.told.meta, sub_id=passed.edge.sub_id)
        merged = {**fill(passed.edge.parameters, {**common, **parent}), **merged}
    return merged


def wanted_branch(uow: UnitOfWork, event: Event, attempt: Attempt) -> str | None:
    """The parent's branch that is still to be looked for in the event's repository (rule `same`); None when the ref is known."""
    if attempt.ref is not None:
        return None
    first = next(iter(of_attempt(uow, event, attempt)), None)
    if first is None or first.edge.ref.get("use") != BRANCH_OF_PARENT:
        return None
    branch: str | None = first.told.meta.get("branch")
    return branch


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
