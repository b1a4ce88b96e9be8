"""What an event is started with: its frozen inputs, made into the trigger that every kind of target gets."""

from typing import Any

from dominoci.domain import credentials
from dominoci.domain.dispatch import ParentInput, Trigger
from dominoci.domain.errors import NotFound
from dominoci.domain.states import EdgeOutcome
from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Attempt, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import projects, trees
from dominoci.store.statements import Columns


def trigger_of(uow: UnitOfWork, event: Event, number: int) -> Trigger:
    """The trigger of one attempt. Raises NotFound when the attempt does not exist."""
    tree, attempt = trees.tree(uow.session, event.tree_id), trees.attempt(uow.session, event.id, number)
    if tree is None or attempt is None:
        raise NotFound("There is no such attempt.")
    return _trigger(uow, tree, event, attempt)


def _trigger(uow: UnitOfWork, tree: Tree, event: Event, attempt: Attempt) -> Trigger:
    passed = [edge for edge in trees.incoming(uow.session, [event.id]) if edge.outcome == EdgeOutcome.PASSED.value]
    passed.sort(key=lambda edge: sub_id_key(edge.sub_id))
    project = projects.by_id(uow.session, event.project_id)
    url = project.repository_url if project else ""
    return Trigger(
        tree_id=tree.id,
        sub_id=event.sub_id,
        attempt=attempt.number,
        delivery_id=attempt.delivery_id,
        event_token=credentials.mint_event(uow.keys, tree.id, event.sub_id, attempt.number),
        project={"id": event.project_id, "name": event.project_name, "repository_url": url},
        ref=attempt.ref or event.default_branch,
        root={"project": tree.root_project_name, "metadata": tree.root_meta},
        parents=_parents(uow, passed),
        parameters=_parameters(passed),
        public_url=uow.settings.public_url,
    )


def _parents(uow: UnitOfWork, passed: list[Columns]) -> list[ParentInput]:
    results = trees.results(uow.session, [(edge.parent_id, edge.attempt) for edge in passed])
    told = [(edge, results[edge.parent_id]) for edge in passed]
    return [ParentInput(edge.project_name, edge.sub_id, row.meta, row.links, row.artifacts) for edge, row in told]


def _parameters(passed: list[Columns]) -> dict[str, str]:
    """The dependencies' parameters; where two set the same name, the first by the parents' sub ids wins."""
    merged: dict[str, str] = {}
    for edge in passed:
        merged = {**edge.parameters, **merged}
    return merged


def own_artifacts(uow: UnitOfWork, trigger: Trigger) -> list[dict[str, Any]]:
    """The parents' artifacts that the arbiter itself keeps, as the agent fetches them: addresses relative to ours."""
    base = uow.settings.public_url
    return [
        {
            "project": parent.project,
            "sub_id": parent.sub_id,
            "name": artifact["name"],
            "url": artifact["url"].removeprefix(base),
            "sha256": artifact["sha256"],
            "size": artifact["size"],
        }
        for parent in trigger.parents
        for artifact in parent.artifacts
        if (artifact["url"] or "").startswith(f"{base}/api/v1/builds/") and artifact["sha256"]
    ]
