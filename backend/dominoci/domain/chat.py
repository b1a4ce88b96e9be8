"""What people say to the arbiter in chats: reading a command, and whether it is Slack that passes it on."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dominoci.domain.plain_text import cut_bytes, one_line

SLACK, IRC = "slack", "irc"
LONGEST_COMMAND: Final = 500  # characters
LONGEST_LINE: Final = 400
TOLERANCE_S: Final = 300  # Slack's own advice


@dataclass(frozen=True)
class Command:
    """What was said: the first word in lower case, and the words behind it."""

    name: str
    words: tuple[str, ...]


def read_command(text: str) -> Command:
    """The command in a line. Angle brackets around an address, which some chats add, are not part of it."""
    words = [word.strip("<>") for word in one_line(text, LONGEST_COMMAND).split()]
    return Command(words[0].lower(), tuple(words[1:])) if words else Command("help", ())


def for_irc(line: str, most_bytes: int) -> str:
    """A line of at most `most_bytes` of UTF-8: an IRC message has 512, with all that is around the text."""
    return cut_bytes(one_line(line, LONGEST_LINE), most_bytes)


def addressed(text: str, nick: str) -> str | None:
    """What a line in a channel says to `nick` ("nick: help", "nick, help", "nick help"); None when it is meant for others."""
    head, _, rest = text.strip().partition(" ")
    return rest.strip() if head.rstrip(":,").lower() == nick.lower() else None


def slack_signs(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether Slack has signed exactly this raw body with `secret`, not more than five minutes ago: HMAC-SHA256 over
    `v0:<timestamp>:<body>` (api.slack.com/authentication/verifying-requests-from-slack). Header names in lower case."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        return False
    mac = hmac.digest(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, "sha256").hex()
    given = headers.get("x-slack-signature", "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(f"v0={mac}".encode(), given)
