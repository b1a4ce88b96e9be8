"""GitHub Apps: a JWT signed with the App's key is exchanged for an installation's token, which is kept while it is good
(docs.github.com, "Generating an installation access token for a GitHub App")."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from dominoci.outbound.exchange import NOTHING_SENT, Caller, ExchangeFailed
from dominoci.vendors.github_wire import HEADERS, JSON, Reading, coded, content, encoded, failure

# GitHub takes no more than ten minutes, and advises a minute's allowance for clocks that differ
BACK, AHEAD = timedelta(seconds=60), timedelta(minutes=9)
LONGEST_KEPT: Final = timedelta(hours=1)
EARLIER: Final = timedelta(minutes=5)
MOST_KEPT: Final = 500
UNREADABLE: Final = "The App's private key cannot be read: give the text of the .pem file that GitHub made, unencrypted."


@dataclass
class Tokens:
    """Installation tokens by what they were got with, each until shortly before its end. Any thread may use one."""

    most: int = MOST_KEPT
    _kept: OrderedDict[str, tuple[str, datetime]] = field(default_factory=OrderedDict, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)

    def get(self, key: str, now: datetime) -> str | None:
        """A token that is still good for a while."""
        with self._guard:
            token, end = self._kept.get(key, ("", now))
            return token if end > now else None

    def keep(self, key: str, token: str, end: datetime) -> None:
        """Keeps it until `end`; the one that was kept the longest makes room."""
        with self._guard:
            self._kept[key] = (token, end)
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        """It is good no more."""
        with self._guard:
            self._kept.pop(key, None)


TOKENS: Final = Tokens()
"""Of this process: each target is opened anew for each send, and a token a send would be a request more each time."""


@dataclass(frozen=True)
class App:
    """An App as it signs in for one repository. `installation_id` is asked for where it is missing; `permissions` are all that
    its tokens may do (none named: what the installation may)."""

    caller: Caller
    api: str
    repository: str
    app_id: str
    installation_id: str | None
    private_key: str = field(repr=False)
    permissions: Mapping[str, str] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=lambda: TOKENS, repr=False)

    def token(self) -> str:
        """An installation token for the repository, fresh or kept. Raises ExchangeFailed."""
        now = self.caller.clock()
        kept = self.tokens.get(self._key, now)
        if kept:
            return kept
        signed = {"authorization": f"Bearer {self._jwt(now)}"}
        number = self.installation_id or self._installation(signed)
        name = self.repository.partition("/")[2]
        # no more than this repository: what the App may do elsewhere is not ours to hold
        wanted = {"repositories": [name], **({"permissions": dict(self.permissions)} if self.permissions else {})}
        told = self._ask("POST", f"/app/installations/{quote(number, safe='')}/access_tokens", signed, wanted)
        token = told.get("token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ExchangeFailed("GitHub's answer holds no installation token.", exchange=NOTHING_SENT, retry=True)
        self.tokens.keep(self._key, token, _end(told.get("expires_at"), now) - EARLIER)
        return token

    def forget(self) -> None:
        """GitHub does not take the kept token any more (the App was suspended, or its permissions were changed)."""
        self.tokens.forget(self._key)

    @property
    def _key(self) -> str:
        rights = ",".join(f"{name}={right}" for name, right in sorted(self.permissions.items()))
        parts = (self.api, self.repository.lower(), self.app_id, self.installation_id or "", self.private_key, rights)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _jwt(self, now: datetime) -> str:
        # few processes ever sign for an App
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import RSAKey

        claims = {"iat": int((now - BACK).timestamp()), "exp": int((now + AHEAD).timestamp()), "iss": self.app_id}
        try:
            # variables and fields of one line hold a file's line ends as a backslash and an n
            return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(self.private_key.replace("\\n", "\n")))
        except (JoseError, ValueError, TypeError) as e:
            raise ExchangeFailed(UNREADABLE, exchange=NOTHING_SENT, retry=False) from e

    def _installation(self, signed: Mapping[str, str]) -> str:
        told = self._ask("GET", f"/repos/{self.repository}/installation", signed, None)
        number = told.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise ExchangeFailed("GitHub's answer names no installation.", exchange=NOTHING_SENT, retry=True)
        return str(number)

    def _ask(self, method: str, path: str, signed: Mapping[str, str], body: Mapping[str, Any] | None) -> dict[str, Any]:
        sent = encoded(body)
        headers = {**HEADERS, **(JSON if sent else {}), **signed}
        answer, exchange = self.caller.ask(method, f"{self.api}{path}", headers=headers, content=sent, shown=sent.decode())
        if answer.status >= 300:
            raise failure(self.caller, answer, exchange, self._readings())
        return content(answer, exchange)

    def _readings(self) -> dict[int, Reading]:
        return {
            401: lambda words: f"GitHub does not take the App's signature ({coded(401, words)}): look at its id and private key.",
            403: lambda words: f"GitHub lets this App do nothing here ({coded(403, words)}): it may be suspended.",
            404: lambda _words: f"The App is not installed on {self.repository}: install it, or correct the installation's id.",
            422: lambda words: f"The App's installation does not include {self.repository} ({coded(422, words)}).",
        }


def _end(told: Any, now: datetime) -> datetime:
    """When a token ends, by GitHub's word, but never later than its hour."""
    try:
        end = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return now
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    return min(end, now + LONGEST_KEPT)
