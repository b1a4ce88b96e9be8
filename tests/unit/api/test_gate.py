"""Who gets in: deny by default, credentials, cross-site writes, tokens in addresses."""

from pathlib import Path

import pytest
from flask import Flask

from dominoci.api.gate import refuse_undeclared, table
from dominoci.services import sessions
from tests.unit.api.site import Browser, TestSite

# Every route of the arbiter and who may call it. A new route is added here by whoever has thought about it.
ANYONE, USERS, ADMINS = ("anyone",), ("user",), ("admin",)
READERS = ("user", "project")
BUILDS = ("build",)
TABLE = {
    ("GET", "/"): ANYONE,
    ("GET", "/<page:path>"): ANYONE,
    ("GET", "/assets/<path:path>"): ANYONE,
    ("GET", "/healthz"): ANYONE,
    ("GET", "/readyz"): ANYONE,
    ("GET", "/metrics"): ANYONE,
    ("GET", "/api/docs"): ANYONE,
    ("GET", "/api/v1/openapi.json"): ANYONE,
    ("GET", "/login/<provider>/callback"): ANYONE,
    ("GET", "/api/v1/session"): ANYONE,
    ("POST", "/api/v1/session"): ANYONE,
    ("POST", "/api/v1/session/providers/<provider>"): ANYONE,
    ("POST", "/api/v1/signup"): ANYONE,
    ("POST", "/api/v1/signup/invitation"): ANYONE,
    ("GET", "/api/v1/invitations"): USERS,
    ("POST", "/api/v1/invitations"): USERS,
    ("DELETE", "/api/v1/invitations/<invitation>"): USERS,
    ("GET", "/api/v1/me/identities"): USERS,
    ("POST", "/api/v1/me/identities"): USERS,
    ("DELETE", "/api/v1/me/identities/<identity>"): USERS,
    ("POST", "/api/v1/me/invitations"): USERS,
    ("POST", "/api/v1/session/code"): ANYONE,
    ("DELETE", "/api/v1/session"): USERS,
    ("GET", "/api/v1/me"): USERS,
    ("PUT", "/api/v1/me/password"): USERS,
    ("GET", "/api/v1/me/profile"): USERS,
    ("PATCH", "/api/v1/me/profile"): USERS,
    ("GET", "/api/v1/me/settings"): USERS,
    ("PUT", "/api/v1/me/settings"): USERS,
    ("GET", "/api/v1/me/tokens"): USERS,
    ("POST", "/api/v1/me/tokens"): USERS,
    ("POST", "/api/v1/me/tokens/<token>/rotate"): USERS,
    ("DELETE", "/api/v1/me/tokens/<token>"): USERS,
    ("GET", "/api/v1/me/sessions"): USERS,
    ("DELETE", "/api/v1/me/sessions"): USERS,
    ("DELETE", "/api/v1/me/sessions/<session>"): USERS,
    ("GET", "/api/v1/users"): ADMINS,
    ("PATCH", "/api/v1/users/<user>"): ADMINS,
    ("POST", "/api/v1/users/<user>/login-link"): ADMINS,
    ("GET", "/api/v1/people"): USERS,
    ("GET", "/api/v1/deliveries"): ADMINS,
    ("POST", "/api/v1/deliveries/redeliver"): ADMINS,
    ("GET", "/api/v1/system"): ADMINS,
    ("GET", "/api/v1/system/settings"): ADMINS,
    ("GET", "/api/v1/projects"): USERS,
    ("POST", "/api/v1/projects"): USERS,
    ("GET", "/api/v1/projects/<project>"): READERS,
    ("PATCH", "/api/v1/projects/<project>"): USERS,
    ("DELETE", "/api/v1/projects/<project>"): USERS,
    ("GET", "/api/v1/projects/<project>/graph"): READERS,
    ("GET", "/api/v1/projects/<project>/tokens"): USERS,
    ("POST", "/api/v1/projects/<project>/tokens"): USERS,
    ("DELETE", "/api/v1/projects/<project>/tokens/<token>"): USERS,
    ("POST", "/api/v1/projects/<project>/tokens/<token>/rotate"): USERS,
    ("GET", "/api/v1/projects/<project>/dependencies"): READERS,
    ("POST", "/api/v1/projects/<project>/dependencies"): USERS,
    ("POST", "/api/v1/projects/<project>/dependencies/check"): USERS,
    ("GET", "/api/v1/projects/<project>/dependencies/<dependency>"): READERS,
    ("PATCH", "/api/v1/projects/<project>/dependencies/<dependency>"): USERS,
    ("DELETE", "/api/v1/projects/<project>/dependencies/<dependency>"): USERS,
    ("POST", "/api/v1/projects/<project>/builds"): USERS,
    ("GET", "/api/v1/projects/<project>/members"): USERS,
    ("PUT", "/api/v1/projects/<project>/members/<user>"): USERS,
    ("DELETE", "/api/v1/projects/<project>/members/<user>"): USERS,
    ("PUT", "/api/v1/me/stars/<project>"): USERS,
    ("DELETE", "/api/v1/me/stars/<project>"): USERS,
    ("GET", "/api/v1/owners"): USERS,
    ("POST", "/api/v1/owners"): USERS,
    ("GET", "/api/v1/owners/<owner>"): USERS,
    ("PATCH", "/api/v1/owners/<owner>"): USERS,
    ("DELETE", "/api/v1/owners/<owner>"): USERS,
    ("GET", "/api/v1/owners/<owner>/members"): USERS,
    ("PUT", "/api/v1/owners/<owner>/members/<user>"): USERS,
    ("DELETE", "/api/v1/owners/<owner>/members/<user>"): USERS,
    ("GET", "/api/v1/projects/<project>/consents"): USERS,
    ("POST", "/api/v1/projects/<project>/consents"): USERS,
    ("PUT", "/api/v1/projects/<project>/consents/<consent>"): USERS,
    ("GET", "/api/v1/projects/<project>/repository-access"): USERS,
    ("PUT", "/api/v1/projects/<project>/repository-access"): USERS,
    ("DELETE", "/api/v1/projects/<project>/repository-access"): USERS,
    ("POST", "/api/v1/projects/<project>/repository-access/key"): USERS,
    ("POST", "/api/v1/projects/<project>/repository-access/test"): USERS,
    ("GET", "/api/v1/projects/<project>/secrets"): USERS,
    ("PUT", "/api/v1/projects/<project>/secrets/<secret>"): USERS,
    ("DELETE", "/api/v1/projects/<project>/secrets/<secret>"): USERS,
    ("GET", "/api/v1/projects/<project>/trust"): USERS,
    ("POST", "/api/v1/projects/<project>/trust"): USERS,
    ("PATCH", "/api/v1/projects/<project>/trust/<rule>"): USERS,
    ("DELETE", "/api/v1/projects/<project>/trust/<rule>"): USERS,
    ("POST", "/api/v1/projects/<project>/trust/try"): USERS,
    ("GET", "/api/v1/issuers"): USERS,
    ("POST", "/api/v1/issuers"): ADMINS,
    ("DELETE", "/api/v1/issuers/<issuer>"): ADMINS,
    ("GET", "/.well-known/jwks.json"): ANYONE,
    ("GET", "/.well-known/openid-configuration"): ANYONE,
    ("POST", "/api/v1/events"): ("project", "job"),
    ("POST", "/api/v1/results"): ("project", "event", "job"),
    ("POST", "/api/v1/results/started"): ("project", "event", "job"),
    ("GET", "/api/v1/trees"): READERS,
    ("GET", "/api/v1/trees/<tree>"): READERS,
    ("GET", "/api/v1/trees/<tree>/graph"): READERS,
    ("GET", "/api/v1/trees/<tree>/events/<sub>"): READERS,
    ("GET", "/api/v1/trees/<tree>/events/<sub>/why"): READERS,
    ("GET", "/api/v1/trees/<tree>/events/<sub>/deliveries"): READERS,
    ("GET", "/api/v1/trees/<tree>/why"): USERS,
    ("POST", "/api/v1/trees/<tree>/cancel"): USERS,
    ("POST", "/api/v1/trees/<tree>/rerun"): USERS,
    ("POST", "/api/v1/trees/<tree>/events/<sub>/cancel"): USERS,
    ("POST", "/api/v1/trees/<tree>/events/<sub>/rerun"): USERS,
    ("POST", "/api/v1/trees/<tree>/events/<sub>/redeliver"): USERS,
    ("GET", "/api/v1/combos"): READERS,
    ("GET", "/api/v1/combos/last"): USERS,
    ("GET", "/api/v1/combos/compare"): READERS,
    ("GET", "/api/v1/combos/<combo>"): READERS,
    ("GET", "/api/v1/projects/<project>/combo"): READERS,
    ("GET", "/api/v1/combos/<combo>/lock"): READERS,
    ("GET", "/api/v1/projects/<project>/combo/lock"): READERS,
    ("GET", "/api/v1/search"): USERS,
    ("GET", "/api/v1/search/names"): USERS,
    ("GET", "/api/v1/projects/<project>/reports"): READERS,
    ("GET", "/api/v1/projects/<project>/refusals"): USERS,
    ("POST", "/api/v1/projects/<project>/preview"): USERS,
    ("POST", "/api/v1/projects/<project>/test-connections"): USERS,
    ("GET", "/api/v1/trees/<tree>/forecast"): READERS,
    ("GET", "/api/v1/trees/<tree>/numbers"): READERS,
    ("GET", "/api/v1/projects/<project>/numbers"): READERS,
    ("GET", "/api/v1/overdue"): USERS,
    ("GET", "/api/v1/activity"): USERS,
    ("GET", "/api/v1/projects/<project>/first-level"): READERS,
    ("GET", "/api/v1/home"): USERS,
    ("POST", "/api/v1/graph/plan"): USERS,
    ("POST", "/api/v1/definitions/check"): USERS,
    ("POST", "/api/v1/graph/apply"): USERS,
    ("GET", "/api/v1/graph/export"): USERS,
    ("GET", "/api/v1/graph"): USERS,
    ("GET", "/api/v1/audit"): ADMINS,
    ("GET", "/api/v1/projects/<project>/audit"): USERS,
    ("GET", "/api/v1/builds"): USERS,
    ("GET", "/api/v1/builds/<build>"): READERS,
    ("POST", "/api/v1/builds/<build>/cancel"): USERS,
    ("POST", "/api/v1/builds/<build>/rerun"): USERS,
    ("GET", "/api/v1/builds/<build>/compare"): READERS,
    ("GET", "/api/v1/builds/<build>/steps/<int:n>/log"): READERS,
    ("GET", "/api/v1/builds/<build>/log"): READERS,
    ("GET", "/api/v1/builds/<build>/log/search"): READERS,
    ("GET", "/api/v1/builds/<build>/artifacts/<name>"): ("user", "project", "build"),
    ("POST", "/api/v1/builds/<build>/plan"): BUILDS,
    ("GET", "/api/v1/builds/<build>/workspace"): READERS,
    ("GET", "/api/v1/builds/<build>/workspace/file"): READERS,
    ("GET", "/api/v1/builds/<build>/workspace/archive"): READERS,
    ("POST", "/api/v1/builds/<build>/heartbeat"): BUILDS,
    ("POST", "/api/v1/builds/<build>/state"): BUILDS,
    ("POST", "/api/v1/builds/<build>/result"): BUILDS,
    ("POST", "/api/v1/builds/<build>/release"): BUILDS,
    ("PUT", "/api/v1/builds/<build>/steps/<int:n>/log"): BUILDS,
    ("PUT", "/api/v1/builds/<build>/artifacts/<name>"): BUILDS,
    ("GET", "/api/v1/builds/<build>/cache/<path:key>"): BUILDS,
    ("PUT", "/api/v1/builds/<build>/cache/<path:key>"): BUILDS,
    ("GET", "/api/v1/agents"): USERS,
    ("GET", "/api/v1/agents/<agent>"): USERS,
    ("PATCH", "/api/v1/agents/<agent>"): ADMINS,
    ("DELETE", "/api/v1/agents/<agent>"): ADMINS,
    ("POST", "/api/v1/agents/enrolments"): ADMINS,
    ("POST", "/api/v1/agents/register"): ("enrolment",),
    ("POST", "/api/v1/agents/claim"): ("agent",),
    ("GET", "/api/v1/demo"): USERS,
    ("POST", "/api/v1/demo"): ADMINS,
    ("DELETE", "/api/v1/demo"): ADMINS,
    ("GET", "/api/v1/projects/<project>/webhooks"): USERS,
    ("POST", "/api/v1/projects/<project>/webhooks"): USERS,
    ("GET", "/api/v1/projects/<project>/webhooks/<webhook>"): USERS,
    ("PATCH", "/api/v1/projects/<project>/webhooks/<webhook>"): USERS,
    ("DELETE", "/api/v1/projects/<project>/webhooks/<webhook>"): USERS,
    ("POST", "/api/v1/projects/<project>/webhooks/<webhook>/rotate"): USERS,
    ("POST", "/api/v1/projects/<project>/webhooks/<webhook>/test"): USERS,
    ("GET", "/api/v1/projects/<project>/webhooks/<webhook>/deliveries"): USERS,
    ("POST", "/api/v1/projects/<project>/webhooks/<webhook>/deliveries/<delivery>/redeliver"): USERS,
    ("POST", "/api/v1/cdevents"): ("project", "event", "job"),
    ("POST", "/hooks/push/<project>"): ("hook",),
    ("POST", "/hooks/gitlab"): ANYONE,
    ("POST", "/hooks/github"): ANYONE,
    ("POST", "/api/v1/projects/<project>/hook-secret"): USERS,
    ("GET", "/api/v1/live"): READERS,
    ("GET", "/git/<repository>.git/info/refs"): ("user", "build"),
    ("POST", "/git/<repository>.git/<any('git-upload-pack', 'git-receive-pack'):service>"): ("user", "build"),
    ("POST", "/git/<repository>.git/info/lfs/objects/batch"): ("user", "build"),
    ("GET", "/git/<repository>.git/info/lfs/objects/<oid>"): ("user", "build"),
    ("PUT", "/git/<repository>.git/info/lfs/objects/<oid>"): ("user", "build"),
    ("POST", "/git/<repository>.git/info/lfs/verify"): ("user", "build"),
}
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
