"""Keeping the webhooks of repositories at GitHub and GitLab: they are made with the access that a project has, and GitHub, which
never sends again what did not arrive, is asked what was missed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, ClassVar, Final

import structlog

from dominoci.adapters import github_hook
from dominoci.domain import backoff
from dominoci.domain.errors import Conflict, DominoError
from dominoci.domain.target import AGENT, GITHUB, HOOK_SECRET
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import all_within
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.services import audit, hook_deliveries, repository_access, repository_host, vendor_hooks
from dominoci.services.access import Principal, writable_project
from dominoci.services.leased_sending import LeasedSender
from dominoci.services.repository_host import Host
from dominoci.store import hooks as store
from dominoci.store import projects
from dominoci.store.leases import LEASE
from dominoci.vendors import github_hooks, gitlab_hooks
from dominoci.vendors.github import GitHub
from dominoci.vendors.github_hooks import Delivery
from dominoci.vendors.gitlab import GitLab

View = dict[str, Any]
log = structlog.get_logger()
AT_ONCE: Final = 4
WITHIN_S: Final = LEASE.total_seconds() - 2.0  # all requests of one turn; what is left over is taken in the next
LOOK_EVERY: Final = timedelta(minutes=5)
ON_ITS_WAY: Final = timedelta(seconds=30)  # a delivery that is younger may be arriving right now
MOST_REPLAYED: Final = 10  # of one project a turn; the next turn goes on
GO_ON_IN: Final = timedelta(seconds=5)
UNREAD_AFTER: Final = 3  # turns in which GitHub did not show one delivery
WANTED, MADE, FAILED = "wanted", "made", "failed"
THERE = "The webhook is there."
GONE: Final = (200, 404, 410, 422)  # of a delivery's payload: asked again, GitHub answers the same
NO_HOST = "Only repositories at GitHub or GitLab have webhooks that can be made from here: make one by hand (POST …/hook-secret)."
NO_ACCESS = "The repository has no access that could make webhooks: set a token or an App that may, or make one by hand."


@dataclass(frozen=True)
class Chore:
    """A project whose webhook is to be seen to, under a lease; `host` is None where that cannot be done any more."""

    errand: store.Errand
    host: Host | None
    url: str
    known: Mapping[str, Any]
    secret: str = field(repr=False, default="")
    runs: bool = False
    """Whether GitHub's own runs matter, too: own agents have none there."""


# ---- what people ask for


def ask(uow: UnitOfWork, who: Principal, key: str) -> View:
    """The webhook of a project's repository is to be made, or made anew. It is done beside this, within seconds. Raises Conflict
    where the access is good for git alone."""
    project = writable_project(uow, who, key)
    if repository_host.opened(uow, project) is None:
        known = not project.hosted and repository_host.kind_of(project.repository_url, uow.settings)
        raise Conflict(NO_ACCESS if known else NO_HOST)
    _want(uow, project)
    audit.note(uow, who, "project.repository_hook", audit.About("project", project.id, project.name))
    return view(uow, project)


def put_access(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Gives a project this access to its repository (`services.repository_access`); where it may make a webhook, and own agents
    build the project, one is made."""
    shown = repository_access.put(uow, who, key, body)
    project = writable_project(uow, who, key)
    if project.target["kind"] == AGENT:
        see_to(uow, project)
    return shown


def see_to(uow: UnitOfWork, project: Project) -> None:
    """Has a webhook made where there is none yet, and the project's access may be good for one."""
    if not _record(project).get("id") and repository_host.opened(uow, project):
        _want(uow, project)


def tell_secret(uow: UnitOfWork, project: Project) -> None:
    """The secret is another one: a webhook that was made from here gets it."""
    if _record(project) and repository_host.opened(uow, project):
        _want(uow, project)


def get(uow: UnitOfWork, who: Principal, key: str) -> View:
    """How the webhook of a project's repository stands."""
    return view(uow, writable_project(uow, who, key))


def view(uow: UnitOfWork, project: Project) -> View:
    """The same in the API. Its secret is never shown."""
    known, places = _record(project), hook_deliveries.repositories(uow, project)
    kind = repository_host.kind_of(min(places), uow.settings) if places else None
    kept = (project.repository_secrets or {}).get(HOOK_SECRET)
    at = {name: datetime.fromisoformat(known[name]) if known.get(name) else None for name in ("made_at", "looked_at")}
    return {
        "kind": kind,
        "url": f"{uow.settings.public_url}/hooks/{kind or GITHUB}",
        "state": known.get("state"),
        "hook_id": known.get("id"),
        "text": known.get("text"),
        "secret_set_at": datetime.fromisoformat(kept["at"]) if kept else None,
        "may_make": repository_host.opened(uow, project) is not None,
        **at,
    }


def _want(uow: UnitOfWork, project: Project) -> None:
    if repository_access.hook_secret(uow, project) is None:
        repository_access.set_hook_secret(uow, project, token_urlsafe(32))
    _write(project, {"state": WANTED, "text": None, "tries": 0})
    uow.session.flush()
    store.want(uow.session, project.id, uow.now)
    uow.ring()


def _record(project: Project) -> dict[str, Any]:
    return dict((project.repository_access or {}).get(repository_access.HOOK) or {})


def _write(project: Project, new: Mapping[str, Any]) -> None:
    """Into the project's access, unless that was taken away meanwhile."""
    if project.repository_access is not None:
        known = {**_record(project), **new}
        project.repository_access = {**project.repository_access, repository_access.HOOK: known}


# ---- the work


@dataclass
class HookKeeper(LeasedSender[Chore]):
    """Any number of processes may have one; any thread may call."""

    caller: Caller
    name: ClassVar[str] = "repository_hook"

    def due(self, uow: UnitOfWork) -> tuple[int, int]:
        """See the base; what somebody who died has held is due like the rest."""
        return store.due(uow.session, uow.now), 0

    def claim(self) -> list[Chore]:
        """The next projects, under a lease."""
        return self.transactions.write(_claim)

    def send(self, item: Chore) -> None:
        """Makes one webhook, or takes what it has missed, and books what came of that."""
        if item.host is None:
            self.transactions.write(lambda uow: store.settle(uow.session, item.errand, None))
            return
        try:
            with all_within(WITHIN_S):
                self._see_to(item, item.host)
        except ExchangeFailed as error:
            self.transactions.write(_book_failed, item, error)

    def _see_to(self, item: Chore, host: Host) -> None:
        if item.known.get("state") != MADE:
            number = _make(self.caller, host, item)
            self.transactions.write(_book_made, item, number)
        elif host.kind != GITHUB:  # GitLab sends again by itself
            self.transactions.write(lambda uow: store.settle(uow.session, item.errand, None))
        else:
            self._catch_up(item, GitHub.of(self.caller, host.fields, host.secrets), str(item.known["id"]))

    def _catch_up(self, item: Chore, github: GitHub, number: str) -> None:
        """Deliveries that GitHub sent and that were not taken are taken now, the oldest first."""
        missed = self.transactions.read(_missed, item, github_hooks.deliveries(github, number, _since(item)))
        for delivery in missed[:MOST_REPLAYED]:
            try:
                body = github_hooks.payload(github, number, delivery.number)
            except ExchangeFailed as error:
                if not self.transactions.write(_book_unread, item, delivery, error):
                    raise
            else:
                self._replay(item, delivery, body)
        self.transactions.write(_book_looked, item, len(missed))

    def _replay(self, item: Chore, delivery: Delivery, body: Mapping[str, Any]) -> None:
        headers = {"x-github-event": delivery.event, "x-github-delivery": delivery.guid}
        try:
            hook = github_hook.read(headers, json.dumps(body).encode())
            self.transactions.write(vendor_hooks.replay, hook, item.errand.project_id, delivery.at)
        except (DominoError, ValueError) as e:
            self.transactions.write(_remember, item, delivery, f"it could not be taken: {e}")
        except Exception:  # one delivery that breaks us is not to come again for ever, with all that came after it
            log.exception("delivery_not_replayed", project=item.errand.project_id, delivery=delivery.guid)
            self.transactions.write(_remember, item, delivery, "it could not be taken: the log says why")


def _since(item: Chore) -> datetime:
    """Back to when deliveries have to be looked at: what was sent before has been."""
    return datetime.fromisoformat(item.known.get("looked_at") or item.known["made_at"]) - 2 * ON_ITS_WAY


def _make(caller: Caller, host: Host, item: Chore) -> str:
    if host.kind == GITHUB:
        events = github_hooks.EVENTS if item.runs else github_hooks.OF_REPOSITORY
        return github_hooks.make(GitHub.of(caller, host.fields, host.secrets), item.url, item.secret, events)
    return gitlab_hooks.make(GitLab.of(caller, host.fields, host.secrets), item.url, item.secret)


def _claim(uow: UnitOfWork) -> list[Chore]:
    errands = store.claim(uow.session, uow.now, LEASE, AT_ONCE)
    known = projects.of_ids(uow.session, {errand.project_id for errand in errands})
    return [_chore(uow, errand, known.get(errand.project_id)) for errand in errands]


def _chore(uow: UnitOfWork, errand: store.Errand, project: Project | None) -> Chore:
    live = project is not None and project.deleted_at is None and bool(_record(project))
    host = repository_host.opened(uow, project) if project and live else None
    if project is None or host is None:
        return Chore(errand, None, "", {})
    secret = repository_access.hook_secret(uow, project) or ""
    # an address of its own: by the same one, two projects of a repository would each give the other's webhook their secret
    url = f"{uow.settings.public_url}/hooks/{host.kind}?project={project.id}"
    return Chore(errand, host, url, _record(project), secret, project.target["kind"] == GITHUB)


def _missed(uow: UnitOfWork, item: Chore, listed: list[Delivery]) -> list[Delivery]:
    """Those that are old enough to have arrived, were sent since the webhook was made, and were not taken; oldest first."""
    since = datetime.fromisoformat(item.known["made_at"]) - ON_ITS_WAY
    found = {
        one.guid: one for one in listed if one.event in github_hooks.EVENTS and one.at and since <= one.at <= uow.now - ON_ITS_WAY
    }
    project = projects.by_id(uow.session, item.errand.project_id)
    if project is None or project.repository_key is None:
        return []
    digests = {hook_deliveries.digest(project.repository_key, one.guid, one.event, project.id): one for one in found.values()}
    taken = store.known(uow.session, digests.keys())
    return sorted((one for digest, one in digests.items() if digest not in taken), key=lambda one: (one.at or since, one.number))


# ---- booking


def _project(uow: UnitOfWork, item: Chore) -> Project | None:
    projects.lock(uow.session, item.errand.project_id)
    return projects.by_id(uow.session, item.errand.project_id)


def _book_made(uow: UnitOfWork, item: Chore, number: str) -> None:
    project = _project(uow, item)
    github = item.host is not None and item.host.kind == GITHUB
    mine = store.settle(uow.session, item.errand, uow.now + LOOK_EVERY if github else None)
    if project and mine:  # else a new secret is to go there, too
        now = uow.now.isoformat()
        _write(project, {"state": MADE, "id": number, "made_at": now, "text": THERE, "tries": 0})


def _book_looked(uow: UnitOfWork, item: Chore, missed: int) -> None:
    project = _project(uow, item)
    if project and missed:
        log.info("deliveries_replayed", project=project.name, count=min(missed, MOST_REPLAYED))
    done = missed <= MOST_REPLAYED
    mine = store.settle(uow.session, item.errand, uow.now + (LOOK_EVERY if done else GO_ON_IN))
    if project and mine:
        looked = {"looked_at": uow.now.isoformat()} if done else {}
        _write(project, {**looked, "text": THERE, "tries": 0, "unread": None})


def _book_unread(uow: UnitOfWork, item: Chore, delivery: Delivery, error: ExchangeFailed) -> bool:
    """Whether a delivery that GitHub does not show is given up: at once where there is no such payload, else after some turns."""
    project = _project(uow, item)
    before = (_record(project) if project else {}).get("unread") or {}
    turns = int(before.get("turns", 0)) + 1 if before.get("delivery") == delivery.guid else 1
    if turns < UNREAD_AFTER and (error.retry or error.exchange.status not in GONE):
        if project:
            _write(project, {"unread": {"delivery": delivery.guid, "turns": turns}})
        return False
    _remember(uow, item, delivery, f"it could not be fetched: {error.reading}")
    return True


def _remember(uow: UnitOfWork, item: Chore, delivery: Delivery, text: str) -> None:
    """A delivery of which nothing can come: it is shown with the reason, and does not come again."""
    project = projects.by_id(uow.session, item.errand.project_id)
    if project is None or project.repository_key is None:
        return
    log.warning("delivery_not_replayed", project=project.name, delivery=delivery.guid, because=text)
    hook_deliveries.remember_missed(uow, project, delivery.event, delivery.guid, text)


def _book_failed(uow: UnitOfWork, item: Chore, error: ExchangeFailed) -> None:
    project, tries = _project(uow, item), int(item.known.get("tries") or 0) + 1
    made = item.known.get("state") == MADE
    again = made or (error.retry and tries < backoff.MAX_TRIES)
    log.info("repository_hook_failed", project=item.errand.project_id, tries=tries, again=again, because=error.reading)
    wait = max(LOOK_EVERY, backoff.delay(tries, error.retry_after_s)) if made else backoff.delay(tries, error.retry_after_s)
    mine = store.settle(uow.session, item.errand, uow.now + wait if again else None)
    if project and mine:
        _write(project, {"state": MADE if made else WANTED if again else FAILED, "text": error.reading[:500], "tries": tries})
