"""The search box and the feeds on both databases: what is found, what it costs, and which index finds it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from dominoci.domain.errors import NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.builds import Build, BuildArtifact
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trees import Attempt, Edge, Event, ResultRow, Tree
from dominoci.services import combos, feed, projects, search, tree_actions
from dominoci.services.starting import blank_build
from dominoci.store.paging import Page
from dominoci.store.trees import add_many
from tests.integration.test_statement_counts import statements
from tests.world import USER, WEBHOOK, World

pytestmark = pytest.mark.services

CORE, NET = "9fceb02d0ae598e95dc970b74767f19372d61af8", "1" * 40
KINDS = ("projects", "trees", "events", "builds", "artifacts")


def found(world: World, q: str) -> dict[str, list[dict[str, Any]]]:
    """What the box shows, without the kinds of which it shows nothing."""
    answer = world.read(search.search, USER, q)
    assert list(answer) == ["q", *KINDS]
    return {kind: answer[kind] for kind in KINDS if answer[kind]}


def titles(world: World, q: str) -> dict[str, list[str]]:
    return {kind: [item["title"] for item in items] for kind, items in found(world, q).items()}


@pytest.fixture
def tree_id(any_world: World) -> str:
    """core's commit, and below it net's, whose run is known."""
    any_world.depend("core", "net")
    tree = str(any_world.report("core", commit=CORE, branch="dev", message="Fix it\n\nand more")["tree_id"])
    any_world.result(tree, "1.1", commit=NET, link="https://ci.test/job/net/12/")
    return tree


def built(world: World, project: str, number: int, *artifacts: str) -> str:
    """A build of this project with these artifacts; answers its id."""

    def work(uow: Any) -> str:
        build = blank_build(world.projects[project], project, number, uow.now)
        add_many(uow.session, Build, [{**build, "cause": "manual", "ref": "main", "parameters": {}}])
        file = {"build_id": build["id"], "size": 1, "sha256": "a" * 64, "created_at": uow.now}
        add_many(uow.session, BuildArtifact, [{**file, "name": name} for name in artifacts])
        return str(build["id"])

    return str(world.write(work))


def test_a_project_is_found_by_part_of_its_name_the_one_of_that_name_first(any_world: World) -> None:
    for name in ("my-lib-core", "core-x", "core", "a_b", "axb"):
        any_world.project(name)
    assert titles(any_world, "core")["projects"] == ["core", "core-x", "my-lib-core"]
    assert titles(any_world, "CORE")["projects"] == ["core", "core-x", "my-lib-core"]
    assert titles(any_world, "a_b")["projects"] == ["a_b"]
    assert titles(any_world, "%") == {}
    item = found(any_world, "my-lib")["projects"][0]
    assert (item["kind"], item["url"], item["id"]) == ("project", "/projects/my-lib-core", any_world.projects["my-lib-core"])
    any_world.write(projects.remove, USER, "core")
    assert titles(any_world, "core")["projects"] == ["core-x", "my-lib-core"]


STORED = {
    "a": "https://github.com/acme/alpha.git",
    "b": "git@github.com:acme/beta.git",
    "c": "ssh://git@git.acme.test:2222/group/sub/gamma.git",
    "d": "https://www.git.acme.test/Delta",
}


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("https://github.com/acme/alpha", "a"),
        ("https://GitHub.com/acme/alpha.git", "a"),
        ("git@github.com:acme/alpha.git", "a"),
        ("https://www.github.com/acme/alpha/pull/3", "a"),
        ("https://github.com/acme/beta", "b"),
        ("https://github.com/acme/beta/tree/main", "b"),
        ("ssh://git@github.com/acme/beta.git", "b"),
        ("https://git.acme.test/group/sub/gamma/-/tree/main", "c"),
        ("git@git.acme.test:group/sub/gamma", "c"),
        ("git.acme.test/delta", "d"),
    ],
)
def test_a_repository_is_found_by_whatever_address_was_pasted(any_world: World, pasted: str, name: str) -> None:
    for project, url in STORED.items():
        any_world.project(project, repository_url=url)
    listed = any_world.read(projects.search, USER, pasted, Page())["items"]
    assert [project["name"] for project in listed] == [name]
    assert titles(any_world, pasted) == {"projects": [name]}


def test_an_organisation_finds_all_its_repositories_and_no_others(any_world: World) -> None:
    for project, url in STORED.items():
        any_world.project(project, repository_url=url)
    listed = any_world.read(projects.search, USER, "https://github.com/acme", Page())["items"]
    assert {project["name"] for project in listed} == {"a", "b"}
    assert any_world.read(projects.search, USER, "https://github.com/acm_", Page())["items"] == []
    assert any_world.read(projects.search, USER, "github.com/%", Page())["items"] == []


def test_a_tree_is_found_by_its_id_and_by_its_commit(any_world: World, tree_id: str) -> None:
    for q in (tree_id, tree_id[:8], tree_id[:20].upper(), CORE, CORE[:7], CORE.upper()[:12], f"  {CORE} "):
        items = found(any_world, q)["trees"]
        assert [(item["id"], item["url"]) for item in items] == [(tree_id, f"/trees/{tree_id}")], q
    assert (items[0]["title"], items[0]["subtitle"], items[0]["state"]) == ("core 9fceb02d0ae5", "dev Fix it", "success")
    for q in (tree_id[:7], CORE[:6], CORE[:7] + "f", "g" * 8):
        assert "trees" not in found(any_world, q), q


def test_an_event_is_found_by_its_commit_its_address_and_its_run(any_world: World, tree_id: str) -> None:
    for q in (
        NET,
        NET[:7],
        f"{tree_id} 1.1",
        f"{tree_id[:9]}  1.1",
        "https://ci.test/job/net/12/",
        "https://ci.test/job/net/12",
        "https://ci.test/job/net/12/console?full=1",
    ):
        (item,) = found(any_world, q)["events"]
        assert (item["tree_id"], item["sub_id"], item["state"]) == (tree_id, "1.1", "success"), q
        assert (item["title"], item["url"]) == ("net 1.1", f"/trees/{tree_id}/events/1.1/why")
    for q in (f"{tree_id} 9.9", "https://ci.test/job/net/13/", "https://ci.test/", f"{tree_id} x"):
        assert "events" not in found(any_world, q), q


def test_the_run_that_was_pasted_comes_before_the_one_around_it(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "ui")])
    tree = str(any_world.report("core")["tree_id"])
    any_world.result(tree, "1.1", link="https://gitlab.test/a/b/-/pipelines/5")
    any_world.result(tree, "1.2", link="https://gitlab.test/a/b/-/pipelines/5/jobs/7")
    assert titles(any_world, "https://gitlab.test/a/b/-/pipelines/5/jobs/7")["events"] == ["ui 1.2"]
    assert titles(any_world, "https://gitlab.test/a/b/-/pipelines/5/jobs/8")["events"] == ["net 1.1"]


def test_one_commit_run_in_two_attempts_is_one_event(any_world: World, tree_id: str) -> None:
    any_world.write(tree_actions.rerun_event, USER, tree_id, "1.1", True)
    any_world.result(tree_id, "1.1", attempt=2, commit=NET)
    assert titles(any_world, NET) == {"events": ["net 1.1"]}


def test_builds_and_artifacts_are_found(any_world: World) -> None:
    for name in ("core", "net"):
        any_world.project(name, target={"kind": "agent"})
    first, second = built(any_world, "core", 1, "core-1.whl", "a/ü%.txt"), built(any_world, "core", 2, "core-1.whl")
    built(any_world, "net", 1)
    assert titles(any_world, "#1")["builds"] == ["net #1", "core #1"]
    assert titles(any_world, "core#2")["builds"] == titles(any_world, "core #2")["builds"] == ["core #2"]
    assert found(any_world, first)["builds"][0]["url"] == f"/builds/{first}"
    assert set(titles(any_world, first[:8])["builds"]) == {"core #1", "core #2", "net #1"}
    for nothing in ("#0", "#", "nobody#1", "core#3", "#99999999999"):
        assert "builds" not in found(any_world, nothing)
    items = found(any_world, "core-1")["artifacts"]
    assert [(item["title"], item["subtitle"], item["id"]) for item in items] == [("core-1.whl", "core #2", second)]
    assert titles(any_world, "a/ü")["artifacts"] == titles(any_world, "a/ü%.txt")["artifacts"] == ["a/ü%.txt"]
    assert "artifacts" not in found(any_world, "ore-1")


def test_ten_of_a_kind_are_enough(any_world: World) -> None:
    for n in range(12):
        any_world.project(f"core{n:02d}")
        any_world.report(f"core{n:02d}", commit=CORE)
    shown = found(any_world, CORE)["trees"]
    assert [item["title"][:6] for item in shown] == [f"core{n:02d}" for n in range(11, 1, -1)]
    assert len(found(any_world, "core")["projects"]) == 10


QUERIES = ("core", "  ", CORE, "#12", "core#12", "https://ci.test/job/x/1/2/3", "' OR 1=1", "\\", "%", "_", "é" * 50, "0" * 36)


@pytest.mark.parametrize("q", QUERIES)
def test_whatever_is_searched_costs_few_statements_however_much_there_is(any_world: World, q: str) -> None:
    counted = []
    for many in (1, 15):
        any_world.empty()
        for n in range(many):
            any_world.project(f"core{n:02d}")
            any_world.report(f"core{n:02d}", commit=CORE)
        with statements(any_world) as seen:
            any_world.read(search.search, USER, q)
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 7


def plans(world: World, work: Any, *args: Any, **kwargs: Any) -> list[str]:
    """How the database finds what each statement asks for, one text a statement. An access that reads a whole table of those
    that grow with time is marked FULL, one that goes along a whole index of such a table ALONG."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        world.read(work, USER, *args, **kwargs)
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if world.database.sqlite else "EXPLAIN "
    with world.database.engine.connect() as connection:
        return [
            "\n".join(_plan_line(row) for row in connection.exec_driver_sql(explain + statement, parameters))
            for statement, parameters in asked
            if statement.startswith(("SELECT", "WITH"))
        ]


def _plan_line(row: Any) -> str:
    """One access of a plan."""
    if hasattr(row, "detail"):
        found = re.match(r"SCAN ([a-z_]+?)(?:_\d+)?( USING|$)", row.detail)
        mark = ("ALONG " if found[2] else "FULL ") if found and found[1] in GROWING else ""
        return f"{mark}{row.detail}"
    mark = {"ALL": "FULL ", "index": "ALONG "}.get(row.type, "") if row.table in GROWING else ""
    return f"{mark}{row.table} {row.type} {row.key} {row.rows} {row.Extra}"


MANY = 3000
GROWING = ("trees", "events", "event_edges", "attempts", "results", "builds", "build_artifacts")
EVENT: dict[str, Any] = {
    **{"project_name": "x", "join_rule": "all", "state": "success", "reason_code": "x", "reason_params": {}, "target": WEBHOOK},
    **{"pending": 0, "passed": 0, "blocked": 0, "attempt": 1},
    **{"default_branch": "main", "start_deadline_s": 1, "finish_deadline_s": 1},
}
RESULT = {"attempt": 1, "digest": "", "status": "SUCCESS", "meta": {}, "links": {}, "artifacts": [], "late": False}


@pytest.fixture
def much(any_world: World) -> World:
    """Thousands of trees with two events each, and builds with artifacts: enough for a database to prefer its indexes."""
    any_world.depend("core", "net")
    any_world.write(_many_trees, any_world.projects["core"], any_world.projects["net"])
    any_world.write(_many_builds, any_world.projects["core"])
    if not any_world.database.sqlite:
        with any_world.database.engine.connect() as connection:
            connection.execute(text(f"ANALYZE TABLE {', '.join(GROWING)}"))
            connection.commit()
    return any_world


def _many_trees(uow: Any, *projects: str) -> None:
    """Trees of one success behind another, on 40 branches, each with a commit of its own."""
    root = {"root_project_id": projects[0], "root_project_name": "core", "root_meta": {}, "opened_at": uow.now, "version": 1}
    rows: dict[type[Any], list[dict[str, Any]]] = {Tree: [], Event: [], Attempt: [], Edge: [], ResultRow: []}
    for n in range(MANY):
        tree, events, commit = new_id(), [new_id(), new_id()], f"{n * 7919 % 16**7:07x}".ljust(40, "0")
        state = {"state": "success", "event_count": 2, "unfinished": 0}
        rows[Tree].append({**root, **state, "id": tree, "lane": f"refs/heads/b{n % 40}", "root_commit": commit})
        ends = {"parent_id": events[0], "child_id": events[1], "tree_id": tree, "outcome": "passed"}
        rows[Edge].append({**ends, "join_rule": "all", "filters": {}, "ref": {}, "parameters": {}})
        for position, event_id in enumerate(events):
            place = {"id": event_id, "tree_id": tree, "position": position, "sub_id": "1" + ".1" * position}
            rows[Event].append({**EVENT, **place, "project_id": projects[position], "run_url": f"https://ci.test/{n}"})
            tried = {"event_id": event_id, "number": 1, "delivery_id": event_id, "state": "success", "inputs": None}
            rows[Attempt].append({**tried, "queued_at": uow.now})
            rows[ResultRow].append({**RESULT, "event_id": event_id, "commit": commit, "received_at": uow.now})
    for table, made in rows.items():
        add_many(uow.session, table, made)


def _many_builds(uow: Any, project: str) -> None:
    """Builds with an artifact each, of 500 names."""
    given = {"cause": "push", "ref": "main", "parameters": {}}
    made = [{**blank_build(project, "core", n + 1, uow.now), **given} for n in range(MANY)]
    add_many(uow.session, Build, made)
    file = {"size": 1, "sha256": "a", "created_at": uow.now}
    files = [{**file, "build_id": build["id"], "name": f"f{n % 500}.whl"} for n, build in enumerate(made)]
    add_many(uow.session, BuildArtifact, files)


def test_whatever_grows_with_time_is_found_by_an_index(much: World) -> None:
    some = much.read(lambda uow: uow.session.query(Tree).order_by(Tree.id).offset(MANY // 2).first())
    for q in (some.root_commit, some.root_commit[:9], some.id, f"{some.id} 1.1", "https://ci.test/77", "#77", "core#77", "f77"):
        assert found(much, q), q
        for plan in plans(much, search.search, q):
            assert "FULL" not in plan, (q, plan)
            assert "ALONG" not in plan, (q, plan)


def test_the_feed_of_trees_is_found_by_an_index(much: World) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    for wanted in ({}, {"project": "core"}, {"branch": "b7"}, {"commit": "0001eef"}, {"since": since}):
        plan = next(plan for plan in plans(much, feed.recent_trees, Page(), **wanted) if "trees" in plan)
        assert "FULL" not in plan, (wanted, plan)
        assert "ALONG" not in plan or not wanted, (wanted, plan)
        assert "TEMP B-TREE" not in plan or "commit" in wanted, (wanted, plan)


def test_combos_are_found_by_an_index(much: World) -> None:
    commit = much.read(lambda uow: uow.session.query(Tree).order_by(Tree.id).offset(MANY // 2).first()).root_commit
    for work, *asked in [
        (combos.listing, None, None, Page()),
        (combos.listing, "net", None, Page()),
        (combos.listing, None, commit, Page()),
        (combos.listing, "net", commit, Page()),
        (combos.last, "net", None),
        (combos.last, "net", "b7"),
        (combos.last_of, ["core", "net"]),
    ]:
        assert much.read(work, USER, *asked), asked
        for plan in plans(much, work, *asked):
            assert "FULL" not in plan, (asked, plan)


def tree_ids(world: World, **wanted: Any) -> list[str]:
    return [item["id"] for item in world.read(feed.recent_trees, USER, Page(), **wanted)["items"]]


def test_trees_are_listed_by_branch_commit_and_time(any_world: World) -> None:
    any_world.graph([("core", "net"), ("lib", "net")])
    any_world.clock.now = datetime.now(UTC)  # ids are made by the real clock
    first = str(any_world.report("core", branch="main", commit=CORE)["tree_id"])
    second = str(any_world.report("core", branch="dev", commit=NET)["tree_id"])
    any_world.clock.advance(minutes=1)
    third = str(any_world.report("lib", branch="main", commit=CORE)["tree_id"])
    assert tree_ids(any_world) == [third, second, first]
    assert tree_ids(any_world, branch="main") == tree_ids(any_world, commit=CORE[:7]) == [third, first]
    assert tree_ids(any_world, commit=CORE[:7], project="core") == tree_ids(any_world, branch="main", project="core") == [first]
    assert tree_ids(any_world, since=any_world.clock.now) == [third]
    assert tree_ids(any_world, since=any_world.clock.now - timedelta(hours=1), state="running") == [third, second, first]
    assert tree_ids(any_world, since=any_world.clock.now + timedelta(seconds=1)) == []
    assert tree_ids(any_world, commit=CORE[:6]) == tree_ids(any_world, branch="mai") == []
    assert tree_ids(any_world, commit=CORE) == [third, first]
    assert len(any_world.read(feed.recent_trees, any_world.who("core"), Page())["items"]) == 2
    with pytest.raises(NotFound):
        any_world.read(feed.recent_trees, any_world.who("core"), Page(), project="lib")


def texts(world: World, project: str) -> list[str]:
    return [item["text"] for item in world.read(feed.reports, USER, project, Page())["items"]]


def test_every_report_tells_what_came_of_it(any_world: World) -> None:
    any_world.depend("core", "net", filters={"branches": {"include": ["main"]}})
    any_world.depend("core", "ui")
    opened = any_world.report("core", branch="dev")["tree_id"]
    any_world.report("core", "FAILED")
    assert texts(any_world, "core") == ["FAILED opens no tree", f"opened tree {opened}: 2 below it, 1 queued, 1 skipped"]
    any_world.result(opened, "1.2", link="https://ci.test/1")
    any_world.report("ui", link="https://ci.test/1")
    alone = any_world.report("ui")["tree_id"]
    assert texts(any_world, "ui") == [
        f"opened tree {alone}: nothing that is switched on depends on this project",
        f"counted as the result of 1.2 in tree {opened}",
    ]
    assert texts(any_world, "core")[1] == f"opened tree {opened}: 2 below it, 1 success, 1 skipped"
    assert texts(any_world, "net") == []


def test_a_tree_that_ended_at_its_root_says_why(any_world: World) -> None:
    any_world.empty(max_tree_events=2)
    any_world.graph([("core", "net"), ("core", "ui")])
    opened = any_world.report("core")["tree_id"]
    limit = "the tree would have 3 events; the limit is 2"
    assert texts(any_world, "core") == [f"opened tree {opened}, which ends at its root: {limit}"]


def test_a_tree_that_waits_for_an_older_one_says_so(any_world: World) -> None:
    any_world.project("core", on_new_event="queue")
    any_world.depend("core", "net")
    first, second = (any_world.report("core")["tree_id"] for _ in range(2))
    assert texts(any_world, "core")[0].startswith(f"opened tree {second}, which waits until the older tree {first}")


def test_a_project_that_is_switched_off_says_so(any_world: World) -> None:
    any_world.depend("core", "net")
    any_world.write(lambda uow: uow.session.query(Project).update({"enabled": False}))
    any_world.report("core")
    assert texts(any_world, "core") == ["core was switched off: it opened no tree"]


def test_reports_come_in_pages_to_those_who_may_see_the_project(any_world: World) -> None:
    any_world.graph([("core", "net")])
    for n in range(5):
        any_world.report("core", commit=f"{n}" * 40)
    first = any_world.read(feed.reports, any_world.who("core"), "core", Page(3))
    second = any_world.read(feed.reports, USER, "core", Page(3, first["next_cursor"]))
    assert [item["metadata"]["commit"][0] for item in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert (first["items"][0]["sub_id"], second["next_cursor"]) == ("1", None)
    with pytest.raises(NotFound):
        any_world.read(feed.reports, any_world.who("net"), "core", Page())
    counted = []
    for limit in (1, 5):
        with statements(any_world) as seen:
            any_world.read(feed.reports, USER, "core", Page(limit))
        counted.append(len(seen))
    assert counted[0] == counted[1]
