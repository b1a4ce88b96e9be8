"""Who may do what with a project: every route about one, every kind of person and token (docs/permissions.md)."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.callers import TABLE
from tests.unit.api.needs import MAINTAINER, NEEDS, OWNER, RANK, VIEWER, J, P
from tests.unit.api.people import add, newcomer, token_of
from tests.unit.api.site import TestSite

ABOUT = ("<project>", "<tree>", "<build>", "<combo>", "<path:job>")
KEPT = {key: needs for key, needs in NEEDS.items() if key not in (("DELETE", P), ("DELETE", J))}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """One world for the whole table: nothing that it asks changes what another line needs."""
    made = TestSite(tmp_path_factory.mktemp("permissions"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def world(site: TestSite) -> dict[str, str]:
    """`secret`, private, beside the public `open` and the private `shown`; a person for each role on it; what its routes name."""
    known = {role: newcomer(site, role) for role in ("stranger", VIEWER, MAINTAINER, OWNER)}
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
    names["path:job"] = site.post("/jobs", {"path": "tools/hidden", "project": "secret"}).get_json()["id"]
    names |= {"secret": "NPM_TOKEN", "int:number": "1"}
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
    yield site, tree, newcomer(site, "sam")
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
    add(site, "tim")
    assert site.call("PUT", "/api/v1/projects/mine/members/tim", sam, json={"role": "owner"}).status_code == 200
    assert site.call("DELETE", "/api/v1/projects/mine/members/sam", sam).status_code == 204
    assert site.get("/projects/mine", sam).status_code == 404
