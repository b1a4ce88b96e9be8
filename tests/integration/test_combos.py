"""Combos on both databases: they follow from what each attempt was given, whatever was run again since."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from dominoci.domain.errors import NotFound
from dominoci.domain.reports import Artifact
from dominoci.infra.models.trees import Attempt
from dominoci.services import combos, projects, tree_actions
from dominoci.services.access import NOBODY
from dominoci.store.paging import Page
from tests.integration.test_statement_counts import statements
from tests.world import USER, World

pytestmark = pytest.mark.services

CORE, NET, UI, APP = "c" * 40, "1" * 40, "2" * 40, "3" * 40
COMMITS = {"core": CORE, "net": NET, "ui": UI, "app": APP}


def succeed(world: World, tree_id: str, *names: str, attempt: int = 1, **told: Any) -> None:
    """These projects' events succeed, each with its own commit."""
    for name in names:
        event = world.by_project(tree_id)[name]
        world.result(tree_id, event["sub_id"], attempt=attempt, project=name, **{"commit": COMMITS[name], **told})


def diamond(world: World, **root: Any) -> str:
    """core; net and ui behind it; app behind both. All succeed."""
    if "app" not in world.projects:
        world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app")])
    tree_id = str(world.report("core", **root)["tree_id"])
    succeed(world, tree_id, "net", "ui", "app")
    return tree_id


def commits(view: dict[str, Any]) -> dict[str, str]:
    """Commits by project."""
    return {member["project"]["name"]: member["commit"] for member in view["members"]}


def last(world: World, project: str, branch: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = world.read(combos.last, USER, project, branch)
    return found


def listed(world: World, *, project: str | None = None, commit: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = world.read(combos.listing, USER, project, commit, Page(limit, cursor))
        assert len(page["items"]) <= limit
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return found


def test_a_combo_is_a_success_with_all_its_ancestors(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app")])
    tree_id = str(any_world.report("core")["tree_id"])
    wheel = Artifact("net.whl", "https://files.test/net.whl", "ab" * 32, "pkg:pypi/net@1", 7)
    succeed(any_world, tree_id, "net", branch="dev", tag="v1", pipeline="p", link="https://ci.test/7", artifacts=(wheel,))
    found = last(any_world, "net")
    assert found["id"] == f"{tree_id}:1.1:1"
    assert (found["project"]["name"], found["attempt"], found["mixed"]) == ("net", 1, False)
    assert commits(found) == {"core": CORE, "net": NET}
    net = found["members"][1]
    assert (net["branch"], net["tag"], net["pipeline"], net["run_url"]) == ("dev", "v1", "p", "https://ci.test/7")
    assert net["artifacts"] == [
        {"name": "net.whl", "url": "https://files.test/net.whl", "sha256": "ab" * 32, "purl": "pkg:pypi/net@1", "size": 7}
    ]
    assert any_world.read(combos.get, USER, found["id"]) == found
    succeed(any_world, tree_id, "ui", "app")
    assert commits(last(any_world, "app")) == COMMITS
    assert commits(last(any_world, "core")) == {"core": CORE}


def test_a_rerun_makes_a_new_combo_and_leaves_the_old_one_as_it_was(any_world: World) -> None:
    tree_id = diamond(any_world)
    before = last(any_world, "app")
    any_world.write(tree_actions.rerun_event, USER, tree_id, "1.1", True)
    succeed(any_world, tree_id, "net", attempt=2, commit="9" * 40)
    assert any_world.read(combos.get, USER, before["id"]) == before == last(any_world, "app")
    succeed(any_world, tree_id, "app", attempt=2, commit="8" * 40)
    after = last(any_world, "app")
    assert commits(after) == {**COMMITS, "net": "9" * 40, "app": "8" * 40}
    assert [(m["project"]["name"], m["attempt"]) for m in after["members"]] == [("core", 1), ("net", 2), ("app", 2), ("ui", 1)]
    assert {c["id"] for c in listed(any_world, commit=NET)} == {f"{tree_id}:1.1:1", before["id"]}
    assert {c["id"] for c in listed(any_world, commit="9" * 40)} == {f"{tree_id}:1.1:2", after["id"]}
    assert [c["attempt"] for c in listed(any_world, project="app")] == [2, 1]


def test_attempts_of_an_older_version_go_by_the_edges_that_passed(any_world: World) -> None:
    any_world.depend("core", "net")
    any_world.depend("core", "app", filters={"branches": {"include": ["release/*"]}})
    any_world.depend("net", "app")
    tree_id = str(any_world.report("core")["tree_id"])
    succeed(any_world, tree_id, "net", "app")
    expected = last(any_world, "app")
    any_world.write(lambda uow: uow.session.execute(update(Attempt).values(inputs=None)))
    assert last(any_world, "app") == expected
    assert commits(expected) == {"core": CORE, "net": NET, "app": APP}


def test_what_did_not_succeed_is_no_combo(any_world: World) -> None:
    any_world.graph([("core", "net"), ("net", "app")])
    tree_id = str(any_world.report("core")["tree_id"])
    any_world.result(tree_id, "1.1", "FAILED", commit=NET)
    for unknown in (f"{tree_id}:1.1:1", f"{tree_id}:1.1:2", f"{tree_id}:9:1"):
        with pytest.raises(NotFound, match="no such combo"):
            any_world.read(combos.get, USER, unknown)
    with pytest.raises(NotFound, match="no such combo"):
        any_world.read(combos.get, USER, "x")
    with pytest.raises(NotFound, match="net has not succeeded yet in any tree"):
        last(any_world, "net")
    assert listed(any_world, commit=NET) == []
    assert [c["project"]["name"] for c in listed(any_world)] == ["core"]


def test_the_last_combo_is_of_the_newest_tree_and_of_a_branch_when_asked(any_world: World) -> None:
    main = diamond(any_world, branch="main")
    dev = diamond(any_world, branch="dev")
    any_world.result(str(any_world.report("core", branch="dev")["tree_id"]), "1.1", "FAILED", project="net")
    assert last(any_world, "net")["tree_id"] == last(any_world, "net", "dev")["tree_id"] == dev
    assert last(any_world, "net", "main")["tree_id"] == main
    with pytest.raises(NotFound, match="net has not succeeded yet in a tree whose root ran on branch old"):
        last(any_world, "net", "old")


def test_lists_come_in_pages_newest_first(any_world: World) -> None:
    trees = [diamond(any_world, commit=f"{n}" * 40) for n in range(3)]
    found = listed(any_world, limit=2)
    assert found == listed(any_world) == listed(any_world, limit=5)
    assert [c["tree_id"] for c in found] == [tree for tree in reversed(trees) for _ in range(4)]
    assert {c["project"]["name"]: c["members"] for c in found} == {"core": 1, "net": 2, "ui": 2, "app": 4}
    assert [c["tree_id"] for c in listed(any_world, project="ui", limit=1)] == trees[::-1]
    assert any_world.read(combos.listing, USER, None, None, Page(50, "nonsense"))["items"] == found


def test_which_combos_hold_a_commit(any_world: World) -> None:
    first, second = diamond(any_world, commit="a" * 40), diamond(any_world, commit="ab" * 20)
    assert len(listed(any_world, commit="aaaaaaa")) == 4
    assert {c["tree_id"] for c in listed(any_world, commit="AAAAAAA")} == {first}
    assert {c["tree_id"] for c in listed(any_world, commit="abababab")} == {second}
    assert listed(any_world, commit="aaaaaa") == []  # too short for a prefix, and no whole commit
    by_net = listed(any_world, commit=NET, limit=1)
    assert [(c["tree_id"], c["project"]["name"]) for c in by_net] == [
        (second, "app"),
        (second, "net"),
        (first, "app"),
        (first, "net"),
    ]
    assert by_net == listed(any_world, commit=NET) == listed(any_world, commit=NET, limit=3)
    assert [c["tree_id"] for c in listed(any_world, commit=NET, project="app", limit=1)] == [second, first]
    assert listed(any_world, commit=NET, project="ui") == []


def test_pages_lead_past_trees_too_large_for_one_look(any_world: World) -> None:
    any_world.empty(max_tree_events=4)
    trees = [diamond(any_world) for _ in range(4)]
    assert [c["tree_id"] for c in listed(any_world, commit=NET, project="app")] == trees[::-1]
    first = any_world.read(combos.listing, USER, None, NET, Page(50))
    assert {c["tree_id"] for c in first["items"]} == {trees[-1]}


def test_a_project_with_two_commits_in_one_combo_is_said(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "ui")])
    for upstream in ("net", "ui"):
        any_world.depend(upstream, "app", join="each")
    any_world.depend("app", "end")
    tree_id = str(any_world.report("core")["tree_id"])
    succeed(any_world, tree_id, "net", "ui")
    for sub_id, commit in (("1.1.1", "5" * 40), ("1.2.1", "6" * 40)):
        any_world.result(tree_id, sub_id, project="app", commit=commit)
    any_world.result(tree_id, "1.1.1.1", project="end")
    assert [(c["sub_id"], c["members"]) for c in listed(any_world, project="app")] == [("1.2.1", 3), ("1.1.1", 3)]
    assert commits(any_world.read(combos.get, USER, f"{tree_id}:1.1.1:1")) == {"core": CORE, "net": NET, "app": "5" * 40}
    end = last(any_world, "end")
    assert end["mixed"] is True
    assert [m["commit"] for m in end["members"] if m["project"]["name"] == "app"] == ["5" * 40, "6" * 40]


def test_the_last_combo_of_a_set_is_of_the_newest_tree_in_which_all_succeeded(any_world: World) -> None:
    whole = diamond(any_world)
    half = str(any_world.report("core", commit="d" * 40)["tree_id"])
    succeed(any_world, half, "net")

    def ask(*keys: str) -> dict[str, Any]:
        return dict(any_world.read(combos.last_of, USER, keys))

    found = ask("net", any_world.projects["ui"])
    assert found["tree_id"] == whole
    assert commits(found) == {"core": CORE, "net": NET, "ui": UI}
    assert [c["project"]["name"] for c in found["combos"]] == ["net", "ui"]
    assert ask("net", "core")["tree_id"] == half
    any_world.result(half, "1.2", "FAILED", project="ui")
    assert ask("ui", "net")["tree_id"] == whole
    with pytest.raises(NotFound, match="gone"):
        ask("net", "gone")
    any_world.project("alone")
    with pytest.raises(NotFound, match="alone, net have not all succeeded in one tree yet"):
        ask("net", "alone")


def test_a_project_that_failed_beside_its_success_has_not_succeeded_for_a_set(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "ui")])
    for upstream in ("net", "ui"):
        any_world.depend(upstream, "app", join="each")
    tree_id = str(any_world.report("core")["tree_id"])
    succeed(any_world, tree_id, "net", "ui")
    any_world.result(tree_id, "1.1.1", project="app")
    with pytest.raises(NotFound):
        any_world.read(combos.last_of, USER, ["app", "core"])
    any_world.result(tree_id, "1.2.1", "SKIPPED", project="app")
    assert commits(any_world.read(combos.last_of, USER, ["app", "core"])).keys() == {"core", "net", "app"}


def test_what_differs_between_two_combos(any_world: World) -> None:
    for name in ("core", "net"):
        any_world.project(name, repository_url=f"https://github.com/acme/{name}.git")
    diamond(any_world)
    old = last(any_world, "app")["id"]
    any_world.depend("ui", "extra")
    any_world.depend("extra", "app")
    tree_id = str(any_world.report("core", commit="d" * 40)["tree_id"])
    succeed(any_world, tree_id, "net", "ui")
    any_world.result(tree_id, any_world.by_project(tree_id)["extra"]["sub_id"], project="extra", commit="e" * 40)
    succeed(any_world, tree_id, "app")
    found = any_world.read(combos.compare, USER, old, last(any_world, "app")["id"])
    (change,) = found["changed"]
    assert (change["project"]["name"], change["old"], change["new"]) == ("core", CORE, "d" * 40)
    assert change["compare_url"] == f"https://github.com/acme/core/compare/{CORE}...{'d' * 40}"
    assert ([m["project"]["name"] for m in found["added"]], found["removed"], found["unchanged"]) == (["extra"], [], 3)
    back = any_world.read(combos.compare, USER, found["b"]["id"], old)
    assert ([m["project"]["name"] for m in back["removed"]], back["added"]) == (["extra"], [])


def test_a_lock_file_is_read_by_a_shell_as_it_was_reported(any_world: World, tmp_path: Path) -> None:
    any_world.depend("core", "lib-net")
    hostile = "it's $(touch ran) `touch ran`"
    tree_id = str(any_world.report("core", branch=hostile)["tree_id"])
    any_world.result(tree_id, "1.1", project="lib-net", commit=NET, artifacts=(Artifact(hostile, sha256="ab" * 32),))
    name = f"{tree_id}:1.1:1"
    as_json, dotenv = any_world.read(combos.lock, USER, name)
    assert (as_json, dotenv) == any_world.read(combos.last_lock, USER, "lib-net", None)
    assert (as_json["version"], as_json["combo"]) == (1, name)
    assert [(m["project"], m["commit"]) for m in as_json["members"]] == [("core", CORE), ("lib-net", NET)]
    assert as_json["members"][1]["artifacts"] == [{"name": hostile, "sha256": "ab" * 32, "url": None, "purl": None}]
    (tmp_path / "combo.env").write_text(dotenv)
    script = '. ./combo.env; printf %s "$CORE_BRANCH|$LIB_NET_COMMIT|$LIB_NET_ARTIFACT_1_NAME|$LIB_NET_ARTIFACT_1_SHA256"'
    told = subprocess.run(["dash", "-euc", script], cwd=tmp_path, capture_output=True, check=True, text=True)
    assert told.stdout == f"{hostile}|{NET}|{hostile}|{'ab' * 32}"
    assert [path.name for path in tmp_path.iterdir() if path.name == "ran"] == []


def test_a_project_sees_the_combos_of_its_own_trees_and_lists_its_own(any_world: World) -> None:
    tree_id = diamond(any_world)
    any_world.project("stranger")
    net, stranger = any_world.who("net"), any_world.who("stranger")
    assert {c["project"]["name"] for c in any_world.read(combos.listing, net, None, None, Page())["items"]} == {"net"}
    assert any_world.read(combos.listing, net, None, CORE, Page())["items"][0]["project"]["name"] == "net"
    assert commits(any_world.read(combos.get, net, f"{tree_id}:1.1.1:1")) == COMMITS
    for work, *what in [
        (combos.get, f"{tree_id}:1.1:1"),
        (combos.lock, f"{tree_id}:1.1:1"),
        (combos.compare, f"{tree_id}:1.1:1", f"{tree_id}:1.1:1"),
        (combos.last, "net", None),
        (combos.listing, "net", None, Page()),
    ]:
        with pytest.raises(NotFound):
            any_world.read(work, stranger, *what)
    for nobody in (stranger, NOBODY):
        with pytest.raises(Exception, match=r"signed-in|Sign in"):
            any_world.read(combos.last_of, nobody, ["net", "ui"])


def test_combos_outlive_their_projects(any_world: World) -> None:
    diamond(any_world)
    before = last(any_world, "app")
    any_world.write(projects.remove, USER, "net")
    assert any_world.read(combos.get, USER, before["id"]) == before


def counted(world: World, work: Any, *args: Any) -> int:
    with statements(world) as seen:
        world.read(work, USER, *args)
    return len(seen)


def test_a_wide_and_deep_tree_costs_no_more_statements_than_a_small_one(any_world: World) -> None:
    seen: list[list[int]] = []
    for width in (2, 12):
        any_world.empty()
        names = [f"n{n:02d}" for n in range(width)]
        any_world.plant([("core", name, {}) for name in names] + [(name, "end", {}) for name in names])
        any_world.plant([("end", "last", {})])
        for _ in range(width):
            tree_id = str(any_world.report("core")["tree_id"])
            for n, name in enumerate(names, start=1):
                any_world.result(tree_id, f"1.{n}", project=name, commit=NET)
            for sub_id, name in (("1.1.1", "end"), ("1.1.1.1", "last")):
                any_world.result(tree_id, sub_id, project=name)
        name = last(any_world, "last")["id"]
        assert len(any_world.read(combos.get, USER, name)["members"]) == width + 3
        seen.append(
            [
                counted(any_world, combos.get, name),
                counted(any_world, combos.last, "last", "main"),
                counted(any_world, combos.listing, None, None, Page()),
                counted(any_world, combos.listing, None, NET, Page()),
                counted(any_world, combos.last_of, names),
                counted(any_world, combos.compare, name, name),
            ]
        )
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 12
