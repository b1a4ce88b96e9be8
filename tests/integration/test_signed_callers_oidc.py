"""A token of a real OpenID Connect provider, which nobody of us wrote, in place of a project token."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest

from tests.fakes.oidc_process import OidcProvider, walk
from tests.fakes.stand import s256
from tests.unit.api.site import PUBLIC, TestSite

HOME, VERIFIER = "http://127.0.0.1:9/back", "v" * 43
CLIENT = (PUBLIC, "a secret of the tests")  # an ID token's audience is the client: here, us
SUCCESS = {"status": "SUCCESS", "metadata": {"branch": "main"}}


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(HOME, client=CLIENT) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    made = TestSite(tmp_path, allowed_hosts=("127.0.0.1",))
    yield made
    made.container.outbound.close()
    made.close()


def id_token(provider: OidcProvider, account: str) -> str:
    """What the provider signs for somebody, by the code flow."""
    asked = {"client_id": PUBLIC, "response_type": "code", "scope": "openid", "redirect_uri": HOME}
    asked |= {"code_challenge": s256(VERIFIER), "code_challenge_method": "S256"}
    back = walk(f"{provider.url}/auth?{urlencode(asked)}", HOME, account=account)
    form = {"grant_type": "authorization_code", "redirect_uri": HOME, "code_verifier": VERIFIER}
    form["code"] = dict(parse_qsl(urlsplit(back).query))["code"]
    basic = (quote(CLIENT[0], safe=""), quote(CLIENT[1], safe=""))
    answer = httpx.post(f"{provider.url}/token", data=form, auth=basic, trust_env=False)
    return str(answer.json()["id_token"])


def test_whoever_a_rule_names_reports(site: TestSite, provider: OidcProvider) -> None:
    site.project("core")
    assert site.post("/issuers", {"kind": "other", "url": provider.url}).get_json()["reachable"] is True
    site.post("/projects/core/trust", {"issuer": provider.url, "subject": "ada"})
    ada = id_token(provider, "ada")
    told = [site.post("/events", SUCCESS, ada) for _ in range(2)]  # its tokens have no jti
    assert [one.status_code for one in told] == [201, 200], told[0].text
    assert site.post("/events", {**SUCCESS, "metadata": {"branch": "other"}}, ada).status_code == 401
    assert site.post("/events", SUCCESS, id_token(provider, "eve")).status_code == 401
