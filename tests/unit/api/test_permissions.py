"""Who may do what with a project: every route about one, every kind of person and token (docs/permissions.md)."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import tokens
from dominoci.store import accounts
from tests.unit.api.site import TestSite
from tests.unit.api.test_gate import TABLE

VIEWER, MAINTAINER, OWNER = "viewer", "maintainer", "owner"
RANK = {"stranger": 0, VIEWER: 1, MAINTAINER: 2, OWNER: 3, "admin": 4}

# What each route about a project takes, with a body that gets as far as that question.
P, T, E = "/api/v1/projects/<project>", "/api/v1/trees/<tree>", "/api/v1/trees/<tree>/events/<sub>"
B = "/api/v1/builds/<build>"
FILTERS = {"branches": {"include": ["main"]}}
NEEDS: dict[tuple[str, str], tuple[str, Any]] = {
    ("GET", P): (VIEWER, None),
    ("PATCH", P): (MAINTAINER, {"contact": "#web"}),
    ("DELETE", P): (OWNER, None),
    ("GET", f"{P}/graph"): (VIEWER, None),
    ("GET", f"{P}/tokens"): (MAINTAINER, None),
    ("POST", f"{P}/tokens"): (MAINTAINER, {"name": "ci"}),
    ("DELETE", f"{P}/tokens/<token>"): (MAINTAINER, None),
    ("POST", f"{P}/tokens/<token>/rotate"): (MAINTAINER, {}),
    ("POST", f"{P}/hook-secret"): (MAINTAINER, None),
    ("GET", f"{P}/dependencies"): (VIEWER, None),
    ("POST", f"{P}/dependencies"): (MAINTAINER, {"upstream": "open"}),
    ("POST", f"{P}/dependencies/check"): (MAINTAINER, {"upstream": "open", "filters": FILTERS}),
    ("GET", f"{P}/dependencies/<dependency>"): (VIEWER, None),
    ("PATCH", f"{P}/dependencies/<dependency>"): (MAINTAINER, {"enabled": False}),
    ("DELETE", f"{P}/dependencies/<dependency>"): (MAINTAINER, None),
    ("GET", f"{P}/webhooks"): (MAINTAINER, None),
    ("POST", f"{P}/webhooks"): (MAINTAINER, {"url": "https://hooks.test/x", "events": ["tree.finished"]}),
    ("GET", f"{P}/webhooks/<webhook>"): (MAINTAINER, None),
    ("PATCH", f"{P}/webhooks/<webhook>"): (MAINTAINER, {"enabled": True}),
    ("DELETE", f"{P}/webhooks/<webhook>"): (MAINTAINER, None),
    ("POST", f"{P}/webhooks/<webhook>/rotate"): (MAINTAINER, None),
    ("POST", f"{P}/webhooks/<webhook>/test"): (MAINTAINER, None),
    ("GET", f"{P}/webhooks/<webhook>/deliveries"): (MAINTAINER, None),
    ("POST", f"{P}/webhooks/<webhook>/deliveries/<delivery>/redeliver"): (MAINTAINER, None),
    ("POST", f"{P}/builds"): (MAINTAINER, {}),
    ("GET", f"{P}/members"): (VIEWER, None),
    ("PUT", f"{P}/members/<user>"): (OWNER, {"role": "viewer"}),
    ("DELETE", f"{P}/members/<user>"): (OWNER, None),
    ("PUT", "/api/v1/me/stars/<project>"): (VIEWER, None),
    ("DELETE", "/api/v1/me/stars/<project>"): (VIEWER, None),
    ("GET", f"{P}/consents"): (MAINTAINER, None),
    ("POST", f"{P}/consents"): (MAINTAINER, {"upstream": "shown"}),
    ("PUT", f"{P}/consents/<consent>"): (OWNER, {"state": "granted"}),
    ("GET", f"{P}/repository-access"): (MAINTAINER, None),
    ("PUT", f"{P}/repository-access"): (MAINTAINER, {"kind": "token", "token": "x"}),
    ("DELETE", f"{P}/repository-access"): (MAINTAINER, None),
    ("POST", f"{P}/repository-access/key"): (MAINTAINER, {}),
    ("POST", f"{P}/repository-access/test"): (MAINTAINER, None),
    ("GET", f"{P}/secrets"): (MAINTAINER, None),
    ("PUT", f"{P}/secrets/<secret>"): (MAINTAINER, {"value": "x"}),
    ("DELETE", f"{P}/secrets/<secret>"): (MAINTAINER, None),
    ("GET", f"{P}/trust"): (MAINTAINER, None),
    ("POST", f"{P}/trust"): (MAINTAINER, {"issuer": "https://gitlab.com", "subject": "42"}),
    ("PATCH", f"{P}/trust/<rule>"): (MAINTAINER, {"pull_requests": True}),
    ("DELETE", f"{P}/trust/<rule>"): (MAINTAINER, None),
    ("POST", f"{P}/trust/try"): (MAINTAINER, {"token": "a.b.c"}),
    ("GET", T): (VIEWER, None),
    ("GET", f"{T}/graph"): (VIEWER, None),
    ("GET", E): (VIEWER, None),
    ("GET", f"{E}/why"): (VIEWER, None),
    ("GET", f"{E}/deliveries"): (VIEWER, None),
    ("GET", f"{T}/why"): (VIEWER, "?project=secret"),
    ("POST", f"{T}/cancel"): (MAINTAINER, {}),
    ("POST", f"{T}/rerun"): (MAINTAINER, {}),
    ("POST", f"{E}/cancel"): (MAINTAINER, {}),
    ("POST", f"{E}/rerun"): (MAINTAINER, {}),
    ("POST", f"{E}/redeliver"): (MAINTAINER, {}),
    ("GET", "/api/v1/combos/<combo>"): (VIEWER, None),
    ("GET", "/api/v1/combos/<combo>/lock"): (VIEWER, None),
    ("GET", f"{P}/combo"): (VIEWER, None),
    ("GET", f"{P}/combo/lock"): (VIEWER, None),
    ("GET", f"{P}/reports"): (VIEWER, None),
    ("GET", f"{P}/refusals"): (MAINTAINER, None),
    ("POST", f"{P}/preview"): (VIEWER, {}),
    ("POST", f"{P}/test-connections"): (MAINTAINER, {}),
    ("GET", f"{T}/forecast"): (VIEWER, None),
    ("GET", f"{T}/numbers"): (VIEWER, None),
    ("GET", f"{P}/numbers"): (VIEWER, None),
    ("GET", f"{P}/first-level"): (VIEWER, None),
    ("GET", f"{P}/audit"): (MAINTAINER, None),
    ("GET", B): (VIEWER, None),
    ("POST", f"{B}/cancel"): (MAINTAINER, {}),
    ("POST", f"{B}/rerun"): (MAINTAINER, {}),
    ("GET", f"{B}/compare"): (VIEWER, None),
    ("GET", f"{B}/steps/<int:n>/log"): (VIEWER, None),
    ("GET", f"{B}/log"): (VIEWER, None),
    ("GET", f"{B}/log/search"): (VIEWER, "?q=x"),
    ("GET", f"{B}/workspace"): (VIEWER, None),
    ("GET", f"{B}/workspace/file"): (VIEWER, "?path=x"),
    ("GET", f"{B}/workspace/archive"): (VIEWER, None),
    ("GET", f"{B}/artifacts/<name>"): (VIEWER, None),
}
ABOUT = ("<project>", "<tree>", "<build>", "<combo>")
KEPT = {key: needs for key, needs in NEEDS.items() if key != ("DELETE", P)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """One world for the whole table: nothing that it asks changes what another line needs."""
    made = TestSite(tmp_path_factory.mktemp("permissions"))
    yield made
    made.close()


def add_user(uow: UnitOfWork, name: str) -> None:
    """A person without any right."""
    row = User(id=new_id(), name=name, password_hash=None, is_admin=False, created_at=uow.now, disabled_at=None)
    accounts.add(uow.session, row)


def person(site: TestSite, name: str, scope: str = "user") -> str:
    """The token of a new person."""
    site.container.write(add_user, name)
    if scope == "user":
        return str(site.container.write(tokens.create_for_user, name, "test")["token"])
    return token_of(site, name, scope)


def token_of(site: TestSite, name: str, scope: str) -> str:
    """Another token of somebody, of this scope."""

    def mint(uow: UnitOfWork) -> str:
        user = accounts.user_by_name(uow.session, name)
        assert user
        return tokens.mint(uow, "dcu", user.id, scope, "test")[1]

    return site.container.write(mint)


@pytest.fixture(scope="module")
def world(site: TestSite) -> dict[str, str]:
    """`secret`, private, beside the public `open` and the private `shown`; a person for each role on it; what its routes name."""
    known = {role: person(site, role) for role in ("stranger", VIEWER, MAINTAINER, OWNER)}
    known["admin"], known["reader"] = site.user_token(), token_of(site, OWNER, "read")
    site.project("secret", target={"kind": "agent"}, repository_url=None)
    site.project("open", visibility="public")
    site.project("shown")
    site.project("elsewhere")
    for role in (VIEWER, MAINTAINER, OWNER):
        site.call("PUT", f"/api/v1/projects/secret/members/{role}", json={"role": role})
    site.call("PUT", f"/api/v1/projects/shown/members/{MAINTAINER}", json={"role": VIEWER})
    for role in (VIEWER, MAINTAINER, OWNER):
        site.call("PUT", f"/api/v1/projects/shown/members/{role}", json={"role": VIEWER})
    known |= {"own": site.project_token("secret"), "foreign": site.project_token("elsewhere")}
    told = site.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, known["own"]).get_json()
    built = site.post("/projects/secret/builds", {}).get_json()
    asked = site.post("/projects/open/consents", {"upstream": "secret"}).get_json()
    depends = site.depend("shown", "secret")
    token = site.post("/projects/secret/tokens", {"name": "spare"}).get_json()["id"]
    names = {"project": "secret", "tree": told["tree_id"], "sub": "1", "int:n": "1", "name": "x", "user": "nobody"}
    names |= {"token": token, "build": built["id"], "dependency": depends["id"], "consent": asked["id"]}
    names["secret"] = "NPM_TOKEN"
    names["combo"] = f"{told['tree_id']}:1:1"
    return known | {f"<{name}>": value for name, value in names.items()}


def ask(site: TestSite, world: dict[str, str], key: tuple[str, str], caller: str) -> int:
    """The status that a caller gets."""
    method, path = key
    body = NEEDS[key][1]
    for name, value in world.items():
        path = path.replace(name, value) if name.startswith("<") else path
    if isinstance(body, str):
        path, body = path + body, None
    return site.call(method, path, world[caller], **({} if body is None else {"json": body})).status_code


def refused(status: int, sees: bool) -> bool:
    """Whether the answer is the refusal of somebody who sees the project, or does not."""
    return status == (403 if sees else 404)


def test_the_table_is_about_every_route_about_a_project() -> None:
    people = {key for key, callers in TABLE.items() if {"user", "project"} & set(callers) and "/git/" not in key[1]}
    assert {key for key in people if any(name in key[1] for name in ABOUT)} == NEEDS.keys()


@pytest.mark.parametrize("key", KEPT, ids=" ".join)
def test_each_role_may_what_it_may_and_no_more(site: TestSite, world: dict[str, str], key: tuple[str, str]) -> None:
    need = NEEDS[key][0]
    if "project" not in TABLE[key]:
        assert ask(site, world, key, "own") == 403
    else:
        assert ask(site, world, key, "own") != 403
        assert ask(site, world, key, "foreign") == 404
    for role, rank in RANK.items():
        status = ask(site, world, key, role)
        if rank == 0:
            # what the least of the routes' own 404s says must not differ from this
            assert status == 404, (role, status)
        elif rank < RANK[need]:
            assert status == 403, (role, status)
        else:
            assert status != 403, (role, status)


@pytest.mark.parametrize("key", [key for key in KEPT if key[0] != "GET"], ids=" ".join)
def test_a_token_that_may_only_read_changes_nothing(site: TestSite, world: dict[str, str], key: tuple[str, str]) -> None:
    assert ask(site, world, key, "reader") == 403


def test_a_token_that_may_only_read_reads(site: TestSite, world: dict[str, str]) -> None:
    assert site.get("/projects/secret", world["reader"]).status_code == 200


def test_lists_show_only_what_one_may_see(site: TestSite, world: dict[str, str]) -> None:
    def names(path: str, caller: str) -> list[str]:
        items = site.get(path, world[caller]).get_json()["items"]
        return sorted((item.get("root") or item).get("project", item)["name"] for item in items)

    assert names("/projects", "stranger") == ["open"]
    assert names("/projects", VIEWER) == ["open", "secret", "shown"]
    assert names("/projects", "admin") == ["elsewhere", "open", "secret", "shown"]
    for path in ("/trees", "/builds", "/combos"):
        assert names(path, "stranger") == []
        assert "secret" in names(path, VIEWER)
    found = site.get("/search?q=secret", world["stranger"]).get_json()
    assert not any(found[kind] for kind in ("projects", "trees", "events", "builds", "artifacts"))
    assert site.get("/search?q=secret", world[VIEWER]).get_json()["projects"]


def test_git_knows_the_same_roles(site: TestSite, world: dict[str, str]) -> None:
    def status(caller: str, service: str) -> int:
        basic = base64.b64encode(f"x:{world[caller]}".encode()).decode()
        path = f"/git/secret.git/info/refs?service={service}"
        return site.app.test_client().get(path, headers={"Authorization": f"Basic {basic}"}).status_code

    assert (status("stranger", "git-upload-pack"), status(VIEWER, "git-upload-pack")) == (404, 200)
    assert (status(VIEWER, "git-receive-pack"), status(MAINTAINER, "git-receive-pack")) == (403, 200)
    assert (status("reader", "git-upload-pack"), status("reader", "git-receive-pack")) == (200, 403)


def test_only_owners_delete(site: TestSite, world: dict[str, str]) -> None:
    assert [ask(site, world, ("DELETE", P), who) for who in ("stranger", VIEWER, MAINTAINER)] == [404, 403, 403]
    site.project("gone")
    site.call("PUT", f"/api/v1/projects/gone/members/{OWNER}", json={"role": OWNER})
    assert site.call("DELETE", "/api/v1/projects/gone", world[OWNER]).status_code == 204


# ---- a tree of which one sees a part


@pytest.fixture
def part(tmp_path: Path) -> Iterator[tuple[TestSite, str, str]]:
    """A tree hidden → half → seen, of which sam sees the last, public one: a site, the tree's id, sam's token."""
    site = TestSite(tmp_path)
    tree = site.tree("hidden", "half", "seen")
    assert site.call("PATCH", "/api/v1/projects/seen", json={"visibility": "public"}).status_code == 200
    half = site.project_token("half")
    body = {"status": "FAILED", "metadata": {"branch": "main"}, "tree_id": tree, "sub_id": "1.1", "attempt": 1}
    assert site.post("/results", body, half).status_code == 201
    yield site, tree, person(site, "sam")
    site.close()


def test_what_one_may_not_see_of_a_tree_is_a_box_with_a_state(part: tuple[TestSite, str, str]) -> None:
    site, tree, sam = part
    nodes = {node["sub_id"]: node for node in site.get(f"/trees/{tree}/graph", sam).get_json()["nodes"]}
    assert nodes["1.1"]["state"] == "failed"
    assert {nodes["1.1"][key] for key in ("project", "ref", "reason", "target", "started_at")} == {None}
    assert nodes["1.1.1"]["project"] == "seen"
    assert nodes["1.1.1"]["reason"] == "upstream a private project failed"
    for sub in ("1", "1.1"):
        assert site.get(f"/trees/{tree}/events/{sub}", sam).status_code == 404
        assert site.get(f"/trees/{tree}/events/{sub}/deliveries", sam).status_code == 404


def test_a_tree_and_its_events_say_whether_one_may_act_on_them(part: tuple[TestSite, str, str]) -> None:
    site, tree, sam = part
    for path in (f"/trees/{tree}", f"/trees/{tree}/events/1.1.1"):
        assert (site.get(path, sam).get_json()["may_act"], site.get(path).get_json()["may_act"]) == (False, True)


@pytest.mark.parametrize(
    "path",
    [
        *("/trees", "/trees/{tree}", "/trees/{tree}/graph", "/trees/{tree}/numbers", "/trees/{tree}/forecast"),
        *("/trees/{tree}/events/1.1.1", "/trees/{tree}/events/1.1.1/why", "/trees/{tree}/why?project=seen"),
        *("/projects/seen", "/projects/seen/dependencies", "/projects/seen/graph", "/projects/seen/numbers"),
        "/projects/seen/reports",
        *("/projects", "/graph", "/builds", "/combos", "/overdue", "/agents", "/graph/export", "/search?q=h", "/search?q={tree}"),
    ],
)
def test_no_answer_names_what_one_may_not_see(part: tuple[TestSite, str, str], path: str) -> None:
    site, tree, sam = part
    answer = site.get(path.format(tree=tree), sam)
    assert answer.status_code == 200, answer.text
    for name in ("hidden", "half"):
        assert f'"{name}"' not in answer.text.replace(" ", "")
        assert f" {name} " not in answer.text
        assert f"{name}:" not in answer.text


def test_a_preview_names_nobody_either(part: tuple[TestSite, str, str]) -> None:
    site, _, sam = part
    site.project("behind")
    site.depend("seen", "behind")
    told = site.post("/projects/seen/preview", {}, sam)
    assert told.get_json()["events"][0]["project"] is None
    assert "behind" not in told.text


def test_a_project_that_takes_part_sees_itself_and_its_neighbours(part: tuple[TestSite, str, str]) -> None:
    site, tree, _ = part
    site.call("PATCH", "/api/v1/projects/seen", json={"visibility": "private"})
    nodes = site.get(f"/trees/{tree}/graph", site.project_token("hidden")).get_json()["nodes"]
    assert [node["project"] for node in nodes] == ["hidden", "half", None]


# ---- upstreams of others


def test_a_private_upstream_must_agree_and_a_public_one_need_not(part: tuple[TestSite, str, str]) -> None:
    site, _, sam = part
    assert site.post("/projects", {"name": "mine"}, sam).status_code == 201
    assert site.post("/projects/mine/dependencies", {"upstream": "hidden"}, sam).status_code == 422  # as one that is not there
    site.call("PUT", "/api/v1/projects/hidden/members/sam", json={"role": "viewer"})
    needed = site.post("/projects/mine/dependencies", {"upstream": "hidden"}, sam)
    assert (needed.status_code, needed.get_json()["consent"]) == (403, "needed")
    asked = site.post("/projects/mine/consents", {"upstream": "hidden"}, sam).get_json()
    assert site.post("/projects/mine/dependencies", {"upstream": "hidden"}, sam).get_json()["consent"] == "asked"
    assert site.call("PUT", f"/api/v1/projects/hidden/consents/{asked['id']}", sam, json={"state": "granted"}).status_code == 403
    assert site.call("PUT", f"/api/v1/projects/hidden/consents/{asked['id']}", json={"state": "granted"}).status_code == 200
    assert site.post("/projects/mine/dependencies", {"upstream": "hidden"}, sam).status_code == 201
    below = site.get("/projects/hidden/dependencies").get_json()["downstream"]
    assert "mine" in [edge["downstream"]["name"] for edge in below]  # owners see who depends on them
    assert site.post("/projects/mine/dependencies", {"upstream": "seen"}, sam).status_code == 201


def test_a_groups_role_counts_on_all_its_projects(part: tuple[TestSite, str, str]) -> None:
    site, _, sam = part
    assert site.post("/owners", {"name": "team"}).status_code == 201
    assert site.call("PATCH", "/api/v1/projects/hidden", json={"owner": "team"}).status_code == 200
    assert site.get("/projects/hidden", sam).status_code == 404
    site.call("PUT", "/api/v1/owners/team/members/sam", json={"role": "maintainer"})
    shown = site.get("/projects/hidden", sam).get_json()
    assert (shown["role"], shown["owner"]["name"]) == ("maintainer", "team")
    assert site.call("PATCH", "/api/v1/projects/hidden", sam, json={"visibility": "public"}).status_code == 403
    assert site.call("DELETE", "/api/v1/owners/team").status_code == 409
    assert site.call("DELETE", "/api/v1/owners/team/members/sam", sam).status_code == 204  # everybody may leave
    assert site.get("/projects/hidden", sam).status_code == 404


def test_who_makes_a_project_owns_it_and_never_leaves_it_without_an_owner(part: tuple[TestSite, str, str]) -> None:
    site, _, sam = part
    assert site.post("/projects", {"name": "mine"}, sam).get_json()["role"] == "owner"
    assert site.call("DELETE", "/api/v1/projects/mine/members/sam", sam).status_code == 409
    assert site.call("PUT", "/api/v1/projects/mine/members/sam", sam, json={"role": "viewer"}).status_code == 409
    site.container.write(add_user, "tim")
    assert site.call("PUT", "/api/v1/projects/mine/members/tim", sam, json={"role": "owner"}).status_code == 200
    assert site.call("DELETE", "/api/v1/projects/mine/members/sam", sam).status_code == 204
    assert site.get("/projects/mine", sam).status_code == 404
