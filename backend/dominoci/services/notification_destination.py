"""Where a rule's messages go: read from what somebody typed, parted into what may be shown and what is kept secret."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from dominoci.domain import notice as rules
from dominoci.domain.errors import Invalid
from dominoci.notify.base import Address
from dominoci.notify.by_apprise import shown_host
from dominoci.notify.channels import Channels
from dominoci.outbound.errors import Refused

MOST_SECRET: Final = 2500  # bytes that the column can hold once they are encrypted
_NICK: Final = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}")
_ROOM: Final = re.compile(r"#[^\s,:\x00-\x1f\x7f]{1,49}")
_SECRET: Final = ("url", "password", "key")


def read(channels: Channels, kind: str, given: Mapping[str, Any], email: str | None) -> Address:
    """The destination that was typed, checked; a host's name is looked up: not within a transaction. `email` is where mail goes
    to when no address is given. Raises Invalid with the fields at fault."""
    channel = channels.usable.get(kind)
    if channel is None:
        raise Invalid(channels.why_not(kind), {"channel": ["cannot be used here"]})
    told = {name: value for name, value in given.items() if value is not None}
    if foreign := sorted(told.keys() - set(channel.fields)):
        takes = f"{channel.title} takes only {', '.join(channel.fields)}."
        raise Invalid(takes, {f"destination.{foreign[0]}": ["is not for this channel"]})
    address = _READERS.get(kind, _by_url)(kind, told, email)
    if len(json.dumps(address.secret, ensure_ascii=False).encode()) > MOST_SECRET:
        raise Invalid("The address is too long.", {"destination.url": [f"may have at most {MOST_SECRET} bytes"]})
    try:
        channel.check(address)
    except Refused as error:
        field = "host" if kind == rules.IRC else "url"
        raise Invalid("Nothing can be sent there.", {f"destination.{field}": [str(error)]}) from error
    return address


def kept(before: Address | None, new: Address) -> Address:
    """The new destination with the secrets of the one before where none was typed, if it is still the same server: what is shown
    to one server must not go to another because somebody changed its name."""
    if before is None or any(before.shown.get(name) != new.shown.get(name) for name in ("host", "port", "tls")):
        return new
    return Address(new.shown, {**before.secret, **new.secret})


def _by_url(kind: str, told: Mapping[str, Any], _email: str | None) -> Address:
    url = told.get("url")
    if not url:
        raise Invalid("The address is missing.", {"destination.url": ["is required"]})
    try:
        host = urlsplit(url).hostname or "?" if kind in rules.BY_ADDRESS else shown_host(kind)
    except ValueError as error:
        raise Invalid("The address cannot be read.", {"destination.url": ["is no address"]}) from error
    return Address({"host": host[:255]}, {"url": url})


def _irc(_kind: str, told: Mapping[str, Any], _email: str | None) -> Address:
    room, nick = told.get("room", ""), told.get("nick", "dominoci")
    wrong = {}
    if not told.get("host"):
        wrong["destination.host"] = ["is required"]
    if not (_ROOM.fullmatch(room) or _NICK.fullmatch(room)):
        wrong["destination.room"] = ["must be a channel such as #builds, or somebody's nick"]
    if not _NICK.fullmatch(nick):
        wrong["destination.nick"] = ["must begin with a letter and hold letters, digits, - and _ only, at most 30"]
    for name in ("password", "key"):
        value = told.get(name, "")
        if not (value.isascii() and value.isprintable() and " " not in value):
            wrong[f"destination.{name}"] = ["must be one word of printable ASCII"]
    if wrong:
        raise Invalid("This cannot be a place on IRC.", wrong)
    tls = told.get("tls", True)
    port = told.get("port") or (6697 if tls else 6667)
    shown = {"host": told["host"].lower(), "port": port, "tls": tls, "room": room, "nick": nick}
    return Address(shown, {name: told[name] for name in ("password", "key") if told.get(name)})


def _mail(_kind: str, told: Mapping[str, Any], email: str | None) -> Address:
    to = list(dict.fromkeys(told.get("to") or ([email] if email else [])))
    if not to:
        raise Invalid("The address is missing.", {"destination.to": ["is required; your own account has no address either"]})
    return Address({"to": to})


_READERS: Final = {rules.IRC: _irc, rules.EMAIL: _mail}
