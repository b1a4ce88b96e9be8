"""Channels that are one secret address which takes a POST of JSON, by the guarded client: Slack, Discord, Microsoft Teams."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from dominoci.notify.base import Address, Sent
from dominoci.notify.wording import Notice
from dominoci.outbound.client import all_within
from dominoci.outbound.exchange import RETRIED, Caller, ExchangeFailed

SEND_S: Final = 15.0
_HEADERS: Final = {"content-type": "application/json"}


@dataclass(frozen=True)
class HookChannel:
    """One such channel: `written` makes the JSON of a notice."""

    kind: str
    title: str
    written: Callable[[Notice], Mapping[str, Any]]
    caller: Caller
    fields: ClassVar[tuple[str, ...]] = ("url",)

    def check(self, address: Address) -> None:
        """See Channel."""
        self.caller.client.check_url(address.secret["url"])

    def send(self, notice: Notice, to: Address) -> Sent:
        """See Channel."""
        content = json.dumps(self.written(notice), ensure_ascii=False).encode("utf-8", "replace")
        try:
            with all_within(SEND_S):
                answer, exchange = self.caller.ask("POST", to.secret["url"], headers=_HEADERS, content=content)
        except ExchangeFailed as error:
            return Sent(taken=False, reading=error.reading, again=error.retry, duration_ms=error.exchange.duration_ms)
        if 200 <= answer.status < 300:
            return Sent(taken=True, reading=f"Accepted with {answer.status}.", duration_ms=exchange.duration_ms)
        failed = self.caller.failure(answer, exchange)
        again = answer.status in RETRIED or answer.status >= 500
        return Sent(False, failed.reading, again, failed.retry_after_s, exchange.duration_ms)
