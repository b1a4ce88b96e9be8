"""Further kinds of chat, by Apprise: each only where an administrator has switched it on (`DOMINOCI_NOTIFY_KINDS`).

Apprise opens its own connections, past the guarded client, and knows neither a time for a whole request nor a size of an answer.
So only kinds are here that go to a vendor's own host, with one request for a message. Query parts, with which Apprise's addresses
can say almost anything, are refused, and redirects are not followed."""

import re
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from dominoci.notify.base import Address, Sent
from dominoci.notify.hard_end import Busy, HardEnd
from dominoci.notify.wording import Notice
from dominoci.outbound.errors import Refused

LONGEST_BODY: Final = 3000
AT_ONCE: Final = 4  # messages of one kind in one process, those that hang among them
_MARKUP: Final = re.compile(r"([@!\]<])")
_UNSEEN: Final = "\u200b"


@dataclass(frozen=True)
class Kind:
    """One such kind: the scheme of its addresses, and the vendor's host that it always goes to."""

    title: str
    scheme: str
    host: str


KINDS: Final = {
    "gchat": Kind("Google Chat", "gchat", "chat.googleapis.com"),
    "pushover": Kind("Pushover", "pover", "api.pushover.net"),
    "telegram": Kind("Telegram", "tgram", "api.telegram.org"),
}


@dataclass(frozen=True)
class AppriseChannel:
    """One of `KINDS`."""

    kind: str
    enabled: tuple[str, ...]  # all kinds that are switched on: Apprise keeps one list for the whole process
    hard_end: HardEnd = field(default_factory=partial(HardEnd, AT_ONCE))
    fields: ClassVar[tuple[str, ...]] = ("url",)

    @property
    def title(self) -> str:
        """See Channel."""
        return KINDS[self.kind].title

    def check(self, address: Address) -> None:
        """See Channel."""
        self._plugin(address.secret["url"])

    def send(self, notice: Notice, to: Address) -> Sent:
        """See Channel."""
        started = time.monotonic()
        try:
            plugin = self._plugin(to.secret["url"])
        except Refused as error:
            return Sent(taken=False, reading=str(error), duration_ms=_ms(started))
        reading = f"{self.title} did not take it."
        try:
            taken = self.hard_end.run(partial(_notify, plugin, notice))
        except Busy:
            taken, reading = False, f"Too many messages to {self.title} are under way."
        except TimeoutError:
            taken, reading = False, f"{self.title} did not answer in time."
        except Exception:  # noqa: BLE001 - plugins are many and not ours: whatever one raises is a send that failed
            taken = False
        return Sent(taken, f"Taken by {self.title}." if taken else reading, again=not taken, duration_ms=_ms(started))

    def _plugin(self, url: str) -> Any:
        """What Apprise makes of an address. Raises Refused."""
        from apprise import Apprise, AppriseAsset, NotifyFormat

        kind = KINDS[self.kind]
        scheme, _, rest = url.partition("://")
        if scheme != kind.scheme or "?" in rest or "#" in rest:
            raise Refused(f"The address must begin with {kind.scheme}://, without ? and #.")
        _enable(self.enabled)
        asset = AppriseAsset(async_mode=False, http_redirects=False, app_id="DominoCI", default_service_retry=0)
        try:
            plugin: Any = Apprise.instantiate(url, asset=asset)
        except Exception as error:  # as in `send`
            raise Refused(f"{kind.title} cannot read this address.") from error
        if plugin is None or urlsplit(plugin.notify_url).hostname != kind.host:
            raise Refused(f"{kind.title} cannot use this address. Its form: https://appriseit.com/services/")
        if len(plugin) > 1:  # each would be a request of its own: too long together, and told again when one of them fails
            raise Refused("The address must name one receiver: make a rule for each.")
        plugin.notify_format = NotifyFormat.TEXT
        return plugin


def shown_host(kind: str) -> str:
    """What may be shown of an address: the host that its plugin always goes to."""
    return KINDS[kind].host


def _notify(plugin: Any, notice: Notice) -> bool:
    from apprise import NotifyType

    title, body = written(notice)
    return bool(plugin.notify(body=body, title=title, notify_type=NotifyType.INFO))


def written(notice: Notice) -> tuple[str, str]:
    """Title and body. What calls somebody, or makes a link or a picture, in any of these chats is parted by a character without
    width: it stays readable, and does nothing."""
    lines = [f"{what}: {inert(text)}" for what, text in notice.lines] + [f"{what}: {address}" for what, address in notice.links]
    return inert(notice.headline), "\n".join(lines)[:LONGEST_BODY] or inert(notice.headline)


def inert(text: str) -> str:
    """`text` without anything that these chats would act on."""
    return _MARKUP.sub(rf"\1{_UNSEEN}", text)


def _enable(kinds: tuple[str, ...]) -> None:
    """Takes all other plugins out of Apprise: no text may ever reach one of its many ways to files and programs."""
    from apprise.manager_plugins import NotificationManager

    plugins: Any = NotificationManager  # not typed
    plugins().enable_only(*(KINDS[kind].scheme for kind in kinds))


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
