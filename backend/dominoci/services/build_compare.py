"""A build beside the last green one before it: the commits between, its steps, artifacts and parameters."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dominoci.domain import build_comparison as comparison
from dominoci.domain.build_comparison import Content, StepRun
from dominoci.domain.pasted import compare_url
from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import builds as build_service
from dominoci.services import job_builds
from dominoci.services.access import Principal
from dominoci.store import build_history, projects

View = dict[str, Any]


def compare(uow: UnitOfWork, who: Principal, build_id: str) -> View:
    """What differs from the last success of the same project and branch to this build; `base` is None where there is none. The
    steps and artifacts of a run are those of its jobs."""
    row = build_service.visible_build(uow, who, build_id)
    base = build_history.last_green(uow.session, row)
    shown = {"build": job_builds.view(uow, row), "base": job_builds.view(uow, base) if base else None}
    if base is None:
        return {**shown, "compare_url": None, "steps": [], "artifacts": [], "parameters": []}
    old, new = (build_history.with_jobs(uow.session, one.id) for one in (base, row))
    return {
        **shown,
        "compare_url": _between(uow, base, row),
        "steps": [asdict(pair) for pair in comparison.steps(_runs(uow, old), _runs(uow, new))],
        "artifacts": [_file_view(change) for change in comparison.artifacts(_files(uow, old), _files(uow, new))],
        "parameters": [asdict(change) for change in comparison.parameters(base.parameters, row.parameters)],
    }


def _between(uow: UnitOfWork, base: Build, row: Build) -> str | None:
    """The repository host's page of the commits between. A repository that we host ourselves has none."""
    project = projects.by_id(uow.session, row.project_id)
    if project is None or project.hosted or base.commit == row.commit:
        return None
    return compare_url(project.repository_url, base.commit, row.commit)


def _runs(uow: UnitOfWork, build_ids: Sequence[str]) -> Sequence[StepRun]:
    fields = ("build_id", "n", "pipeline", "stage", "name", "hook", "state", "ignored")
    return [
        StepRun(**{field: getattr(step, field) for field in fields}, took_ms=_took(step.started_at, step.finished_at))
        for step in build_history.steps_of(uow.session, build_ids)
    ]


def _took(started: datetime | None, finished: datetime | None) -> int | None:
    return round((finished - started).total_seconds() * 1000) if started and finished else None


def _files(uow: UnitOfWork, build_ids: Sequence[str]) -> dict[str, Content]:
    return {one.name: (one.size, one.sha256) for one in build_history.artifacts_of(uow.session, build_ids)}


def _file_view(change: comparison.FileChange) -> View:
    sides = {"old": change.old, "new": change.new}
    return {"name": change.name, **{side: {"size": of[0], "sha256": of[1]} if of else None for side, of in sides.items()}}
