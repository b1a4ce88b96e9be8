"""Any OpenID Connect provider, and GitLab, which is one: discovery, code with PKCE, ID token with nonce, userinfo."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from dominoci.config import ProviderSettings
from dominoci.domain.credentials import same
from dominoci.domain.sign_up import Person
from dominoci.sso import id_token, wire
from dominoci.sso.base import Asking, SsoError

SCOPE = "openid profile email"
FRESH_S = 3600.0
# an unknown key is looked for again, but not for every token that somebody makes up
AGAIN_S = 30.0
MOST_GROUPS = 2000


class Published:
    """What an issuer publishes about itself, kept for an hour. Any thread may ask."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def metadata(self) -> dict[str, Any]:
        """The discovery document. Raises SsoError."""
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._fetch(url, FRESH_S)
        if not isinstance(found, dict) or found.get("issuer") != self._issuer:
            raise SsoError("provider", f"{url} does not say that its issuer is {self._issuer}")
        return found

    def address(self, name: str) -> str:
        """One of its endpoints; of an issuer behind TLS, behind TLS too. Raises SsoError."""
        url = self.metadata().get(name)
        scheme = urlsplit(url).scheme if isinstance(url, str) else ""
        if scheme != "https" and (scheme != "http" or self._issuer.startswith("https:")):
            raise SsoError("provider", f"{self._issuer} publishes no usable {name}")
        return str(url)

    def keys(self, *, again: bool = False) -> list[dict[str, Any]]:
        """Its public keys; `again` when one was missing."""
        found = self._fetch(self.address("jwks_uri"), AGAIN_S if again else FRESH_S)
        keys = found.get("keys") if isinstance(found, dict) else None
        return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []

    def _fetch(self, url: str, fresh_s: float) -> Any:
        with self._lock:
            kept = self._kept.get(url)
        if kept and time.monotonic() - kept[0] < fresh_s:
            return kept[1]
        found = wire.get_json(requests, url)
        with self._lock:
            self._kept[url] = (time.monotonic(), found)
        return found


class OpenId:
    """One provider by its issuer."""

    def __init__(self, settings: ProviderSettings, *, wants_organisations: bool) -> None:
        self._settings, self._wants = settings, wants_organisations
        self.id, self.name = settings.kind, settings.name
        self._published = Published(settings.url)

    def _session(self, asking: Asking) -> Any:
        metadata = self._published.metadata()
        known = metadata.get("token_endpoint_auth_methods_supported")
        secret_in = wire.POST if isinstance(known, list) and wire.BASIC not in known else wire.BASIC
        groups = self._wants and "groups" in (metadata.get("scopes_supported") or ())
        return wire.session(self._settings, asking, f"{SCOPE} groups" if groups else SCOPE, secret_in)

    def authorization_url(self, asking: Asking) -> str:
        """See Provider."""
        url = self._published.address("authorization_endpoint")
        address: str = self._session(asking).create_authorization_url(
            url, state=asking.state, code_verifier=asking.verifier, nonce=asking.nonce
        )[0]
        return address

    def person(self, asking: Asking, answer: Mapping[str, str]) -> Person:
        """See Provider."""
        self._check_issuer(answer)
        client = self._session(asking)
        token = wire.redeem(client, self._published.address("token_endpoint"), asking, answer.get("code", ""))
        claims = self._claims(token.get("id_token"), asking.nonce)
        return self._person({**claims, **self._userinfo(client, claims["sub"])}, claims["sub"])

    def _check_issuer(self, answer: Mapping[str, str]) -> None:
        """RFC 9207: an issuer that names itself in the answer must be the one that was asked."""
        must = self._published.metadata().get("authorization_response_iss_parameter_supported") is True
        told = answer.get("iss")
        if (told is not None or must) and not same(told or "", self._settings.url):
            raise SsoError("identity", "the answer comes from another issuer")

    def _claims(self, token: Any, nonce: str) -> dict[str, Any]:
        expected: dict[str, Any] = {
            "issuer": self._settings.url,
            "client_id": self._settings.client_id,
            "nonce": nonce,
            "now": datetime.now(UTC),
        }
        try:
            return id_token.claims(token, self._published.keys(), **expected)
        except id_token.UnknownKey:
            return id_token.claims(token, self._published.keys(again=True), **expected)

    def _userinfo(self, client: Any, subject: str) -> dict[str, Any]:
        if "userinfo_endpoint" not in self._published.metadata():
            return {}
        told = wire.get_json(client, self._published.address("userinfo_endpoint"))
        if not isinstance(told, dict) or not same(str(told.get("sub", "")), subject):
            raise SsoError("identity", "userinfo is about somebody else")
        return told

    def _person(self, told: Mapping[str, Any], subject: str) -> Person:
        login = next((text for name in ("preferred_username", "nickname") if (text := _text(told.get(name)))), None)
        email = _text(told.get("email"))
        confirmed = told.get("email_verified") is True
        return Person(
            provider=self.id,
            issuer=self._settings.url,
            subject=subject,
            login=login or (email or "").partition("@")[0] or subject,
            full_name=_text(told.get("name")),
            confirmed=(email,) if email and confirmed else (),
            unconfirmed=(email,) if email and not confirmed else (),
            organisations=_groups(told),
        )


def _groups(told: Mapping[str, Any]) -> tuple[str, ...]:
    """GitLab tells `groups` in userinfo and `groups_direct` in the ID token."""
    found = [*_list(told.get("groups")), *_list(told.get("groups_direct"))]
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str)))[:MOST_GROUPS]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
