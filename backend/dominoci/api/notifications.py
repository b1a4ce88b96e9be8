"""Notification rules: of projects, and of people."""

from typing import Any

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.notifications import (
    NotificationChannels,
    NotificationMessage,
    NotificationRule,
    NotificationTest,
    OwnNotificationCreate,
    OwnNotificationUpdate,
    ProjectNotificationCreate,
    ProjectNotificationUpdate,
)
from dominoci.notify.base import Address
from dominoci.services import notification_destination, notification_rules

blp = Routes("notifications", "People are told what broke, and what works again (docs/notifications.md).")
P, M = "/projects/<project>/notifications", "/me/notifications"
EXAMPLE = {"enabled": False}
RULES, MESSAGES = list_of(NotificationRule), list_of(NotificationMessage)


def _destination(project: str | None, body: dict[str, Any], rule: str | None = None) -> Address:
    """The destination of a body, checked before the transaction that writes it."""
    channel, email = read(notification_rules.destination, project, rule)
    known = site().container.notifications.channels
    return notification_destination.read(known, channel or body["channel"], body["destination"], email)


def _create(project: str | None, body: dict[str, Any]) -> dict[str, Any]:
    return write(notification_rules.create, project, body, _destination(project, body))


def _update(project: str | None, rule: str, body: dict[str, Any]) -> dict[str, Any]:
    to = _destination(project, body, rule) if "destination" in body else None
    return write(notification_rules.update, project, rule, body, to)


def _test(project: str | None, rule: str) -> dict[str, Any]:
    sender = site().container.notifications
    return notification_rules.send_test(sender.transactions, sender.channels, who(), project, rule)


@blp.get("/notifications/channels")
@allow("user")
@blp.response(200, NotificationChannels)
def channels() -> dict[str, Any]:
    """The channels there are here, what each needs to know, and what can be told."""
    return read(notification_rules.channels, site().container.notifications.channels)


@blp.get(P)
@allow("user", refuses=(404,))
@blp.response(200, RULES)
def of_project(project: str) -> dict[str, Any]:
    """A project's notification rules, newest first: at most 20, so that all are on one page."""
    return read(notification_rules.of_holder, project)


@blp.post(P)
@allow("user", refuses=(404, 409))
@blp.arguments(ProjectNotificationCreate)
@blp.response(201, NotificationRule)
def create(body: dict[str, Any], project: str) -> dict[str, Any]:
    """A new rule. All processes heed it from 5 seconds later on."""
    return _create(project, body)


@blp.get(f"{P}/<notification>")
@allow("user", refuses=(404,))
@blp.response(200, NotificationRule)
def one(project: str, notification: str) -> dict[str, Any]:
    """One notification rule of a project."""
    return read(notification_rules.get, project, notification)


@blp.patch(f"{P}/<notification>")
@allow("user", refuses=(404,))
@blp.arguments(ProjectNotificationUpdate, example=EXAMPLE)
@blp.response(200, NotificationRule)
def update(body: dict[str, Any], project: str, notification: str) -> dict[str, Any]:
    """Changes a rule. What waits to be told by one that is switched off is given up."""
    return _update(project, notification, body)


@blp.delete(f"{P}/<notification>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str, notification: str) -> None:
    """Removes a rule with its messages."""
    write(notification_rules.remove, project, notification)


@blp.post(f"{P}/<notification>/test")
@allow("user", refuses=(404, 429))
@blp.response(200, NotificationTest)
def test(project: str, notification: str) -> dict[str, Any]:
    """Sends a message marked as a test now, and answers what came of it (within 20 seconds). 429 while others test."""
    return _test(project, notification)


@blp.get(f"{P}/<notification>/messages")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, MESSAGES)
def messages(query: dict[str, Any], project: str, notification: str) -> dict[str, Any]:
    """What a rule has told or is to tell, newest first. What is over is kept for 14 days."""
    return read(notification_rules.messages, project, notification, page_of(query))


@blp.get(M)
@allow("user")
@blp.response(200, RULES)
def own() -> dict[str, Any]:
    """One's own notification rules, newest first: at most 20."""
    return read(notification_rules.of_holder, None)


@blp.post(M)
@allow("user", refuses=(409,))
@blp.arguments(OwnNotificationCreate)
@blp.response(201, NotificationRule)
def create_own(body: dict[str, Any]) -> dict[str, Any]:
    """A new rule of one's own: about one's projects, those that one has starred, or those that one is an owner of."""
    return _create(None, body)


@blp.get(f"{M}/<notification>")
@allow("user", refuses=(404,))
@blp.response(200, NotificationRule)
def own_one(notification: str) -> dict[str, Any]:
    """One notification rule of one's own."""
    return read(notification_rules.get, None, notification)


@blp.patch(f"{M}/<notification>")
@allow("user", refuses=(404,))
@blp.arguments(OwnNotificationUpdate, example=EXAMPLE)
@blp.response(200, NotificationRule)
def update_own(body: dict[str, Any], notification: str) -> dict[str, Any]:
    """Changes a rule of one's own."""
    return _update(None, notification, body)


@blp.delete(f"{M}/<notification>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove_own(notification: str) -> None:
    """Removes a rule of one's own."""
    write(notification_rules.remove, None, notification)


@blp.post(f"{M}/<notification>/test")
@allow("user", refuses=(404, 429))
@blp.response(200, NotificationTest)
def test_own(notification: str) -> dict[str, Any]:
    """Sends a message marked as a test now, and answers what came of it."""
    return _test(None, notification)


@blp.get(f"{M}/<notification>/messages")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, MESSAGES)
def own_messages(query: dict[str, Any], notification: str) -> dict[str, Any]:
    """What a rule of one's own has told or is to tell, newest first."""
    return read(notification_rules.messages, None, notification, page_of(query))
