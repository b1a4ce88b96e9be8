"""Loads the demo, removes it, and says how it stands. Loading may be killed at any point: the next time completes it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from dominoci.bootstrap import Container
from dominoci.demo import commits, snippets, sources
from dominoci.demo.clone import WorkingClone
from dominoci.domain.credentials import fingerprint
from dominoci.domain.errors import Conflict, NotFound, Unauthorized
from dominoci.infra.git import local_url
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, audit, builds, dependencies, projects, repositories, sessions, tokens
from dominoci.services.access import Principal
from dominoci.services.repositories import Repository
from dominoci.store import accounts

Progress = Callable[[str], None]
LOADED: Final = "loaded"
CLONE: Final = "the demo's working clone"
MAIN: Final = f"refs/heads/{sources.BRANCH}"


def load(container: Container, on_progress: Progress = print) -> None:
    """Makes projects, repositories, dependencies and the working clone, and pushes core's first commit through the door, so
    that the first tree falls. The web process must be up. What is there is left as it is; a loaded demo only has the clone's
    address and credentials brought up to date.

    Raises Conflict when a project that is not the demo's has one of its names, GitError when the push fails.
    """
    with _alone(container):
        clone = working_clone(container)
        if status(container)["loaded"]:
            clone.point(_token(container, clone))
            return
        admin = container.read(_admin)
        for name in sources.NAMES:
            _project(container, admin, name)
            on_progress(f"demo: {name}")
        for upstream, downstream, rule in sources.EDGES:
            container.write(_depend, admin, upstream, downstream, rule)
        clone.make()
        clone.point(_token(container, clone))
        on_progress("demo: pushing the first commit of core")
        _first_push(container, clone)
        container.write(audit.note, admin, "demo.loaded", audit.About("demo", "demo", "projects"))
        (clone.home / LOADED).touch()
        on_progress(f"demo: loaded; work in {clone.folder}")


def refresh(container: Container) -> None:
    """Brings the working clone's address and credentials up to date, if there is one."""
    clone = working_clone(container)
    if clone.exists:
        with _alone(container):
            clone.point(_token(container, clone))


def remove(container: Container) -> None:
    """Deletes the demo's projects with their trees, builds, logs and repositories, and the working clone."""
    with _alone(container):
        clone = working_clone(container)
        (clone.home / LOADED).unlink(missing_ok=True)
        for name in container.read(projects.demo_ids):
            # build numbers begin again with the next load: their logs must not meet old ones
            shutil.rmtree(container.files.root / name, ignore_errors=True)
        container.write(projects.forget_demo, container.read(_admin))
        if token := clone.token():
            container.write(_end_token, token)
        clone.remove()


def status(container: Container) -> dict[str, Any]:
    """Whether the demo is loaded, where people work in it, and what they may type there."""
    clone = working_clone(container)
    loaded = (clone.home / LOADED).exists() and clone.exists and bool(container.read(projects.demo_ids))
    change = [f"cd {clone.folder}", *snippets.CHANGE[1:]]
    return {"loaded": loaded, "clone": str(clone.folder), "change": change, "break_ui": snippets.BREAK}


def working_clone(container: Container) -> WorkingClone:
    """The clone of core in the data folder; it speaks to this machine's web process."""
    return WorkingClone(container.settings.data / "demo", f"{local_url(container.settings)}/git/{sources.ROOT}.git")


def _project(container: Container, admin: Principal, name: str) -> None:
    """One project with its repository; all but core get their first commit without a push, so that nothing is built yet."""
    view = container.write(_ensure_project, admin, name)
    repositories.ensure(container.transactions, container.hosting, Repository(view["id"], name, sources.BRANCH))
    if name != sources.ROOT and not container.hosting.branch_exists(view["id"], sources.BRANCH):
        folder = container.hosting.folder(view["id"])
        commits.place(folder, sources.BRANCH, sources.files(name), f"Begin {name}")


def _ensure_project(uow: UnitOfWork, admin: Principal, name: str) -> dict[str, Any]:
    try:
        view = projects.get(uow, admin, name)
    except NotFound:
        return projects.create(uow, admin, {"name": name, "default_branch": sources.BRANCH}, demo=True)
    if not view["demo"]:
        raise Conflict(f"There is already a project called {name}, which is not the demo's: rename it, then load the demo.")
    return view


def _depend(uow: UnitOfWork, admin: Principal, upstream: str, downstream: str, rule: Mapping[str, Any]) -> None:
    known = dependencies.listing(uow, admin, downstream)["upstream"]
    if upstream not in {dependency["upstream"]["name"] for dependency in known}:
        dependencies.add(uow, admin, downstream, {"upstream": upstream, **rule})


def _first_push(container: Container, clone: WorkingClone) -> None:
    """Pushes, unless that has been done; then makes sure that the arbiter knows, should the hook have been killed."""
    core = container.read(projects.get, container.read(_admin), sources.ROOT)["id"]
    if not container.hosting.branch_exists(core, sources.BRANCH):
        clone.push()
    tip = container.hosting.resolve(core, MAIN)
    if tip:
        container.write(builds.push, Principal("hook", core), core, MAIN, None, tip)


def _token(container: Container, clone: WorkingClone) -> str:
    """The clone's token as long as it works, else a new one for admin."""
    if known := clone.token():
        try:
            container.read(access.authenticate, known)
            return known
        except Unauthorized:
            pass
    made: str = container.write(tokens.create_for_user, sessions.ADMIN, CLONE, container.read(_admin))["token"]
    return made


def _end_token(uow: UnitOfWork, token: str) -> None:
    if row := accounts.token_by_fingerprint(uow.session, fingerprint(token)):
        row.revoked_at = row.revoked_at or uow.now


def _admin(uow: UnitOfWork) -> Principal:
    user = accounts.user_by_name(uow.session, sessions.ADMIN)
    if user is None:
        raise NotFound("There is no user admin yet: start the arbiter once.")
    return Principal("user", user.id, user.name, user.is_admin)


@contextmanager
def _alone(container: Container) -> Iterator[None]:
    """One loader at a time, of all processes."""
    lock = Path(container.settings.data, "demo.lock")
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
