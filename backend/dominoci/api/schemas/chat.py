"""Chat accounts, and what Slack sends."""

from typing import Any

from marshmallow import fields

from dominoci.api.fields import Choice, Moment
from dominoci.api.schemas.base import Answer

KINDS = ("slack", "irc")


class ChatCode(Answer):
    """A one-time code, shown this once, and what to `say` to the bot alone, within ten minutes."""

    code = fields.String(metadata={"examples": ["9f2c41d07b6ae85d3c10"]})
    expires_at = Moment()
    say = fields.String(metadata={"examples": ["link 9f2c41d07b6ae85d3c10"]})


class ChatAccount(Answer):
    """An account of a chat that acts for its owner. `place` is Slack's workspace or the IRC server."""

    id = fields.String()
    kind = Choice(KINDS)
    place = fields.String(metadata={"examples": ["T024BE7LD"]})
    account = fields.String(metadata={"examples": ["U2147483697"]})
    bound_at = Moment()
    used_at = Moment(allow_none=True)


class IrcPlace(Answer):
    """Where the bot is on IRC."""

    server = fields.String(metadata={"examples": ["irc.example.org"]})
    channel = fields.String(metadata={"examples": ["#ci"]})
    nick = fields.String(metadata={"examples": ["dominoci"]})
    tls = fields.Boolean()


class ChatAccounts(Answer):
    """One's chat accounts, and in which chats the arbiter listens: `irc` where its bot is (null: nowhere), `slack` whether it
    takes slash commands."""

    items = fields.List(fields.Nested(ChatAccount))
    next_cursor = fields.String(allow_none=True)
    irc = fields.Nested(IrcPlace, allow_none=True)
    slack = fields.Boolean()


class SlackAnswer(Answer):
    """What Slack shows, to whoever typed the command alone."""

    response_type = Choice(("ephemeral",))
    text = fields.String(metadata={"examples": ["lib-core: success on main (9fceb02d0ae5)"]})
    mrkdwn = fields.Boolean(metadata={"examples": [False]})


_FIELDS = {
    "team_id": ("T024BE7LD", "The workspace."),
    "user_id": ("U2147483697", "Who typed the command."),
    "user_name": ("ada", "What they are called there."),
    "command": ("/dominoci", "The command's name."),
    "text": ("status lib-core", "What was typed behind it."),
}
SLASH_COMMAND: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "description": "A slash command as Slack sends it; its other fields are not looked at.",
                "required": ["team_id", "user_id", "text"],
                "properties": {
                    name: {"type": "string", "maxLength": 4000, "description": text, "examples": [example]}
                    for name, (example, text) in _FIELDS.items()
                },
            },
            "example": {name: example for name, (example, _) in _FIELDS.items()},
        }
    },
}
