"""Outgoing webhooks of projects."""

from typing import Any

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.webhooks import (
    Webhook,
    WebhookCreate,
    WebhookDelivery,
    WebhookTest,
    WebhookUpdate,
    WebhookWithSecret,
)
from dominoci.services import webhooks

blp = Routes("webhooks", "Who is told what happens in a project, signed after Standard Webhooks (docs/webhooks.md).")
P = "/projects/<project>/webhooks"
ONCE = {"Cache-Control": {"schema": {"type": "string"}}}
SECRET_ONCE = {"Cache-Control": "no-store"}
WithHeaders = tuple[dict[str, Any], int, dict[str, str]]


@blp.get(P)
@allow("user", refuses=(404,))
@blp.response(200, list_of(Webhook))
def listing(project: str) -> dict[str, Any]:
    """A project's webhooks, newest first: at most 20, so that all are on one page."""
    return read(webhooks.of_project, project)


@blp.post(P)
@allow("user", refuses=(404, 409))
@blp.arguments(WebhookCreate)
@blp.response(201, WebhookWithSecret, headers=ONCE)
def create(body: dict[str, Any], project: str) -> WithHeaders:
    """A new webhook; only this answer shows its secret. All processes tell it what happens from 5 seconds later on."""
    webhooks.check_url(site().container.outbound, body["url"])
    return write(webhooks.create, project, body), 201, SECRET_ONCE


@blp.get(f"{P}/<webhook>")
@allow("user", refuses=(404,))
@blp.response(200, Webhook)
def one(project: str, webhook: str) -> dict[str, Any]:
    """One webhook."""
    return read(webhooks.get, project, webhook)


@blp.patch(f"{P}/<webhook>")
@allow("user", refuses=(404,))
@blp.arguments(WebhookUpdate, example={"enabled": True})
@blp.response(200, Webhook)
def update(body: dict[str, Any], project: str, webhook: str) -> dict[str, Any]:
    """Changes a webhook. What waits for one that is switched off is given up; it can be sent again by hand."""
    webhooks.check_url(site().container.outbound, body.get("url"))
    return write(webhooks.update, project, webhook, body)


@blp.delete(f"{P}/<webhook>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str, webhook: str) -> None:
    """Removes a webhook with its deliveries."""
    write(webhooks.remove, project, webhook)


@blp.post(f"{P}/<webhook>/rotate")
@allow("user", refuses=(404,))
@blp.response(201, WebhookWithSecret, headers=ONCE)
def rotate(project: str, webhook: str) -> WithHeaders:
    """A new secret. For 24 hours the one before signs along: `webhook-signature` holds two signatures, parted by a space."""
    return write(webhooks.rotate, project, webhook), 201, SECRET_ONCE


@blp.post(f"{P}/<webhook>/test")
@allow("user", refuses=(404, 429))
@blp.response(200, WebhookTest)
def test(project: str, webhook: str) -> dict[str, Any]:
    """Sends a message marked as a test now, and answers what came of it (within 15 seconds). 429 while others test."""
    container = site().container
    return webhooks.send_test(container.transactions, container.webhooks.caller, who(), project, webhook)


@blp.get(f"{P}/<webhook>/deliveries")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(WebhookDelivery))
def deliveries(query: dict[str, Any], project: str, webhook: str) -> dict[str, Any]:
    """What was sent to a webhook or waits to be sent, newest first. What is over is kept for 14 days."""
    return read(webhooks.deliveries, project, webhook, page_of(query))


@blp.post(f"{P}/<webhook>/deliveries/<delivery>/redeliver")
@allow("user", refuses=(404, 409))
@blp.response(200, WebhookDelivery)
def redeliver(project: str, webhook: str, delivery: str) -> dict[str, Any]:
    """Sends a message again that was taken or given up, under the same id. 409 while it is still being tried."""
    return write(webhooks.redeliver, project, webhook, delivery)
