"""Providers that lie: forged, stolen and mistaken ID tokens, and what else a liar may say."""


import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes import gitlab_sso
from tests.fakes.gitlab_sso import GitLabStand
from tests.unit.api.providers import Make
from tests.unit.api.surfer import Surfer, hop, refused


def part(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def by_hand(algorithm: str, secret: bytes | None, claims: dict[str, Any]) -> str:
    """A token that no library would make."""
    signed = f"{part(json.dumps({'alg': algorithm, 'kid': gitlab_sso.KEY.kid}).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256')) if secret else ''}"


def unsigned(claims: dict[str, Any]) -> str:
    return by_hand("none", None, claims)


def with_public_key(claims: dict[str, Any]) -> str:
    return by_hand("HS256", gitlab_sso.KEY.as_pem(private=False), claims)


def with_client_secret(claims: dict[str, Any]) -> str:
    return by_hand("HS256", gitlab_sso.CLIENT[1].encode(), claims)


def without_kid(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256"}, claims, gitlab_sso.KEY)


def with_own_jwk(claims: dict[str, Any]) -> str:
    mine = RSAKey.generate_key(2048, {"kid": gitlab_sso.KEY.kid or ""})
    return jwt.encode({"alg": "RS256", "kid": mine.kid or "", "jwk": mine.as_dict(private=False)}, claims, mine)


def broken(claims: dict[str, Any]) -> str:
    head, body, signature = gitlab_sso.sign(claims).split(".")
    return f"{head}.{body}.{signature[:-8]}AAAAAAAA"


@pytest.mark.parametrize(
    "forge",
    [unsigned, with_public_key, with_client_secret, without_kid, with_own_jwk, broken, lambda _: None, lambda _: "a.b.c"],
)
def test_an_id_token_that_nobody_signed_as_it_must_be_signs_nobody_in(make: Make, gitlab: GitLabStand, forge: Any) -> None:
    gitlab.sign = forge
    surfer = Surfer(make(), "gitlab")
    assert refused(surfer.sign_in()) == "identity"
    assert surfer.name() is None


FAR = 9_999_999_999


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.test"},
        {"aud": "another-client"},
        {"aud": [gitlab_sso.CLIENT[0], "another-client"]},
        {"azp": "another-client"},
        {"aud": []},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": str(FAR)},
        {"iat": FAR},
        {"iat": None},
        {"nbf": FAR},
        {"sub": ""},
        {"sub": 42},
        {"sub": "x" * 256},
    ],
)
def test_an_id_token_that_was_not_made_for_this_sign_in_signs_nobody_in(
    make: Make, gitlab: GitLabStand, changed: dict[str, Any]
) -> None:
    gitlab.changed = changed
    surfer = Surfer(make(), "gitlab")
    assert refused(surfer.sign_in()) == "identity"
    assert surfer.name() is None


def test_userinfo_about_somebody_else_signs_nobody_in(make: Make, gitlab: GitLabStand) -> None:
    gitlab.userinfo = {"sub": "1"}
    assert refused(Surfer(make(), "gitlab").sign_in()) == "identity"


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://evil.test"}, {"authorization_endpoint": "javascript:x"}, {"authorization_endpoint": None}]
)
def test_a_discovery_that_is_not_this_issuers_is_not_followed(make: Make, gitlab: GitLabStand, metadata: dict[str, Any]) -> None:
    gitlab.metadata = metadata
    answer = Surfer(make(), "gitlab").client.post("/api/v1/session/providers/gitlab", json={})
    assert answer.status_code == 403
    assert "an admin finds the cause" in answer.get_json()["detail"]


def test_another_issuers_answer_is_refused(make: Make, gitlab: GitLabStand) -> None:
    surfer = Surfer(make(), "gitlab")
    address = hop(surfer.begin())
    assert refused(surfer.return_to(f"{address}&iss=https%3A%2F%2Fevil.test")) == "identity"


def test_a_new_key_of_the_issuer_is_looked_for(make: Make, gitlab: GitLabStand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominoci.sso.oidc.AGAIN_S", 0.0)
    site = make()
    Surfer(site, "gitlab").sign_in()
    new = RSAKey.generate_key(2048, {"kid": "the-next"})
    gitlab.keys, gitlab.sign = [gitlab_sso.KEY, new], lambda claims: gitlab_sso.sign(claims, new)
    assert refused(Surfer(site, "gitlab").sign_in()) is None
