"""Apprise's IRC client, bent to our rules: it connects to the address that was checked and nowhere else, and takes a server's no
for one. Imported where something is to be said: Apprise takes a while to load.

Apprise's own plugin answers only yes or no, looks the host up once more, and may take a minute: so its client is used without
it."""

import ssl
from collections.abc import Mapping
from typing import Any, Final, cast

from apprise.plugins.irc.client import IRCClient
from apprise.plugins.irc.protocol import IRCMessage
from apprise.plugins.irc.state import IRCAction, IRCActionKind, IRCStateMachine
from apprise.utils.socket import AppriseSocketError, SocketTransport

CONNECT_S, REGISTER_S, JOIN_S, SAY_S = 3.0, 9.0, 3.0, 1.5  # together within the time of a lease
HEARD_S: Final = 0.75  # in which a server refuses a line that it does not pass on
NAME: Final = "DominoCI"
_NOT_SAID: Final = {401: "No such nick", 403: "No such channel", 404: "Cannot send to channel", 407: "Too many targets"}


def say(text: str, room: str, shown: Mapping[str, Any], secret: Mapping[str, Any], address: str) -> str | None:
    """Registers at `address`, says one line in a channel or to a nick, and quits. None, or why the line was not taken: in the
    server's own words, which are not to be trusted. A line that is not refused within a second counts as said; IRC answers
    nothing else."""
    client = _client(shown, secret, address)
    try:
        client.connect()
        client.register(timeout=REGISTER_S, prefix=shown["nick"])
        if room.startswith("#"):
            client.join(channel=room, key=secret.get("key"), timeout=JOIN_S, prefix=shown["nick"])
        client.pump_interval = HEARD_S
        client.privmsg(target=room, message=text, timeout=SAY_S)
        client.quit(message=NAME, timeout=SAY_S)
    except (AppriseSocketError, TimeoutError, OSError) as error:
        return str(error) or "no answer"
    finally:
        client.close()
    return None


def _client(shown: Mapping[str, Any], secret: Mapping[str, Any], address: str) -> IRCClient:
    client = IRCClient(
        host=shown["host"],
        nickname=shown["nick"],
        fullname=NAME,
        port=shown["port"],
        secure=shown["tls"],
        timeout=CONNECT_S,
        password=secret.get("password"),
        nick_generator=IRCClient.nick_generation,
    )
    client.transport = _Checked(address, shown["port"], secure=shown["tls"], timeout=CONNECT_S)
    client.transport.name = shown["host"]
    client.sm = _Heeding(client.sm.ctx)
    client.pump_interval = 0.1  # how long it goes on listening once nothing more is said
    return client


class _Checked(SocketTransport):
    """On an address that was looked up and checked before; certificates are still checked for the `name`."""

    name = ""

    def _server_hostname_for_tls(self) -> str:
        return self.name

    def _build_ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context()  # the system's authorities, where a company's own may be among


class _Heeding(IRCStateMachine):
    """Also hears when a line was not passed on, and why a server hangs up."""

    def on_message(self, msg: IRCMessage) -> list[IRCAction]:
        refused = cast(Any, IRCAction)  # a dataclass by a decorator of Apprise's own
        if msg.numeric in _NOT_SAID:
            return [refused(IRCActionKind.FAIL, reason=f"{_NOT_SAID[msg.numeric]} ({msg.trailing})")]
        if msg.command.upper() == "ERROR":  # the last word before a server hangs up
            return [refused(IRCActionKind.FAIL, reason=msg.trailing)]
        return super().on_message(msg)
