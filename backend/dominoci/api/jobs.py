"""Jobs: runnable definitions in folders, their versions, copies and builds."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.builds import BUILD_PAGE, Build
from dominoci.api.schemas.jobs import (
    CHANGE_EXAMPLE,
    CREATE_EXAMPLE,
    DEFINE_EXAMPLE,
    START_EXAMPLE,
    CopyQuery,
    Job,
    JobChange,
    JobCreate,
    JobDefinition,
    JobDefinitionBody,
    JobQuery,
    JobStart,
    JobSummary,
    JobVersion,
)
from dominoci.services import job_changes, jobs

blp = Routes("jobs", "Runnable definitions for own agents. `{job}` is an id or a path (`tools/hello`, also as `tools%2Fhello`).")
J = "/jobs/<path:job>"
JOBS = list_of(JobSummary)


@blp.get("/jobs")
@allow("user", refuses=(404,))
@blp.arguments(JobQuery, location="query")
@blp.response(200, JOBS)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Jobs that one may see, by path."""
    return read(jobs.search, query, page_of(query))


@blp.post("/jobs")
@allow("user", refuses=(404, 409))
@blp.arguments(JobCreate, example=CREATE_EXAMPLE)
@blp.response(201, Job)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """A new job."""
    return write(job_changes.create, body)


@blp.get(J)
@allow("user", refuses=(404,))
@blp.response(200, Job)
def get(job: str) -> dict[str, Any]:
    """One job."""
    return read(jobs.get, job)


@blp.patch(J)
@allow("user", refuses=(404, 409))
@blp.arguments(JobChange, example=CHANGE_EXAMPLE)
@blp.response(200, Job)
def change(body: dict[str, Any], job: str) -> dict[str, Any]:
    """Changes what the body names. One that is moved takes its copies along; builds that there are keep their files' place."""
    return write(job_changes.change, job, body)


@blp.delete(J)
@allow("user", refuses=(404, 409))
@blp.response(204)
def remove(job: str) -> None:
    """Deletes a job with its copies and triggers. Builds that have ended stay, with their logs, as long as builds are kept."""
    write(job_changes.remove, job)


@blp.put(f"{J}/definition")
@allow("user", refuses=(404, 409))
@blp.arguments(JobDefinitionBody, example=DEFINE_EXAMPLE)
@blp.response(200, Job)
def define(body: dict[str, Any], job: str) -> dict[str, Any]:
    """The next version of the definition; mistakes are 422 with their lines. The same text again makes no version."""
    return write(job_changes.define, job, body)


@blp.delete(f"{J}/definition")
@allow("user", refuses=(404, 409))
@blp.response(200, Job)
def undefine(job: str) -> dict[str, Any]:
    """From now on the job runs the repository's own definition; its versions stay to be looked at."""
    return write(job_changes.undefine, job)


@blp.get(f"{J}/definitions")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(JobVersion))
def versions(query: dict[str, Any], job: str) -> dict[str, Any]:
    """The versions of the definition, newest first."""
    return read(job_changes.versions, job, page_of(query))


@blp.get(f"{J}/definitions/<int:number>")
@allow("user", refuses=(404,))
@blp.response(200, JobDefinition)
def version(job: str, number: int) -> dict[str, Any]:
    """One version with its text."""
    return read(job_changes.version, job, number)


@blp.get(f"{J}/builds")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, BUILD_PAGE)
def builds(query: dict[str, Any], job: str) -> dict[str, Any]:
    """A job's builds, newest first."""
    return read(jobs.builds, job, page_of(query))


@blp.post(f"{J}/builds")
@allow("user", refuses=(404, 409))
@blp.arguments(JobStart, example=START_EXAMPLE)
@blp.response(201, Build)
def start(body: dict[str, Any], job: str) -> dict[str, Any]:
    """Starts a build by hand. A job that is switched off or closed is 409, a required parameter that is missing 422."""
    return write(job_changes.start, job, body["ref"], body["parameters"])


@blp.get(f"{J}/copies")
@allow("user", refuses=(404,))
@blp.arguments(CopyQuery, location="query")
@blp.response(200, JOBS)
def copies(query: dict[str, Any], job: str) -> dict[str, Any]:
    """A job's copies for branches and pull requests, newest first."""
    return read(jobs.copies, job, query["closed"], page_of(query))
