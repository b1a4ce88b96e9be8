"""How private repositories are read, and secrets for builds: written, never shown, bound to the origin, and given to builds."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from dominoci.domain.keys import KeyRing
from dominoci.infra import crypto, ssh_keys
from dominoci.infra.models.builds import Build
from tests.bed.sshd import Sshd, key
from tests.contract.beds.github import app_key
from tests.fakes.arbiter import FakeArbiter
from tests.fakes.github_api import APP_ID, REPOSITORY, GitHubApi
from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

P = "/projects/core"
PATH = "/api/v1/projects/{project}/repository-access"
TOKEN = "glpat-not-for-eyes"


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """A site that may ask servers on this machine."""
    made = TestSite(tmp_path_factory.mktemp("site"), allowed_hosts=("127.0.0.1",))
    yield made
    made.container.outbound.close()
    made.close()


@pytest.fixture
def site(open_site: TestSite) -> TestSite:
    open_site.empty()
    return open_site


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeArbiter]:
    """`git http-backend` elsewhere, which takes TOKEN as the password."""
    with FakeArbiter(tmp_path_factory.mktemp("forge") / "x") as running:
        running.push({"README": "hello\n"})
        running.queue(repository={"url": "/git/p1.git", "password": TOKEN})
        yield running


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("ssh") / "sshd") as running:
        yield running


def project(site: TestSite, url: str = "https://git.test/core.git") -> dict[str, Any]:
    return site.project("core", repository_url=url, target={"kind": "agent"})


def put(site: TestSite, status: int = 200, **body: Any) -> dict[str, Any]:
    told = site.call("PUT", f"/api/v1{P}/repository-access", json=body)
    assert told.status_code == status, told.text
    return dict(told.get_json())


def test(site: TestSite) -> list[tuple[str, bool, str]]:
    told = conform(site.post(f"{P}/repository-access/test", None), "POST", f"{PATH}/test")
    return [(step["step"], step["ok"], step["detail"]) for step in told["findings"]]


test.__test__ = False  # type: ignore[attr-defined]


def claim(site: TestSite) -> Any:
    assert site.post(f"{P}/builds", {}).status_code == 201
    return conform(site.post("/agents/claim", {}, site.agent_token()), "POST", "/api/v1/agents/claim")


def columns(site: TestSite) -> str:
    """All that the database holds of projects, secrets and the audit log."""
    with site.container.database.writing() as session:
        rows = [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("projects", "project_secrets", "audit")]
    return str(rows)


def test_a_token_is_kept_encrypted_shown_never_and_given_to_builds(site: TestSite) -> None:
    project(site)
    nothing = conform(site.get(f"{P}/repository-access"), "GET", PATH)
    assert (nothing["kind"], nothing["origin"], nothing["secrets"]) == (None, "https://git.test", [])
    put(site, kind="token", username="deploy", token=TOKEN)
    shown = conform(site.get(f"{P}/repository-access"), "GET", PATH)
    assert (shown["kind"], shown["username"], [one["name"] for one in shown["secrets"]]) == ("token", "deploy", ["token"])
    assert TOKEN not in columns(site) + json.dumps(shown) + site.get(P).text + site.get(f"{P}/audit").text
    assert "repository_token" in site.get(f"{P}/audit").text
    # the name alone may be changed, or taken away: the token stays
    put(site, kind="token")
    found = claim(site)["repository"]
    assert found == {
        "url": "https://git.test/core.git", "username": "x-access-token", "password": TOKEN, "ssh_key": None, "known_hosts": None,
    }  # fmt: skip
    assert site.call("DELETE", f"/api/v1{P}/repository-access").status_code == 204
    assert claim(site)["repository"]["password"] is None


def test_a_rotated_operators_secret_still_opens_them(site: TestSite) -> None:
    kept = crypto.encrypt(KeyRing(("old",)), TOKEN)
    assert crypto.decrypt(KeyRing(("new", "old")), kept) == TOKEN
    assert crypto.decrypt(KeyRing(("new",)), kept) is None


@pytest.mark.parametrize(("url", "stays"), [("https://git.test/moved.git", True), ("https://evil.test/core.git", False),
                                            ("http://git.test/core.git", False), ("https://git.test:8443/x", False)])  # fmt: skip
def test_credentials_stay_with_the_origin(site: TestSite, url: str, stays: bool) -> None:
    project(site)
    put(site, kind="token", token=TOKEN)
    assert site.call("PATCH", f"/api/v1{P}", json={"repository_url": url}).status_code == 200
    assert site.get(f"{P}/repository-access").get_json()["kind"] == ("token" if stays else None)
    assert claim(site)["repository"]["password"] == (TOKEN if stays else None)


def test_an_apps_key_is_for_one_api(site: TestSite) -> None:
    project(site, "https://github.com/group/core.git")
    put(site, kind="app", app_id="12", private_key=app_key()[0])
    put(site, kind="app", app_id="12", installation_id="7")
    refused = put(site, 422, kind="app", app_id="12", api_url="https://evil.example/api")
    assert "private_key" in refused["errors"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Keys as OpenSSH makes them, and what people paste in their place."""
    folder = tmp_path_factory.mktemp("keys")
    made = {"public": key(folder / "ed25519")}
    key(folder / "locked", passphrase="word")
    key(folder / "rsa", "rsa")
    made |= {name: (folder / name).read_text() for name in ("ed25519", "locked", "rsa")}
    return made | {"half": made["ed25519"][:200], "text": "my key", "ppk": "PuTTY-User-Key-File-3: ssh-ed25519\n"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("public", "the public half"), ("locked", "has a passphrase"), ("half", "cannot be read"), ("text", "cannot be read"),
     ("ppk", "PuTTY's format")],
)  # fmt: skip
def test_what_is_no_usable_key_is_said_in_words(site: TestSite, keys: dict[str, str], name: str, said: str) -> None:
    project(site, "git@git.test:core.git")
    assert said in put(site, 422, kind="ssh", private_key=keys[name])["errors"]["private_key"][0]


@pytest.mark.parametrize(("name", "path"), [("ed25519", "core.git"), ("rsa", "/srv/git/core.git")])
def test_a_pasted_key_shows_its_public_half(site: TestSite, keys: dict[str, str], name: str, path: str) -> None:
    project(site, f"git@git.test:{path}")
    # as a browser on Windows pastes it
    shown = put(site, kind="ssh", private_key=keys[name].rstrip().replace("\n", "\r\n"))
    kind = "ssh-ed25519" if name == "ed25519" else "ssh-rsa"
    assert shown["public_key"].split()[0::2] == [kind, "dominoci-core"]
    if name == "ed25519":
        assert shown["public_key"].split()[1] == keys["public"].split()[1]
    assert shown["fingerprint"].startswith("SHA256:")
    given = claim(site)["repository"]["ssh_key"]
    assert ssh_keys.read(given, "x").fingerprint == shown["fingerprint"]
    assert given.splitlines()[2] not in columns(site)


@pytest.mark.parametrize(
    ("url", "body", "field"),
    [
        ("https://git.test/core", {"kind": "ssh", "private_key": "x"}, "private_key"),
        ("https://git.test/core", {"kind": "token"}, "token"),
        ("git@git.test:core.git", {"kind": "token", "token": "x"}, "kind"),
        ("https://git.test/a/b/c", {"kind": "app", "app_id": "1", "private_key": "x"}, "private_key"),
        ("https://git.test/core", {"kind": "token", "token": "x", "private_key": "y"}, "private_key"),
        ("https://git.test/core", {"kind": "token", "token": "x\nhost=evil"}, "token"),
        ("https://git.test/core", {"kind": "token", "token": "x", "username": "a\nb"}, "username"),
        ("ssh://git@git.test/core", {"kind": "ssh", "known_hosts": "git.test ssh-ed25519"}, "known_hosts"),
        ("https://git.test/group/core", {"kind": "app", "app_id": "1", "api_url": "http://10.0.0.1/"}, "api_url"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(site: TestSite, url: str, body: dict[str, Any], field: str) -> None:
    project(site, url)
    assert list(put(site, 422, **body)["errors"]) == [field]


def test_a_repository_that_is_here_needs_none(site: TestSite) -> None:
    site.project("core", target={"kind": "agent"}, repository_url=None)
    assert site.get(f"{P}/repository-access").get_json()["hosted"] is True
    put(site, 409, kind="token", token="x")
    assert site.post(f"{P}/repository-access/key", {}).status_code == 409


def test_the_test_asks_the_repository_with_the_token(site: TestSite, forge: FakeArbiter) -> None:
    project(site, f"{forge.url}/git/p1.git")
    assert [step[:2] for step in test(site)] == [("address", True), ("repository", False)]
    put(site, kind="token", token="wrong")
    assert "does not take the credentials" in test(site)[-1][2]
    put(site, kind="token", token=TOKEN)
    assert test(site)[-1] == ("repository", True, "The repository can be read, and has the branch main.")
    site.call("PATCH", f"/api/v1{P}", json={"default_branch": "trunk"})
    assert "has no branch trunk" in test(site)[-1][2]


def test_a_made_key_opens_a_repository_over_ssh(site: TestSite, forge: FakeArbiter, sshd: Sshd) -> None:
    project(site, sshd.address(forge.repository))
    made = conform(site.post(f"{P}/repository-access/key", {"known_hosts": sshd.known_hosts}), "POST", f"{PATH}/key")
    sshd.allow("ssh-ed25519 AAAA nobody")
    assert "does not take the SSH key" in test(site)[-1][2]
    sshd.allow(made["public_key"])
    assert test(site)[-1][:2] == ("repository", True)
    again = conform(site.post(f"{P}/repository-access/key", {}), "POST", f"{PATH}/key")
    assert again["fingerprint"] != made["fingerprint"]
    assert again["known_hosts"] == sshd.known_hosts, "it is still the same host"
    sshd.allow(again["public_key"])
    other = f"[127.0.0.1]:{sshd.port} {' '.join(made['public_key'].split()[:2])}\n"
    put(site, kind="ssh", known_hosts=other)
    assert "has another host key" in test(site)[-1][2]
    put(site, kind="ssh")
    assert "Without known hosts nobody can say" in test(site)[-1][2]


def test_an_installations_token_is_made_for_each_build_and_may_only_read(site: TestSite) -> None:
    with GitHubApi(public_key=app_key()[1]) as github:
        project(site, f"{github.url}/{REPOSITORY}.git")
        put(site, kind="app", app_id=APP_ID, private_key=app_key()[0].replace("\n", "\\n"))
        found = [claim(site)["repository"] for _ in range(2)]
        assert [one["username"] for one in found] == ["x-access-token"] * 2
        assert [one["password"] for one in found] == list(github.tokens)
        asked = [json.loads(call.body) for call in github.calls if call.path.endswith("/access_tokens")]
        assert asked == [{"repositories": [REPOSITORY.partition("/")[2]], "permissions": {"contents": "read"}}] * 2
        # a build whose token cannot be had is over, and says why; the agent that asked gets the next one, or nothing
        put(site, kind="app", app_id="999")
        build_id = site.post(f"{P}/builds", {}).get_json()["id"]
        assert site.post("/agents/claim", {}, site.agent_token()).status_code == 204
        ended = site.get(f"/builds/{build_id}").get_json()
        assert (ended["state"], ended["reason"]["code"]) == ("failed", "infrastructure")
        assert "look at its id and private key" in ended["reason"]["text"]
        assert "look at its id and private key" in test(site)[-1][2]


# ---- secrets


def secret(site: TestSite, name: str, value: str) -> int:
    return site.call("PUT", f"/api/v1{P}/secrets/{name}", json={"value": value}).status_code


def test_a_secret_is_kept_and_given_to_builds(site: TestSite) -> None:
    project(site)
    assert secret(site, "NPM_TOKEN", "npm_first") == 201
    assert secret(site, "NPM_TOKEN", "npm_second\nline") == 200
    listed = conform(site.get(f"{P}/secrets"), "GET", "/api/v1/projects/{project}/secrets")["items"]
    assert [(one["name"], one["changed_by"], one["used_at"]) for one in listed] == [("NPM_TOKEN", "admin", None)]
    assert "npm_" not in columns(site) + json.dumps(listed) + site.get(f"{P}/audit").text
    assert claim(site)["secrets"] == {"NPM_TOKEN": "npm_second\nline"}
    assert site.get(f"{P}/secrets").get_json()["items"][0]["used_at"] is not None
    texts = [row["text"] for row in site.get(f"{P}/audit").get_json()["items"]]
    assert "admin (token test) set secret NPM_TOKEN of core: secret" in texts
    assert site.call("DELETE", f"/api/v1{P}/secrets/NPM_TOKEN").status_code == 204
    assert site.call("DELETE", f"/api/v1{P}/secrets/NPM_TOKEN").status_code == 404
    assert claim(site)["secrets"] == {}


def test_strangers_code_gets_neither(site: TestSite) -> None:
    project(site)
    secret(site, "NPM_TOKEN", "npm_first")
    put(site, kind="token", token=TOKEN)
    build_id = site.post(f"{P}/builds", {}).get_json()["id"]
    with site.container.database.writing() as session:
        session.execute(Build.__table__.update().where(Build.id == build_id).values(trusted=False))  # type: ignore[attr-defined]
        session.commit()
    found = site.post("/agents/claim", {}, site.agent_token()).get_json()
    assert (found["trusted"], found["secrets"], found["repository"]["password"]) == (False, {}, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("1A", "x"), ("A-B", "x"), ("DOMINO_X", "x"), ("A" * 101, "x"), ("Ä", "x"), ("A", ""), ("A", "ä" * 20_000)],
)
def test_names_and_sizes_have_their_rules(site: TestSite, name: str, value: str) -> None:
    project(site)
    assert secret(site, name, value) == 422


def test_there_are_at_most_a_hundred(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominoci.services.project_secrets.MOST", 2)
    project(site)
    assert [secret(site, name, "x") for name in ("A", "B", "C", "A")] == [201, 201, 409, 200]


def test_a_project_that_goes_takes_its_secrets_along(site: TestSite) -> None:
    project(site)
    secret(site, "A", "x")
    put(site, kind="token", token=TOKEN)
    assert site.call("DELETE", f"/api/v1{P}").status_code == 204
    with site.container.database.writing() as session:
        assert session.execute(text("SELECT count(*) FROM project_secrets")).scalar_one() == 0
        assert session.execute(text("SELECT repository_secrets FROM projects")).scalar_one() in (None, "null")
