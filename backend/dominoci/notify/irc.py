"""IRC: one line in a channel, or to one person."""

import time
from dataclasses import dataclass
from typing import ClassVar, Final

from dominoci.domain.plain_text import cut_bytes, one_line
from dominoci.notify.base import Address, Sent
from dominoci.notify.wording import Notice
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused, Unreachable

# a line is 512 bytes with its end (RFC 2812, 2.3), and what others see begins with our nick, user and host
LONGEST_LINE: Final = 380


@dataclass(frozen=True)
class IrcChannel:
    """IRC servers that users name. The outbound client says which may be reached."""

    outbound: GuardedClient
    kind: str = "irc"
    title: str = "IRC"
    fields: ClassVar[tuple[str, ...]] = ("host", "port", "tls", "room", "nick", "password", "key")

    def check(self, address: Address) -> None:
        """See Channel."""
        try:
            self.outbound.addresses(address.shown["host"], address.shown["port"])
        except Unreachable:
            return  # a name that is not known yet may come

    def send(self, notice: Notice, to: Address) -> Sent:
        """See Channel."""
        started, shown = time.monotonic(), to.shown
        try:
            address = self.outbound.addresses(shown["host"], shown["port"])[0]
        except (Refused, Unreachable) as error:
            return Sent(taken=False, reading=str(error), again=isinstance(error, Unreachable), duration_ms=_ms(started))
        from dominoci.notify import irc_client

        refusal = irc_client.say(line(notice), shown["room"], shown, to.secret, str(address))
        reading = f"{shown['host']} did not take it: {one_line(refusal, 200)}." if refusal else f"Said in {shown['room']}."
        return Sent(taken=refusal is None, reading=reading, again=refusal is not None, duration_ms=_ms(started))


def line(notice: Notice) -> str:
    """A notice as one line: what matters first, because the end of a long one is cut off, and the first address in any case."""
    address = notice.links[0][1] if notice.links else ""
    said = " | ".join([notice.headline, *(f"{what.lower()}: {text}" for what, text in notice.lines)])
    room = LONGEST_LINE - len(address.encode()) - len(" | ")
    return " | ".join(filter(None, [cut_bytes(said, room), address]))


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
