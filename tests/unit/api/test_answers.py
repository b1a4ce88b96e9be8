"""What the API answers is what the document promises, for every resource that people read."""

from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite

TREE = "/api/v1/trees/{tree}"


def test_a_project_through_its_life(site: TestSite) -> None:
    made = conform(site.post("/projects", {"name": "core"}), "POST", "/api/v1/projects")
    assert (made["hosted"], made["clone_url"]) == (True, "http://arbiter.test/git/core.git")
    assert conform(site.get("/projects/core"), "GET", "/api/v1/projects/{project}") == made
    change = site.call("PATCH", f"/api/v1/projects/{made['id']}", json={"contact": "core@test", "visibility": "public"})
    changed = conform(change, "PATCH", "/api/v1/projects/{project}")
    assert {**made, "contact": "core@test", "visibility": "public"} == changed
    assert site.call("DELETE", "/api/v1/projects/core").status_code == 204
    assert site.get("/projects/core").status_code == 404


def test_a_targets_secret_is_never_shown(site: TestSite) -> None:
    secret = "whsec_" + "A" * 44
    made = site.project("core", target={"kind": "webhook", "url": "https://ci.test/hook", "secret": secret})
    (kept,) = made["target"].pop("secrets")
    assert kept.pop("set_at")
    assert kept == {"name": "secret"}
    assert {name: value for name, value in made["target"].items() if value} == {
        "kind": "webhook",
        "url": "https://ci.test/hook",
    }
    assert secret not in site.get("/projects").text


def test_lists_come_in_pages_newest_first_and_stable_under_inserts(site: TestSite) -> None:
    for name in ("a", "b", "c"):
        site.project(name)
    first = conform(site.get("/projects?limit=2"), "GET", "/api/v1/projects")
    site.project("d")
    second = site.get(f"/projects?limit=2&cursor={first['next_cursor']}").get_json()
    assert [[p["name"] for p in page["items"]] for page in (first, second)] == [["c", "b"], ["a"]]
    assert second["next_cursor"] is None


def test_projects_are_found_by_part_of_their_name(site: TestSite) -> None:
    for name in ("lib-core", "lib-ui", "app"):
        site.project(name)
    assert {p["name"] for p in site.get("/projects?q=lib").get_json()["items"]} == {"lib-core", "lib-ui"}


def test_dependencies_and_the_graph_around_a_project(site: TestSite) -> None:
    for name in ("core", "net", "app"):
        site.project(name)
    filters = {"branches": {"include": ["main", "release/*"]}, "tags": {"exclude": ["v0*"]}}
    body = {
        "upstream": "core",
        "join": "each",
        "filters": filters,
        "ref": {"use": "fixed", "value": "dev"},
        "parameters": {"A": "1"},
    }
    path = "/api/v1/projects/{project}/dependencies"
    made = conform(site.post("/projects/net/dependencies", body), "POST", path)
    assert made["filters"]["pipelines"] == {"include": [], "exclude": []}
    site.depend("net", "app")
    listed = conform(site.get("/projects/net/dependencies"), "GET", path)
    assert [len(listed[side]) for side in ("upstream", "downstream")] == [1, 1]
    one = f"/projects/net/dependencies/{made['id']}"
    assert conform(site.get(one), "GET", f"{path}/{{dependency}}") == made
    changed = conform(site.call("PATCH", f"/api/v1{one}", json={"enabled": False}), "PATCH", f"{path}/{{dependency}}")
    assert changed == {**made, "enabled": False}
    graph = conform(site.get("/projects/net/graph"), "GET", "/api/v1/projects/{project}/graph")
    assert {node["name"]: node["distance"] for node in graph["nodes"]} == {"core": -1, "net": 0, "app": 1}
    assert site.call("DELETE", f"/api/v1{one}").status_code == 204
    assert site.get(one).status_code == 404


def test_a_dependency_that_closes_a_cycle_is_409_and_names_the_path(site: TestSite) -> None:
    site.tree("a", "b", "c")
    answer = site.post("/projects/a/dependencies", {"upstream": "c"})
    assert answer.status_code == 409
    assert answer.get_json()["cycle"] == ["c", "a", "b", "c"]


def test_tokens_are_shown_once(site: TestSite) -> None:
    site.project("core")
    path = "/api/v1/projects/{project}/tokens"
    made = conform(site.post("/projects/core/tokens", {"name": "ci", "expires_at": "2027-01-01T00:00:00Z"}), "POST", path)
    assert made["token"].startswith("dcp_")
    assert made["expires_at"] == "2027-01-01T00:00:00.000Z"
    answer = site.get("/projects/core/tokens")
    assert made["token"] not in answer.text
    assert [token["id"] for token in conform(answer, "GET", path)["items"]] == [made["id"]]


def test_a_tree_from_every_side(site: TestSite) -> None:
    tree_id = site.tree("core", "net", "app")
    tree = conform(site.get(f"/trees/{tree_id}"), "GET", TREE)
    assert [event["sub_id"] for event in tree["events"]] == ["1", "1.1", "1.1.1"]
    listed = conform(site.get("/trees?project=core&state=running"), "GET", "/api/v1/trees")
    assert [summary["id"] for summary in listed["items"]] == [tree_id]
    graph = conform(site.get(f"/trees/{tree_id}/graph"), "GET", f"{TREE}/graph")
    assert [(edge["from"], edge["to"]) for edge in graph["edges"]] == [("1", "1.1"), ("1.1", "1.1.1")]
    assert graph["version"] == tree["version"]
    for sub in ("1", "1.1", "1.1.1"):
        event = conform(site.get(f"/trees/{tree_id}/events/{sub}"), "GET", f"{TREE}/events/{{sub}}")
        assert event["sub_id"] == sub
        assert conform(site.get(f"/trees/{tree_id}/events/{sub}/why"), "GET", f"{TREE}/events/{{sub}}/why")["sentence"]
        conform(site.get(f"/trees/{tree_id}/events/{sub}/deliveries"), "GET", f"{TREE}/events/{{sub}}/deliveries")
    assert site.get(f"/trees/{tree_id}/events/1.9").status_code == 404


def test_who_one_is(site: TestSite) -> None:
    me = conform(site.browser().client.get("/api/v1/me"), "GET", "/api/v1/me")
    assert me["user"]["name"] == "admin"
    assert me["csrf_token"]


def test_a_project_sees_itself_and_its_trees_and_nothing_of_others(site: TestSite) -> None:
    tree_id = site.tree("core", "net")
    site.project("other")
    own, foreign = site.project_token("net"), site.project_token("other")
    for path in ("/projects/net", f"/trees/{tree_id}", f"/trees/{tree_id}/graph", f"/trees/{tree_id}/events/1.1/why"):
        assert site.get(path, own).status_code == 200, path
        unknown = path.replace("net", "nothing").replace(tree_id, "nothing")
        refused, absent = site.get(path, foreign), site.get(unknown, foreign)
        assert (refused.status_code, refused.get_json()) == (404, absent.get_json()), path


def test_the_demo_says_whether_it_is_loaded(site: TestSite) -> None:
    assert conform(site.get("/demo"), "GET", "/api/v1/demo")["loaded"] is False
