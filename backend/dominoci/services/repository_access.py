"""Access to private repositories elsewhere: what a project's agents, and the arbiter where it asks for branches, show there.

Secrets are kept like those of targets (one by one, encrypted, never shown again) and are good for the repository's origin only.
Beside them stand the secret of the repository's own webhook, and (`HOOK`) what is known of that webhook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dominoci.domain import pasted
from dominoci.domain import repository_access as rules
from dominoci.domain.errors import Conflict, Invalid
from dominoci.domain.target import HOOK_SECRET
from dominoci.infra import crypto, ssh_keys
from dominoci.infra.models.graph import Project
from dominoci.infra.ssh_keys import KeyPair
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.exchange import NOTHING_SENT, Caller, ExchangeFailed
from dominoci.outbound.remote_refs import RefsUnknown, RemoteRefs
from dominoci.outbound.shown import Shown
from dominoci.services import audit
from dominoci.services.access import Principal, writable_project
from dominoci.vendors.github_app import App, Tokens

View = dict[str, Any]
SHOWN_FIELDS = ("username", "known_hosts", "public_key", "fingerprint", "app_id", "installation_id", "api_url")
HOSTED = "The arbiter hosts this repository itself: its builds may read it without any credentials."
READ_ONLY: Final = {"contents": "read"}
# in the access that an installation of the arbiter's own App brought: the key is the arbiter's, and good for nothing else
OURS: Final = "ours"
HOOK: Final = "hook"  # in the access: the webhook that was made with it ({"id", "text", …}, `services.hook_keeping`)


@dataclass(frozen=True)
class Access:
    """A project's access with its secrets in the clear (never logged or stored)."""

    repository_url: str
    fields: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> str:
        return str(self.fields["kind"])


def opened(uow: UnitOfWork, project: Project) -> Access | None:
    """A project's access as it is now; None where it has none, or the repository is here."""
    if project.hosted or not project.repository_access:
        return None
    shown = {name: kept for name, kept in (project.repository_secrets or {}).items() if name != HOOK_SECRET}
    found = {name: crypto.decrypt(uow.keys, kept["value"]) for name, kept in shown.items()}
    return Access(project.repository_url, project.repository_access, {name: text for name, text in found.items() if text})


def shown(access: Access | None, url: str, caller: Caller) -> Shown:
    """What the repository at `url` is shown: nothing when it is at another origin (a tree may have been frozen with an older
    address). An App's token is fetched, so never to be called inside a transaction. Raises ExchangeFailed."""
    if access is None or rules.origin(access.repository_url) != rules.origin(url):
        return Shown()
    fields, secrets = access.fields, access.secrets
    if access.kind == rules.SSH:
        return Shown(fields.get("username"), None, secrets.get("private_key"), fields.get("known_hosts"))
    if access.kind == rules.APP:
        return Shown(rules.APP_USER, _installation_token(access, caller))
    return Shown(fields.get("username") or rules.APP_USER, secrets.get("token"))


def _installation_token(access: Access, caller: Caller) -> str:
    fields, key = access.fields, access.secrets.get("private_key")
    if not key:
        raise ExchangeFailed("The App's private key cannot be read any more: give it anew.", exchange=NOTHING_SENT, retry=False)
    api = str(fields.get("api_url") or rules.api_of(access.repository_url)).rstrip("/")
    name, number = rules.path(access.repository_url), fields.get("installation_id")
    # a new one each time, good for its whole hour, and for reading this repository alone, whatever else the App may do
    return App(caller, api, name, str(fields["app_id"]), number, key, READ_ONLY, Tokens()).token()


@dataclass(frozen=True)
class Repositories:
    """Asks repositories elsewhere for their branches, with the access that their projects have. Any thread may call."""

    refs: RemoteRefs
    caller: Caller

    def has_branch(self, url: str, branch: str, access: Access | None = None) -> bool:
        """Whether the repository has this branch now. Raises RefsUnknown."""
        return self.refs.has_branch(url, branch, shown=self._shown(access, url))

    def branches(self, url: str, patterns: Sequence[str], access: Access | None = None) -> dict[str, str]:
        """The commits of the branches that fit one of these globs, by branch. Raises RefsUnknown."""
        return self.refs.branches(url, patterns, shown=self._shown(access, url))

    def _shown(self, access: Access | None, url: str) -> Shown:
        try:
            return shown(access, url, self.caller)
        except ExchangeFailed as error:
            raise RefsUnknown(error.reading, retry=error.retry) from error


def get(uow: UnitOfWork, who: Principal, key: str) -> View:
    """What a project's repository is read with; of secrets only which are set, and since when."""
    return view(writable_project(uow, who, key))


def put(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Gives a project this access; secrets that are not named stay while the kind does. Raises Invalid by field, Conflict where
    the arbiter hosts the repository."""
    project = _elsewhere(uow, who, key)
    pair = _pasted_key(project, body)
    return _save(uow, who, project, body, pair)


def make_key(uow: UnitOfWork, who: Principal, key: str, body: Mapping[str, Any]) -> View:
    """Makes a new SSH key for a project, in place of the one that it has; the public half is for its repository."""
    project = _elsewhere(uow, who, key)
    before = project.repository_access or {}
    known = {"known_hosts": before.get("known_hosts"), **body} if before.get("kind") == rules.SSH else dict(body)
    return _save(uow, who, project, {**known, "kind": rules.SSH}, ssh_keys.generate(_comment(project)))


def remove(uow: UnitOfWork, who: Principal, key: str) -> None:
    """Takes a project's access away, with its secrets."""
    project = writable_project(uow, who, key)
    before = for_audit(project)
    take_away(project)
    _note(uow, who, project, before)


def take_away(project: Project) -> None:
    """The repository can be read with nothing any more; the secret of its webhook stays."""
    project.repository_access, project.repository_secrets = None, _of_hook(project) or None


def give_ours(uow: UnitOfWork, project: Project, installation: str) -> None:
    """The repository is read as the arbiter's own App from now on, by this installation of it."""
    app, known = uow.settings.github_app, project.repository_access or {}
    hook = {HOOK: known[HOOK]} if HOOK in known else {}
    project.repository_access = {
        "kind": rules.APP,
        "app_id": app.app_id,
        "installation_id": installation,
        OURS: True,
        **hook,
    }
    project.repository_secrets = {**_of_hook(project), "private_key": _kept(uow, app.private_key)}
    uow.session.flush()


def is_ours(project: Project) -> bool:
    """Whether an installation of the arbiter's own App gave the access: nobody can say that of a project by hand."""
    return bool((project.repository_access or {}).get(OURS))


def _of_hook(project: Project) -> dict[str, Any]:
    """The webhook's secret, which is good whatever the repository is read with."""
    return {name: kept for name, kept in (project.repository_secrets or {}).items() if name == HOOK_SECRET}


def move(project: Project, repository_url: str) -> None:
    """A project's repository is to be at another address: at another origin its secrets are nobody's business, and another
    repository's webhook is another one."""
    if rules.origin(project.repository_url) != rules.origin(repository_url):
        project.repository_access = project.repository_secrets = None
    elif _spelled(project.repository_url) == _spelled(repository_url):
        return
    elif is_ours(project):  # the App may read more repositories than whoever moves the project
        project.repository_access = project.repository_secrets = None
    else:
        access, secrets = dict(project.repository_access or {}), dict(project.repository_secrets or {})
        access.pop(HOOK, None)
        secrets.pop(HOOK_SECRET, None)
        project.repository_access, project.repository_secrets = access or None, secrets or None


def _spelled(url: str) -> str:
    return (pasted.repository(url) or url).lower()


def set_hook_secret(uow: UnitOfWork, project: Project, secret: str) -> None:
    """The secret with which the repository's own webhook proves itself from now on."""
    project.repository_secrets = {**(project.repository_secrets or {}), HOOK_SECRET: _kept(uow, secret)}


def hook_secret(uow: UnitOfWork, project: Project) -> str | None:
    """That secret; None where there is none, or no key opens it."""
    kept = (project.repository_secrets or {}).get(HOOK_SECRET)
    return crypto.decrypt(uow.keys, kept["value"]) if kept else None


def _elsewhere(uow: UnitOfWork, who: Principal, key: str) -> Project:
    project = writable_project(uow, who, key)
    if project.hosted:
        raise Conflict(HOSTED)
    return project


def _comment(project: Project) -> str:
    return f"dominoci-{project.name}"


def _pasted_key(project: Project, body: Mapping[str, Any]) -> KeyPair | None:
    if not body.get("private_key"):
        return None
    try:
        if body["kind"] == rules.SSH:
            return ssh_keys.read(body["private_key"], _comment(project))
        return KeyPair(ssh_keys.app_key(body["private_key"]), "", "")
    except ValueError as error:
        raise Invalid("The access cannot be used.", {"private_key": [str(error)]}) from None


def _save(uow: UnitOfWork, who: Principal, project: Project, body: Mapping[str, Any], pair: KeyPair | None) -> View:
    kind, before = body["kind"], for_audit(project)
    fields = {"kind": kind, **{name: body[name] for name in rules.FIELDS[kind] if body.get(name)}}
    keeps = rules.keeps_secrets(project.repository_access, fields) and _same_app(project, fields)
    given = {"token": body.get("token"), "private_key": pair.private if pair else None}
    secrets = dict(project.repository_secrets or {}) if keeps else _of_hook(project)
    secrets |= {name: _kept(uow, text) for name in rules.SECRETS[kind] if (text := given[name])}
    if errors := rules.missing(fields, secrets.keys(), project.repository_url):
        raise Invalid("The access cannot be used.", {name: [text] for name, text in errors.items()})
    if kind == rules.SSH:
        old = project.repository_access or {}
        fields |= {"public_key": pair.public if pair else old["public_key"]}
        fields |= {"fingerprint": pair.fingerprint if pair else old["fingerprint"]}
    if keeps and (hook := (project.repository_access or {}).get(HOOK)):
        fields |= {HOOK: hook}
    if keeps and is_ours(project) and not pair:
        fields |= {OURS: True}
    project.repository_access, project.repository_secrets = fields, secrets
    _note(uow, who, project, before)
    return view(project)


def _same_app(project: Project, fields: Mapping[str, Any]) -> bool:
    """The key of the arbiter's own App opens all of its installations: it stays for the one that it was given for."""
    before = project.repository_access or {}
    return not is_ours(project) or all(before.get(name) == fields.get(name) for name in ("app_id", "installation_id"))


def _kept(uow: UnitOfWork, secret: str) -> dict[str, str]:
    return {"value": crypto.encrypt(uow.keys, secret), "at": uow.now.isoformat()}


def _note(uow: UnitOfWork, who: Principal, project: Project, before: View) -> None:
    uow.session.flush()
    about = audit.About("project", project.id, project.name)
    audit.note(uow, who, "project.repository_access", about, before, for_audit(project))


def for_audit(project: Project) -> View:
    """The access as the audit log compares it: secrets as they are kept, under names that it knows for secrets."""
    secrets = project.repository_secrets or {}
    names = {name for of_kind in rules.SECRETS.values() for name in of_kind}
    kept = {f"repository_{name}": secrets[name]["value"] if name in secrets else None for name in sorted(names)}
    access = {name: value for name, value in (project.repository_access or {}).items() if name != HOOK}
    return {"repository_access": access or None, **kept}


def view(project: Project) -> View:
    """A project's access in the API."""
    fields = project.repository_access or {}
    kept = sorted((name, secret) for name, secret in (project.repository_secrets or {}).items() if name != HOOK_SECRET)
    return {
        "hosted": project.hosted,
        "origin": None if project.hosted else rules.origin(project.repository_url),
        "kind": fields.get("kind"),
        **{name: fields.get(name) for name in SHOWN_FIELDS},
        "secrets": [{"name": name, "set_at": datetime.fromisoformat(secret["at"])} for name, secret in kept],
    }
