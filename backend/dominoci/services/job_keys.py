"""The keys of the job server's document (`GET /api/v1/keys/<key>`): what it keeps in Redis, answered from the database.

    jobs                                  a list of `job_…` and `folder_…`: what stands at the top
    folder_<folder>                       the same for a folder
    job_<job>                             a document that describes the job
    job_<job>_recent                      a list of the numbers of its last builds
    job_<job>_<number>                    a document that describes a build
    github_<org>_<repo>_pullrequest       a link to the job that is run for pull requests
    github_<org>_<repo>_branch            a link to the job that is run for branches

A job or folder is named by its path (`tools/hello`), or by its name where only one has it. A job whose name reads like one of
the others (`hello_recent`) goes first.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from dominoci.domain.errors import Conflict, NotFound
from dominoci.infra.models.jobs import Folder, Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import builds, jobs, repository_links
from dominoci.services.access import Principal, require_user, sight, viewer
from dominoci.store import folders as folder_store
from dominoci.store import jobs as store
from dominoci.store import repository_links as link_store
from dominoci.store.paging import Page

View = dict[str, Any]
Place = TypeVar("Place", Job, Folder)
JOB, FOLDER, GITHUB, RECENT = "job_", "folder_", "github_", "_recent"
KINDS = {"_pullrequest": "pull_request", "_branch": "branch"}
MOST = 5000  # entries of a list
MOST_RECENT = 100
NO_KEY = "There is nothing under this key, or you may not see it."


class Found(NamedTuple):
    """What stands under a key: a list of strings, or the document of a job, a build or a link."""

    kind: Literal["list", "job", "build", "link"]
    value: Any


def get(uow: UnitOfWork, who: Principal, key: str) -> Found:
    """The value of a key. Raises NotFound, also for what `who` may not see."""
    require_user(who)
    if key == "jobs":
        return Found("list", _inside(uow, who, None))
    if key.startswith(FOLDER):
        return Found("list", _inside(uow, who, _folder(uow, key.removeprefix(FOLDER))))
    if key.startswith(GITHUB):
        return Found("link", _link(uow, who, key))
    if key.startswith(JOB):
        return _of_job(uow, who, key.removeprefix(JOB))
    raise NotFound(NO_KEY)


def _inside(uow: UnitOfWork, who: Principal, folder: Folder | None) -> list[str]:
    folders, _ = folder_store.children(uow.session, folder.id if folder else None, "", Page(MOST))
    wanted = store.Wanted(folder=folder.id if folder else "", viewer=viewer(who), copies=True)
    found, _ = store.listing(uow.session, wanted, Page(MOST))
    return [*(f"{FOLDER}{row.path}" for row in folders), *(f"{JOB}{row.path}" for row in found)]


def _folder(uow: UnitOfWork, name: str) -> Folder:
    row = folder_store.find(uow.session, name) or _only(folder_store.named(uow.session, name, 2), FOLDER)
    if row is None:
        raise NotFound(NO_KEY)
    return row


def _of_job(uow: UnitOfWork, who: Principal, name: str) -> Found:
    """The longest name that is a job's counts: a job called `hello_recent` is no list of builds."""
    if row := _job(uow, who, name):
        return Found("job", jobs.full(uow, who, row))
    head, _, tail = name.rpartition("_")
    row = _job(uow, who, head) if head else None
    if row and tail == RECENT[1:]:
        return Found("list", [str(number) for number in store.numbers(uow.session, row.id, MOST_RECENT)])
    build = store.numbered(uow.session, row.id, int(tail)) if row and tail.isdigit() and len(tail) < 10 else None
    if build is None:
        raise NotFound(NO_KEY)
    return Found("build", builds.full(uow, build))


def _job(uow: UnitOfWork, who: Principal, name: str) -> Job | None:
    """The job of this path, or of this name where `who` sees only one such."""
    exact = store.find(uow.session, name)
    rows = [exact] if exact else list(store.named(uow.session, name, MOST))
    seen = sight(uow, who, {row.project_id for row in rows}) if rows else ()
    return _only([row for row in rows if row.project_id in seen], JOB)


def _only(rows: Sequence[Place], prefix: str) -> Place | None:
    if len(rows) > 1:
        raise Conflict(f"Several have this name: say which by its path, as {prefix}{rows[0].path}.")
    return next(iter(rows), None)


def _link(uow: UnitOfWork, who: Principal, key: str) -> View:
    repository, kind = _repository(key)
    row = repository_links.of_repository(uow, repository).get(kind)
    if row is None or row.project_id not in sight(uow, who, {row.project_id}):
        raise NotFound(NO_KEY)
    return {"job": row.path, "key": f"{JOB}{row.path}"}


def _repository(key: str) -> tuple[str, str]:
    """A link's key as repository and kind. No name of an owner at GitHub has a `_`, those of repositories may."""
    for ending, kind in KINDS.items():
        owner, _, name = key.removeprefix(GITHUB).removesuffix(ending).partition("_")
        if key.endswith(ending) and owner and name and "/" not in f"{owner}{name}":
            return f"github.com/{owner}/{name}".lower(), kind
    raise NotFound("Links are github_<org>_<repo>_pullrequest and github_<org>_<repo>_branch.")


def put(uow: UnitOfWork, who: Principal, key: str, job: str | None) -> View:
    """Links a repository at GitHub to a job (by id, path, or a name that only one has), or ends the link (None). Takes a
    maintainer of the job's project. Raises Conflict for any other key: those are not set, but come from what is there."""
    require_user(who)
    if not key.startswith(GITHUB):
        elsewhere = "use /api/v1/jobs and /api/v1/folders for others"
        raise Conflict(f"Only links are set here (github_<org>_<repo>_pullrequest or _branch): {elsewhere}.")
    repository, kind = _repository(key)
    if job is None:
        _link(uow, who, key)
        if link := link_store.link(uow.session, repository, kind):
            repository_links.remove(uow, who, link.id)
        return {"job": None, "key": None}
    row = _job(uow, who, job.removeprefix(JOB)) or _job(uow, who, job)
    if row is None:
        raise NotFound(jobs.NO_JOB)
    repository_links.put(uow, who, repository, kind, row)
    return {"job": row.path, "key": f"{JOB}{row.path}"}
