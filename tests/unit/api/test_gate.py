"""Who gets in: deny by default, credentials, cross-site writes, tokens in addresses."""

from pathlib import Path

import pytest
from flask import Flask

from dominoci.api.gate import refuse_undeclared, table
from dominoci.services import sessions
from tests.unit.api.callers import ADMINS, ANYONE, TABLE
from tests.unit.api.site import Browser, TestSite

UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade"}
CLOSED = [key for key, callers in TABLE.items() if callers != ANYONE and "/git/" not in key[1]]


def address(rule: str) -> str:
    """A path that `rule` matches."""
    return rule.replace("<int:n>", "1").replace("<", "").replace(">", "")


def test_the_url_map_is_exactly_this_table(site: TestSite) -> None:
    assert table(site.app) == TABLE


def test_an_app_with_a_route_that_does_not_say_who_may_call_it_does_not_start() -> None:
    app = Flask("forgetful", static_folder=None)
    app.add_url_rule("/open", view_func=lambda: "oops", endpoint="open")
    with pytest.raises(RuntimeError, match="GET /open"):
        refuse_undeclared(app)


@pytest.mark.parametrize("key", CLOSED, ids=" ".join)
def test_a_stranger_is_asked_to_sign_in(site: TestSite, key: tuple[str, str]) -> None:
    method, rule = key
    answer = site.anyone.open(address(rule), method=method, headers=UPGRADE if rule.endswith("/live") else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_kind_of_caller_is_refused_where_it_is_not_named(site: TestSite) -> None:
    site.project("a")
    kinds = {
        "user": site.user_token(),
        "project": site.project_token("a"),
        "enrolment": site.enrolment_token(),
        "agent": site.agent_token(),
        "build": site.build_token()[1],
    }
    for (method, rule), callers in TABLE.items():
        for kind, token in kinds.items():
            if callers == ANYONE or "/git/" in rule or kind in callers or (callers == ADMINS and kind == "user"):
                continue
            headers = UPGRADE if rule.endswith("/live") else {}
            assert site.call(method, address(rule), token, headers=headers).status_code == 403, (method, rule, kind)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "dcu_x", "Bearer nonsense", "Bearer dcu_" + "0" * 38])
def test_credentials_that_are_none_are_401_even_beside_a_session(site: TestSite, header: str) -> None:
    answer = site.browser().client.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_token_is_401(site: TestSite) -> None:
    site.project("a")
    token = site.project_token("a")
    assert site.get("/projects/a", token).status_code == 200
    listed = site.get("/projects/a/tokens").get_json()["items"]
    assert site.call("DELETE", f"/api/v1/projects/a/tokens/{listed[0]['id']}").status_code == 204
    assert site.get("/projects/a", token).status_code == 401


def test_using_a_token_is_noted(site: TestSite) -> None:
    site.project("a")
    token = site.project_token("a")
    assert site.get("/projects/a/tokens").get_json()["items"][0]["last_used_at"] is None
    site.get("/projects/a", token)
    assert site.get("/projects/a/tokens").get_json()["items"][0]["last_used_at"] is not None


@pytest.mark.parametrize("path", ["GET /api/v1/projects", "POST /api/v1/events", "GET /", "GET /git/x.git/info/refs"])
def test_a_token_in_an_address_is_400_anywhere(site: TestSite, path: str) -> None:
    method, _, address = path.partition(" ")
    assert site.call(method, f"{address}?token={site.user_token()}").status_code == 400


# ---- sessions and cross-site writes


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(site: TestSite) -> None:
    cookie = site.browser().signed_in.headers["Set-Cookie"]
    assert cookie.startswith("dominoci_session=")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert "secure" not in flags


def test_behind_tls_the_session_cookie_is_secure(tmp_path: Path) -> None:
    site = TestSite(tmp_path, public_url="https://arbiter.test")
    assert "Secure" in site.browser().signed_in.headers["Set-Cookie"]
    assert "max-age" in site.anyone.get("/healthz").headers["Strict-Transport-Security"]
    site.close()


def test_a_login_link_works_once(site: TestSite) -> None:
    code = site.container.write(sessions.login_link, "admin").partition("code=")[2]
    assert site.anyone.post("/api/v1/session/code", json={"code": code}).status_code == 200
    assert site.anyone.post("/api/v1/session/code", json={"code": code}).status_code == 410


def test_a_page_of_ours_writes_with_its_csrf_token(site: TestSite) -> None:
    assert site.browser().write("/projects", {"name": "a"}).status_code == 201


CSRF: dict[str, dict[str, str]] = {
    "no token": {"X_CSRF_Token": ""},
    "another token": {"X_CSRF_Token": "0" * 64},
    "a foreign page": {"Origin": "https://evil.test"},
    "a page without an origin": {"Origin": "null"},
    "a foreign page by its fetch metadata": {"Sec_Fetch_Site": "cross-site"},
    "a sister site": {"Sec_Fetch_Site": "same-site"},
    "our name on another port": {"Origin": "http://arbiter.test:81"},
    "a name that begins like ours": {"Origin": "http://arbiter.test.evil.test"},
}


@pytest.mark.parametrize("headers", CSRF.values(), ids=CSRF.keys())
def test_a_write_that_is_not_our_pages_is_403_and_changes_nothing(site: TestSite, headers: dict[str, str]) -> None:
    browser = site.browser()
    assert browser.write("/projects", {"name": "a"}, **headers).status_code == 403
    assert browser.client.get("/api/v1/projects").get_json()["items"] == []


def test_another_sessions_csrf_token_is_403(site: TestSite) -> None:
    other: Browser = site.browser()
    assert site.browser().write("/projects", {"name": "a"}, X_CSRF_Token=other.csrf).status_code == 403


def test_a_foreign_page_cannot_even_sign_in(site: TestSite) -> None:
    body = {"name": "admin", "password": "x"}
    answer = site.anyone.post("/api/v1/session", json=body, headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403


def test_a_page_served_under_another_of_our_names_may_write(site: TestSite) -> None:
    local = {"Host": "localhost:8080", "Origin": "http://localhost:8080"}
    assert site.browser().write("/projects", {"name": "a"}, **local).status_code == 201


def test_a_bearer_token_needs_no_csrf_token(site: TestSite) -> None:
    assert site.post("/projects", {"name": "a"}).status_code == 201


def test_a_foreign_page_cannot_open_the_live_socket(site: TestSite) -> None:
    headers = {**UPGRADE, "Origin": "https://evil.test"}
    assert site.browser().client.get("/api/v1/live", headers=headers).status_code == 403


def test_signing_out_ends_the_session(site: TestSite) -> None:
    browser = site.browser()
    answer = browser.client.delete("/api/v1/session", headers={"X-CSRF-Token": browser.csrf})
    assert answer.status_code == 204
    assert browser.client.get("/api/v1/me").status_code == 401


def test_a_password_is_set_asked_for_and_signs_other_browsers_out(site: TestSite) -> None:
    first, second = site.browser(), site.browser()
    csrf = {"X-CSRF-Token": first.csrf}
    new = {"password": "correct horse battery"}
    assert first.client.put("/api/v1/me/password", json=new, headers=csrf).status_code == 204
    assert second.client.get("/api/v1/me").status_code == 401
    assert first.client.get("/api/v1/me").get_json()["user"]["has_password"]
    assert first.client.put("/api/v1/me/password", json=new, headers=csrf).status_code == 422
    wrong = site.anyone.post("/api/v1/session", json={"name": "admin", "password": "wrong"})
    right = site.anyone.post("/api/v1/session", json={"name": "admin", **new})
    assert (wrong.status_code, right.status_code) == (401, 200)
