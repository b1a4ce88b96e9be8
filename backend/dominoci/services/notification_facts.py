"""The facts of a notification: what ended and how, where, what set it off, and how the runs before it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dominoci.domain import notice as rules
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.times import rfc3339
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import run_history, views
from dominoci.services.run_history import NOT_STORED, Fared, Run, build_of, meta_of, placed, root_of
from dominoci.services.veil import Veil
from dominoci.store import builds
from dominoci.store.statements import Columns

Facts = dict[str, Any]
MOST_BROKEN: Final = 6  # events that a message about a tree names


@dataclass(frozen=True)
class Outcome:
    """A run that has just ended. `before` is how this same run had been given up, when its result came late."""

    project_id: str
    project_name: str
    run: Run
    reason: tuple[str, Mapping[str, Any]] | None
    url: str
    run_url: str | None
    before: str | None = None


def of_event(uow: UnitOfWork, tree: Tree, event: Event, row: Mapping[str, Any], report: Report | None) -> Outcome:
    """The outcome of an event; `row` is the one of its history that ended it."""
    run_url = (report.links.pipeline if report else None) or event.run_url
    meta = placed(report.metadata if report else Metadata(), event.ref or event.default_branch)
    root = None if event.position == 0 else root_of(tree.root_project_name, tree.root_meta)
    run = Run((uow.now, event.id, event.attempt), event.state, meta, build_of(uow, run_url), root=root)
    late = row["from_state"] if row["from_state"] in rules.BAD else None
    url = f"{views.tree_url(uow.settings, event.tree_id)}/events/{event.sub_id}"
    return Outcome(event.project_id, event.project_name, run, (row["code"], row["params"]), url, run_url, late)


def of_report(uow: UnitOfWork, project: Project, told: Report) -> Outcome:
    """The outcome of a run whose report opened no tree."""
    build_id = build_of(uow, told.links.pipeline)
    row = builds.build(uow.session, build_id) if build_id else None
    if row and row.project_id == project.id:  # a reported address may be of any build
        made = of_build(uow, row)
        return replace(made, run=replace(made.run, state=told.status.value.lower()))
    run = Run((uow.now, NOT_STORED, 0), told.status.value.lower(), told.metadata, None)
    url = f"{uow.settings.public_url}/projects/{project.name}"
    return Outcome(project.id, project.name, run, None, url, told.links.pipeline)


def of_build(uow: UnitOfWork, row: Build) -> Outcome:
    """The outcome of a build of ours that is no event's."""
    run = Run((uow.now, row.id, 0), row.state, meta_of(row), row.id)
    reason = (row.reason_code, row.reason_params or {}) if row.reason_code else None
    return Outcome(row.project_id, row.project_name, run, reason, views.build_url(uow.settings, row.id), None)


def fared(uow: UnitOfWork, outcome: Outcome) -> tuple[Fared, Facts]:
    """How the runs before this one went, and what is to be told of the job that it was of."""
    past, job = run_history.fared(uow, outcome.project_id, outcome.run, outcome.before)
    return past, _job(job)


def _job(row: Columns | None) -> Facts:
    pull = (row.pull or {}) if row else {}
    named = {key: pull.get(key) for key in ("number", "title", "author")} if pull else None
    return {"job": row.path if row else None, "pull": named}


def written(outcome: Outcome, past: Fared, job: Facts, owners: Sequence[str], veil: Veil) -> Facts:
    """The facts of a run, for somebody behind this veil."""
    code, params = outcome.reason or ("", {})
    run = outcome.run
    return {
        "project": outcome.project_name,
        "project_id": outcome.project_id,
        **job,
        "state": run.state,
        **{key: getattr(run.meta, key) for key in ("branch", "tag", "commit", "message")},
        "at": rfc3339(run.order[0]),
        "reason": veil.sentence(code, params) if code else None,
        "url": outcome.url,
        "run_url": outcome.run_url,
        "root": _seen(run.root, veil),
        "since": _brief(past.since, veil),
        "good": _brief(past.good, veil),
        "runs": past.failures,
        "cut": past.cut,
        "owners": list(owners),
    }


def _brief(run: Run | None, veil: Veil) -> Facts | None:
    if run is None:
        return None
    return {"commit": run.meta.commit, "message": run.meta.message, "at": rfc3339(run.order[0]), "root": _seen(run.root, veil)}


def _seen(root: Mapping[str, Any] | None, veil: Veil) -> Facts | None:
    """What set a run off; nothing of a project that is hidden."""
    return dict(root) if root and root["project"] not in veil.names else None


def of_tree(
    uow: UnitOfWork, tree: Tree, counts: Mapping[str, int], broken: Sequence[Columns], owners: Sequence[str], veil: Veil
) -> Facts:
    """The facts of a tree that has ended, for somebody behind this veil."""
    named = [one for one in broken if one.project_name not in veil.names][:MOST_BROKEN]
    bad = sum(count for state, count in counts.items() if state in rules.BAD)
    return {
        "project": tree.root_project_name,
        "project_id": tree.root_project_id,
        "state": tree.state,
        **{key: tree.root_meta.get(key) for key in ("branch", "tag", "commit", "message")},
        "at": rfc3339(uow.now),
        "url": views.tree_url(uow.settings, tree.id),
        "broken": [{"project": one.project_name, "reason": veil.sentence(one.reason_code, one.reason_params)} for one in named],
        "more": bad - len(named),
        "counts": dict(counts),
        "owners": list(owners),
    }
