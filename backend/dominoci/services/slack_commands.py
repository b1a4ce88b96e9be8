"""Slash commands of Slack: whether Slack sent them, whether they came before, and who speaks."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

from dominoci.domain import chat
from dominoci.domain.errors import BadRequest, Unauthorized, Unavailable
from dominoci.domain.plain_text import one_line
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.services import tries
from dominoci.services.bot_commands import Bot
from dominoci.services.chat_accounts import Speaker

_ID: Final = re.compile(r"[A-Za-z0-9]{1,40}")  # of workspaces and people over there
MOST_FIELDS: Final = 50
Headers = Mapping[str, str]  # names in lower case


def prove(transactions: Transactions, headers: Headers, body: bytes) -> None:
    """Raises Unauthorized for what Slack has not signed in the last five minutes, Unavailable where no secret is set."""
    secret = transactions.settings.chat.slack_signing_secret
    if not secret:
        raise Unavailable("Slack's commands are not set up here: DOMINOCI_SLACK_SIGNING_SECRET is missing.", retry_after=3600)
    if not chat.slack_signs(secret, headers, body, transactions.read(_now)):
        raise Unauthorized("This is not signed by Slack with the secret of this app, or it is more than five minutes old.")


def answer(transactions: Transactions, headers: Headers, body: bytes) -> list[str]:
    """The answer to a proven command; none where Slack only looks whether the address is there (`ssl_check`). Raises BadRequest
    for one that lacks its fields, TooMany when somebody says too much."""
    fields = _fields(body)
    if fields.get("ssl_check") == "1":
        return []
    speaker = _speaker(fields)
    if transactions.write(_seen_before, headers["x-slack-signature"]):
        return ["This command came before: it was not carried out again."]
    return list(Bot(transactions).answer(speaker, fields.get("text", "")).lines)


def _now(uow: UnitOfWork) -> datetime:
    return uow.now


def _seen_before(uow: UnitOfWork, signature: str) -> bool:
    """Whoever has seen a signed command could send it again while its signature is good."""
    return tries.count(uow, {"slack": signature}) > 0


def _fields(body: bytes) -> dict[str, str]:
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadRequest("This command cannot be read.") from error
    return {name: values[0] for name, values in found.items()}


def _speaker(fields: Mapping[str, str]) -> Speaker:
    team, user = fields.get("team_id", ""), fields.get("user_id", "")
    if not (_ID.fullmatch(team) and _ID.fullmatch(user)):
        raise BadRequest("This command does not say whose it is: team_id and user_id are missing or wrong.")
    return Speaker(f"{chat.SLACK}:{team}", user, one_line(fields.get("user_name"), 60) or user)
