"""Passwords and sign-up: limits that all workers share, failures in the audit log, policies, invitations."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dominoci.app import create_app
from dominoci.config import ProviderSettings, SignUp
from dominoci.domain.errors import Gone
from dominoci.domain.ids import new_id
from dominoci.infra.models.members import Owner, OwnerMember
from dominoci.services import invitations, sessions, tokens, tries
from dominoci.services.access import Principal
from dominoci.services.tries import network
from dominoci.store import accounts
from dominoci.store.paging import Page
from tests.fakes import github_sso
from tests.fakes.github_sso import GitHubStand
from tests.unit.api.site import TestSite
from tests.unit.api.surfer import Surfer, refused

PASSWORD = "correct horse battery staple"
Make = Callable[..., TestSite]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[TestSite] = []

    def build(policy: str = "closed", **settings: Any) -> TestSite:
        site = TestSite(tmp_path, sign_up=SignUp(policy), **settings)
        made.append(site)
        return site

    yield build
    for site in made:
        site.close()


def with_password(site: TestSite, name: str = "admin") -> None:
    def work(uow: Any) -> None:
        user = accounts.user_by_name(uow.session, name)
        assert user is not None
        sessions.set_password(uow, Principal("user", user.id, name), PASSWORD, None)

    site.container.write(work)


def sign_in(client: FlaskClient, password: str, name: str = "admin", address: str = "192.0.2.1") -> TestResponse:
    body = {"name": name, "password": password}
    return client.post("/api/v1/session", json=body, environ_overrides={"REMOTE_ADDR": address})


def invite(site: TestSite, **body: Any) -> str:
    made = site.post("/invitations", body)
    assert made.status_code == 201, made.text
    return str(made.get_json()["url"].partition("#code=")[2])


def sign_up(site: TestSite, name: str = "grace", **body: Any) -> TestResponse:
    return site.anyone.post("/api/v1/signup", json={"name": name, "password": PASSWORD, **body})


def a_group(site: TestSite, name: str, owner: str | None = None) -> str:
    """A group, and somebody who owns it."""

    def work(uow: Any) -> str:
        row = Owner(id=new_id(), name=name, created_at=uow.now)
        uow.session.add(row)
        uow.session.flush()
        if owner:
            user = accounts.user_by_name(uow.session, owner)
            assert user is not None
            uow.session.add(OwnerMember(owner_id=row.id, user_id=user.id, role="owner", added_by="x", created_at=uow.now))
        return row.id

    return str(site.container.write(work))


# ---- limits


def test_ten_wrong_passwords_close_a_name_for_everybody_and_every_worker_knows(make: Make) -> None:
    site = make()
    with_password(site)
    other_worker = create_app(site.container)
    for number in range(10):
        assert sign_in(site.anyone, "wrong", address=f"192.0.2.{number}").status_code == 401
    late = sign_in(other_worker.test_client(), PASSWORD, address="192.0.2.99")
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 900
    assert sign_in(site.anyone, PASSWORD, name="nobody-else", address="192.0.2.98").status_code == 401
    # the login link stays open
    assert site.browser().signed_in.status_code == 200


def test_a_name_that_nobody_has_is_closed_like_any_other(make: Make) -> None:
    site = make()
    told = [sign_in(site.anyone, "x", name="ghost").status_code for _ in range(11)]
    assert told == [401] * 10 + [429]


def test_the_right_password_begins_the_count_anew(make: Make) -> None:
    site = make()
    with_password(site)
    for _ in range(2):
        assert [sign_in(site.anyone, "wrong").status_code for _ in range(9)] == [401] * 9
        assert sign_in(site.anyone, PASSWORD).status_code == 200


def test_failures_close_an_address_for_names_and_codes_and_not_its_neighbour(make: Make, monkeypatch: Any) -> None:
    monkeypatch.setattr(tries, "LIMITS", {**tries.LIMITS, "address": tries.Limit(4, tries.LIMITS["address"].span)})
    site = make()
    with_password(site)
    for number in range(4):
        assert sign_in(site.anyone, "x", name=f"n{number}", address="2001:db8::1").status_code == 401
    assert sign_in(site.anyone, PASSWORD, address="2001:db8::2").status_code == 429
    code = site.anyone.post(
        "/api/v1/session/code", json={"code": "x"}, environ_overrides={"REMOTE_ADDR": "2001:db8::3"}
    )
    assert code.status_code == 429
    assert sign_in(site.anyone, PASSWORD, address="2001:db8:0:1::1").status_code == 200


def test_the_limit_ends_with_its_time(any_world: Any) -> None:
    for _ in range(11):
        wait = any_world.write(name_tried)
    assert wait == 900
    any_world.clock.advance(seconds=900)
    assert any_world.write(name_tried) == 0


def name_tried(uow: Any) -> int:
    return tries.count(uow, {"name": "ada"})


@pytest.mark.parametrize(
    ("address", "whose"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "2001:0db8:0000:0000"), ("fe80::1%eth0", "fe80:0000:0000:0000"), ("", "")],
)
def test_an_address_is_that_of_a_customer(address: str, whose: str) -> None:
    assert network(address) == whose


def test_failures_are_in_the_audit_log_without_what_was_typed(make: Make) -> None:
    site = make()
    with_password(site)
    sign_in(site.anyone, "a wrong secret")
    sign_in(site.anyone, "x", name="my password, in the wrong field")
    rows = site.get("/audit?action=session.failed").get_json()["items"]
    assert [row["object"]["name"] for row in rows] == ["nobody known", "admin"]
    assert rows[0]["address"] == "192.0.2.1"
    assert rows[1]["text"] == "somebody failed to sign in as user admin"
    assert "secret" not in str(rows)
    assert "my password" not in str(rows)


def test_failures_do_not_fill_the_audit_log(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "LIMITS", {**tries.LIMITS, "noted": tries.Limit(3, tries.LIMITS["noted"].span)})
    site = make()
    for number in range(5):
        assert sign_in(site.anyone, "x", name=f"n{number}").status_code == 401
    assert len(site.get("/audit?action=session.failed").get_json()["items"]) == 3


# ---- policies


def test_passwords_can_be_switched_off_and_login_links_not(make: Make) -> None:
    site = make("open", password_login=False)
    with_password(site)
    assert sign_in(site.anyone, PASSWORD).status_code == 403
    assert sign_up(site).status_code == 403
    assert site.anyone.get("/api/v1/session").get_json()["password"] is False
    assert site.browser().signed_in.status_code == 200


@pytest.mark.parametrize(("policy", "status"), [("closed", 403), ("invitation", 403), ("organisation", 403), ("open", 201)])
def test_who_may_sign_up_with_a_password_alone(make: Make, policy: str, status: int) -> None:
    answer = sign_up(make(policy))
    assert answer.status_code == status
    if status == 403:
        assert "invit" in answer.get_json()["detail"]


def test_a_new_account_has_faults_beside_their_fields(make: Make) -> None:
    site = make("open")
    bad = site.anyone.post("/api/v1/signup", json={"name": "not a name", "password": "short"})
    assert bad.get_json()["errors"].keys() == {"name", "password"}
    taken = sign_up(site, "admin")
    assert (taken.status_code, taken.get_json()["errors"]) == (422, {"name": ["is taken"]})


def test_twenty_sign_ups_from_one_address_are_enough(make: Make) -> None:
    site = make("open")
    told = [sign_up(site, "admin").status_code for _ in range(21)]
    assert told == [422] * 20 + [429]


# ---- invitations


def test_an_invitation_makes_one_account_even_where_sign_up_is_closed(make: Make) -> None:
    site = make("closed")
    group = a_group(site, "team-web")
    code = invite(site, owner="team-web", role="maintainer", note="Grace")
    look = site.anyone.post("/api/v1/signup/invitation", json={"code": code}).get_json()
    assert (look["invited_by"], look["owner"], look["role"]) == ("admin", "team-web", "maintainer")
    made = sign_up(site, code=code)
    assert made.status_code == 201
    assert made.get_json()["user"]["name"] == "grace"
    member = (group, made.get_json()["user"]["id"])
    assert site.container.read(lambda uow: getattr(uow.session.get(OwnerMember, member), "role", None)) == "maintainer"
    assert sign_up(site, "second", code=code).status_code == 410
    listed = site.get("/invitations").get_json()["items"][0]
    assert (listed["state"], listed["used_by"], listed["owner"]["name"]) == ("used", "grace", "team-web")
    assert site.anyone.post("/api/v1/signup/invitation", json={"code": code}).status_code == 410


def test_a_withdrawn_invitation_is_gone(make: Make) -> None:
    site = make("invitation")
    code = invite(site)
    id_ = site.get("/invitations").get_json()["items"][0]["id"]
    assert site.call("DELETE", f"/api/v1/invitations/{id_}").status_code == 204
    assert sign_up(site, code=code).status_code == 410
    assert site.get("/invitations").get_json()["items"][0]["state"] == "revoked"


def test_an_invitation_lasts_a_week(any_world: Any) -> None:
    who = Principal("user", "u", "admin", is_admin=True)
    code = any_world.write(invitations.create, who, {})["url"].partition("=")[2]
    any_world.clock.advance(days=6.9)
    assert any_world.read(invitations.look, code)["role"] is None
    any_world.clock.advance(days=0.2)
    with pytest.raises(Gone):
        any_world.read(invitations.look, code)
    assert any_world.read(invitations.listed, who, None, None, Page())["items"][0]["state"] == "expired"


@pytest.mark.parametrize(("policy", "status", "foreign"), [("closed", 403, 403), ("invitation", 201, 404)])
def test_owners_of_a_group_invite_into_it_unless_sign_up_is_closed(make: Make, policy: str, status: int, foreign: int) -> None:
    site = make(policy)
    sign_up(site, "olga", code=invite(site))
    a_group(site, "team-web", "olga")
    a_group(site, "team-other")
    token = site.container.write(token_of, "olga")
    assert site.post("/invitations", {"owner": "team-web"}, token).status_code == status
    assert site.post("/invitations", {"owner": "team-other"}, token).status_code == foreign
    assert site.post("/invitations", {}, token).status_code == 403
    assert site.get("/invitations?owner=team-web", token).status_code == 200
    assert site.get("/invitations?owner=team-other", token).status_code == 404
    assert site.get("/invitations", token).status_code == 403
    secret = site.get("/invitations").get_json()["items"][-1]["id"]
    assert site.call("DELETE", f"/api/v1/invitations/{secret}", token).status_code == 404


def token_of(uow: Any, name: str) -> str:
    return str(tokens.create_for_user(uow, name, "test")["token"])


@pytest.mark.parametrize("body", [{"role": "owner"}, {"owner": "a", "project": "b"}, {"role": "king", "owner": "a"}])
def test_an_invitation_that_makes_no_sense_is_422(make: Make, body: dict[str, Any]) -> None:
    assert make().post("/invitations", body).status_code == 422


def test_an_invitation_brings_a_role_on_a_project_also_for_somebody_who_has_an_account(make: Make) -> None:
    site = make("open")
    site.project("secret", visibility="private")
    grace = Surfer(site, "none")
    grace.client.post("/api/v1/signup", json={"name": "grace", "password": PASSWORD})
    assert grace.client.get("/api/v1/projects/secret").status_code == 404
    assert grace.write("POST", "/me/invitations", {"code": invite(site, project="secret")}).status_code == 204
    assert grace.client.get("/api/v1/projects/secret").status_code == 200
    higher = invite(site, project="secret", role="maintainer")
    grace.write("POST", "/me/invitations", {"code": higher})
    assert grace.write("POST", "/me/invitations", {"code": higher}).status_code == 410


def test_an_invitation_is_accepted_at_a_provider(make: Make) -> None:
    with GitHubStand() as github:
        site = make("invitation", providers=(ProviderSettings("github", "GitHub", github.url, *github_sso.CLIENT),))
        code = invite(site)
        surfer = Surfer(site, "github")
        assert refused(surfer.sign_in()) == "invitation"
        assert refused(surfer.sign_in(code=code)) is None
        assert surfer.name() == "octo-cat"
        github.person = github_sso.Person(id=2, login="second")
        late = Surfer(site, "github")
        assert late.client.post("/api/v1/session/providers/github", json={"code": code}).status_code == 410


def test_two_who_are_on_their_way_with_one_invitation_make_one_account(make: Make) -> None:
    with GitHubStand() as github:
        site = make("closed", providers=(ProviderSettings("github", "GitHub", github.url, *github_sso.CLIENT),))
        code = invite(site)
        one, two = Surfer(site, "github"), Surfer(site, "github")
        ways = [one.begin(code=code), two.begin(code=code)]
        assert refused(one.return_to(one._walk(ways[0]))) is None
        github.person = github_sso.Person(id=2, login="second")
        assert refused(two.return_to(two._walk(ways[1]))) == "invitation_over"
        assert two.name() is None
