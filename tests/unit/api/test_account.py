"""One's own account: profile, page settings, tokens, sessions; and nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dominoci.domain.times import rfc3339
from dominoci.services import sessions
from dominoci.services.access import COMMAND_LINE
from tests.unit.api.conformance import conform
from tests.unit.api.people import person
from tests.unit.api.site import Browser, TestSite


def ask(browser: Browser, method: str, path: str, body: Any = None) -> TestResponse:
    """One request as a page sends it."""
    headers = {"X-CSRF-Token": browser.csrf, "Origin": "http://arbiter.test"}
    return browser.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


def make(browser: Browser, **body: Any) -> dict[str, Any]:
    """A new token of the person at this browser."""
    made = ask(browser, "POST", "/me/tokens", {"name": "script", **body})
    assert made.status_code == 201, made.text
    return dict(made.get_json())


# ---- profile and page settings


def test_one_writes_what_one_is_called(site: TestSite) -> None:
    browser = site.browser()
    changed = ask(browser, "PATCH", "/me/profile", {"full_name": "  Ada Lovelace ", "email": "ada@example.org"})
    assert conform(changed, "PATCH", "/api/v1/me/profile")["full_name"] == "Ada Lovelace"
    cleared = ask(browser, "PATCH", "/me/profile", {"email": ""}).get_json()
    assert (cleared["full_name"], cleared["email"]) == ("Ada Lovelace", None)
    assert conform(ask(browser, "GET", "/me/profile"), "GET", "/api/v1/me/profile") == cleared
    rows = site.get("/audit?action=account.changed").get_json()["items"]
    assert [row["after"] for row in rows] == [{"email": None}, {"full_name": "Ada Lovelace", "email": "ada@example.org"}]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody"},
        {"email": "a@b@c"},
        {"full_name": "x" * 201},
        {"full_name": "a\nb"},
        {"name": "root"},
        {"is_admin": True},
    ],
)
def test_a_profile_that_cannot_be_is_422(site: TestSite, body: dict[str, Any]) -> None:
    assert site.call("PATCH", "/api/v1/me/profile", json=body).status_code == 422


def test_page_settings_are_kept_for_every_browser(site: TestSite) -> None:
    first, second = site.browser(), site.browser()
    assert conform(ask(first, "GET", "/me/settings"), "GET", "/api/v1/me/settings")["theme"] == "system"
    assert conform(ask(first, "PUT", "/me/settings", {"theme": "dark"}), "PUT", "/api/v1/me/settings")["theme"] == "dark"
    ask(second, "PUT", "/me/settings", {"times": "utc", "keys": "off"})
    kept = ask(first, "GET", "/me/settings").get_json()
    assert kept == {"theme": "dark", "density": "comfortable", "times": "utc", "keys": "off", "wheel": "pan"}


@pytest.mark.parametrize("body", [{"theme": "pink"}, {"theme": None}, {"theme": ["dark"]}, {"font": "serif"}])
def test_a_choice_that_is_none_is_422(site: TestSite, body: dict[str, Any]) -> None:
    assert site.call("PUT", "/api/v1/me/settings", json=body).status_code == 422


# ---- tokens


def test_a_token_is_shown_once_works_and_ends_when_it_is_revoked(site: TestSite) -> None:
    browser = site.browser()
    made = ask(browser, "POST", "/me/tokens", {"name": "script"})
    assert made.headers["Cache-Control"] == "no-store"
    text = conform(made, "POST", "/api/v1/me/tokens")["token"]
    assert site.get("/me/profile", text).get_json()["name"] == "admin"
    [listed] = conform(ask(browser, "GET", "/me/tokens"), "GET", "/api/v1/me/tokens")["items"]
    assert (listed["state"], listed["scope"], "token" in listed) == ("good", "user", False)
    assert listed["last_used_at"] is not None
    assert ask(browser, "DELETE", f"/me/tokens/{listed['id']}").status_code == 204
    assert site.get("/me/profile", text).status_code == 401
    assert ask(browser, "GET", "/me/tokens").get_json()["items"][0]["state"] == "revoked"


def test_a_read_token_may_only_look(site: TestSite) -> None:
    text = make(site.browser(), scope="read")["token"]
    assert site.get("/projects", text).status_code == 200
    assert site.post("/projects", {"name": "a"}, text).status_code == 403
    assert site.call("PUT", "/api/v1/me/settings", text, json={"theme": "dark"}).status_code == 403


def test_a_token_ends_at_its_time(site: TestSite) -> None:
    browser = site.browser()
    soon = rfc3339(datetime.now(UTC) + timedelta(days=1))
    assert make(browser, expires_at=soon)["expires_at"] == soon
    past = rfc3339(datetime.now(UTC) - timedelta(seconds=1))
    refused = ask(browser, "POST", "/me/tokens", {"name": "late", "expires_at": past})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["expires_at"])


def test_a_rotated_token_stays_good_for_the_overlap_and_no_longer(site: TestSite) -> None:
    browser = site.browser()
    old = make(browser, scope="read")
    rotated = ask(browser, "POST", f"/me/tokens/{old['id']}/rotate", {"overlap_hours": 2})
    new = conform(rotated, "POST", "/api/v1/me/tokens/{token}/rotate")
    assert (new["scope"], new["name"], new["expires_at"]) == ("read", "script", None)
    assert [site.get("/me/profile", one["token"]).status_code for one in (old, new)] == [200, 200]
    listed = {one["id"]: one for one in ask(browser, "GET", "/me/tokens").get_json()["items"]}[old["id"]]
    left = datetime.fromisoformat(listed["expires_at"]) - datetime.now(UTC)
    assert (listed["state"], listed["replaced_by"]) == ("replaced", new["id"])
    assert timedelta(hours=1, minutes=59) < left <= timedelta(hours=2)
    assert ask(browser, "POST", f"/me/tokens/{old['id']}/rotate", {}).status_code == 409
    at_once = ask(browser, "POST", f"/me/tokens/{new['id']}/rotate", {"overlap_hours": 0}).get_json()
    assert [site.get("/me/profile", one["token"]).status_code for one in (new, at_once)] == [401, 200]


@pytest.mark.parametrize("overlap", [-1, 721, "24", None, 1.5])
def test_an_overlap_that_cannot_be_is_422(site: TestSite, overlap: Any) -> None:
    browser = site.browser()
    refused = ask(browser, "POST", f"/me/tokens/{make(browser)['id']}/rotate", {"overlap_hours": overlap})
    assert refused.status_code == 422


def test_a_token_cannot_make_one_that_outlives_it(site: TestSite) -> None:
    made = make(site.browser())
    assert site.post("/me/tokens", {"name": "heir"}, made["token"]).status_code == 403
    assert site.post(f"/me/tokens/{made['id']}/rotate", {}, made["token"]).status_code == 403


def test_there_is_an_end_to_tokens(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominoci.services.own_tokens.MOST_LIVE", 2)
    browser = site.browser()
    first = make(browser)
    make(browser)
    assert ask(browser, "POST", "/me/tokens", {"name": "third"}).status_code == 409
    ask(browser, "DELETE", f"/me/tokens/{first['id']}")
    make(browser)


def test_the_tokens_come_in_pages(site: TestSite) -> None:
    browser = site.browser()
    made = [make(browser, name=str(n))["name"] for n in range(3)]
    first = ask(browser, "GET", "/me/tokens?limit=2").get_json()
    rest = ask(browser, "GET", f"/me/tokens?limit=2&cursor={first['next_cursor']}").get_json()
    assert [one["name"] for one in first["items"] + rest["items"]] == made[::-1]


@pytest.mark.parametrize("act", ["DELETE", "POST"])
def test_anothers_token_is_404_and_stays_good(site: TestSite, act: str) -> None:
    mine = make(site.browser())
    eve = person(site, "eve")
    path = f"/me/tokens/{mine['id']}" + ("/rotate" if act == "POST" else "")
    answers = [ask(eve, act, path, {} if act == "POST" else None).status_code]
    answers.append(ask(eve, act, path.replace(mine["id"], "no-such-token"), {} if act == "POST" else None).status_code)
    assert answers == [404, 404]
    assert site.get("/me/profile", mine["token"]).status_code == 200
    assert ask(eve, "GET", "/me/tokens").get_json()["items"] == []


def test_a_projects_token_is_none_of_ones_own(site: TestSite) -> None:
    site.project("a")
    made = site.post("/projects/a/tokens", {"name": "ci"}).get_json()
    assert ask(site.browser(), "DELETE", f"/me/tokens/{made['id']}").status_code == 404


# ---- sessions


def test_one_sees_and_ends_ones_other_browsers(site: TestSite) -> None:
    first, second = site.browser(), site.browser()
    listed = conform(ask(first, "GET", "/me/sessions"), "GET", "/api/v1/me/sessions")["items"]
    assert sorted(one["current"] for one in listed) == [False, True]
    assert all(len(one["id"]) == 16 for one in listed)
    other = next(one["id"] for one in listed if not one["current"])
    assert ask(first, "DELETE", f"/me/sessions/{other}").status_code == 204
    assert ask(second, "GET", "/me").status_code == 401
    assert ask(first, "GET", "/me").status_code == 200
    assert ask(first, "DELETE", f"/me/sessions/{other}").status_code == 404
    assert site.get("/audit?action=session.ended").get_json()["items"][0]["before"]["browser"]


def test_all_other_browsers_are_signed_out_at_once(site: TestSite) -> None:
    mine, *others = (site.browser() for _ in range(3))
    ended = conform(ask(mine, "DELETE", "/me/sessions"), "DELETE", "/api/v1/me/sessions")
    assert ended == {"count": 2}
    assert [ask(one, "GET", "/me").status_code for one in others] == [401, 401]
    assert ask(mine, "DELETE", "/me/sessions").get_json() == {"count": 0}
    assert len(site.get("/audit?action=session.ended").get_json()["items"]) == 1


def test_anothers_session_is_404_and_goes_on(site: TestSite) -> None:
    mine, eve = site.browser(), person(site, "eve")
    [own] = ask(mine, "GET", "/me/sessions").get_json()["items"]
    assert ask(eve, "DELETE", f"/me/sessions/{own['id']}").status_code == 404
    ask(eve, "DELETE", "/me/sessions")
    assert ask(mine, "GET", "/me").status_code == 200


@pytest.mark.parametrize("wanted", ["%", "_" * 16, "0", "%" * 16])
def test_a_session_is_named_by_the_whole_of_its_id(site: TestSite, wanted: str) -> None:
    browser = site.browser()
    answer = ask(browser, "DELETE", f"/me/sessions/{wanted.replace('%', '%25')}")
    assert answer.status_code == 404
    assert ask(browser, "GET", "/me").status_code == 200


def test_an_expired_session_is_not_shown(site: TestSite) -> None:
    browser = site.browser()
    with site.container.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE sessions SET expires_at = '2020-01-01 00:00:00'")
        session.commit()
    assert ask(browser, "GET", "/me").status_code == 401
    link = site.container.write(sessions.login_link, "admin", COMMAND_LINE)
    again = Browser(site.app.test_client(), link.partition("code=")[2])
    assert len(ask(again, "GET", "/me/sessions").get_json()["items"]) == 1


def test_using_a_browser_or_a_token_is_seen(site: TestSite) -> None:
    eve = person(site, "eve")
    assert ask(eve, "GET", "/me").status_code == 200
    shown = {one["name"]: one for one in site.get("/users").get_json()["items"]}
    assert shown["eve"]["last_seen_at"] is not None
    assert shown["eve"]["sessions"] == 1
