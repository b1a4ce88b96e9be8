"""Any CI system that takes a JSON POST: the trigger of protocol.md, signed after Standard Webhooks when the target has a
secret, sent through the guarded client."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from dominoci.adapters.base import AdapterError, Exchange, Finding, Receipt, Run, Target
from dominoci.domain import signing
from dominoci.domain.dispatch import Trigger, cancellation, payload
from dominoci.outbound.client import Answer, GuardedClient
from dominoci.outbound.errors import Ambiguous, OutboundError, Refused

MASKED_TOKEN: Final = "dce_…"  # noqa: S105  what is stored in place of one
MAX_RUN_URL: Final = 2000
MAX_TYPE: Final = 100
RETRIED: Final = {408, 425, 429}
GONE: Final = 410


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class WebhookAdapter:
    """Sends triggers to `fields["url"]` of a target, and cancellations to its `cancel_url` where it has one. Runs cannot be
    looked up over there. The receiver can tell repeats by `webhook-id`, which is the delivery's id."""

    client: GuardedClient
    clock: Callable[[], datetime] = field(default=_now)
    kind: ClassVar[str] = "webhook"

    def check(self, target: Target) -> list[Finding]:
        """Looks whether address and secret are good and something answers there. Asks `OPTIONS /` of the server, because
        there are hooks that a GET, or a HEAD, sets off."""
        url = str(target.fields["url"])
        begin = time.monotonic()
        try:
            self.client.check_url(url)
        except Refused as error:
            return [Finding("address", False, str(error), _since(begin))]
        address = Finding("address", True, "The address may be used.", _since(begin))
        return [address, self._connection(url), _secret(target)]

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Posts the trigger. Any 2xx is an acceptance; the run's address is taken from `url` of a JSON answer."""
        shown = _body(payload(replace(trigger, event_token=MASKED_TOKEN)))
        return self._post(str(target.fields["url"]), target, trigger.delivery_id, _body(payload(trigger)), shown)

    def _post(self, url: str, target: Target, message_id: str, content: bytes, shown: bytes) -> Receipt:
        """Any 2xx is an acceptance. `shown` is what may be stored of `content`."""
        exchange = Exchange("POST", _shown(url), shown.decode())
        try:
            headers = self._headers(target, message_id, content)
            answer = self.client.request("POST", url, headers=headers, content=content)
        except OutboundError as error:
            raise AdapterError(
                str(error), exchange=exchange, retry=not isinstance(error, Refused), ambiguous=isinstance(error, Ambiguous)
            ) from error
        except ValueError as error:
            raise AdapterError(f"Not sent: {error}.", exchange=exchange, retry=False) from error
        return self._read(answer, exchange)

    def find(self, target: Target, trigger: Trigger) -> Run | None:
        """Always None: a webhook cannot be asked what became of it."""
        return None

    def cancel(self, target: Target, trigger: Trigger, run_url: str | None) -> Receipt:
        """Posts the cancellation to the target's `cancel_url`. Without one nothing is sent: a hook that starts a build on any
        POST would start another one. A result that still comes is recorded as late, and changes nothing."""
        url = target.fields.get("cancel_url")
        if not url:
            return Receipt("nothing was sent: the target has no cancel_url", Exchange("-", "-", ""))
        content = _body(cancellation(trigger, run_url))
        return self._post(str(url), target, f"{trigger.delivery_id}.cancel", content, content)

    def _headers(self, target: Target, message_id: str, content: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "idempotency-key": message_id}
        if target.secret:
            return headers | signing.sign(target.secret, message_id, self.clock(), content)
        return headers | {"webhook-id": message_id, "webhook-timestamp": str(int(self.clock().timestamp()))}

    def _read(self, answer: Answer, exchange: Exchange) -> Receipt:
        exchange = replace(
            exchange, status=answer.status, answer=_described(answer), duration_ms=answer.duration_ms
        )
        if 200 <= answer.status < 300:
            return Receipt(f"Accepted with {answer.status}.", exchange, _run_url(answer.body))
        retry = answer.status in RETRIED or answer.status >= 500
        wait = _retry_after(answer.headers.get("retry-after", ""), self.clock()) if retry else None
        raise AdapterError(_refusal(answer.status), exchange=exchange, retry=retry, retry_after_s=wait)

    def _connection(self, url: str) -> Finding:
        parts = urlsplit(url)
        begin = time.monotonic()
        try:
            answer = self.client.request("OPTIONS", f"{parts.scheme}://{parts.netloc}/")
        except OutboundError as error:
            return Finding("connection", False, str(error), _since(begin))
        return Finding("connection", True, f"The server answers (with {answer.status} to OPTIONS /).", answer.duration_ms)


def _since(begin: float) -> int:
    """Milliseconds since a moment of `time.monotonic`."""
    return round((time.monotonic() - begin) * 1000)


def _body(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _secret(target: Target) -> Finding:
    if not target.secret:
        return Finding("signature", True, "No secret is set: requests are not signed.")
    try:
        signing.secret_bytes(target.secret)
    except ValueError as error:
        return Finding("signature", False, f"The secret cannot be used: {error}.")
    return Finding("signature", True, "Requests are signed after Standard Webhooks.")


def _shown(url: str) -> str:
    """The address as it may be stored: a query often holds a token."""
    bare, question, _ = url.partition("?")
    return f"{bare}?…" if question else bare


def _described(answer: Answer) -> str:
    """All that is stored of an answer. Its body is not: whoever can set a target's address could read with it what is
    behind an address that only the arbiter reaches."""
    kind = "".join(c for c in answer.headers.get("content-type", "") if c.isprintable())[:MAX_TYPE]
    more = "more than " if answer.truncated else ""
    return f"{kind or 'no content type'}, {more}{len(answer.body)} bytes"


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return f"Answered with a redirect ({status}); redirects are not followed: give the target its final address."
    if status == GONE:
        return "Answered 410 Gone: the receiver wants no more of this."
    return f"Refused with {status}." if status < 500 else f"The other side failed with {status}."


def _run_url(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    url = answer.get("url") if isinstance(answer, dict) else None
    if not isinstance(url, str) or len(url) > MAX_RUN_URL or not url.isprintable() or " " in url:
        return None
    # it becomes a link on a page, so only what a link may be is kept
    return url if url.lower().startswith(("http://", "https://")) else None


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); None when it is missing or unreadable."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - now).total_seconds(), 0.0)
