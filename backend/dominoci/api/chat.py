"""Slack's slash commands, and the accounts of chats that people bind to themselves."""

from typing import Any

from flask import request

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes, header, whole_body
from dominoci.api.schemas import chat as schemas
from dominoci.domain.errors import BadRequest
from dominoci.notify.slack import escaped
from dominoci.services import chat_accounts, slack_commands

blp = Routes("chat", "What is said to the arbiter in chats (docs/bot.md).", url_prefix="")
MAX_COMMAND = 64 << 10
UNCACHED = {"Cache-Control": {"schema": {"type": "string"}}}
SIGNED = [
    header("X-Slack-Signature", "`v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` with the app's signing secret."),
    header("X-Slack-Request-Timestamp", "When Slack sent it, in seconds; five minutes old at most."),
]


@blp.post("/hooks/slack")
@allow("anyone", refuses=(401, 413, 415, 429))
@blp.doc(requestBody=schemas.SLASH_COMMAND, parameters=SIGNED)
@blp.response(200, schemas.SlackAnswer)
def slack() -> dict[str, Any]:
    """A slash command of Slack, proven by its signature over the raw body. The answer is shown to whoever typed it alone. The
    same request again does nothing. 503 as long as DOMINOCI_SLACK_SIGNING_SECRET is not set."""
    request.max_content_length = MAX_COMMAND
    body = whole_body(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    slack_commands.prove(site().container.transactions, headers, body)
    if request.mimetype != "application/x-www-form-urlencoded":
        raise BadRequest("A slash command is application/x-www-form-urlencoded.")
    lines = slack_commands.answer(site().container.transactions, headers, body)
    return {"response_type": "ephemeral", "text": escaped("\n".join(lines)), "mrkdwn": False}


@blp.post("/api/v1/me/chat-codes")
@allow("user")
@blp.response(201, schemas.ChatCode, headers=UNCACHED)
def make_code() -> tuple[dict[str, Any], int, dict[str, str]]:
    """A one-time code that binds an account of a chat to oneself: it is said to the bot, alone. A token cannot make one: 403."""
    return write(chat_accounts.make_code), 201, {"Cache-Control": "no-store"}


@blp.get("/api/v1/me/chat-accounts")
@allow("user")
@blp.response(200, schemas.ChatAccounts)
def accounts() -> dict[str, Any]:
    """One's accounts of chats, and in which chats the arbiter listens."""
    return read(chat_accounts.listing)


@blp.delete("/api/v1/me/chat-accounts/<account>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(account: str) -> None:
    """Unbinds an account of a chat, at once."""
    write(chat_accounts.remove, account)
