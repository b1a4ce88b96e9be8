"""Sign-in at GitHub and GitLab: exact stand-ins over HTTP, who gets an account, linking."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dominoci.infra.models.accounts import User
from tests.fakes import github_sso, gitlab_sso
from tests.fakes.github_sso import GitHubStand
from tests.fakes.gitlab_sso import GitLabStand
from tests.unit.api.providers import Make, failures
from tests.unit.api.site import PUBLIC, TestSite
from tests.unit.api.surfer import BINDING, Surfer, hop, refused


def disable(site: TestSite, name: str) -> None:
    def work(uow: Any) -> None:
        uow.session.query(User).filter(User.name == name).one().disabled_at = uow.now

    site.container.write(work)


# ---- who it is


def test_a_first_sign_in_makes_an_account_and_the_next_finds_it_by_number_whatever_it_is_called(
    make: Make, github: GitHubStand
) -> None:
    site = make()
    first = Surfer(site, "github")
    answer = first.sign_in(next="/trees/7/events/1.2/why?view=graph#x")
    assert answer.headers["Location"] == "/trees/7/events/1.2/why?view=graph#x"
    assert first.name() == "octo-cat"
    github.person.login, github.person.emails = "renamed", []
    again = Surfer(site, "github")
    assert refused(again.sign_in()) is None
    assert again.name() == "octo-cat"
    asked = parse_qs(urlsplit(again.begin()).query)
    assert asked["redirect_uri"] == [f"{PUBLIC}/login/github/callback"]
    assert (asked["code_challenge_method"], asked["scope"]) == (["S256"], ["read:user user:email"])
    users = site.get("/audit?action=user.signed_up").get_json()["items"]
    assert [row["object"]["name"] for row in users] == ["octo-cat"]


def test_names_and_addresses_never_find_an_account(make: Make, github: GitHubStand, gitlab: GitLabStand) -> None:
    site = make()
    octo = Surfer(site, "github")
    octo.sign_in()
    gitlab.person = gitlab_sso.Person(id=583231, login="octo-cat", email="octocat@example.test")
    other = Surfer(site, "gitlab")
    other.sign_in()
    assert (octo.name(), other.name()) == ("octo-cat", "octo-cat-2")
    github.person = github_sso.Person(id=2, login="admin")
    admin = Surfer(site, "github")
    admin.sign_in()
    assert admin.name() == "admin-2"
    assert not admin.door()["me"]["user"]["is_admin"]


def test_gitlab_is_asked_by_discovery_with_nonce_and_pkce(make: Make, gitlab: GitLabStand) -> None:
    site = make()
    surfer = Surfer(site, "gitlab")
    asked = parse_qs(urlsplit(surfer.begin()).query)
    assert {"nonce", "state", "code_challenge"} <= asked.keys()
    assert refused(surfer.sign_in()) is None
    assert surfer.name() == "grace"
    profile = surfer.client.get("/api/v1/me/identities").get_json()["items"][0]
    assert (profile["provider_name"], profile["issuer"], profile["name"]) == ("GitLab", gitlab.url, "grace")


def test_every_sign_in_is_a_new_session_and_ends_the_one_that_was_there(make: Make) -> None:
    site = make()
    surfer = Surfer(site, "github")
    surfer.sign_in()
    before = surfer.cookie()
    assert before
    surfer.sign_in()
    after = surfer.cookie()
    assert after != before
    old = site.app.test_client()
    old.set_cookie("dominoci_session", before)
    assert old.get("/api/v1/me").status_code == 401
    # a session that somebody else put there is not signed in by it
    planted = Surfer(site, "github")
    planted.client.set_cookie("dominoci_session", "planted-by-somebody")
    planted.sign_in()
    assert planted.cookie() != "planted-by-somebody"
    assert planted.cookie(BINDING) is None


# ---- who gets an account


@pytest.mark.parametrize(
    ("policy", "more", "person", "reason"),
    [
        ("closed", {}, {}, "closed"),
        ("invitation", {}, {}, "invitation"),
        ("organisation", {"organisations": ("acme",)}, {"orgs": []}, "organisation"),
        ("organisation", {"organisations": ("Acme",)}, {"orgs": ["other", "acme"]}, None),
        ("organisation", {"organisations": ("gitlab:acme",)}, {"orgs": ["acme"]}, "organisation"),
        ("organisation", {"organisations": ("github:acme",)}, {"orgs": ["acme"]}, None),
        ("organisation", {"organisations": ("zed",)}, {"orgs": [f"o{n}" for n in range(230)] + ["zed"]}, None),
        ("organisation", {"domains": ("example.test",)}, {}, None),
        ("organisation", {"domains": ("example.test",)}, {"emails": []}, "organisation"),
        ("organisation", {"domains": ("test",)}, {}, "organisation"),
        (
            "organisation",
            {"domains": ("example.test",)},
            {"emails": [{"email": "o@example.test", "primary": True, "verified": False}]},
            "email",
        ),
    ],
)
def test_the_policy_decides_and_says_why_in_words(
    make: Make, github: GitHubStand, policy: str, more: dict[str, Any], person: dict[str, Any], reason: str | None
) -> None:
    site = make(policy, contact="#help-ci", **more)
    github.person = github_sso.Person(**person)
    surfer = Surfer(site, "github")
    assert refused(surfer.sign_in(next="/agents")) == reason
    assert (surfer.name() is None) == (reason is not None)
    if reason:
        words = surfer.door(f"?refused={reason}&provider=github")["refusal"]
        assert "#help-ci" in words
        assert "{" not in words
        assert failures(site)[0]["after"]["reason"] == reason


def test_gitlab_groups_let_in_only_as_they_are_written(make: Make, gitlab: GitLabStand) -> None:
    site = make("organisation", organisations=("acme/web",))
    gitlab.person.groups = ["acme", "acme/web-2"]
    assert refused(Surfer(site, "gitlab").sign_in()) == "organisation"
    gitlab.person.groups = ["acme/web"]
    assert refused(Surfer(site, "gitlab").sign_in()) is None


def test_an_unconfirmed_address_of_gitlab_is_not_one(make: Make, gitlab: GitLabStand) -> None:
    site = make("organisation", domains=("example.test",))
    gitlab.person.verified = False
    surfer = Surfer(site, "gitlab")
    assert refused(surfer.sign_in()) == "email"
    assert surfer.door("?refused=email&provider=gitlab")["refusal"].startswith("GitLab did not confirm your e-mail")


def test_a_disabled_account_stays_out_and_its_name_is_not_reused(make: Make) -> None:
    site = make()
    Surfer(site, "github").sign_in()
    disable(site, "octo-cat")
    surfer = Surfer(site, "github")
    assert refused(surfer.sign_in()) == "disabled"
    assert surfer.name() is None


# ---- linking


def test_a_linked_account_is_another_way_in_and_the_last_one_stays(make: Make) -> None:
    site = make()
    surfer = Surfer(site, "github")
    surfer.sign_in()
    surfer.provider = "gitlab"
    assert surfer.link(next="/me/profile").headers["Location"] == "/me/profile"
    rows = surfer.client.get("/api/v1/me/identities").get_json()["items"]
    assert [row["provider"] for row in rows] == ["github", "gitlab"]
    other = Surfer(site, "gitlab")
    other.sign_in()
    assert other.name() == "octo-cat"
    assert surfer.write("DELETE", f"/me/identities/{rows[0]['id']}").status_code == 204
    last = surfer.write("DELETE", f"/me/identities/{rows[1]['id']}")
    assert (last.status_code, "last way in" in last.get_json()["detail"]) == (409, True)
    surfer.write("PUT", "/me/password", {"password": "correct horse battery"})
    assert surfer.write("DELETE", f"/me/identities/{rows[1]['id']}").status_code == 204


def test_an_account_that_belongs_to_another_user_is_not_linked(make: Make) -> None:
    site = make()
    Surfer(site, "gitlab").sign_in()
    surfer = Surfer(site, "github")
    surfer.sign_in()
    surfer.provider = "gitlab"
    assert refused(surfer.link()) == "linked_elsewhere"
    assert surfer.name() == "octo-cat"
    assert len(surfer.client.get("/api/v1/me/identities").get_json()["items"]) == 1


def test_linking_ends_with_the_session_that_began_it(make: Make) -> None:
    site = make()
    surfer = Surfer(site, "github")
    surfer.sign_in()
    begun = surfer.write("POST", "/me/identities", {"provider": "gitlab"}).get_json()["url"]
    surfer.write("DELETE", "/session")
    assert refused(surfer.return_to(hop(begun))) == "other_session"
    assert surfer.name() is None


def test_nobody_unlinks_for_somebody_else(make: Make) -> None:
    site = make()
    one, two = Surfer(site, "github"), Surfer(site, "gitlab")
    one.sign_in()
    two.sign_in()
    mine = one.client.get("/api/v1/me/identities").get_json()["items"][0]["id"]
    assert two.write("DELETE", f"/me/identities/{mine}").status_code == 404


def test_a_token_links_nothing(make: Make) -> None:
    assert make().post("/me/identities", {"provider": "github"}).status_code == 403


# ---- the way there and back


def test_a_state_is_good_once_for_its_browser_and_its_provider(make: Make) -> None:
    site = make()
    surfer = Surfer(site, "github")
    address = hop(surfer.begin())
    thief = Surfer(site, "github")
    thief.begin()  # has a cookie, but of a journey of its own
    assert refused(thief.return_to(address)) == "state"
    bare = Surfer(site, "github")
    assert refused(bare.return_to(address)) == "state"
    elsewhere = address.replace("/login/github/", "/login/gitlab/")
    assert refused(surfer.return_to(elsewhere)) == "state"
    assert refused(surfer.return_to(address.replace("state=", "state=x"))) == "state"
    assert refused(surfer.return_to(address.partition("&state=")[0])) == "state"
    # none of that has used it up
    assert refused(surfer.return_to(address)) is None
    surfer.write("DELETE", "/session")
    assert refused(surfer.return_to(address)) == "state"
    assert surfer.name() is None


def test_a_code_of_another_sign_in_is_worth_nothing_without_its_verifier(make: Make) -> None:
    site = make()
    victim, thief = Surfer(site, "github"), Surfer(site, "github")
    stolen = parse_qs(urlsplit(hop(victim.begin())).query)["code"][0]
    own = parse_qs(urlsplit(hop(thief.begin())).query)["state"][0]
    answer = thief.return_to(f"{PUBLIC}/login/github/callback?code={stolen}&state={own}")
    assert refused(answer) == "provider"
    assert thief.name() is None


def test_two_tabs_may_be_on_their_way_at_once(make: Make) -> None:
    surfer = Surfer(make(), "github")
    one, two = surfer.begin(next="/agents"), surfer.begin(next="/builds")
    assert surfer.return_to(hop(one)).headers["Location"] == "/agents"
    assert two != one


def test_who_says_no_over_there_is_told_so_and_the_deep_link_survives(make: Make, github: GitHubStand) -> None:
    github.denies = True
    surfer = Surfer(make(), "github")
    answer = surfer.sign_in(next="/agents")
    assert refused(answer) == "denied"
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == ["/agents"]


@pytest.mark.parametrize(
    "path",
    ["//evil.test", "/\\evil.test", "https://evil.test", "https:evil.test", "///evil", "/", "/a//b", "/a\tb", "javascript:x"],
)
def test_where_to_go_is_a_page_of_ours(make: Make, path: str) -> None:
    surfer = Surfer(make(), "github")
    begun = surfer.client.post("/api/v1/session/providers/github", json={"next": path})
    if begun.status_code == 200:
        assert surfer.return_to(hop(begun.get_json()["url"])).headers["Location"] == "/"
    else:
        assert begun.status_code == 422


def test_a_provider_that_is_down_or_unknown(make: Make, github: GitHubStand, gitlab: GitLabStand) -> None:
    site = make()
    surfer = Surfer(site, "gitlab")
    address = hop(surfer.begin())
    gitlab.__exit__(None, None, None)
    assert refused(surfer.return_to(address)) == "unreachable"
    fresh = Surfer(site, "oidc")
    assert fresh.client.post("/api/v1/session/providers/oidc", json={}).status_code == 404
    assert fresh.client.get("/login/oidc/callback?state=x").headers["Location"] == "/login"
    gitlab._server.server_close()


def test_the_page_asks_without_being_refused(make: Make) -> None:
    door = Surfer(make("invitation"), "github").door()
    assert door["providers"] == [{"id": "github", "name": "GitHub"}, {"id": "gitlab", "name": "GitLab"}]
    assert (door["signed_in"], door["me"], door["password"], door["sign_up"]) == (False, None, True, "invitation")
