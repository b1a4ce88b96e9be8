"""The keys that issuers of signed tokens publish (OpenID Connect Discovery 1.0), fetched by the guarded client and kept a while.

Strangers decide which key a token names: whatever they send, an issuer is asked by one thread, and not more often than every few
seconds.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from dominoci.outbound import destination
from dominoci.outbound.allowlist import AllowList, literal
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import OutboundError, Refused

FRESH_S: Final = 3600.0
AGAIN_S: Final = 5.0  # after an unknown key, or no answer: not asked again before
OLDEST_S: Final = 24 * 3600.0  # how old keys may be that are used because the issuer does not answer
ASKED_S: Final = 5.0
WAITS_S: Final = 3.0
MOST_WAITING: Final = 8  # threads for one that fetches; the others are told to come again
MOST_ISSUERS: Final = 200
MOST_KEYS: Final = 100
Keys = list[dict[str, Any]]


class KeysUnavailable(Exception):
    """The issuer's keys cannot be had right now; the text says why, for the log and for admins."""


@dataclass
class _Kept:
    """What is known of one issuer; moments by the monotonic clock. `paced_at`: it failed, or was asked for an unknown key."""

    keys: Keys | None = None
    fetched_at: float = float("-inf")
    paced_at: float = float("-inf")
    fault: str = "it has not been asked"
    fetching: threading.Lock = field(default_factory=threading.Lock)
    waiting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MOST_WAITING))


class PublishedKeys:
    """Keys of issuers; any thread may ask. The network is used for seconds at worst: never inside a transaction."""

    def __init__(
        self, client: GuardedClient, allowed_hosts: tuple[str, ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._clock = client, clock
        self._allowed = AllowList.parse(allowed_hosts)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, issuer: str, *, again: bool = False) -> Keys:
        """The issuer's public keys (JWKs), at most an hour old; `again` when one was missing. Raises KeysUnavailable."""
        kept = self._of(issuer)
        seen = kept.fetched_at
        if kept.keys is not None and self._clock() - seen < FRESH_S and not again:
            return kept.keys
        if self._may_ask(kept):
            self._take_turn(kept, lambda: self._ask_unless_asked(issuer, kept, seen, again))
        if kept.keys is None or self._clock() - kept.fetched_at > OLDEST_S:
            raise KeysUnavailable(kept.fault)
        return kept.keys

    def check(self, issuer: str) -> None:
        """Refused, with a sentence for the admin, when this issuer would never be asked."""
        where = destination.parse(issuer)
        if where.scheme != "https" and not self._is_listed(where):
            raise Refused("An issuer must have an https address, unless DOMINOCI_ALLOWED_HOSTS names its host.")
        if b"?" in where.target or "#" in issuer:
            raise Refused("The address of an issuer has neither a query nor a fragment.")
        self._client.check_url(issuer)

    def _of(self, issuer: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(issuer, _Kept())
            self._kept.move_to_end(issuer)
            while len(self._kept) > MOST_ISSUERS:
                self._kept.popitem(last=False)
            return kept

    def _may_ask(self, kept: _Kept) -> bool:
        return self._clock() - kept.paced_at >= AGAIN_S

    def _take_turn(self, kept: _Kept, ask: Callable[[], None]) -> None:
        """Asks while no other thread does; a few wait for it, the others are told to come again."""
        if not kept.waiting.acquire(blocking=False):
            raise KeysUnavailable("the issuer is being asked for its keys")
        try:
            if not kept.fetching.acquire(timeout=WAITS_S):
                raise KeysUnavailable("the issuer is being asked for its keys")
            try:
                ask()
            finally:
                kept.fetching.release()
        finally:
            kept.waiting.release()

    def _ask_unless_asked(self, issuer: str, kept: _Kept, seen: float, again: bool) -> None:
        if kept.fetched_at != seen or not self._may_ask(kept):
            return
        try:
            kept.keys, kept.fetched_at = self._fetch(issuer), self._clock()
            paced = again  # a first unknown key may come right after a fetch, others not right after that one
        except (OutboundError, KeysUnavailable) as error:
            kept.fault, paced = str(error), True
        if paced:
            kept.paced_at = self._clock()

    def _fetch(self, issuer: str) -> Keys:
        known = self._json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if known.get("issuer") != issuer:
            told = "".join(c for c in str(known.get("issuer")) if c.isprintable())[:200]
            raise KeysUnavailable(f"the discovery document at {issuer} says that its issuer is {told}")
        address = known.get("jwks_uri")
        if not isinstance(address, str):
            raise KeysUnavailable(f"the discovery document of {issuer} names no jwks_uri")
        keys = self._json(address).get("keys")
        found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        if not found:
            raise KeysUnavailable(f"{issuer} publishes no keys")
        return found[:MOST_KEYS]

    def _json(self, url: str) -> dict[str, Any]:
        where = destination.parse(url)
        if where.scheme != "https" and not self._is_listed(where):
            raise KeysUnavailable(f"{where.origin} is not behind https, and DOMINOCI_ALLOWED_HOSTS does not name it")
        answer = self._client.request("GET", url, headers={"accept": "application/json"}, timeout_s=ASKED_S)
        if answer.status != 200 or answer.truncated:
            raise KeysUnavailable(f"{where.origin} answered {answer.status} to a question about its keys")
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise KeysUnavailable(f"{where.origin} answered something that is not JSON") from error
        if not isinstance(found, dict):
            raise KeysUnavailable(f"{where.origin} answered something that is not a JSON object")
        return found

    def _is_listed(self, where: destination.Destination) -> bool:
        """Whether an admin has opened this very host: then it may be one without https."""
        address = literal(where.host)
        in_network = address is not None and self._allowed.has_address(address, where.port)
        return in_network or self._allowed.has_name(where.host, where.port)
