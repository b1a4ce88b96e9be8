"""Graph files over the real services: applied whole or not at all, again without effect, by people and by pushes."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dominoci.app import create_app
from dominoci.domain.errors import Conflict, DominoError, Forbidden, NotFound
from dominoci.domain.graph_file.faults import Refused
from dominoci.infra.models.audit import AuditRow
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.services import audit, consents, dependencies, graph_file, projects
from dominoci.services.graph_file import Asked
from dominoci.store.paging import Page
from tests.integration.door import Door, Receiver, Served
from tests.unit.api.site import TestSite
from tests.world import USER, World

SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
FILE = """\
version: 1
projects:
  lib-core:
    repository: https://git.example/lib-core.git
  app-web:
    target: {kind: webhook, url: https://ci.test/hook, secret: {env: WEB}}
    upstreams:
      lib-core: {join: each, branches: [main, "!wip/*"], parameters: {CORE: "${parent.commit}"}}
"""
OUTBOUND = GuardedClient(resolver=lambda *_, **__: [])  # knows no name, which is no refusal


def apply(world: World, text: str, **asked: Any) -> dict[str, Any]:
    """What applying this text answers."""
    return graph_file.apply(world.transactions, OUTBOUND, USER, Asked(text, **asked))


def planned(world: World, text: str, **asked: Any) -> dict[str, Any]:
    """The plan for this text."""
    return graph_file.planned(world.transactions, OUTBOUND, USER, Asked(text, **asked))


def named(part: list[dict[str, Any]]) -> list[str]:
    return [" on ".join(filter(None, (change["project"], change["upstream"]))) for change in part]


def count(world: World, model: Any) -> int:
    """How many rows there are."""

    def work(uow: UnitOfWork) -> int:
        return uow.session.execute(select(func.count()).select_from(model)).scalar_one()

    return int(world.read(work))


def test_a_file_becomes_the_graph_and_again_does_nothing(any_world: World) -> None:
    plan = planned(any_world, FILE)
    assert named(plan["added"]) == ["lib-core", "app-web", "app-web on lib-core"]
    assert plan["secrets"] == ["WEB"]
    assert count(any_world, Project) == 0

    done = apply(any_world, FILE, secrets={"WEB": SECRET}, digest=plan["digest"])
    assert done["added"] == plan["added"]
    web = any_world.read(projects.get, USER, "app-web")
    assert (web["hosted"], [secret["name"] for secret in web["target"]["secrets"]]) == (True, ["secret"])
    (rule,) = any_world.read(dependencies.listing, USER, "app-web")["upstream"]
    assert (rule["join"], rule["filters"]["branches"]) == ("each", {"include": ["main"], "exclude": ["wip/*"]})

    rows = count(any_world, AuditRow)
    again = apply(any_world, FILE, secrets={"WEB": SECRET})
    assert again["text"] == ["Nothing to do."]
    assert count(any_world, AuditRow) == rows


def test_what_was_exported_is_what_is_there(any_world: World) -> None:
    apply(any_world, FILE, secrets={"WEB": SECRET})
    any_world.project("hosted", repository_url=None, target={"kind": "agent"}, default_branch="trunk")
    rule = {"upstream": "app-web", "ref": {"use": "fixed", "value": "release/1"}, "enabled": False}
    any_world.write(dependencies.add, USER, "hosted", rule)
    text = any_world.read(graph_file.export, USER, [])
    assert planned(any_world, text, prune=True)["text"] == ["Nothing to do."]
    assert "secret:" not in text
    assert any_world.read(graph_file.export, USER, ["hosted"]).count("default_branch") == 1
    with pytest.raises(NotFound):
        any_world.read(graph_file.export, USER, ["unknown"])


def test_a_plan_that_is_not_true_any_more_is_refused(any_world: World) -> None:
    plan = planned(any_world, FILE)
    any_world.project("lib-core")
    with pytest.raises(Conflict, match="has changed since"):
        apply(any_world, FILE, secrets={"WEB": SECRET}, digest=plan["digest"])
    assert count(any_world, Project) == 1


def test_a_file_with_errors_changes_nothing(any_world: World) -> None:
    text = FILE + "  more:\n    upstreams: {lib-cor: , more: }\n"
    with pytest.raises(Refused) as refused:
        apply(any_world, text, secrets={"WEB": SECRET})
    assert [fault.line for fault in refused.value.faults] == [10, 10]
    assert count(any_world, Project) == 0


def test_a_target_is_checked_where_it_stands_and_only_when_it_is_new(any_world: World) -> None:
    text = "version: 1\nprojects:\n  web:\n    target: {kind: webhook, url: 'http://127.0.0.1/x'}\n"
    with pytest.raises(Refused) as refused:
        planned(any_world, text)
    ((line, _, message),) = refused.value.faults
    assert (line, "127.0.0.1" in message) == (4, True)
    target = {"kind": "webhook", "url": "http://127.0.0.1/x"}
    any_world.project("web", repository_url=None, target=target, visibility="private")
    assert planned(any_world, text)["text"] == ["Nothing to do."]


def test_secrets_are_sent_apart_and_stored_encrypted(any_world: World) -> None:
    with pytest.raises(Refused, match="nothing was applied") as refused:
        apply(any_world, FILE)
    assert "WEB was not sent" in refused.value.faults[0].message
    with pytest.raises(Refused) as refused:
        apply(any_world, FILE, secrets={"WEB": "not one"})
    assert "cannot be used" in refused.value.faults[0].message

    apply(any_world, FILE, secrets={"WEB": SECRET})
    digest = planned(any_world, FILE)["digest"]
    changed = apply(any_world, FILE, secrets={"WEB": OTHER}, digest=digest)
    assert changed["changed"][0]["fields"] == [{"field": "target.secret", "before": "set", "after": "changed"}]
    assert apply(any_world, FILE, secrets={"WEB": OTHER})["text"] == ["Nothing to do."]
    kept = apply(any_world, FILE.replace(", secret: {env: WEB}", ""))
    assert kept["text"] == ["Nothing to do."]
    told = json.dumps([plan["text"] for plan in (changed, kept)]) + any_world.read(graph_file.export, USER, [])
    log = any_world.read(audit.search, USER, {}, Page(limit=200))["items"]
    assert not any(secret in told + json.dumps(log, default=str) for secret in (SECRET, OTHER))


def test_pruning_says_how_many_events_it_cancels_and_does_so(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "old"), ("old", "far")])
    tree = any_world.report("core")["tree_id"]
    text = any_world.read(graph_file.export, USER, ["core", "net"])
    assert named(planned(any_world, text)["kept"]) == ["far on old", "old on core", "far", "old"]
    done = apply(any_world, text, prune=True)
    assert named(done["removed"]) == ["far on old", "old on core", "far", "old"]
    assert [change["cancels"] for change in done["removed"]] == [0, 0, 1, 1]
    states = {event["project"]["name"]: event["state"] for event in any_world.tree(tree)["events"]}
    assert states["net"] != "cancelled"
    assert {state for name, state in states.items() if name.startswith("old")} == {"cancelled"}
    any_world.check(tree)


def test_a_dependency_turns_round_in_one_go(any_world: World) -> None:
    any_world.depend("a", "b")
    text = any_world.read(graph_file.export, USER, [])
    turned = text.replace("    upstreams:\n      a: {}\n", "").replace("  b:", "    upstreams: {b: {}}\n  b:")
    done = apply(any_world, turned, prune=True)
    assert (named(done["added"]), named(done["removed"])) == (["a on b"], ["b on a"])


def test_the_file_of_one_project_speaks_of_its_upstreams_only(any_world: World) -> None:
    any_world.graph([("core", "app"), ("app", "far")])
    any_world.project("net")
    text = "version: 1\nupstreams: {net: {join: each}}"
    assert named(planned(any_world, text, project="app")["kept"]) == ["app on core"]
    done = apply(any_world, text, project="app", prune=True)
    assert (named(done["added"]), named(done["removed"])) == (["app on net"], ["app on core"])
    assert count(any_world, Project) == 4
    with pytest.raises(Refused, match="an error"):
        planned(any_world, "version: 1\nprojects: {}", project="app")
    with pytest.raises(NotFound):
        planned(any_world, text, project="nobody")


def test_a_project_may_only_be_asked_by_users(any_world: World) -> None:
    any_world.project("core")
    with pytest.raises(Forbidden):
        graph_file.planned(any_world.transactions, OUTBOUND, any_world.who("core"), Asked("version: 1"))


def test_each_change_is_in_the_audit_log_under_its_project(any_world: World) -> None:
    apply(any_world, FILE, secrets={"WEB": SECRET})
    log = any_world.read(audit.of_project, USER, "lib-core", Page())["items"]
    assert [item["text"] for item in log] == ["admin added dependency app-web on lib-core", "admin created project lib-core"]
    whole = any_world.read(audit.search, USER, {"action": "graph.applied"}, Page())["items"]
    assert [item["after"] for item in whole] == [{"added": 3, "changed": 0, "removed": 0}]


def test_two_who_apply_the_same_file_at_once_make_one_graph(any_world: World) -> None:
    any_world.project("there")
    text = "version: 1\nprojects:\n  a: {}\n  b: {upstreams: {a: }}\n  c: {upstreams: {a: , b: }}\n"
    told: list[str] = []

    def once() -> None:
        try:
            told.append(apply(any_world, text)["text"][-1])
        except DominoError as e:
            told.append(e.detail)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["6 to add, 0 to change, 0 to remove.", *["Nothing to do."] * 3]
    assert count(any_world, Project) == 4


# ---- a repository's own file


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    served = Served(tmp_path / "data", create_app)
    home = tmp_path / "home"
    home.mkdir()
    yield Door(served.container, served.url, Receiver(), home)
    served.close()


def pushed(door: Door, copy: Path, branch: str = "main") -> str:
    """What git says to the one who pushes this branch."""
    done = door.git("push", "origin", f"HEAD:{branch}", at=copy)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_push_to_the_default_branch_applies_the_repositorys_own_file(door: Door) -> None:
    for name in ("core", "net", "app"):
        door.project(name)
    copy = door.working_copy("copy", **{"dominoci.yml": "version: 1\nupstreams: {core: {join: each}}\n"})
    door.container.write(projects.change, USER, "net", {"visibility": "public"})
    door.git("remote", "add", "origin", door.address("app", door.user_token()), at=copy)

    pushed(door, copy, "feature")
    assert door.container.read(dependencies.listing, USER, "app")["upstream"] == []

    said = pushed(door, copy)
    assert "There is no project core" in said  # core is private, and has not agreed
    door.container.write(consents.ask, USER, "app", "core")
    asked = door.container.read(consents.listing, USER, "core")["items"][0]["id"]
    door.container.write(consents.answer, USER, "core", asked, "granted")
    door.commit(copy, **{"dominoci.yml": "version: 1\nupstreams:\n  core: {join: each}\n"})
    said = pushed(door, copy)
    assert "+ dependency app on core" in said
    assert "build #" in said
    door.commit(copy, **{"dominoci.yml": "version: 1\nprune: true\nupstreams: {net: }\n"})
    said = pushed(door, copy)
    assert [d["upstream"]["name"] for d in door.container.read(dependencies.listing, USER, "app")["upstream"]] == ["net"]

    door.commit(copy, **{"dominoci.yml": "version: 1\nupstreams: {nett: }\n"})
    said = pushed(door, copy)
    assert "line 2, column 13: There is no project nett (did you mean net?)." in said
    assert "build #" in said
    newest = door.container.read(audit.of_project, USER, "app", Page())["items"][0]
    assert (newest["action"], newest["actor"]["name"]) == ("graph.refused", "a push to app")
    assert "nett" in newest["after"]["errors"][0]
    assert [d["upstream"]["name"] for d in door.container.read(dependencies.listing, USER, "app")["upstream"]] == ["net"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "line 1, column 3"),
        (b"#" * ((1 << 20) + 1), "the limit is 1048576"),
        (b"version: 1\nupstreams: {app: }\n", "cycle"),
    ],
)
def test_a_push_with_a_bad_file_is_a_push_nevertheless(door: Door, content: bytes, said: str) -> None:
    door.project("app")
    copy = door.working_copy("copy")
    (copy / "dominoci.yml").write_bytes(content)
    door.commit(copy)
    door.git("remote", "add", "origin", door.address("app", door.user_token()), at=copy)
    told = pushed(door, copy)
    assert said in told
    assert "build #1" in told


# ---- over HTTP


def test_a_refusal_lists_lines_and_an_export_is_yaml(tmp_path: Path) -> None:
    site = TestSite(tmp_path)
    refused = site.post("/graph/plan", {"file": "version: 1\nprojects: {a: {enabled: yes}}"})
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert refused.get_json()["errors"] == [{"line": 2, "column": 25, "message": "Expected true or false, not yes."}]
    assert site.post("/graph/plan", {"file": 1}).get_json()["errors"] == {"file": ["Not a valid string."]}
    assert site.post("/graph/plan", {"file": "#" * (1 << 20)}).status_code == 413

    made = site.post("/graph/apply", {"file": "version: 1\nprojects: {a: , b: {upstreams: {a: }}, c: }"})
    assert made.status_code == 200, made.text
    exported = site.get("/graph/export?project=a&project=b")
    assert exported.content_type == "text/yaml; charset=utf-8"
    assert exported.text.endswith("version: 1\nprojects:\n  a: {}\n  b:\n    upstreams:\n      a: {}\n")
    assert site.post("/graph/plan", {"file": "version: 1"}, site.project_token("a")).status_code == 403
    site.close()
