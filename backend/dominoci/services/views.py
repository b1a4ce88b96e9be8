"""Rows as the API shows them; keys are the field names of docs/openapi.json."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.config import Settings
from dominoci.domain.reasons import Reason, sentence
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Event, Tree
from dominoci.store.paging import Page
from dominoci.store.statements import Columns

__all__ = ["Page"]  # resources name it, and reach the store only through services

View = dict[str, Any]


def reason(code: str | None, params: Mapping[str, Any] | None) -> View | None:
    """A stored reason with its sentence."""
    return Reason(code, params or {}).view() if code else None


def repository_url(settings: Settings, project: Project | Columns) -> str:
    """Where a project's repository is cloned from: the arbiter's own address for one that it hosts."""
    return f"{settings.public_url}/git/{project.name}.git" if project.hosted else str(project.repository_url)


def tree_url(settings: Settings, tree_id: str) -> str:
    """The page of a tree."""
    return f"{settings.public_url}/trees/{tree_id}"


def build_url(settings: Settings, build_id: str) -> str:
    """The page of a build."""
    return f"{settings.public_url}/builds/{build_id}"


def artifact_url(settings: Settings, build_id: str, name: str) -> str:
    """Where an artifact is downloaded."""
    return f"{settings.public_url}/api/v1/builds/{build_id}/artifacts/{name}"


def tree_state(tree: Tree) -> View:
    """What changes while a tree runs."""
    shown = {"id": tree.id, "state": tree.state, "held": tree.held, "unfinished": tree.unfinished}
    return {**shown, "finished_at": tree.finished_at, "reason": reason(tree.reason_code, tree.reason_params)}


def tree_summary(settings: Settings, tree: Tree, counts: Mapping[str, int], *, hidden: bool = False) -> View:
    """A tree in a list; where its root's project is `hidden` from the caller nothing is told of it."""
    project = None if hidden else {"id": tree.root_project_id, "name": tree.root_project_name}
    meta = {key: None if hidden else tree.root_meta.get(key) for key in ("commit", "branch", "tag", "message", "pipeline")}
    return {
        "id": tree.id,
        "state": tree.state,
        "root": {"project": project, **meta},
        "reason": reason(tree.reason_code, tree.reason_params),
        "counts": dict(counts),
        "held": tree.held,
        "depth": tree.depth,
        "cause": {"tree_id": tree.cause_tree_id, "sub_id": tree.cause_sub_id} if tree.cause_tree_id else None,
        "event_count": tree.event_count,
        "opened_at": tree.opened_at,
        "finished_at": tree.finished_at,
        "version": tree.version,
        "url": tree_url(settings, tree.id),
    }


def node(event: Event, params: Mapping[str, Any] | None = None) -> View:
    """An event as the graph draws it; `params` are those of its reason, where they are not to be told as they are."""
    return {
        "sub_id": event.sub_id,
        "project": event.project_name,
        "state": event.state,
        "target": event.target.get("kind"),
        "attempt": event.attempt,
        "ref": event.ref,
        "reason": sentence(event.reason_code, event.reason_params if params is None else params),
        "queued_at": event.queued_at,
        "triggered_at": event.triggered_at,
        "started_at": event.started_at,
        "finished_at": event.finished_at,
        "deadline_at": event.deadline_at,
    }


def replaced(attempt: Attempt) -> View:
    """An attempt that a later one has replaced, as the timeline draws it."""
    fields = ("state", "queued_at", "triggered_at", "started_at", "finished_at")
    return {"attempt": attempt.number, **{field: getattr(attempt, field) for field in fields}}


def event(row: Event, parents: Sequence[str], build_id: str | None, params: Mapping[str, Any] | None = None) -> View:
    """An event in the API; `params` as for `node`."""
    return {
        "sub_id": row.sub_id,
        "project": {"id": row.project_id, "name": row.project_name},
        "state": row.state,
        "join": row.join_rule,
        "attempt": row.attempt,
        "parents": list(parents),
        "reason": reason(row.reason_code, row.reason_params if params is None else params),
        "ref": row.ref,
        "target": row.target.get("kind"),
        "deadline_at": row.deadline_at,
        "queued_at": row.queued_at,
        "triggered_at": row.triggered_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "run_url": row.run_url,
        "build_id": build_id,
    }


def build(settings: Settings, row: Build) -> View:
    """A build in a list."""
    return {
        "id": row.id,
        "number": row.number,
        "project": {"id": row.project_id, "name": row.project_name},
        "state": row.state,
        "reason": reason(row.reason_code, row.reason_params),
        "ref": row.ref,
        "branch": row.branch,
        "tag": row.tag,
        "commit": row.commit,
        "message": row.message,
        "cause": row.cause,
        "job": row.job or None,
        "approval": row.approval,
        "run_id": row.parent_id,
        "tree_id": row.tree_id,
        "sub_id": row.sub_id,
        "agent": {"id": row.agent_id, "name": row.agent_name} if row.agent_id else None,
        "pipelines": list(row.pipelines),
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "cancel_requested": row.cancel_requested,
        "url": build_url(settings, row.id),
    }
