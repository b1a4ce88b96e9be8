"""Any CI system that takes a JSON POST: the trigger of protocol.md, signed after Standard Webhooks when the target has a
secret, sent through the guarded client."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.adapters.checking import Steps
from dominoci.domain import signing
from dominoci.domain.addresses import link
from dominoci.domain.dispatch import Trigger, cancellation, payload
from dominoci.outbound.exchange import NOTHING_SENT, Caller, Exchange, ExchangeFailed, without_query


@dataclass(frozen=True)
class WebhookAdapter:
    """Sends triggers to `fields["url"]` of a target, and cancellations to its `cancel_url` where it has one. Runs cannot be
    looked up over there. The receiver can tell repeats by `webhook-id`, which is the delivery's id."""

    caller: Caller
    kind: ClassVar[str] = "webhook"

    def check(self, target: Target) -> list[Finding]:
        """Looks whether address and secret are good and something answers there. Asks `OPTIONS /` of the server, because
        there are hooks that a GET, or a HEAD, sets off."""
        url, steps = str(target.fields["url"]), Steps()
        if steps.address(self.caller.client, url):
            steps.take("connection", lambda: self._connection(url))
            steps.findings.append(_secret(target))
        return steps.findings

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Posts the trigger. Any 2xx is an acceptance; the run's address is taken from `url` of a JSON answer."""
        shown = _body(payload(trigger.masked()))
        return self._post(str(target.fields["url"]), target, trigger.delivery_id, _body(payload(trigger)), shown)

    def _post(self, url: str, target: Target, message_id: str, content: bytes, shown: bytes) -> Receipt:
        """Any 2xx is an acceptance. `shown` is what may be stored of `content`."""
        try:
            headers = self._headers(target, message_id, content)
        except ValueError as error:
            exchange = Exchange("POST", without_query(url), shown.decode())
            raise ExchangeFailed(f"Not sent: {error}.", exchange=exchange, retry=False) from error
        answer, exchange = self.caller.ask("POST", url, headers=headers, content=content, shown=shown.decode())
        if not 200 <= answer.status < 300:
            raise self.caller.failure(answer, exchange)
        return Receipt(f"Accepted with {answer.status}.", exchange, _run_url(answer.body))

    def watches(self, target: Target) -> str | None:
        """Never: a webhook cannot be asked."""
        return None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """Always None: a webhook cannot be asked what became of it."""
        return None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Posts the cancellation to the target's `cancel_url`. Without one nothing is sent: a hook that starts a build on any
        POST would start another one. A result that still comes is recorded as late, and changes nothing."""
        url = target.fields.get("cancel_url")
        if not url:
            return Receipt("nothing was sent: the target has no cancel_url", NOTHING_SENT)
        content = _body(cancellation(trigger, started.url))
        return self._post(str(url), target, f"{trigger.delivery_id}.cancel", content, content)

    def _headers(self, target: Target, message_id: str, content: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "idempotency-key": message_id}
        if secret := target.secrets.get("secret"):
            return headers | signing.sign(secret, message_id, self.caller.clock(), content)
        return headers | {"webhook-id": message_id, "webhook-timestamp": str(int(self.caller.clock().timestamp()))}

    def _connection(self, url: str) -> str:
        parts = urlsplit(url)
        answer = self.caller.client.request("OPTIONS", f"{parts.scheme}://{parts.netloc}/")
        return f"The server answers (with {answer.status} to OPTIONS /)."


def _body(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _secret(target: Target) -> Finding:
    secret = target.secrets.get("secret")
    if not secret:
        return Finding("signature", True, "No secret is set: requests are not signed.")
    try:
        signing.secret_bytes(secret)
    except ValueError as error:
        return Finding("signature", False, f"The secret cannot be used: {error}.")
    return Finding("signature", True, "Requests are signed after Standard Webhooks.")


def _run_url(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return link(answer.get("url")) if isinstance(answer, dict) else None
