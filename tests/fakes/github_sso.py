"""GitHub as an Enterprise Server answers: OAuth 2.0 without ID tokens. Whoever is in `person` has allowed the app already.

As documented (docs.github.com, "Authorizing OAuth apps", "Troubleshooting OAuth app access token request errors"): the token
endpoint answers 200 also when it refuses, with `error`; it answers a form unless asked for JSON; scopes come back separated by
commas; a token without a scope gets less, or 404.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.stand import Call, Reply, Stand, back, s256

CLIENT = ("Iv1.github-client", "github secret: % & =")
DOCS = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"


@dataclass
class Person:
    """An account at GitHub."""

    id: int = 583231
    login: str = "Octo-Cat"
    name: str | None = "The Octocat"
    emails: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"email": "old@elsewhere.test", "primary": False, "verified": True, "visibility": None},
            {"email": "octocat@example.test", "primary": True, "verified": True, "visibility": "public"},
        ]
    )
    orgs: list[str] = field(default_factory=list)


class GitHubStand(Stand):
    """One server; `refuse_pkce` is one that forgets what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person()
        self.denies = False
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, tuple[Person, set[str]]] = {}

    def answer(self, call: Call) -> Reply:
        """By path."""
        if call.path == "/login/oauth/authorize":
            return self._authorize(call)
        if call.path == "/login/oauth/access_token" and call.method == "POST":
            return self._token(call)
        if call.path.startswith("/api/v3/"):
            return self._api(call)
        return Reply(404, {"message": "Not Found"})

    def _authorize(self, call: Call) -> Reply:
        asked = call.query
        if asked.get("client_id") != CLIENT[0]:
            return Reply(404, {"message": "Not Found"})
        if self.denies:
            told = {"error": "access_denied", "error_description": "The user has denied your application access."}
            return Reply(302, location=back(asked["redirect_uri"], **told, state=asked["state"]))
        code = secrets.token_hex(10)
        self._codes[code] = asked
        return Reply(302, location=back(asked["redirect_uri"], code=code, state=asked["state"]))

    def _token(self, call: Call) -> Reply:
        form, asked = call.form, self._codes.pop(call.form.get("code", ""), None)
        if (form.get("client_id"), form.get("client_secret")) != CLIENT:
            return self._told(call, error="incorrect_client_credentials", description="The client_id is incorrect.")
        wrong = asked is None or form.get("redirect_uri", asked["redirect_uri"]) != asked["redirect_uri"]
        if asked is None or wrong or asked.get("code_challenge", "") != s256(form.get("code_verifier", "")):
            return self._told(call, error="bad_verification_code", description="The code passed is incorrect or expired.")
        token, scopes = f"gho_{secrets.token_hex(18)}", set(asked.get("scope", "").split())
        self._tokens[token] = (self.person, scopes)
        return self._told(call, access_token=token, token_type="bearer", scope=",".join(sorted(scopes)))

    def _told(self, call: Call, description: str | None = None, **body: str) -> Reply:
        if description:
            body = {**body, "error_description": description, "error_uri": DOCS}
        return Reply(200, body, form=call.headers.get("accept") != "application/json")

    def _api(self, call: Call) -> Reply:
        person, scopes = self._tokens.get(call.bearer, (None, set[str]()))
        if person is None:
            return Reply(401, {"message": "Bad credentials", "documentation_url": "/rest", "status": "401"})
        path = call.path.removeprefix("/api/v3")
        if path == "/user":
            avatar = f"{self.url}/avatars/u/{person.id}"
            return Reply(200, {"login": person.login, "id": person.id, "name": person.name, "email": None, "avatar_url": avatar})
        if path == "/user/emails" and scopes & {"user", "user:email"}:
            return Reply(200, person.emails)
        if path == "/user/orgs":
            size, page = int(call.query.get("per_page", 30)), int(call.query.get("page", 1))
            names = person.orgs[(page - 1) * size : page * size] if "read:org" in scopes else []
            return Reply(200, [{"login": name, "id": number} for number, name in enumerate(names, 1)])
        return Reply(404, {"message": "Not Found", "status": "404"})
