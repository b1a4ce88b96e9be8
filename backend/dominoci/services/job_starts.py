"""Builds of jobs that a trigger asks for."""

from collections.abc import Mapping

from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.models.jobs import Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_parameters, job_builds, job_definitions


def start(
    uow: UnitOfWork,
    project: Project,
    job: Job,
    cause: str,
    parameters: Mapping[str, str],
    *,
    ref: str | None = None,
    commit: str | None = None,
) -> Build:
    """`job_builds.start`, but Invalid when a parameter is missing that the definition requires, as far as that is known here."""
    job_builds.refuse(job)
    build_parameters.refuse_missing([{"parameters": job_definitions.told(uow, job)["parameters"]}], parameters)
    return job_builds.start(uow, project, job, cause=cause, ref=ref, commit=commit, parameters=parameters)
