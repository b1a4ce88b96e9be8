"""Jobs and folders that move: with many copies, and while somebody else puts something into them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, select

from dominoci.domain.errors import Conflict
from dominoci.domain.ids import new_id
from dominoci.infra.models.jobs import Folder, Job
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import folders, job_changes, jobs
from tests.world import USER, World

pytestmark = pytest.mark.services


def job(world: World, path: str) -> str:
    """A new job of the project `lib`; answers its id."""
    made: dict[str, Any] = world.write(job_changes.create, USER, {"path": path, "project": "lib"})
    return str(made["id"])


def copied(uow: UnitOfWork, job_id: str, count: int) -> None:
    """Copies of a job for branches, every second one closed."""
    of = uow.session.get_one(Job, job_id)
    plain = {"project_id": of.project_id, "folder_id": of.folder_id, "kind": "branch", "created_by": "x", "copied_from": of.id}
    for n in range(count):
        at = {"created_at": uow.now, "changed_at": uow.now, "closed_at": uow.now if n % 2 else None}
        uow.session.add(Job(id=new_id(), name=f"{of.name}_b{n}", path=f"{of.path}_b{n}", **plain, **at))


def test_a_job_moves_with_its_copies_in_as_many_statements_as_with_one(any_world: World) -> None:
    world, counts = any_world, []
    world.project("lib", target={"kind": "agent"})
    for name, count in (("few", 2), ("many", 40)):
        key = job(world, f"a/{name}")
        world.write(copied, key, count)
        seen: list[str] = []
        note = lambda *given, seen=seen: seen.append(given[2])  # noqa: E731
        event.listen(world.database.engine, "before_cursor_execute", note)
        world.write(job_changes.change, USER, key, {"name": f"{name}2"})
        event.remove(world.database.engine, "before_cursor_execute", note)
        counts.append(len(seen))
        paths = world.read(lambda uow, key=key: list(uow.session.scalars(select(Job.path).where(Job.copied_from == key))))
        assert sorted(paths) == sorted(f"a/{name}2_b{n}" for n in range(count))
    assert counts[0] == counts[1]


def test_the_path_of_a_copy_that_others_have_stops_the_move(world: World) -> None:
    world.project("lib", target={"kind": "agent"})
    key = job(world, "a/x")
    world.write(copied, key, 2)
    job(world, "a/y_b1")
    with pytest.raises(Conflict, match="already a job a/y_b1"):
        world.write(job_changes.change, USER, key, {"name": "y"})


@pytest.mark.parametrize("moved", ["a", "a/b"])
def test_nothing_is_put_where_a_folder_no_longer_stands(
    mariadb_world: World, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    """As when another's move ends between the look at a folder and the new row. SQLite lets one writer in at a time."""
    world, found = mariadb_world, jobs.folder_of
    world.empty()
    world.project("lib", target={"kind": "agent"})
    job(world, "a/b/first")
    key = job(world, "other")

    def late(uow: UnitOfWork, name: str | None) -> Folder | None:
        row = found(uow, name)
        with ThreadPoolExecutor(1) as other:
            other.submit(world.write, folders.change, USER, moved, {"name": "z"}).result(30)
        return row

    made, changed = [{"path": "a/b/x", "project": "lib"}], [key, {"folder": "a/b"}]
    for act, given in ((job_changes.create, made), (job_changes.change, changed)):
        monkeypatch.setattr(jobs, "folder_of", late)
        with pytest.raises(Conflict, match="moved or removed just now"):
            world.write(act, USER, *given)
        monkeypatch.undo()
        there = "z" if moved == "a" else "a/z"
        world.write(folders.change, USER, there, {"name": moved[-1]})
