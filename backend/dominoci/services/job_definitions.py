"""Definitions of jobs that are kept here: each change makes a new version, and a build keeps the version that it ran."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.jobs import Job, JobDefinition
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import definitions
from dominoci.services.access import Principal
from dominoci.store import build_history, jobs
from dominoci.store.paging import Page, listing

View = dict[str, Any]
LOOKED_AT = 20  # builds; one that failed before its definition was read tells nothing


def check(given: Mapping[str, str], field: str = "text") -> View:
    """What a definition ({"format", "text"}) holds. Raises Invalid, naming each line under `field`, where it has mistakes."""
    checked = definitions.check_text(given["format"], given["text"])
    if not checked["valid"]:
        told = [f"Line {problem['line']}: {problem['message']}" for problem in checked["problems"]]
        raise Invalid("The definition has mistakes.", {field: told})
    return checked


def add(uow: UnitOfWork, who: Principal, job: Job, given: Mapping[str, str]) -> JobDefinition:
    """The next version of a job's definition, which its builds run from now on; the present one where nothing has changed. The
    job is locked; the definition has been checked."""
    present = jobs.definition(uow.session, job.definition_id)
    if present and (present.format, present.text) == (given["format"], given["text"]):
        return present
    number = jobs.last_version(uow.session, job.id) + 1
    made = {"id": new_id(), "job_id": job.id, "created_by": who.name[:100], "created_at": uow.now}
    row = JobDefinition(**made, number=number, format=given["format"], text=given["text"])
    jobs.add(uow.session, row)
    job.definition_id, job.changed_at = row.id, uow.now
    uow.session.flush()
    return row


def require_base(uow: UnitOfWork, job: Job, base: int | None) -> None:
    """Raises Conflict where somebody has made another version since version `base` (0: none) was looked at."""
    present = jobs.definition(uow.session, job.definition_id)
    number = present.number if present else 0
    if base is not None and base != number:
        by = f" by {present.created_by}" if present else ""
        raise Conflict(f"The definition was changed meanwhile{by}: version {number} is the present one. Look at it first.")


def versions(uow: UnitOfWork, job: Job, page: Page) -> View:
    """The versions of a job's definition, newest first, without their text."""
    rows, cursor = jobs.definitions(uow.session, job.id, page)
    return listing(rows, cursor, lambda row: _version(row, job))


def version(uow: UnitOfWork, job: Job, number: int) -> View:
    """One version with its text. Raises NotFound."""
    row = jobs.definition_numbered(uow.session, job.id, number)
    if row is None:
        raise NotFound(f"Job {job.path} has no version {number} of its definition.")
    return {**_version(row, job), "text": row.text}


def _version(row: JobDefinition, job: Job) -> View:
    fields = ("number", "format", "created_by", "created_at")
    return {**{field: getattr(row, field) for field in fields}, "present": row.id == job.definition_id}


def told(uow: UnitOfWork, job: Job) -> View:
    """`definition` as it is kept here (None: the repository's own) and `parameters`, as far as they are known: of the
    repository's own those that the job's last builds were told of."""
    kept = jobs.definition(uow.session, job.definition_id)
    if kept is None:
        return {"definition": None, "parameters": parameters(_of_history(uow, job))}
    checked = definitions.check_text(kept.format, kept.text)
    return {"definition": {**_version(kept, job), "text": kept.text}, "parameters": parameters(checked["pipelines"])}


def parameters(pipelines: Any) -> list[View]:
    """What these pipelines ask for, each name once."""
    asked = [one for pipeline in pipelines for one in pipeline.get("parameters") or ()]
    return list({one["name"]: one for one in reversed(asked)}.values())[::-1]


def _of_history(uow: UnitOfWork, job: Job) -> Any:
    known = build_history.last_told(uow.session, job.project_id, LOOKED_AT, job.id)
    found: list[View] = next((row.pipelines for row in known if row.pipelines), [])
    return [pipeline for pipeline in found if pipeline.get("selected")]
