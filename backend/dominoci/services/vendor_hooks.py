"""Webhooks of GitLab and GitHub: what they say of runs that the arbiter started there, and of the repositories there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from dominoci.adapters.base import Told
from dominoci.adapters.hook import Hook
from dominoci.domain import credentials
from dominoci.domain import target as rules
from dominoci.domain.errors import BadRequest, Unauthorized
from dominoci.domain.ids import named_id
from dominoci.domain.repository_events import Happening, Installation
from dominoci.infra import crypto
from dominoci.infra.models.builds import Build
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import hook_deliveries, hook_following, hook_installations, observing, repository_access
from dominoci.store import repository_links, runs, trees

log = structlog.get_logger()
Known = tuple[str, str, int]  # tree, event, attempt
DUPLICATE = "this delivery was taken before"


@dataclass(frozen=True)
class Believed:
    """Whom a webhook speaks for: projects whose secret proves it; `app`: the secret of the arbiter's own GitHub App does."""

    projects: Sequence[Project]
    app: bool = False


def take(uow: UnitOfWork, hook: Hook) -> dict[str, Any]:
    """Books what a webhook says, once for each project that it speaks for. Raises Unauthorized, in the same words for an unknown
    repository and a wrong signature; BadRequest for what its vendor would not send."""
    believed = speaks_for(uow, hook)
    happening = _happening(hook)
    if isinstance(happening, Installation):
        return _install(uow, hook, happening, believed)
    return _take(uow, hook, happening, believed.projects)


def replay(uow: UnitOfWork, hook: Hook, project_id: str, at: datetime | None) -> dict[str, Any]:
    """The same for a delivery that GitHub's own API showed to the project: it was sent at `at`, and did not come."""
    found = [project for project in _named(uow, hook) if project.id == project_id]
    return _take(uow, hook, _happening(hook), found, at=at, replayed=True)


def speaks_for(uow: UnitOfWork, hook: Hook) -> Believed:
    """Whom a webhook speaks for: anybody can name a repository as theirs, so each project needs a secret of its own, and the
    App's is good for those that its installation made or gave access to. Raises Unauthorized for nobody."""
    secret = uow.settings.github_app.webhook_secret
    app = hook.by_github and bool(secret) and hook.holds(secret)
    named = _named(uow, hook)
    believed = [project for project in named if (app and _installed(project, hook)) or _holds(uow, project, hook)]
    if app:
        return Believed(believed, app=True)
    if not believed:
        raise Unauthorized("This webhook is not one of a known repository, signed with the secret that was made for it here.")
    return Believed(believed)


def _named(uow: UnitOfWork, hook: Hook) -> list[Project]:
    """The projects that it may be about: by their target, their repository, or a job that the repository is linked to."""
    found = {project.id: project for project in runs.known_by(uow.session, hook.keys)}
    if hook.repository:
        found |= {project.id: project for project in repository_links.projects_at(uow.session, hook.repository, _group(hook))}
    return [found[id_] for id_ in sorted(found)]


def _group(hook: Hook) -> str | None:
    """The group that an installation at the repository's account has, or would have."""
    return named_id(hook.account) if hook.account and hook.installation else None


def _installed(project: Project, hook: Hook) -> bool:
    """Whether the installation that the webhook was sent for owns the project."""
    if hook.installation is None or project.repository_key != hook.repository:
        return False
    number = str((project.repository_access or {}).get("installation_id"))
    ours = repository_access.is_ours(project) and number == hook.installation
    return ours or (project.owner_id is not None and project.owner_id == _group(hook))


def _happening(hook: Hook) -> Happening | None:
    try:
        return hook.tells()
    except ValueError as error:
        raise BadRequest(f"This webhook cannot be read: {error}.") from error


def _take(
    uow: UnitOfWork,
    hook: Hook,
    happening: Happening | None,
    believed: Sequence[Project],
    *,
    at: datetime | None = None,
    replayed: bool = False,
) -> dict[str, Any]:
    fresh = hook_deliveries.fresh(uow, hook, [project.id for project in believed])
    if believed and not fresh:
        return _answer(uow, accepted=False, text=DUPLICATE, duplicate=True)
    new = [project for project in believed if project.id in fresh]
    run, accepted = _of_run(uow, hook, new)
    texts: list[str] = []
    made: list[Build] = []
    for project in new:
        came = hook_following.follow(uow, project, hook.repository, happening, at) if happening and hook.repository else None
        text, rows = (came.text, came.builds) if came else (run, ())
        hook_deliveries.remember(uow, hook, fresh[project.id], project.id, text, rows, replayed=replayed)
        texts.append(text)
        made.extend(rows)
        log.info("vendor_hook", kind=hook.kind, delivery=hook.delivery_id, project=project.name, outcome=text)
    told = "; ".join(dict.fromkeys(texts)) or "nothing here waits for that"
    return _answer(uow, accepted=accepted or bool(made), text=told, made=made)


def _answer(uow: UnitOfWork, *, accepted: bool, text: str, duplicate: bool = False, made: Sequence[Build] = ()) -> dict[str, Any]:
    shown = [hook_deliveries.made_view(uow, row) for row in made]
    return {"accepted": accepted, "reason": text, "duplicate": duplicate, "builds": shown}


def _of_run(uow: UnitOfWork, hook: Hook, believed: Sequence[Project]) -> tuple[str, bool]:
    """What was done with what it tells of a run, and whether it was one that was started from here."""
    known = _whose(uow, hook.told, believed) if hook.told else None
    if hook.told is None or known is None:
        text = "it is about no run that was started from here" if hook.told else f"{hook.kind} says nothing of a run"
        return text, False
    return observing.observe(uow, *known, hook.told.run, observing.WEBHOOK), True


def _install(uow: UnitOfWork, hook: Hook, told: Installation, believed: Believed) -> dict[str, Any]:
    """An installation of the arbiter's own App; nobody else's secret vouches for one."""
    fresh = hook_deliveries.fresh(uow, hook, [""]) if believed.app else {}
    if not fresh:
        return _answer(
            uow, accepted=False, text=DUPLICATE if believed.app else f"{hook.kind} is not of this App", duplicate=believed.app
        )
    text = hook_installations.follow(uow, told)
    hook_deliveries.remember(uow, hook, fresh[""], "", text)
    log.info("installation", delivery=hook.delivery_id, outcome=text)
    return _answer(uow, accepted=True, text=text)


def _holds(uow: UnitOfWork, project: Project, hook: Hook) -> bool:
    for secrets in (project.target_secrets, project.repository_secrets):
        kept = (secrets or {}).get(rules.HOOK_SECRET)
        secret = crypto.decrypt(uow.keys, kept["value"]) if kept else None
        if secret is not None and hook.holds(secret):
            return True
    return False


def _whose(uow: UnitOfWork, told: Told, believed: Sequence[Project]) -> Known | None:
    """The attempt that a run belongs to, of one of the projects that the webhook speaks for."""
    ids = {project.id for project in believed}
    claim = credentials.read_event(uow.keys, told.event_token) if told.event_token else None
    if claim is None and told.run.ref and (found := runs.called(uow.session, ids, told.run.ref)):
        return found.tree_id, found.event_id, found.number
    tree_id, sub_id = (claim.tree_id, claim.sub_id) if claim else (told.tree_id, told.sub_id)
    event = trees.event(uow.session, tree_id, sub_id) if tree_id and sub_id else None
    if event is None or event.project_id not in ids:
        return None
    return event.tree_id, event.id, claim.attempt if claim else told.attempt or 1
