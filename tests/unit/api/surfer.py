"""A browser that goes to a provider and comes back."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from werkzeug.test import TestResponse

from tests.unit.api.site import PUBLIC, TestSite

SESSION, BINDING = "dominoci_session", "dominoci_login"
Walk = Callable[[str], str]


def hop(url: str) -> str:
    """Where a provider that asks nothing sends one to."""
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


class Surfer:
    """One browser's cookies, over the site's app."""

    def __init__(self, site: TestSite, provider: str, walk: Walk = hop) -> None:
        self.site, self.provider, self._walk = site, provider, walk
        self.client = site.app.test_client()

    def begin(self, **body: Any) -> str:
        """The address at the provider."""
        answer = self.client.post(f"/api/v1/session/providers/{self.provider}", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["url"])

    def return_to(self, address: str) -> TestResponse:
        """Opens the address that the provider sent the browser to."""
        assert address.startswith(PUBLIC), address
        return self.client.get(address.removeprefix(PUBLIC))

    def sign_in(self, **body: Any) -> TestResponse:
        """The whole way; answers our redirect."""
        return self.return_to(self._walk(self.begin(**body)))

    def link(self, **body: Any) -> TestResponse:
        """The same for somebody who is signed in and links an account."""
        answer = self.write("POST", "/me/identities", {"provider": self.provider, **body})
        assert answer.status_code == 200, answer.text
        return self.return_to(self._walk(answer.get_json()["url"]))

    def write(self, method: str, path: str, body: Any = None) -> TestResponse:
        """A change as the page sends it."""
        headers = {"X-CSRF-Token": self.door()["me"]["csrf_token"]}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    def door(self, query: str = "") -> dict[str, Any]:
        """What the page is told first."""
        found: dict[str, Any] = self.client.get(f"/api/v1/session{query}").get_json()
        return found

    def name(self) -> str | None:
        """Who is signed in."""
        me = self.door()["me"]
        return me["user"]["name"] if me else None

    def cookie(self, name: str = SESSION) -> str | None:
        """What a cookie holds."""
        found = self.client.get_cookie(name, domain="localhost")
        return found.value if found else None


def refused(answer: TestResponse) -> str | None:
    """The reason of a redirect to the sign-in page; None of one to anywhere else."""
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["Location"])
    return parse_qs(parts.query)["refused"][0] if parts.path == "/login" else None
