"""Signing in with a real Gitea: an OpenID Connect provider that we found by discovery only."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dominoci.config import ProviderSettings, SignUp
from tests.peers.browser import walk
from tests.peers.forge import Gitea
from tests.unit.api.site import PUBLIC, TestSite
from tests.unit.api.surfer import Surfer, refused

CALLBACK = f"{PUBLIC}/login/oidc/callback"
PEOPLE = {"ada": "ada@example.test", "grace": "grace@elsewhere.test", "eve": "eve@elsewhere.test"}


@pytest.fixture(scope="module")
def site(gitea: Gitea, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """An arbiter that takes whom Gitea confirms to be of example.test, as ada is, or a member of acme, as grace is."""
    for name, email in PEOPLE.items():
        gitea.user(name, email)
    gitea.organisation("acme", "grace")
    settings = ProviderSettings("oidc", "Gitea", gitea.url, *gitea.application(CALLBACK))
    made = TestSite(
        tmp_path_factory.mktemp("site"), providers=(settings,), sign_up=SignUp("organisation", ("example.test",), ("acme",))
    )
    yield made
    made.close()


def surfer(site: TestSite, account: str, *, consents: bool = True) -> Surfer:
    return Surfer(site, "oidc", lambda url: walk(url, PUBLIC, account=account, consents=consents))


def test_an_account_is_made_once_and_found_again(site: TestSite) -> None:
    first = surfer(site, "ada")
    assert first.sign_in(next="/agents").headers["Location"] == "/agents"
    assert first.name() == "ada"
    again = surfer(site, "ada")
    assert refused(again.sign_in()) is None
    assert again.door()["me"]["user"] == first.door()["me"]["user"]


def test_a_member_of_the_organisation_comes_in_and_a_stranger_does_not(site: TestSite) -> None:
    member, stranger = surfer(site, "grace"), surfer(site, "eve")
    assert refused(member.sign_in()) is None
    assert member.name() == "grace"
    assert refused(stranger.sign_in()) == "organisation"
    assert stranger.name() is None


def test_who_does_not_consent_over_there_is_not_signed_in(site: TestSite) -> None:
    # eve's consent would be remembered, were it given
    nobody = surfer(site, "root-of-gitea", consents=False)
    assert refused(nobody.sign_in()) == "denied"
    assert nobody.name() is None


def test_gitea_itself_compares_what_we_send(site: TestSite) -> None:
    """That state is ours alone is ours to test; that the verifier and the exact address are looked at is Gitea's part."""
    one = surfer(site, "ada")
    astray = one.begin().replace("login%2Foidc", "login%2Fevil")
    with pytest.raises(AssertionError, match=": 400 "):
        walk(astray, PUBLIC, account="ada")
    code = urlsplit(walk(one.begin(), PUBLIC, account="ada")).query
    other = surfer(site, "ada")
    state = urlsplit(walk(other.begin(), PUBLIC, account="ada")).query.partition("state=")[2]
    assert refused(other.return_to(f"{CALLBACK}?{code.partition('&')[0]}&state={state}")) == "provider"
