"""One connection to an IRC server, by the library `irc`: joins a channel and stays there, hears what is said, says lines slowly
enough for any server."""

import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import irc.client
import structlog
from jaraco.stream.buffer import LenientDecodingLineBuffer

from dominoci.config import IrcSettings
from dominoci.domain.chat import addressed, for_irc
from dominoci.domain.plain_text import one_line

log = structlog.get_logger()
CONNECT_S, SEND_S = 15.0, 10.0
BURST, EVERY_S = 5, 0.7  # lines said at once, and from then on one in so many seconds: servers cut off who says more
MOST_WAITING: Final = 60  # lines; what is more is dropped
MOST_BYTES: Final = 400  # of a line's text: with names and addresses around it a message has 512
MOST_UNREAD: Final = 64 << 10  # bytes without a line's end
SILENT_S, GONE_S = 60.0, 150.0  # when a silent server is asked whether it is there, and when it is given up
AGAIN_S: Final = 60.0  # between two tries for the channel or the name
ACCOUNT_TAG: Final = "account-tag"  # ircv3.net/specs/extensions/account-tag: messages say which registered account speaks


@dataclass(frozen=True)
class Heard:
    """Something that was said to the bot: in a channel, or (None) to it alone. `account` is the registered account of the network
    where the server tells it, else the whole mask nick!user@host: a nick alone could be taken by anybody."""

    nick: str
    account: str
    text: str
    channel: str | None


class IrcClient:
    """Used by one thread. `heard` is called for what is said to the bot, from within `turn`."""

    def __init__(self, settings: IrcSettings, heard: Callable[[Heard], None]) -> None:
        self._settings, self._heard = settings, heard
        self._reactor: Any = irc.client.Reactor()
        self._connection: Any = self._reactor.server()
        self._connection.buffer_class = LenientDecodingLineBuffer
        self._waiting: deque[tuple[str, str]] = deque()
        self._credit, self._counted_at = float(BURST), time.monotonic()
        self._heard_at = self._asked_at = self._tried_at = 0.0
        self._joined = False
        for event, handler in {
            "all_raw_messages": self._on_line,
            "welcome": self._on_welcome,
            "nicknameinuse": self._on_name_taken,
            "pubmsg": self._on_message,
            "privmsg": self._on_message,
            "join": self._on_come_or_go,
            "part": self._on_come_or_go,
            "kick": self._on_come_or_go,
            "disconnect": self._on_disconnect,
        }.items():
            self._reactor.add_global_handler(event, handler)

    @property
    def connected(self) -> bool:
        """Whether there is a connection; what is not said through one is lost."""
        return bool(self._connection.is_connected())

    def connect(self) -> None:
        """Begins anew. Raises OSError, also for a certificate that does not belong to the server."""
        wanted = self._settings
        self._waiting.clear()
        self._heard_at = self._asked_at = time.monotonic()
        self._tried_at = 0.0
        try:
            self._connection.connect(
                wanted.host, wanted.port, wanted.nick, password=wanted.password or None, connect_factory=self._open
            )
        except irc.client.ServerConnectionError as e:
            raise OSError(str(e)) from e

    def _open(self, address: tuple[str, int]) -> socket.socket:
        plain = socket.create_connection(address, CONNECT_S)
        try:
            context = ssl.create_default_context() if self._settings.tls else None
            opened = context.wrap_socket(plain, server_hostname=address[0]) if context else plain
        except OSError:
            plain.close()
            raise
        opened.settimeout(SEND_S)
        return opened

    def turn(self, wait_s: float) -> None:
        """Hears what has come within `wait_s` seconds, and says what waits."""
        try:
            self._reactor.process_once(wait_s)
        except (LookupError, ValueError, AttributeError, TypeError) as e:
            log.warning("irc_line_not_understood", error=type(e).__name__)  # the library takes every line for well-formed
        if self.connected:
            self._say_waiting()
            self._look_after(time.monotonic())

    def say(self, target: str, line: str) -> None:
        """Says a line, as soon as the server will take it; one that would be too much for it is dropped."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append((target, for_irc(line, MOST_BYTES)))

    def leave(self, because: str) -> None:
        """Says goodbye."""
        self._connection.disconnect(one_line(because, 100))

    def _say_waiting(self) -> None:
        now = time.monotonic()
        self._credit = min(BURST, self._credit + (now - self._counted_at) / EVERY_S)
        self._counted_at = now
        while self._waiting and self._credit >= 1 and self.connected:
            target, text = self._waiting.popleft()
            self._credit -= 1
            if text:
                self._connection.privmsg(target, text)

    def _look_after(self, now: float) -> None:
        silent = now - self._heard_at
        if silent > GONE_S or len(self._connection.buffer) > MOST_UNREAD:
            self.leave("no answer")
        elif silent > SILENT_S and now - self._asked_at > SILENT_S:
            self._asked_at = now
            self._connection.ping(self._settings.host)
        elif self._tried_at and now - self._tried_at > AGAIN_S:
            self._try(now)

    def _try(self, now: float) -> None:
        """For the channel and the name, where one of them is missing."""
        self._tried_at = now
        if not self._joined:
            self._connection.join(self._settings.channel)
        if self._connection.get_nickname() != self._settings.nick:
            self._connection.nick(self._settings.nick)

    def _on_line(self, _connection: Any, _event: Any) -> None:
        self._heard_at = time.monotonic()

    def _on_welcome(self, connection: Any, _event: Any) -> None:
        log.info("irc_connected", server=self._settings.host, nick=connection.get_nickname())
        connection.cap("REQ", ACCOUNT_TAG)
        self._try(time.monotonic())

    def _on_name_taken(self, connection: Any, event: Any) -> None:
        if not self._tried_at:  # later than that it is one of the tries to get it back
            connection.nick(f"{event.arguments[0][:28]}_")

    def _on_come_or_go(self, connection: Any, event: Any) -> None:
        whose = event.arguments[0] if event.type == "kick" else event.source.nick
        if whose == connection.get_nickname() and event.target.lower() == self._settings.channel.lower():
            self._joined = event.type == "join"
            log.info("irc_channel", channel=self._settings.channel, joined=self._joined)

    def _on_disconnect(self, _connection: Any, event: Any) -> None:
        self._joined = False
        log.warning("irc_disconnected", because=one_line(str(event.arguments[0]) if event.arguments else "", 100))

    def _on_message(self, connection: Any, event: Any) -> None:
        channel = event.target if event.type == "pubmsg" else None
        said = str(event.arguments[0])
        text = addressed(said, connection.get_nickname()) if channel else said
        if text is None or event.source is None or "!" not in event.source:
            return
        tags = {tag["key"]: tag["value"] for tag in event.tags or ()}
        account = tags.get("account") or str(event.source).lower()
        self._heard(Heard(event.source.nick, account[:200], text, channel))
