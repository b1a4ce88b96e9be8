"""The state after each job of a run, for people: which commit of the pipeline repository it is, and what stands there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dominoci.domain.errors import Invalid, NotFound, TooLarge, Unavailable
from dominoci.infra.git import GitError, Hosting
from dominoci.infra.hosting import trees
from dominoci.infra.hosting.trees import Entry
from dominoci.infra.runs import WORKSPACE, Runs
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal
from dominoci.services.builds import kept, visible_build
from dominoci.store import builds
from dominoci.store import flows as store

View = dict[str, Any]
MOST_SHOWN = 5000
MOST_BYTES = 8 << 30  # of one archive
LONGEST_VALUE = 4000
NOTHING = "This run has no such state: its workspace is kept from its first job's end on."
DAMAGED = "The run's repository cannot be read; an admin finds the reason in the arbiter's log."


@dataclass(frozen=True)
class State:
    """A run (its id), and whose state is asked for: what the job (its name and its build's id) left, None: the newest."""

    run_id: str
    title: str
    job: str | None
    job_build_id: str | None


def find(uow: UnitOfWork, who: Principal, build_id: str, job: str | None) -> State:
    """The state that `who` asks for. `build_id` is a run, or a job of one: then its own state is meant where no job is named.

    Raises NotFound for a build that is no run, and for a job that it does not have or that did not run; Gone when the time is
    over for which it was kept.
    """
    row = visible_build(uow, who, build_id)
    run = builds.build(uow.session, row.parent_id) if row.parent_id else row
    if run is None or not run.plan:
        raise NotFound("This build has no workspace to look into: only workflows with routes keep theirs.")
    kept(run)
    title = f"{run.project_name}-{run.number}"
    name = job or row.job or None
    if name is None:
        return State(run.id, title, None, None)
    found = next((one.id for one in store.jobs(uow.session, run.id) if one.job == name), None)
    if found is None:
        raise NotFound(f"This run has no job {name!r} that ran.")
    return State(run.id, title, name, found)


def listing(hosting: Hosting, state: State, path: str) -> View:
    """A folder of a state: folders first, then by name; at its root the variables, too. Not to be called inside a transaction."""
    runs, path = Runs(hosting), _checked(path)
    commit = _commit(runs, state)
    try:
        entries = runs.listing(state.run_id, commit, path)
        if not entries and path:
            raise NotFound("There is no such folder in the workspace.")
        variables = {} if path else runs.variables(state.run_id, commit, LONGEST_VALUE)
    except GitError as e:
        raise Unavailable(DAMAGED) from e
    entries.sort(key=lambda one: (one.kind != "folder", one.path))
    shown = [_view(one) for one in entries[:MOST_SHOWN]]
    more = {"entries": shown, "cut": len(entries) > MOST_SHOWN, "variables": variables}
    return {"job": state.job, "commit": commit, "path": path, **more}


def _view(one: Entry) -> View:
    path = _text(one.path.removeprefix(f"{WORKSPACE}/"))
    plain = {"name": _text(one.name), "path": path, "kind": one.kind, "size": one.size}
    return {**plain, "executable": one.executable, "large": one.large is not None}


def _text(name: str) -> str:
    return name.encode(errors="surrogateescape").decode(errors="replace")


def file(hosting: Hosting, state: State, path: str) -> tuple[str, int, Iterator[bytes]]:
    """One file of a state: its name, its size, and its bytes. Raises NotFound for folders and links, too."""
    runs, path = Runs(hosting), _checked(path)
    commit = _commit(runs, state)
    try:
        one = runs.entry(state.run_id, commit, path) if path else None
        if one is None or one.kind != "file":
            raise NotFound("There is no such file in the workspace.")
        return _text(one.name), one.size or 0, trees.content(runs.folder(state.run_id), one)
    except GitError as e:
        raise Unavailable(DAMAGED) from e


def archive(hosting: Hosting, state: State) -> tuple[str, Iterator[bytes]]:
    """A whole state as .tar.gz: its file name, and its bytes as they are made."""
    runs = Runs(hosting)
    commit = _commit(runs, state)
    try:
        entries = runs.everything(state.run_id, commit)
    except GitError as e:
        raise Unavailable(DAMAGED) from e
    if sum(one.size or 0 for one in entries) > MOST_BYTES:
        raise TooLarge(f"This state has more than {MOST_BYTES >> 30} GiB: fetch it with git and git-lfs, or file by file.")
    return f"{state.title}-workspace.tar.gz", trees.tar_gz(runs.folder(state.run_id), entries, f"{WORKSPACE}/")


def _checked(path: str) -> str:
    path = path.strip("/")
    if path and ("\0" in path or any(part in ("", ".", "..") for part in path.split("/"))):
        raise Invalid("This path cannot be looked at.", {"path": ["must name something below the workspace, without . and .."]})
    return path


def _commit(runs: Runs, state: State) -> str:
    if commit := runs.commit(state.run_id, state.job_build_id):
        return commit
    raise NotFound(NOTHING)
