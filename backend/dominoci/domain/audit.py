"""The audit log's words: what can be done, the sentence that tells of it, and what of a change may be kept.

The table `ACTIONS` is the one list of actions; their names are stable, so that exports can be filtered by them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

Fields = Mapping[str, Any]

LONGEST_TEXT: Final = 500  # characters of one value
MOST_ITEMS: Final = 100  # of one list or mapping
# names that promise a secret, also those of parameters: API_TOKEN, db_password
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:secret|token|password|passwd|pwd|passphrase|credential|api_?key|private_?key)s?(?:_|$)", re.IGNORECASE
)
SET, CHANGED = "set", "changed"
_CREDENTIAL: Final = re.compile(r"(?:dc[puabe]|whsec)_[A-Za-z0-9_+/=-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+")


class About(NamedTuple):
    """The object of a change: its kind (`project`, `tree`, …), id, and what people call it."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True)
class Action:
    """One thing that can be done: what it means (for the docs), and how it reads between who and what."""

    meaning: str
    did: str


ACTIONS: Final[Mapping[str, Action]] = {
    "project.created": Action("A project was created.", "created"),
    "project.changed": Action("Settings of a project were changed.", "changed"),
    "project.deleted": Action("A project was deleted, with its tokens and dependencies.", "deleted"),
    "project.member": Action("Somebody was given a role on a project, or lost it.", "changed the members of"),
    "owner.created": Action("A group was created.", "created"),
    "owner.changed": Action("A group was changed.", "changed"),
    "owner.deleted": Action("A group was deleted.", "deleted"),
    "owner.member": Action("Somebody was taken into a group, given another role there, or taken out.", "changed the members of"),
    "consent.asked": Action("A project asked a private one whether it may depend on it.", "asked for"),
    "consent.granted": Action("The owners of a private project agreed that another one depends on it.", "granted"),
    "consent.refused": Action("The owners of a private project refused it.", "refused"),
    "dependency.added": Action("A project was made to depend on another one.", "added"),
    "dependency.changed": Action("Rules of a dependency were changed, or it was switched on or off.", "changed"),
    "dependency.removed": Action("A dependency was removed.", "removed"),
    "token.created": Action("A token was issued.", "issued"),
    "token.revoked": Action("A token was revoked.", "revoked"),
    "token.rotated": Action("A token was replaced by a new one.", "rotated"),
    "session.login_link": Action("A one-time login link was printed.", "printed a login link for"),
    "session.signed_in": Action("Somebody signed in with a browser.", "signed in as"),
    "project.hook_secret": Action("A new secret was made for the webhook of a project's CI system.", "made a webhook secret for"),
    "project.repository_hook": Action(
        "A webhook was asked for at a project's repository, at GitHub or GitLab.", "asked for a repository webhook for"
    ),
    "project.repository_access": Action(
        "What a project's private repository is read with was set, changed or removed.", "changed the repository access of"
    ),
    "project.badge_key": Action(
        "The key of a private project's badges was replaced: addresses with the old one end.", "replaced the badge key of"
    ),
    "secret.set": Action("A secret was given to a project's builds, or another value to one.", "set"),
    "secret.removed": Action("A secret of a project's builds was removed.", "removed"),
    "session.failed": Action("Somebody tried to sign in and was refused.", "failed to sign in as"),
    "session.signed_out": Action("Somebody signed out of a browser.", "signed out as"),
    "session.ended": Action("Somebody ended sessions of theirs in other browsers.", "ended sessions of"),
    "session.password": Action("Somebody set or changed their own password.", "set the password of"),
    "account.changed": Action("Somebody changed their own name or address.", "changed the account of"),
    "account.settings": Action("Somebody changed how they like the page.", "changed the page settings of"),
    "user.signed_up": Action("Somebody made themselves an account, by invitation or as the settings allow.", "signed up as"),
    "identity.linked": Action("Somebody linked an account of GitHub, GitLab or another provider.", "linked a sign-in to"),
    "identity.unlinked": Action("Somebody unlinked such an account.", "unlinked a sign-in from"),
    "chat.linked": Action("Somebody bound an account of a chat (Slack, IRC) to themselves.", "linked a chat account to"),
    "chat.unlinked": Action("Somebody unbound an account of a chat.", "unlinked a chat account from"),
    "invitation.created": Action("Somebody was invited to sign up.", "made an"),
    "invitation.used": Action("An invitation was used.", "used an"),
    "invitation.revoked": Action("An invitation was withdrawn.", "withdrew an"),
    "user.changed": Action("An admin gave or took rights, or switched an account off or on.", "changed"),
    "issuer.listed": Action("An admin listed an issuer whose signed tokens projects may trust.", "listed"),
    "issuer.removed": Action("An admin removed an issuer, and with it all trust in its tokens.", "removed"),
    "trust.added": Action("A project began to trust the jobs of a repository.", "added"),
    "trust.changed": Action("A project changed which jobs of a repository it trusts.", "changed"),
    "trust.removed": Action("A project ended its trust in the jobs of a repository.", "removed"),
    "agent.enrolled": Action("A token with which one agent may register was issued.", "issued"),
    "agent.registered": Action("An agent registered itself.", "registered"),
    "agent.changed": Action("An agent began anew with other labels, slots, executors or version.", "changed"),
    "agent.drained": Action("An agent was told to take no more builds, or to take them again.", "drained"),
    "agent.revoked": Action("An agent's credential was ended and the agent removed.", "revoked"),
    "webhook.created": Action("A webhook was made that tells what happens in a project.", "created"),
    "webhook.changed": Action("A webhook was changed, or switched on or off.", "changed"),
    "webhook.disabled": Action("A webhook was switched off because nothing was taken there.", "switched off"),
    "webhook.removed": Action("A webhook was removed.", "removed"),
    "webhook.rotated": Action("A webhook was given a new secret.", "gave a new secret to"),
    "webhook.redelivered": Action("A message was sent to a webhook again.", "sent a message again to"),
    "job.created": Action("A job was made.", "created"),
    "job.changed": Action("A job was renamed, moved, changed, or switched on or off.", "changed"),
    "job.defined": Action("A job was given another version of its definition.", "defined"),
    "job.deleted": Action("A job was deleted, with its copies, triggers and links.", "deleted"),
    "job.linked": Action("A repository's branches or pull requests were linked to a job.", "linked a repository to"),
    "job.unlinked": Action("A repository's link to a job was ended.", "unlinked a repository from"),
    "job.copied": Action("A job was copied for a branch or pull request of a linked repository.", "copied a job to"),
    "folder.created": Action("A folder for jobs was made.", "created"),
    "folder.changed": Action("A folder was renamed or moved, with all that it holds.", "moved"),
    "folder.deleted": Action("An empty folder was removed.", "removed"),
    "trigger.added": Action("A trigger of a job was made: a webhook, a schedule or a look at its repository.", "added"),
    "trigger.changed": Action("A trigger of a job was changed, or switched on or off.", "changed"),
    "trigger.removed": Action("A trigger of a job was removed.", "removed"),
    "trigger.rotated": Action("The webhook of a job was given a new secret.", "gave a new secret to"),
    "notification.created": Action("A notification rule of a project or a person was made.", "created"),
    "notification.changed": Action("A notification rule was changed, or switched on or off.", "changed"),
    "notification.removed": Action("A notification rule was removed.", "removed"),
    "build.started": Action("A build was started by hand or by a push.", "started"),
    "build.approved": Action("A maintainer let a fork's commit be built.", "approved"),
    "build.cancelled": Action("A build was cancelled.", "cancelled"),
    "tree.cancelled": Action("What was unfinished of an event tree was cancelled.", "cancelled"),
    "tree.rerun": Action("Events of a tree were run again.", "reran"),
    "event.cancelled": Action("An event was cancelled, alone or with what depends on it.", "cancelled"),
    "event.rerun": Action("An event was run again with the inputs it had.", "reran"),
    "event.redelivered": Action("An undeliverable event was sent again.", "redelivered"),
    "demo.loaded": Action("The demo's projects were loaded.", "loaded"),
    "demo.removed": Action("The demo's projects were removed.", "removed"),
    "graph.applied": Action("A graph file was applied; each of its changes has a row of its own.", "applied"),
    "graph.refused": Action("A pushed graph file had errors; nothing of it was applied.", "pushed a refused"),
}


def sentence(who: str, action: str, about: About, before: Fields | None, after: Fields | None) -> str:
    """A row in words, without a full stop: "admin changed project app-web: default_branch, enabled"."""
    did = ACTIONS[action].did if action in ACTIONS else action.replace(".", " ")
    said = f"{who} {did} {about.kind} {about.name}".rstrip()
    changed = ", ".join(before) if before and after and before.keys() == after.keys() else ""
    return f"{said}: {changed}" if changed else said


def kept(before: Fields | None, after: Fields | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What a row keeps of the two: only fields that differ when both are there, each bounded, and no secret. A secret reads
    "set", or "changed" where another one replaced it."""
    if before is None or after is None:
        return _safe_fields(before), _safe_fields(after)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    new = {name: _safe(name, after.get(name)) for name in names}
    replaced = [name for name in names if _is_secret(name, before.get(name)) and _is_secret(name, after.get(name))]
    return {name: _safe(name, before.get(name)) for name in names}, {**new, **dict.fromkeys(replaced, CHANGED)}


def _safe_fields(fields: Fields | None) -> dict[str, Any] | None:
    if fields is None:
        return None
    return {name: _safe(name, value) for name, value in fields.items() if value is not None}


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and value != "" and _SECRET_NAME.search(name) is not None


def _safe(name: str, value: Any) -> Any:
    if _is_secret(name, value):
        return SET
    if isinstance(value, str):
        return _safe_text(value)
    if isinstance(value, Mapping):
        shown = list(value.items())[:MOST_ITEMS]
        return {str(key)[:LONGEST_TEXT]: _safe(str(key), part) for key, part in shown}
    if isinstance(value, list | tuple):
        return [_safe("", part) for part in value[:MOST_ITEMS]]
    return value


def _safe_text(text: str) -> str:
    text = _CREDENTIAL.sub("…", _safe_url(text))
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text)} characters)"


def _safe_url(text: str) -> str:
    """The text; of a web address, neither the user nor what its query says: many CI systems take their tokens there."""
    if not text.startswith(("https://", "http://")):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    query = re.sub(r"=[^&;]*", "=…", parts.query) if "=" in parts.query else "…" * bool(parts.query)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"…@{host}" if "@" in parts.netloc else host, query=query, fragment=""))
