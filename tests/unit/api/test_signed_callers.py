"""CI jobs that report with their platform's signed token: who gets in, and abuse case 7 of guarantees.md in one table."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from werkzeug.test import TestResponse

from dominoci.infra import jwt_checking
from dominoci.outbound import published_keys
from dominoci.services.access import INVALID_TOKEN
from tests.fakes.job_issuer import GITLAB, JobIssuer, new_key
from tests.unit.api.site import PUBLIC, TestSite

SUCCESS = {"status": "SUCCESS", "metadata": {"branch": "main"}}
NOW = int(time.time())
Forge = Callable[[JobIssuer], str]


@pytest.fixture(scope="module")
def issuer() -> Iterator[JobIssuer]:
    with JobIssuer() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, issuer: JobIssuer) -> Iterator[TestSite]:
    """`core`, on which `app` depends; both trust a repository of the issuer, and `core` only its main branch."""
    made = TestSite(tmp_path_factory.mktemp("signed"), allowed_hosts=("127.0.0.1",))
    listed = made.post("/issuers", {"kind": "github", "url": issuer.url, "name": "Stand-in"})
    assert (listed.status_code, listed.get_json()["reachable"]) == (201, True), listed.text
    made.project("core")
    made.project("app")
    made.depend("core", "app")
    trust(made, issuer, "core", claims={"ref": "refs/heads/main"})
    trust(made, issuer, "app", subject="75")
    yield made
    made.container.outbound.close()
    made.close()


def trust(site: TestSite, issuer: JobIssuer, project: str, **body: Any) -> dict[str, Any]:
    made = site.post(f"/projects/{project}/trust", {"issuer": issuer.url, "subject": "74", **body})
    assert made.status_code == 201, made.text
    return dict(made.get_json())


def trees(site: TestSite) -> list[str]:
    return [tree["id"] for tree in site.get("/trees?limit=200").get_json()["items"]]


# ---- who gets in


def test_a_job_reports_for_the_project_that_trusts_its_repository(site: TestSite, issuer: JobIssuer) -> None:
    told = site.post("/events", SUCCESS, issuer.token(PUBLIC))
    assert told.status_code == 201, told.text
    assert told.get_json()["children"][0]["project"] == "app"
    assert site.get(f"/trees/{told.get_json()['tree_id']}").get_json()["root"]["project"]["name"] == "core"
    assert site.get("/projects/core/trust").get_json()["items"][0]["last_used_at"] is not None


def test_a_job_reports_its_event_with_one_token_from_start_to_end(site: TestSite, issuer: JobIssuer) -> None:
    tree = site.post("/events", SUCCESS, issuer.token(PUBLIC)).get_json()["tree_id"]
    token = issuer.token(f"{PUBLIC}/projects/app", repository_id=75)
    event = {"tree_id": tree, "sub_id": "1.1", "attempt": 1}
    assert site.post("/results/started", event, token).status_code == 200
    assert site.post("/results", {**SUCCESS, **event}, token).status_code == 201
    assert site.post("/results", {**SUCCESS, **event}, token).status_code == 200
    assert site.get(f"/trees/{tree}/events/1.1").get_json()["state"] == "success"
    # the same token is good for nothing else
    assert site.post("/events", SUCCESS, token).status_code == 401
    assert site.post("/results", {**SUCCESS, **event, "status": "FAILED"}, token).status_code == 409


def test_a_job_of_another_project_reports_no_result(site: TestSite, issuer: JobIssuer) -> None:
    tree = site.post("/events", SUCCESS, issuer.token(PUBLIC)).get_json()["tree_id"]
    foreign = site.post("/results", {**SUCCESS, "tree_id": tree, "sub_id": "1.1"}, issuer.token(PUBLIC))
    unknown = site.post("/results", {**SUCCESS, "tree_id": tree, "sub_id": "9"}, issuer.token(PUBLIC))
    assert (foreign.status_code, foreign.get_json()["detail"]) == (404, unknown.get_json()["detail"])


def test_a_token_that_was_used_is_good_for_the_same_again_and_nothing_else(site: TestSite, issuer: JobIssuer) -> None:
    token = issuer.token(PUBLIC)
    assert site.post("/events?dry_run=true", SUCCESS, token).status_code == 200  # uses nothing up
    first = site.post("/events", SUCCESS, token)
    again = site.post("/events", SUCCESS, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["tree_id"] == first.get_json()["tree_id"]
    before = trees(site)
    other = site.post("/events", {**SUCCESS, "metadata": {"branch": "other"}}, token)
    result = site.post("/results", {**SUCCESS, "tree_id": first.get_json()["tree_id"], "sub_id": "1"}, token)
    assert [one.get_json()["detail"] for one in (other, result)] == [INVALID_TOKEN] * 2
    assert (other.status_code, result.status_code, trees(site)) == (401, 401, before)


def test_a_refused_report_does_not_use_the_token_up(site: TestSite, issuer: JobIssuer) -> None:
    token = issuer.token(PUBLIC)
    assert site.post("/events", {**SUCCESS, "event_token": "dce_wrong"}, token).status_code == 422
    assert site.post("/events", SUCCESS, token).status_code == 201


def test_where_several_projects_trust_a_repository_the_audience_says_which(site: TestSite, issuer: JobIssuer) -> None:
    mono = {"repository_id": "100"}
    for name in ("mono-a", "mono-b"):
        site.project(name)
        trust(site, issuer, name, subject="100")
    assert site.post("/events", SUCCESS, issuer.token(PUBLIC, **mono)).status_code == 401
    told = site.post("/projects/mono-a/trust/try", {"token": issuer.token(PUBLIC, **mono)}).get_json()
    assert (told["accepted"], [one["holds"] for one in told["rules"]]) == (False, [True])
    assert "several projects" in told["fault"]
    for name in ("mono-a", "mono-b"):
        told = site.post("/events", SUCCESS, issuer.token(f"{PUBLIC}/projects/{name}", **mono))
        assert site.get(f"/trees/{told.get_json()['tree_id']}").get_json()["root"]["project"]["name"] == name


def test_a_new_key_of_the_issuer_is_found_and_those_of_before_still_hold(site: TestSite, issuer: JobIssuer) -> None:
    old = issuer.token(PUBLIC)
    issuer.rotate("next")
    assert site.post("/events", SUCCESS, issuer.token(PUBLIC)).status_code == 201
    assert site.post("/events", SUCCESS, old).status_code == 201


def test_while_keys_cannot_be_had_a_job_is_asked_to_come_again(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    with JobIssuer() as other:
        site.post("/issuers", {"kind": "gitlab", "url": other.url})
        monkeypatch.setattr(published_keys, "FRESH_S", 0.0)
        monkeypatch.setattr(published_keys, "OLDEST_S", -1.0)
        other.down = True
        answer = site.post("/events", SUCCESS, other.sign({**other.claims(PUBLIC), **GITLAB}))
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_on_other_routes_a_signed_token_is_none(site: TestSite, issuer: JobIssuer) -> None:
    token = issuer.token(PUBLIC)
    for path in ("/projects/core", "/trees", "/issuers"):
        answer = site.get(path, token)
        assert (answer.status_code, answer.get_json()["detail"]) == (401, INVALID_TOKEN)


# ---- abuse case 7


def part(value: Any) -> str:
    return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode().rstrip("=")


def by_hand(algorithm: str, secret: Callable[[JobIssuer], bytes] | None) -> Forge:
    """A token that no library would make."""

    def forge(issuer: JobIssuer) -> str:
        signed = f"{part({'alg': algorithm, 'kid': issuer.keys[0].kid})}.{part(issuer.claims(PUBLIC))}"
        return f"{signed}.{part(hmac.digest(secret(issuer), signed.encode(), 'sha256')) if secret else ''}"

    return forge


def claims(**changed: Any) -> Forge:
    return lambda issuer: issuer.token(changed.pop("aud", PUBLIC), **changed)


def header(**changed: Any) -> Forge:
    return lambda issuer: issuer.sign(issuer.claims(PUBLIC), **changed)


def own_key(issuer: JobIssuer) -> str:
    mine = new_key(issuer.keys[0].kid or "")
    return issuer.sign(issuer.claims(PUBLIC), mine)


def own_key_in_header(issuer: JobIssuer) -> str:
    mine = new_key(issuer.keys[0].kid or "")
    return issuer.sign(issuer.claims(PUBLIC), mine, jwk=mine.as_dict(private=False))


def changed_after(issuer: JobIssuer) -> str:
    head, _, signature = issuer.token(PUBLIC).split(".")
    return f"{head}.{part(issuer.claims(PUBLIC))}.{signature}"


def public_key(issuer: JobIssuer) -> bytes:
    return issuer.keys[0].as_pem(private=False)


def unlisted(_: JobIssuer) -> str:
    with JobIssuer() as other:
        return other.token(PUBLIC)


ABUSE: dict[str, Forge] = {
    "alg none": by_hand("none", None),
    "alg None": by_hand("None", None),
    "HS256 with the public key": by_hand("HS256", public_key),
    "HS256 with an empty key": by_hand("HS256", lambda _: b""),
    "RS256 with a MAC": by_hand("RS256", public_key),
    "another key": own_key,
    "its own key in jwk": own_key_in_header,
    "jku": header(jku="https://evil.test/keys"),
    "x5u": header(x5u="https://evil.test/cert"),
    "x5c": header(x5c=["MII="]),
    "unknown crit": lambda issuer: f"{part({'alg': 'RS256', 'kid': 'first', 'crit': ['b64'], 'b64': False})}.{part(b'{}')}.x",
    "no kid": header(kid=""),
    "unknown kid": header(kid="nobody"),
    "claims changed after signing": changed_after,
    "three parts of nothing": lambda _: "a.b.c",
    "empty parts": lambda _: "..",
    "a header nested too deeply": lambda _: f"{part(b'[' * 20_000)}.e30.x",
    "claims nested too deeply": lambda i: f"{part({'alg': 'RS256', 'kid': i.keys[0].kid})}.{part(b'[' * 15_000)}.x",
    "too long": lambda issuer: issuer.token(PUBLIC, filler="x" * 40_000),
    "an issuer that is not listed": unlisted,
    "another issuer": claims(iss="https://gitlab.com"),
    "an issuer by prefix": lambda issuer: issuer.token(PUBLIC, iss=f"{issuer.url}/"),
    "no issuer": claims(iss=None),
    "an issuer that is no text": claims(iss=["x"]),
    "another audience": claims(aud="https://vault.test"),
    "an audience by prefix": claims(aud=f"{PUBLIC}.evil.test"),
    "several audiences": claims(aud=[PUBLIC, "https://vault.test"]),
    "no audience": claims(aud=None),
    "another project's audience": claims(aud=f"{PUBLIC}/projects/app"),
    "an unknown project's audience": claims(aud=f"{PUBLIC}/projects/nobody"),
    "expired": claims(exp=NOW - 120),
    "no exp": claims(exp=None),
    "exp as text": claims(exp=str(NOW + 300)),
    "exp of no end": claims(exp=float("inf")),
    "exp that is no number": claims(exp=float("nan")),
    "a huge exp": claims(exp=10**400),
    "lives too long": claims(exp=NOW + 90_000),
    "issued in the future": claims(iat=NOW + 600),
    "no iat": claims(iat=None),
    "not valid yet": claims(nbf=NOW + 600),
    "a pull request": claims(event_name="pull_request"),
    "a pull request's ref": claims(ref="refs/pull/7/merge"),
    "a fork": claims(repository_id="76"),
    "another repository": claims(repository_id=740),
    "no repository": claims(repository_id=None),
    "a repository by pattern": claims(repository_id="*"),
    "another branch": claims(ref="refs/heads/topic"),
}


def refused(answer: TestResponse) -> bool:
    return (answer.status_code, answer.get_json()["detail"]) == (401, INVALID_TOKEN)


@pytest.mark.parametrize("forge", ABUSE.values(), ids=ABUSE.keys())
def test_a_token_that_proves_nothing_is_refused_in_the_same_words(
    site: TestSite, issuer: JobIssuer, forge: Forge
) -> None:
    before, token = trees(site), forge(issuer)
    with structlog.testing.capture_logs() as lines:
        assert refused(site.post("/events", SUCCESS, token))
        assert refused(site.post("/results", {**SUCCESS, "tree_id": "t", "sub_id": "1"}, token))
    assert trees(site) == before
    # the log says why, without the token
    assert [line["event"] for line in lines].count("signed_token_refused") == 2
    assert all(len(one) < 8 or one not in str(lines) for one in token.split("."))


def test_a_published_key_of_a_curve_that_nobody_knows_proves_nothing() -> None:
    key = {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "new"}
    with pytest.raises(jwt_checking.Unbelieved):
        jwt_checking.verified(f"{part({'alg': 'ES256', 'kid': 'new'})}.{part({})}.AA", [key])


def test_removing_an_issuer_ends_all_trust_in_it(site: TestSite) -> None:
    with JobIssuer() as other:
        made = site.post("/issuers", {"kind": "github", "url": other.url}).get_json()
        assert site.post("/issuers", {"kind": "other", "url": other.url}).status_code == 409
        site.project("brief")
        trust(site, other, "brief", subject="9")
        assert site.post("/events", SUCCESS, other.token(PUBLIC, repository_id="9")).status_code == 201
        assert site.call("DELETE", f"/api/v1/issuers/{made['id']}").status_code == 204
        assert refused(site.post("/events", SUCCESS, other.token(PUBLIC, repository_id="9")))
        assert site.get("/projects/brief/trust").get_json()["items"] == []
    told = site.get("/projects/brief/audit").get_json()["items"]
    assert [row["action"] for row in told][:2] == ["issuer.removed", "trust.added"]


# ---- trying a token


def test_trying_a_token_says_which_claim_fails_and_keeps_nothing(site: TestSite, issuer: JobIssuer) -> None:
    def tried(token: str) -> dict[str, Any]:
        return dict(site.post("/projects/core/trust/try", {"token": token}).get_json())

    token = issuer.token(PUBLIC)
    good = tried(token)
    assert (good["accepted"], good["fault"], good["rules"][0]["fails"]) == (True, None, [])
    wrong = tried(issuer.token(PUBLIC, ref="refs/heads/topic", event_name="pull_request"))
    assert not wrong["accepted"]
    assert wrong["rules"][0]["fails"] == [
        {"claim": "event_name", "wanted": "no pull or merge request", "found": "pull_request"},
        {"claim": "ref", "wanted": "refs/heads/main", "found": "refs/heads/topic"},
    ]
    assert tried(issuer.token(PUBLIC, exp=NOW - 300))["fault"] == "it has expired"
    assert "audience names another project" in tried(issuer.token(f"{PUBLIC}/projects/app"))["fault"]
    assert site.post("/events", SUCCESS, token).status_code == 201  # it was not used up


def test_a_rule_is_changed_and_ended(site: TestSite, issuer: JobIssuer) -> None:
    site.project("picky")
    rule = trust(site, issuer, "picky", subject="200")
    again = site.post("/projects/picky/trust", {"issuer": issuer.url, "subject": "200"})
    assert again.status_code == 409
    pull = {"repository_id": 200, "event_name": "pull_request"}
    assert refused(site.post("/events", SUCCESS, issuer.token(PUBLIC, **pull)))
    path = f"/api/v1/projects/picky/trust/{rule['id']}"
    assert site.call("PATCH", path, json={"pull_requests": True}).get_json()["pull_requests"] is True
    assert site.post("/events", SUCCESS, issuer.token(PUBLIC, **pull)).status_code == 201
    assert site.call("DELETE", path.replace("picky", "core")).status_code == 404
    assert site.call("DELETE", path).status_code == 204
    assert refused(site.post("/events", SUCCESS, issuer.token(PUBLIC, **pull)))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"issuer": "https://nobody.test"}, "issuer"),
        ({"claims": {"sub": "repo:a/b:*"}}, "claims.sub.key"),
        ({"claims": {"aud": "x"}}, "claims.aud.key"),
        ({"claims": {"re f": "x"}}, "claims.re f.key"),
        ({"claims": {"ref": 1}}, "claims.ref"),
        ({"subject": ""}, "subject"),
        ({"subject": "octo-org/octo-repo"}, "subject"),
        ({"pull_requests": "yes"}, "pull_requests"),
    ],
)
def test_a_rule_that_could_not_hold_is_422(site: TestSite, issuer: JobIssuer, body: dict[str, Any], field: str) -> None:
    answer = site.post("/projects/core/trust", {"issuer": issuer.url, "subject": "300", **body})
    assert (answer.status_code, [*answer.get_json()["errors"]]) == (422, [field])


@pytest.mark.parametrize("url", ["http://ci.test", "https://10.0.0.1", "https://ci.test/?a=b", "nonsense"])
def test_an_issuer_that_would_never_be_asked_is_422(site: TestSite, url: str) -> None:
    answer = site.post("/issuers", {"kind": "other", "url": url})
    assert (answer.status_code, [*answer.get_json()["errors"]]) == (422, ["url"])
