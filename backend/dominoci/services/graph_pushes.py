"""A hosted repository may carry its own `dominoci.yml`, which names its project's upstreams: a push to the default branch
applies it.

This happens beside the push, never instead of it: a file with errors leaves the graph as it is, and the errors are told to
whoever pushed and to the audit log.
"""

import structlog

from dominoci.domain.audit import About
from dominoci.domain.errors import DominoError, Unavailable
from dominoci.domain.graph_file.faults import Refused
from dominoci.domain.graph_file.nodes import MAX_BYTES
from dominoci.infra.git import GitError, Hosting
from dominoci.infra.hosting.refs import HEADS
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import audit, graph_file
from dominoci.services.access import Principal
from dominoci.services.graph_file import Asked
from dominoci.store import projects

log = structlog.get_logger()
FILE = "dominoci.yml"
MOST_LINES = 50


def follow(transactions: Transactions, project_id: str, ref: str) -> list[str]:
    """Applies the file on the default branch, if that was pushed and holds one; answers what to tell the one who pushed.

    The newest file counts, not the pushed one: pushes may be told late, and out of order. Never to be called inside a
    transaction. Raises Unavailable, after which the push is to be told again.
    """
    project = transactions.read(_hosted, project_id)
    if project is None or ref != f"{HEADS}{project.default_branch}":
        return []
    try:
        text = _text(transactions, project, ref)
        return [] if text is None else _applied(transactions, project, text)
    except Unavailable:
        raise
    except DominoError as e:
        lines = _lines(e)
        transactions.write(_note_refused, project, lines)
        return [f"{FILE} was not applied:", *lines]


def _hosted(uow: UnitOfWork, project_id: str) -> Project | None:
    project = projects.by_id(uow.session, project_id)
    return project if project and project.hosted and not project.deleted_at else None


def _text(transactions: Transactions, project: Project, ref: str) -> str | None:
    settings = transactions.settings
    try:
        found = Hosting(settings.data, settings.public_url).file(project.id, ref, FILE, MAX_BYTES)
    except GitError as e:
        log.warning("graph_file_not_read", project=project.id, because=str(e))
        return None
    # what is no UTF-8 becomes U+FFFD, which the file's own errors then show in its place
    return None if found is None else found.decode("utf-8", errors="replace")


def _applied(transactions: Transactions, project: Project, text: str) -> list[str]:
    done = transactions.write(graph_file.carry_out, _pusher(project), Asked(text, project=project.id))
    changed = done["added"] or done["changed"] or done["removed"]
    return [f"{FILE} was applied:", *done["text"][:MOST_LINES]] if changed else []


def _pusher(project: Project) -> Principal:
    """Whoever could push maintains the project: the door lets nobody else in. What the project may not see or depend on, its file
    may not name."""
    return Principal("user", project.id, f"a push to {project.name}", acts_for=project.id)


def _lines(error: DominoError) -> list[str]:
    if isinstance(error, Refused):
        return [f"line {fault.line}, column {fault.column}: {fault.message}" for fault in error.faults[:MOST_LINES]]
    return [error.detail]


def _note_refused(uow: UnitOfWork, project: Project, lines: list[str]) -> None:
    about = About("graph", project.id, f"file of {project.name}")
    audit.note(uow, _pusher(project), "graph.refused", about, after={"errors": lines}, projects=[project.id])
