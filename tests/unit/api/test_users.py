"""The people of the site: rights, switching accounts off, login links, and whom pickers of members see."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.api.conformance import conform
from tests.unit.api.people import add, browser_of, person
from tests.unit.api.site import TestSite

GONE = datetime(2026, 1, 1, tzinfo=UTC)


def change(site: TestSite, user_id: str, **body: Any) -> Any:
    """What the admin's change of a person is answered."""
    return site.call("PATCH", f"/api/v1/users/{user_id}", json=body)


def admin_id(site: TestSite) -> str:
    """The first admin's id."""
    return str(site.get("/me/profile").get_json()["id"])


def test_admins_see_everybody_and_find_them_by_any_name(site: TestSite) -> None:
    add(site, "ada", full_name="Ada Lovelace", email="ada@example.org")
    add(site, "bob", full_name="Robert %", email="bob@example.org")
    shown = conform(site.get("/users?limit=2"), "GET", "/api/v1/users")
    assert [one["name"] for one in shown["items"]] == ["bob", "ada"]
    rest = site.get(f"/users?cursor={shown['next_cursor']}").get_json()
    assert [one["name"] for one in rest["items"]] == ["admin"]
    for q, names in {"lovelace": ["ada"], "BOB@": ["bob"], "%25": ["bob"], "example.org": ["bob", "ada"], "_": []}.items():
        assert [one["name"] for one in site.get(f"/users?q={q}").get_json()["items"]] == names, q


def test_others_are_told_names_only(site: TestSite) -> None:
    add(site, "ada", full_name="Ada Lovelace", email="secret@example.org")
    add(site, "adam", disabled_at=GONE)
    eve = person(site, "eve")
    found = conform(eve.client.get("/api/v1/people?q=ad"), "GET", "/api/v1/people")["items"]
    assert [(one["name"], one["full_name"]) for one in found] == [("ada", "Ada Lovelace"), ("admin", None)]
    assert set(found[0]) == {"id", "name", "full_name"}
    assert eve.client.get("/api/v1/people?q=secret").get_json()["items"] == []
    assert len(eve.client.get("/api/v1/people").get_json()["items"]) == 3


def test_at_most_twenty_people_are_suggested(site: TestSite) -> None:
    for n in range(25):
        add(site, f"person-{n:02}")
    assert len(site.get("/people?q=person").get_json()["items"]) == 20


@pytest.mark.parametrize(("method", "path"), [("GET", "/users"), ("PATCH", "/users/{id}"), ("POST", "/users/{id}/login-link")])
def test_who_is_no_admin_may_not(site: TestSite, method: str, path: str) -> None:
    eve = person(site, "eve")
    headers = {"X-CSRF-Token": eve.csrf}
    address = f"/api/v1{path.format(id=admin_id(site))}"
    assert eve.client.open(address, method=method, json={} if method == "PATCH" else None, headers=headers).status_code == 403


def test_a_disabled_persons_sessions_and_tokens_end_at_once(site: TestSite) -> None:
    eve = person(site, "eve")
    headers = {"X-CSRF-Token": eve.csrf}
    token = eve.client.post("/api/v1/me/tokens", json={"name": "t"}, headers=headers).get_json()["token"]
    [shown] = site.get("/users?q=eve").get_json()["items"]
    disabled = conform(change(site, shown["id"], disabled=True), "PATCH", "/api/v1/users/{user}")
    assert (disabled["disabled_at"] is None, disabled["sessions"]) == (False, 0)
    assert eve.client.get("/api/v1/me").status_code == 401
    assert site.get("/me", token).status_code == 401
    assert site.call("POST", f"/api/v1/users/{shown['id']}/login-link").status_code == 409
    assert change(site, shown["id"], disabled=False).get_json()["disabled_at"] is None
    assert site.get("/me", token).status_code == 401, "a token that was ended stays ended"
    assert browser_of(site, "eve").client.get("/api/v1/me").status_code == 200


def test_admin_rights_are_given_and_taken(site: TestSite) -> None:
    eve = person(site, "eve")
    id_ = site.get("/users?q=eve").get_json()["items"][0]["id"]
    assert eve.client.get("/api/v1/users").status_code == 403
    assert change(site, id_, is_admin=True).get_json()["is_admin"] is True
    assert eve.client.get("/api/v1/users").status_code == 200
    change(site, id_, is_admin=False)
    assert eve.client.get("/api/v1/users").status_code == 403
    rows = site.get("/audit?action=user.changed").get_json()["items"]
    assert [(row["before"], row["after"]) for row in rows] == [
        ({"is_admin": True}, {"is_admin": False}),
        ({"is_admin": False}, {"is_admin": True}),
    ]


@pytest.mark.parametrize("body", [{"is_admin": False}, {"disabled": True}, {"is_admin": False, "disabled": True}])
def test_the_last_admin_stays(site: TestSite, body: dict[str, bool]) -> None:
    add(site, "gone", is_admin=True, disabled_at=GONE)
    assert change(site, admin_id(site), **body).status_code == 409
    assert site.get("/users").status_code == 200


def test_of_two_admins_who_end_each_others_rights_at_once_one_stays(site: TestSite) -> None:
    ids = [admin_id(site), add(site, "second", is_admin=True)]
    answers: list[int] = []
    site.user_token()
    both = [threading.Thread(target=lambda id_=id_: answers.append(change(site, id_, disabled=True).status_code)) for id_ in ids]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert answers.count(200) == 1, answers


@pytest.mark.parametrize("body", [{"is_admin": 1}, {"disabled": "yes"}, {"name": "x"}, {"disabled": None}])
def test_a_change_that_cannot_be_read_is_422(site: TestSite, body: dict[str, Any]) -> None:
    assert change(site, admin_id(site), **body).status_code == 422


def test_an_unknown_person_is_404(site: TestSite) -> None:
    assert change(site, "nobody", disabled=True).status_code == 404
    assert site.call("POST", "/api/v1/users/nobody/login-link").status_code == 404


def test_an_admins_login_link_works_once_and_says_who_made_it(site: TestSite) -> None:
    eve = add(site, "eve")
    made = site.call("POST", f"/api/v1/users/{eve}/login-link")
    url = conform(made, "POST", "/api/v1/users/{user}/login-link")["url"]
    assert made.headers["Cache-Control"] == "no-store"
    code = {"code": url.partition("#code=")[2]}
    signed_in = site.anyone.post("/api/v1/session/code", json=code)
    assert signed_in.get_json()["user"]["name"] == "eve"
    assert site.anyone.post("/api/v1/session/code", json=code).status_code == 410
    [row] = site.get("/audit?action=session.login_link").get_json()["items"]
    assert row["text"] == "admin (token test) printed a login link for user eve"
    assert code["code"] not in str(row)
