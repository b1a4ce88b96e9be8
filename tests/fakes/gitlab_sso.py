"""GitLab as an OpenID Connect provider: discovery, code, signed ID token, userinfo, groups. Tests may make it lie.

As documented (docs.gitlab.com, "GitLab as OpenID Connect identity provider"): the ID token holds sub, e-mail and
`groups_direct`, userinfo the rest with `groups`; refusals of the token endpoint are 400 or 401 with JSON.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.stand import Call, Reply, Stand, back, s256

CLIENT = ("gitlab-client", "gitlab:secret/+")
KEY = RSAKey.generate_key(2048, {"kid": "kewiQq9jiC84CvSsJYOB-N6A8WFLSV20Mb-y7IlWDSQ"})
Claims = dict[str, Any]


@dataclass
class Person:
    """An account at GitLab."""

    id: int = 42
    login: str = "grace"
    name: str = "Grace Hopper"
    email: str = "grace@example.test"
    verified: bool = True
    groups: list[str] = field(default_factory=list)


def sign(claims: Claims, key: RSAKey = KEY) -> str:
    """The ID token as GitLab makes it."""
    return jwt.encode({"typ": "JWT", "kid": key.kid or "", "alg": "RS256"}, claims, key)


class GitLabStand(Stand):
    """One server. `sign` makes the ID token of its claims, and `changed` (an override) replaces parts of them."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person()
        self.sign: Callable[[Claims], str | None] = sign
        self.changed: Claims = {}
        self.userinfo: Claims = {}
        self.keys = [KEY]
        self.metadata: Claims = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, Person] = {}

    def answer(self, call: Call) -> Reply:
        """By path."""
        known: dict[str, Callable[[Call], Reply]] = {
            "/.well-known/openid-configuration": lambda _: Reply(200, self._discovery()),
            "/oauth/authorize": self._authorize,
            "/oauth/token": self._token,
            "/oauth/userinfo": self._userinfo,
            "/oauth/discovery/keys": self._keys,
        }
        found = known.get(call.path)
        return found(call) if found else Reply(404, {"error": "404 Not Found"})

    def _discovery(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/oauth/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "userinfo_endpoint": f"{self.url}/oauth/userinfo",
            "jwks_uri": f"{self.url}/oauth/discovery/keys",
            "scopes_supported": ["api", "read_user", "openid", "profile", "email"],
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
            **self.metadata,
        }

    def _authorize(self, call: Call) -> Reply:
        asked = call.query
        if asked.get("client_id") != CLIENT[0] or "openid" not in asked.get("scope", "").split():
            return Reply(401, {"error": "invalid_client"})
        code = secrets.token_hex(32)
        self._codes[code] = asked
        return Reply(302, location=back(asked["redirect_uri"], code=code, state=asked["state"]))

    def _token(self, call: Call) -> Reply:
        form, asked = call.form, self._codes.pop(call.form.get("code", ""), None)
        if CLIENT not in (call.basic(), (form.get("client_id"), form.get("client_secret"))):
            return Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if asked is None or s256(form.get("code_verifier", "")) != asked.get("code_challenge"):
            return Reply(400, {"error": "invalid_grant", "error_description": "The provided authorization grant is invalid"})
        token = secrets.token_hex(32)
        self._tokens[token] = self.person
        now = int(time.time())
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 7200, "scope": asked["scope"], "created_at": now}
        made = self.sign({**self._claims(asked, now), **self.changed})
        return Reply(200, {**body, **({"id_token": made} if made else {})})

    def _claims(self, asked: Claims, now: int) -> Claims:
        person = self.person
        claims: Claims = {"iss": self.url, "sub": str(person.id), "aud": CLIENT[0], "exp": now + 120, "iat": now}
        nonce = {"nonce": asked["nonce"]} if "nonce" in asked else {}
        direct = [group for group in person.groups if "/" not in group]
        return {**claims, **nonce, "email": person.email, "email_verified": person.verified, "groups_direct": direct}

    def _keys(self, call: Call) -> Reply:
        return Reply(200, {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self.keys]})

    def _userinfo(self, call: Call) -> Reply:
        person = self._tokens.get(call.bearer)
        if person is None:
            return Reply(401, {"error": "invalid_token"})
        told = {"sub": str(person.id), "name": person.name, "nickname": person.login, "preferred_username": person.login}
        mail = {"email": person.email, "email_verified": person.verified, "profile": f"{self.url}/{person.login}"}
        return Reply(200, {**told, **mail, "groups": person.groups, **self.userinfo})
