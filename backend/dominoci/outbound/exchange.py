"""One request to another system with its answer, as they may be stored and shown, and what the answer means for trying again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from dominoci.outbound.client import MAX_BODY, Answer, GuardedClient
from dominoci.outbound.errors import Ambiguous, OutboundError, Refused

MAX_TYPE: Final = 100
RETRIED: Final = {408, 425, 429}
GATEWAY: Final = (502, 504)  # a proxy that gave up waiting: what is behind it may have done what it was asked
GONE: Final = 410


@dataclass(frozen=True)
class Exchange:
    """One request and its answer as they may be stored: secrets masked, bodies cut."""

    method: str
    url: str
    body: str
    status: int | None = None
    answer: str | None = None
    duration_ms: int = 0


NOTHING_SENT: Final = Exchange("-", "-", "")


class ExchangeFailed(Exception):
    """A call that did not work. `retry` says whether trying again can help; `ambiguous` whether it may have worked after all.

    `retry_after_s` is what the other side asked for, in seconds.
    """

    def __init__(
        self,
        reading: str,
        *,
        exchange: Exchange,
        retry: bool,
        ambiguous: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(reading)
        self.reading, self.exchange, self.retry = reading, exchange, retry
        self.ambiguous, self.retry_after_s = ambiguous, retry_after_s


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Caller:
    """Makes exchanges over the guarded client. Any thread may call."""

    client: GuardedClient
    clock: Callable[[], datetime] = field(default=_now)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        shown: str = "",
        max_body: int = MAX_BODY,
    ) -> tuple[Answer, Exchange]:
        """The answer, whatever its status. `shown` is what may be stored of `content`. Raises ExchangeFailed when none came."""
        exchange = Exchange(method, without_query(url), shown)
        try:
            answer = self.client.request(method, url, headers=headers, content=content, max_body=max_body)
        except OutboundError as error:
            again = not isinstance(error, Refused)
            ambiguous = isinstance(error, Ambiguous)
            raise ExchangeFailed(str(error), exchange=exchange, retry=again, ambiguous=ambiguous) from error
        return answer, replace(exchange, status=answer.status, answer=described(answer), duration_ms=answer.duration_ms)

    def failure(self, answer: Answer, exchange: Exchange, reading: str | None = None) -> ExchangeFailed:
        """What an answer that is no success means: worth another try for statuses that pass. `reading` says it better than the
        bare status does."""
        retry = answer.status in RETRIED or answer.status >= 500
        ambiguous = answer.status in GATEWAY and exchange.method == "POST"
        wait = retry_after(answer.headers.get("retry-after", ""), self.clock()) if retry else None
        says = reading or refusal(answer.status)
        return ExchangeFailed(says, exchange=exchange, retry=retry, ambiguous=ambiguous, retry_after_s=wait)


def without_query(url: str) -> str:
    """The address as it may be stored: a query often holds a token."""
    bare, question, _ = url.partition("?")
    return f"{bare}?…" if question else bare


def described(answer: Answer) -> str:
    """All that is stored of an answer. Its body is not: whoever can set a target's address could read with it what is
    behind an address that only the arbiter reaches."""
    kind = "".join(c for c in answer.headers.get("content-type", "") if c.isprintable())[:MAX_TYPE]
    more = "more than " if answer.truncated else ""
    return f"{kind or 'no content type'}, {more}{len(answer.body)} bytes"


def refusal(status: int) -> str:
    """What a status says that is no success, as a sentence."""
    if 300 <= status < 400:
        return f"Answered with a redirect ({status}); redirects are not followed: give the target its final address."
    if status == GONE:
        return "Answered 410 Gone: the receiver wants no more of this."
    return f"Refused with {status}." if status < 500 else f"The other side failed with {status}."


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); None when it is missing or unreadable."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - now).total_seconds(), 0.0)
