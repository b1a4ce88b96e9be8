"""The koalaCI API, word for word: its tokens, its answers, and what of its callers' names becomes a project."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from werkzeug.test import TestResponse

from dominoci.config import KoalaSettings, Settings
from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

SECRET: Final = "koalafy's own secret, for its backend"
PAYLOAD: Final[dict[str, Any]] = {
    "project_id": "shop",
    "deployment_id": "d1",
    "project_branch": "main",
    "project_repo_url": "https://git.test/shop.git",
    "project_build_command": "'npm run build'",
    "project_package_manager": "npm",
    "project_dist_directory": "dist",
}
FORM: Final = "application/x-www-form-urlencoded"  # what curl -d says of every body


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """A site whose admin has set JWT_SECRET."""
    made = TestSite(tmp_path_factory.mktemp("koala"), koala=KoalaSettings(SECRET, "local"))
    yield made
    made.close()


@pytest.fixture
def koala(shared: TestSite) -> TestSite:
    """The same, empty."""
    shared.empty()
    return shared


def token(claims: Mapping[str, Any], secret: str = SECRET, header: Mapping[str, Any] | None = None) -> str:
    """A token as Koalafy's backend signs it."""
    raw = secret.encode()
    return jwt.encode(dict(header or {"alg": "HS256", "typ": "JWT"}), dict(claims), OctKey(raw, raw))


def ask(site: TestSite, method: str, path: str, user: str = "ada", body: Any = None, **headers: str) -> TestResponse:
    """One request as the document's curl sends it."""
    content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    named = {"Authorization": f"Bearer {token({'user_id': user})}", "Content-Type": FORM, **headers}
    return site.anyone.open(path, method=method, data=content, headers=named)


def create(site: TestSite, user: str = "ada", **different: Any) -> TestResponse:
    return ask(site, "POST", "/job/create", user, {**PAYLOAD, **different})


def status(site: TestSite, deployment: str = "d1", user: str = "ada") -> str:
    return str(ask(site, "GET", f"/job/{deployment}/status", user).get_json()["data"])


def builds(site: TestSite) -> list[dict[str, Any]]:
    return list(site.get("/builds").get_json()["items"])


def claim(site: TestSite) -> dict[str, Any]:
    """The next build, held by an agent."""
    found = site.post("/agents/claim", {}, site.agent_token())
    assert found.status_code == 200, found.text
    return dict(found.get_json())


def end(site: TestSite, claimed: Mapping[str, Any], result: str = "SUCCESS") -> None:
    told = site.post(f"/builds/{claimed['id']}/result", {"status": result, "metadata": {"branch": "main"}}, claimed["token"])
    assert told.status_code in (200, 201), told.text


def step_log(site: TestSite, claimed: Mapping[str, Any], text: str) -> None:
    """One step, and what it wrote."""
    step = {"n": 1, "pipeline": "builder", "stage": "build", "name": "build", "state": "running"}
    told = site.post(f"/builds/{claimed['id']}/state", {"steps": [step]}, claimed["token"])
    assert told.status_code == 200, told.text
    path = f"/api/v1/builds/{claimed['id']}/steps/1/log?offset=0"
    sent = site.call("PUT", path, claimed["token"], data=text.encode(), headers={"Content-Type": "application/octet-stream"})
    assert sent.status_code in (200, 204), sent.text


def test_a_deployment_is_built_and_told_of_as_the_document_spells_it(koala: TestSite) -> None:
    created = create(koala)
    assert (created.status_code, created.get_json()) == (200, {"data": "OK"})
    assert conform(created, "POST", "/job/create") == {"data": "OK"}
    assert status(koala) == "BUILDING"
    claimed = claim(koala)
    assert (claimed["repository"]["url"], claimed["ref"]) == ("https://git.test/shop.git", "main")
    assert claimed["definition"]["format"] == "builder"
    assert json.loads(claimed["definition"]["text"]) == {**PAYLOAD, "executor": "local"}
    step_log(koala, claimed, "added 12 packages\n")
    log = ask(koala, "GET", "/job/d1/log")
    assert (log.status_code, log.get_json()) == (200, {"data": "added 12 packages\n"})
    end(koala, claimed)
    assert status(koala) == "READY"
    (build,) = builds(koala)
    assert (build["cause"], build["state"]) == ("api", "success")


def test_while_it_is_built_the_same_is_refused_and_then_built_anew(koala: TestSite) -> None:
    create(koala)
    again = create(koala)
    assert (again.status_code, again.get_json()) == (409, {"data": "Current job is running"})
    assert create(koala, deployment_id="d2").status_code == 200, "another deployment of the project is another job"
    end(koala, claim(koala), "FAILED")
    assert status(koala) == "ERROR"
    assert create(koala).status_code == 200
    assert (status(koala), len(builds(koala))) == ("BUILDING", 3)
    assert len({build["project"]["id"] for build in builds(koala)}) == 1


def test_cancel_ends_what_waits_and_asks_what_runs(koala: TestSite) -> None:
    create(koala)
    cancelled = ask(koala, "PATCH", "/job/d1/cancel")
    assert (cancelled.status_code, cancelled.get_json()) == (200, {"data": "Queued for cancellation"})
    assert status(koala) == "CANCELED"
    nothing = ask(koala, "PATCH", "/job/d1/cancel")
    assert (nothing.status_code, nothing.get_json()) == (404, {"data": "Nothing to cancel"})
    create(koala)
    claimed = claim(koala)
    assert ask(koala, "PATCH", "/job/d1/cancel").status_code == 200
    assert status(koala) == "BUILDING", "until its agent has stopped it"
    end(koala, claimed, "CANCELLED")
    assert status(koala) == "CANCELED"


def test_only_the_same_user_sees_its_job(koala: TestSite) -> None:
    create(koala)
    for method, what in (("GET", "log"), ("GET", "status"), ("PATCH", "cancel")):
        foreign, unknown = (ask(koala, method, f"/job/{job}/{what}", user) for job, user in (("d1", "bob"), ("none", "ada")))
        assert (foreign.status_code, foreign.get_json()) == (404, unknown.get_json()) == (404, {"data": "There is no such job"})
    assert create(koala, "bob").status_code == 200, "bob's d1 is his own"
    assert len({build["project"]["id"] for build in builds(koala)}) == 2
    assert status(koala) == status(koala, user="bob") == "BUILDING"


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token of the algorithm `none`."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
    return f"{'.'.join(parts)}."


NOW: Final = int(time.time())
GOOD: Final = {"user_id": "ada"}
REFUSED: Final[Mapping[str, str | None]] = {
    "none at all": None,
    "no bearer": token(GOOD),
    "basic": f"Basic {token(GOOD)}",
    "empty": "Bearer ",
    "no token": "Bearer secret",
    "another secret": f"Bearer {token(GOOD, 'another secret, of somebody else')}",
    "algorithm none": f"Bearer {unsigned(GOOD)}",
    "HS512": f"Bearer {jwt.encode({'alg': 'HS512'}, dict(GOOD), OctKey(SECRET.encode(), SECRET.encode()), algorithms=['HS512'])}",
    "expired": f"Bearer {token({**GOOD, 'exp': NOW - 5})}",
    "no number for exp": f"Bearer {token({**GOOD, 'exp': None})}",
    "not yet": f"Bearer {token({**GOOD, 'nbf': NOW + 600})}",
    "of tomorrow": f"Bearer {token({**GOOD, 'iat': NOW + 86400})}",
    "brings a key": f"Bearer {token(GOOD, header={'alg': 'HS256', 'jku': 'https://evil.test'})}",
    "changed": f"Bearer {token(GOOD)[:-3]}AAA",
    "no user": f"Bearer {token({'sub': 'ada'})}",
    "user that is a number": f"Bearer {token({'user_id': 7})}",
    "empty user": f"Bearer {token({'user_id': ''})}",
    "user with a space behind": f"Bearer {token({'user_id': 'ada '})}",
    "long user": f"Bearer {token({'user_id': 'a' * 201})}",
    "not ascii": "Bearer ä.b.c",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_proves_nothing_is_401_before_anything_else(koala: TestSite, name: str) -> None:
    headers = {} if REFUSED[name] is None else {"Authorization": str(REFUSED[name])}
    answers = [
        koala.anyone.post("/job/create", data=b"{not json", headers=headers),
        koala.anyone.get("/job/d1/log", headers=headers),
        koala.anyone.get("/job/d1/status", headers=headers),
        koala.anyone.patch("/job/d1/cancel", headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all(list(answer.get_json()) == ["data"] for answer in answers)
    assert builds(koala) == []


def test_a_token_that_ends_later_and_says_more_is_good(koala: TestSite) -> None:
    bearer = token({**GOOD, "exp": NOW + 600, "iat": NOW, "nbf": NOW, "sub": "x", "aud": "koala"})
    assert ask(koala, "POST", "/job/create", body=PAYLOAD, Authorization=f"bearer {bearer}").status_code == 200


WITHOUT: Final = [{name: value for name, value in PAYLOAD.items() if name != left} for left in PAYLOAD]


@pytest.mark.parametrize(
    "body",
    [
        *WITHOUT,
        *({**PAYLOAD, name: wrong} for name in PAYLOAD for wrong in (7, None, ["x"])),
        *({**PAYLOAD, name: ""} for name in PAYLOAD if name != "project_package_manager"),
        {**PAYLOAD, "executor": "local"},
        {**PAYLOAD, "project_package_manager": "cargo"},
        {**PAYLOAD, "project_dist_directory": "../../etc"},
        {**PAYLOAD, "project_branch": "--upload-pack=x"},
        {**PAYLOAD, "project_repo_url": "file:///etc"},
        {**PAYLOAD, "project_repo_url": "ext::sh -c x"},
        {**PAYLOAD, "project_repo_url": "https://me:secret@git.test/x.git"},
        {**PAYLOAD, "deployment_id": "a/b"},
        {**PAYLOAD, "deployment_id": ".."},
        {**PAYLOAD, "deployment_id": "d1 "},
        {**PAYLOAD, "project_id": "a\nb"},
        {**PAYLOAD, "deployment_id": "d" * 201},
        [PAYLOAD],
        "text",
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"project_id": "a", "project_id": "b"}',
        b"project_id=shop&deployment_id=d1",
    ],
    ids=lambda body: repr(body)[:60],
)
def test_a_body_that_is_wrong_is_422_with_a_sentence_and_starts_nothing(koala: TestSite, body: Any) -> None:
    answer = ask(koala, "POST", "/job/create", body=body)
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()) == ["data"]
    assert len(answer.get_json()["data"]) > 10
    assert (builds(koala), koala.get("/projects").get_json()["items"]) == ([], [])


def test_a_body_that_is_too_large_and_a_fault_of_ours_have_the_same_shape(koala: TestSite) -> None:
    large = ask(koala, "POST", "/job/create", body={**PAYLOAD, "project_id": "x" * (1 << 21)})
    assert (large.status_code, list(large.get_json())) == (413, ["data"])


def test_without_a_secret_the_api_is_off(site: TestSite) -> None:
    for method, path in (("POST", "/job/create"), ("GET", "/job/d1/log"), ("GET", "/job/d1/status"), ("PATCH", "/job/d1/cancel")):
        answer = ask(site, method, path, body=PAYLOAD)
        assert (answer.status_code, "JWT_SECRET" in answer.get_json()["data"]) == (503, True)


# ---- the project


def project_of(site: TestSite) -> dict[str, Any]:
    """The newest build's."""
    return dict(site.get(f"/projects/{builds(site)[0]['project']['id']}").get_json())


def test_a_project_is_made_private_and_once(koala: TestSite) -> None:
    create(koala)
    create(koala, deployment_id="d2")
    made = project_of(koala)
    assert (made["visibility"], made["target"]["kind"], made["default_branch"]) == ("private", "agent", "main")
    assert made["name"].startswith("koala-")
    assert "shop" in made["contact"]
    assert len(koala.get("/projects").get_json()["items"]) == 1
    assert create(koala, deployment_id="d3", project_id="blog").status_code == 200
    assert project_of(koala)["id"] != made["id"]


def test_whoever_has_taken_its_name_gets_none_of_its_builds(koala: TestSite) -> None:
    create(koala)
    name = project_of(koala)["name"]
    end(koala, claim(koala))
    koala.empty()
    taken = koala.project(name, target={"kind": "agent"}, repository_url="https://git.test/shop.git")
    assert koala.post(f"/projects/{name}/builds", {}).status_code == 201
    create(koala)
    made = project_of(koala)
    assert (made["id"] != taken["id"], made["name"]) == (True, f"{name}-2")
    assert koala.call("DELETE", f"/api/v1/projects/{name}").status_code == 204
    create(koala, deployment_id="d2")
    assert project_of(koala)["id"] == made["id"], "its own, though the first name is free again"


def test_a_project_that_was_deleted_is_made_anew(koala: TestSite) -> None:
    create(koala)
    before = project_of(koala)
    assert koala.call("DELETE", f"/api/v1/projects/{before['id']}").status_code == 204
    assert status(koala) == "CANCELED"
    assert create(koala).status_code == 200
    assert project_of(koala)["id"] != before["id"]


def test_a_project_stays_its_users_when_its_deployment_goes_on_with_another(koala: TestSite) -> None:
    create(koala)
    first = project_of(koala)["id"]
    for project_id in ("blog", "shop", "blog", "shop"):
        end(koala, claim(koala))
        assert create(koala, project_id=project_id).status_code == 200
        assert (project_of(koala)["id"] == first) == (project_id == "shop")
    assert len(koala.get("/projects").get_json()["items"]) == 2


def test_a_repository_moves_only_when_nothing_is_built_from_it(koala: TestSite) -> None:
    create(koala)
    elsewhere = {"deployment_id": "d2", "project_repo_url": "https://git.test/shop2.git"}
    refused = create(koala, **elsewhere)
    assert (refused.status_code, "another repository" in refused.get_json()["data"]) == (409, True)
    end(koala, claim(koala))
    path = f"/api/v1/projects/{project_of(koala)['id']}/repository-access"
    assert koala.call("PUT", path, json={"kind": "token", "token": "for shop.git"}).status_code == 200
    create(koala)
    held = claim(koala)
    assert held["repository"]["password"] == "for shop.git"
    end(koala, held)
    assert create(koala, **elsewhere).status_code == 200
    moved = claim(koala)["repository"]
    assert (moved["url"], moved["password"]) == ("https://git.test/shop2.git", None), "what one is shown, another is not"


def test_the_log_says_why_a_build_waits_and_how_it_failed(koala: TestSite) -> None:
    create(koala)
    assert "agent" in ask(koala, "GET", "/job/d1/log").get_json()["data"]
    claimed = claim(koala)
    told = {"status": "FAILED", "reason": {"code": "step_failed", "text": "build / build ended with 1"}}
    assert koala.post(f"/builds/{claimed['id']}/result", told, claimed["token"]).status_code in (200, 201)
    assert "ended with 1" in ask(koala, "GET", "/job/d1/log").get_json()["data"]


def test_of_a_log_without_end_the_end_is_told(koala: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominoci.services.deployments.MOST_LOG", 10)
    create(koala)
    step_log(koala, claim(koala), "first line\nlast line\n")
    assert ask(koala, "GET", "/job/d1/log").get_json()["data"] == "[what was written before is left out]\nlast line\n"


def test_the_secret_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text("of a file\n")
    assert Settings.from_env({"JWT_SECRET": "of a variable"}).koala.jwt_secret == "of a variable"
    found = Settings.from_env({"JWT_SECRET_FILE": str(tmp_path / "jwt")})
    assert found.koala == replace(KoalaSettings(), jwt_secret="of a file")
    assert "of a file" not in repr(found)
