"""Who the arbiter says it is: the token that goes with every trigger, and the keys that prove it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from dominoci.services import dispatch
from tests.fakes.webhook_sink import Sink, answer
from tests.unit.api.site import PUBLIC, TestSite

# the name that verifiers know; joserfc would rather hear the newer one
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink(otherwise=answer(202)) as running:
        yield running


def site_with(folder: Path, *secrets: str) -> TestSite:
    """An arbiter whose operator gave it these secrets."""
    folder.mkdir()
    return TestSite(folder, secret_keys=secrets, allowed_hosts=("127.0.0.1",))


def close(site: TestSite) -> None:
    site.container.outbound.close()
    site.close()


def sent(site: TestSite, sink: Sink) -> dict[str, Any]:
    """What a triggered webhook target is sent."""
    site.project("core")
    site.project("app", target={"kind": "webhook", "url": f"{sink.url}/hook"})
    site.depend("core", "app")
    site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core"))
    dispatch.drain(site.container.transactions, site.container.adapters)
    return dict(json.loads(sink.received[-1].body))


def keys_of(site: TestSite) -> KeySet:
    return KeySet.import_key_set(site.anyone.get("/.well-known/jwks.json").get_json())


def test_what_a_target_is_sent_can_be_verified_with_the_published_keys(tmp_path: Path, sink: Sink) -> None:
    site = site_with(tmp_path / "one", "k")
    told = sent(site, sink)
    token = jwt.decode(told["identity"], keys_of(site), algorithms=["EdDSA"])
    claims = token.claims
    jwt.JWTClaimsRegistry(iss={"value": PUBLIC, "essential": True}, aud={"value": sink.url, "essential": True}).validate(claims)
    assert token.header["typ"] == "JWT"
    assert claims["exp"] - claims["iat"] == 3600
    assert (claims["sub"], claims["project"], claims["jti"]) == (told["project"]["id"], "app", told["delivery_id"])
    assert {name: claims[name] for name in ("tree_id", "sub_id", "attempt")} == {
        "tree_id": told["tree_id"],
        "sub_id": "1.1",
        "attempt": 1,
    }
    stored = site.get(f"/trees/{told['tree_id']}/events/1.1/deliveries").text
    assert told["identity"] not in stored
    assert told["identity"].rpartition(".")[2] not in stored
    close(site)


def test_rotating_the_secret_key_publishes_both_and_the_old_token_still_holds(tmp_path: Path, sink: Sink) -> None:
    before, after = site_with(tmp_path / "before", "old"), site_with(tmp_path / "after", "new", "old")
    old, new = sent(before, sink)["identity"], sent(after, sink)["identity"]
    published = keys_of(after)
    assert len(published.keys) == 2
    for token in (old, new):
        assert jwt.decode(token, published, algorithms=["EdDSA"]).claims["project"] == "app"
    assert jwt.decode(new, published, algorithms=["EdDSA"]).header["kid"] == published.keys[0].kid
    assert jwt.decode(old, published, algorithms=["EdDSA"]).header["kid"] == published.keys[1].kid
    close(before)
    close(after)


def test_an_own_agent_is_given_one_for_the_arbiter_itself(site: TestSite) -> None:
    site.project("core")
    site.project("built", target={"kind": "agent"}, repository_url=None)
    site.depend("core", "built")
    site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, site.project_token("core"))
    claimed = site.post("/agents/claim", {}, site.agent_token()).get_json()
    token = jwt.decode(claimed["variables"]["DOMINO_IDENTITY"], keys_of(site), algorithms=["EdDSA"])
    assert (token.claims["aud"], token.claims["sub_id"]) == (PUBLIC, "1.1")


def test_the_keys_are_public_cacheable_and_found_by_discovery(site: TestSite) -> None:
    found = site.anyone.get("/.well-known/openid-configuration").get_json()
    assert found["issuer"] == PUBLIC
    answer = site.anyone.get(found["jwks_uri"].removeprefix(PUBLIC))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert [sorted(key) for key in answer.get_json()["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]  # and no `d`
    again = site.anyone.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
