"""GitHub: OAuth 2.0, github.com or an Enterprise Server. No ID token: who it is, its API says, by a number that never changes."""

from collections.abc import Mapping
from typing import Any

from dominoci.config import ProviderSettings
from dominoci.domain.sign_up import Person
from dominoci.sso import wire
from dominoci.sso.base import Asking, SsoError

PUBLIC, PUBLIC_API = "https://github.com", "https://api.github.com"
SCOPE = "read:user user:email"
PER_PAGE, MOST_PAGES = 100, 10
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """`wants_organisations` asks for those too, which people see on GitHub's page."""

    def __init__(self, settings: ProviderSettings, *, wants_organisations: bool) -> None:
        self._settings, self._wants = settings, wants_organisations
        self.id, self.name = settings.kind, settings.name
        self._api = PUBLIC_API if settings.url == PUBLIC else f"{settings.url}/api/v3"

    def _session(self, asking: Asking) -> Any:
        scope = f"{SCOPE} read:org" if self._wants else SCOPE
        return wire.session(self._settings, asking, scope, wire.POST)

    def authorization_url(self, asking: Asking) -> str:
        """See Provider; no network here."""
        url = f"{self._settings.url}/login/oauth/authorize"
        address: str = self._session(asking).create_authorization_url(url, state=asking.state, code_verifier=asking.verifier)[0]
        return address

    def person(self, asking: Asking, answer: Mapping[str, str]) -> Person:
        """See Provider."""
        client = self._session(asking)
        wire.redeem(client, f"{self._settings.url}/login/oauth/access_token", asking, answer.get("code", ""))
        user = self._get(client, "/user")
        number = user.get("id") if isinstance(user, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
            raise SsoError("identity", f"{self._api}/user told no id")
        confirmed, unconfirmed = self._addresses(client)
        return Person(
            provider=self.id,
            issuer=self._settings.url,
            subject=str(number),
            login=_text(user.get("login")) or f"github-{number}",
            full_name=_text(user.get("name")),
            confirmed=confirmed,
            unconfirmed=unconfirmed,
            organisations=self._organisations(client) if self._wants else (),
        )

    def _addresses(self, client: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        told = self._get(client, "/user/emails")
        rows = [row for row in told if isinstance(row, dict) and _text(row.get("email"))] if isinstance(told, list) else []
        rows.sort(key=lambda row: row.get("primary") is not True)
        confirmed = tuple(row["email"] for row in rows if row.get("verified") is True)
        return confirmed, tuple(row["email"] for row in rows if row.get("verified") is not True)

    def _organisations(self, client: Any) -> tuple[str, ...]:
        found: list[str] = []
        for page in range(1, MOST_PAGES + 1):
            rows = self._get(client, "/user/orgs", page=page)
            if not isinstance(rows, list):
                raise SsoError("provider", f"{self._api}/user/orgs is no list")
            found += [row["login"] for row in rows if isinstance(row, dict) and _text(row.get("login"))]
            if len(rows) < PER_PAGE:
                break
        return tuple(found)

    def _get(self, client: Any, path: str, page: int = 1) -> Any:
        params = {"per_page": PER_PAGE, "page": page} if path != "/user" else None
        return wire.get_json(client, f"{self._api}{path}", headers=HEADERS, params=params)


def _text(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
