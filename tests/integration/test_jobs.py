"""Jobs on both databases: what is asked of them in other words there, and two who do the same at once."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from dominoci.domain.errors import Conflict
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import folders, job_builds, job_changes, jobs, projects
from dominoci.store import builds as build_store
from dominoci.store import jobs as store
from dominoci.store.paging import Page
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services
TEXT = "stages:\n  - steps:\n      - command: echo hello\n"


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(4) as made:
        yield made


def made(world: World, path: str, **body: Any) -> dict[str, Any]:
    definition = {"format": "job", "text": TEXT}
    job: dict[str, Any] = world.write(job_changes.create, USER, {"path": path, "definition": definition, **body})
    return job


def started(world: World, path: str, times: int = 1) -> list[str]:
    """Starts builds of a job, one transaction each; answers where their files lie."""

    def work(uow: UnitOfWork) -> str:
        job, project = jobs.visible(uow, USER, path)
        return job_builds.start(uow, project, job, cause="manual").folder

    return [world.write(work) for _ in range(times)]


def test_paths_numbers_and_lists_are_the_same_on_both_databases(any_world: World) -> None:
    world = any_world
    app = world.project("app", target={"kind": "agent"}, repository_url=None)
    for path in ("tools/a_b", "tools/axb", "app", "x/y/deep"):
        made(world, path, project="app")
    assert started(world, "tools/a_b", 12)[-1] == "tools/a_b/12"
    assert started(world, "app", 2) == ["app/13", "app/14"]
    assert (world.read(lambda u: store.highest_number(u.session, "tools/a_b")), numbers(world, "tools/axb")) == (12, 0)
    assert world.read(lambda u: store.highest_number(u.session, "tools", deep=True)) == 12

    recent = {one["path"]: [b["number"] for b in one["recent"]] for one in search(world, folder="tools")}
    assert recent == {"tools/a_b": list(range(12, 0, -1)), "tools/axb": []}
    assert [one["path"] for one in search(world, q="a_b")] == ["tools/a_b"]
    assert [one["path"] for one in search(world, q="Y/D")] == ["x/y/deep"]
    shown = world.read(folders.search, USER, {"parent": "x"}, Page())["items"]
    assert [(one["path"], one["folders"], one["jobs"]) for one in shown] == [("x/y", 0, 1)]
    first = world.read(jobs.search, USER, {}, Page(limit=2))
    rest = world.read(jobs.search, USER, {}, Page(limit=9, cursor=first["next_cursor"]))
    assert [one["path"] for one in (*first["items"], *rest["items"])] == ["app", "tools/a_b", "tools/axb", "x/y/deep"]

    world.write(projects.change, USER, app, {"name": "web"})
    assert places(world, app) == {*(f"tools/a_b/{n}" for n in range(1, 13)), "web/13", "web/14"}
    with pytest.raises(Conflict, match="There is already a job app"):
        made(world, "app")


def numbers(world: World, path: str) -> int:
    return int(world.read(lambda uow: store.highest_number(uow.session, path)))


def search(world: World, **query: Any) -> list[dict[str, Any]]:
    return list(world.read(jobs.search, USER, query, Page())["items"])


def places(world: World, project: str) -> set[str]:
    found = world.read(lambda uow: [row.folder for row in build_store.unfinished_of(uow.session, project)])
    return set(found)


def test_of_many_who_do_the_same_at_once_one_is_first_and_nothing_is_lost(any_world: World, crew: Crew) -> None:
    """The same path is made once; every start has a number of its own; every definition is a version."""
    world = any_world
    world.project("app", target={"kind": "agent"}, repository_url=None)

    def make() -> str:
        try:
            return str(made(world, "tools/ci", project="app")["id"])
        except Conflict:
            return "taken"

    assert sorted(outcome == "taken" for outcome in crew.at_once([make] * 4)) == [False, True, True, True]
    places = [place for some in crew.at_once([partial(started, world, "tools/ci", 5)] * 4) for place in some]
    assert sorted(places) == sorted(f"tools/ci/{n}" for n in range(1, 21))

    def define(text: str) -> int:
        return int(world.write(job_changes.define, USER, "tools/ci", {"format": "job", "text": text})["version"])

    assert sorted(crew.at_once([partial(define, f"{TEXT}# {n}\n") for n in range(4)])) == [2, 3, 4, 5]
