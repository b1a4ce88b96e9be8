"""A browser at Gitea's own pages: signs in and consents by the forms that stand there, with cookies, without scripts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import httpx

from tests.peers.forge import PASSWORD

MOST_PAGES: Final = 12


@dataclass
class Form:
    """One form of a page: where it goes, and what it sends unless somebody types something else."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(told.get("action", "")))
        elif tag in ("input", "button") and self.found and told.get("name"):
            self.found[-1].fields.setdefault(told["name"], told.get("value", ""))


def walk(url: str, home: str, *, account: str, consents: bool = True) -> str:
    """Goes to Gitea, signs in as `account`, consents or does not; answers the address below `home` that it is sent back to."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        for _ in range(MOST_PAGES):
            answer = client.get(url)
            if answer.status_code == 200:
                answer = _filled(client, answer, account, consents)
            assert answer.is_redirect, f"{answer.url}: {answer.status_code} {answer.text[:500]}"
            url = str(answer.url.join(answer.headers["location"]))
            if url.startswith(home):
                return url
    raise AssertionError(f"Gitea went in circles: {url}")


def _filled(client: httpx.Client, page: httpx.Response, account: str, consents: bool) -> httpx.Response:
    forms = _Forms(page.text).found
    for form in forms:
        if "user_name" in form.fields:
            return client.post(page.url.join(form.action), data={"user_name": account, "password": PASSWORD})
        if "granted" in form.fields:
            data = {**form.fields, "granted": "true" if consents else "false"}
            return client.post(page.url.join(form.action), data=data)
    raise AssertionError(f"{page.url} asks neither who it is nor whether it may: {page.text[:500]}")
