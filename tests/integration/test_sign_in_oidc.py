"""Sign-in at a real OpenID Connect provider: npm `oidc-provider`, its own process, found by discovery, PKCE demanded."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from dominoci.config import ProviderSettings, SignUp
from tests.fakes.oidc_process import CLIENT, OidcProvider, walk
from tests.unit.api.site import PUBLIC, TestSite
from tests.unit.api.surfer import Surfer, refused

CALLBACK = f"{PUBLIC}/login/oidc/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(CALLBACK) as started:
        yield started


@pytest.fixture(scope="module")
def only_site(provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    settings = ProviderSettings("oidc", "Example ID", provider.url, *CLIENT)
    policy = SignUp("organisation", ("example.test",), ("acme",))
    made = TestSite(tmp_path_factory.mktemp("oidc"), providers=(settings,), sign_up=policy)
    yield made
    made.close()


@pytest.fixture
def site(only_site: TestSite) -> TestSite:
    only_site.empty()
    return only_site


def surfer(site: TestSite, account: str = "ada", act: str = "in") -> Surfer:
    return Surfer(site, "oidc", lambda url: walk(url, PUBLIC, account=account, act=act))


def without(url: str, *names: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode([pair for pair in parse_qsl(parts.query) if pair[0] not in names])).geturl()


def test_the_first_time_makes_the_account_and_the_second_finds_it(site: TestSite) -> None:
    first = surfer(site)
    assert first.sign_in(next="/agents").headers["Location"] == "/agents"
    assert first.name() == "ada"
    again = surfer(site)
    assert refused(again.sign_in()) is None
    assert again.door()["me"]["user"] == first.door()["me"]["user"]


def test_the_policy_reads_what_the_provider_confirmed(site: TestSite) -> None:
    unconfirmed = surfer(site, "unconfirmed-eve")
    assert refused(unconfirmed.sign_in()) == "email"
    assert unconfirmed.name() is None
    member = surfer(site, "unconfirmed-grace+acme")
    assert refused(member.sign_in()) is None
    assert member.name() == "unconfirmed-grace"


def test_who_refuses_over_there_is_not_signed_in(site: TestSite) -> None:
    nobody = surfer(site, act="no")
    assert refused(nobody.sign_in()) == "denied"
    assert nobody.name() is None


def test_the_provider_itself_demands_what_we_send(site: TestSite) -> None:
    """That PKCE and the exact redirect address are sent is seen by taking them away."""
    url = surfer(site).begin()
    unproven = httpx.get(without(url, "code_challenge", "code_challenge_method"), trust_env=False)
    assert "error=invalid_request" in unproven.headers["location"]
    assert "PKCE" in unproven.headers["location"]
    astray = httpx.get(url.replace("login%2Foidc", "login%2Fevil"), trust_env=False)
    assert astray.status_code == 400


def test_an_answer_is_good_once_and_for_its_browser(site: TestSite) -> None:
    one, other = surfer(site), surfer(site)
    address = walk(one.begin(), PUBLIC)
    other.begin()
    assert refused(other.return_to(address)) == "state"
    assert refused(one.return_to(address)) is None
    assert refused(one.return_to(address)) == "state"


def test_a_code_of_another_browser_brings_nobody_in(site: TestSite) -> None:
    victim, thief = surfer(site), surfer(site, "eve")
    stolen = dict(parse_qsl(urlsplit(walk(victim.begin(), PUBLIC)).query))
    own = dict(parse_qsl(urlsplit(walk(thief.begin(), PUBLIC, account="eve")).query))
    mixed = urlencode({**own, "code": stolen["code"]})
    assert refused(thief.return_to(f"{CALLBACK}?{mixed}")) == "provider"
    assert thief.name() is None
