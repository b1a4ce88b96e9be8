"""What of finished builds is removed in time, and what never is; on SQLite and on MariaDB."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from dominoci.config import Keeping
from dominoci.domain.errors import Gone
from dominoci.infra.files import BuildFiles, Place
from dominoci.infra.models.builds import Build, BuildCache
from dominoci.infra.models.jobs import Job
from dominoci.services import build_logs, builds, caches, job_changes, projects, retention
from dominoci.services.access import Principal
from dominoci.store.caches import add
from tests.world import USER, World

pytestmark = pytest.mark.services
KEEPING = Keeping(days=30, builds=1, cache_days=7)
STEP = {"n": 1, "pipeline": "ci", "stage": "test", "name": "unit", "state": "success"}


@pytest.fixture
def world(any_world: World) -> World:
    """Files are kept for 30 days, those of the newest build of a project longer."""
    any_world.empty(keeping=KEEPING)
    return any_world


def built(world: World, name: str, status: str = "SUCCESS", branch: str = "main") -> str:
    """A finished build by hand with a log; answers its id."""
    build: str = world.write(builds.start, USER, name, branch, {})["id"]
    claim = world.claim(world.agent())
    assert claim is not None
    return ended(world, claim, status) or build


def ended(world: World, claim: Any, status: str = "SUCCESS") -> str:
    """The end of a claimed build that wrote a log."""
    world.tell_build(claim, steps=[STEP])
    folder = world.read(lambda uow: uow.session.get_one(Build, claim["id"]).folder)
    log = BuildFiles.of(world.settings).log(Place(folder, claim["id"]), "01-test/01-unit.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"text\n")
    world.end_build(claim, status)
    return str(claim["id"])


def kept(world: World, *ids: str) -> list[bool]:
    """Which of these builds still have their files; the database and the disk agree."""
    rows = world.read(lambda uow: [uow.session.get_one(Build, build) for build in ids])
    there = [(world.data / "jobs" / row.folder).exists() for row in rows]
    assert there == [row.expired_at is None for row in rows]
    return there


def test_old_builds_lose_their_files_and_say_when(world: World) -> None:
    world.project("core", target={"kind": "agent"})
    old, green, red = (built(world, "core", status) for status in ("SUCCESS", "SUCCESS", "FAILED"))
    branch = built(world, "core", branch="feature")
    world.clock.advance(days=29)
    retention.clean_up(world.transactions)
    assert kept(world, old, green, red, branch) == [True] * 4
    world.clock.advance(days=2)
    retention.clean_up(world.transactions)
    assert kept(world, old, green, red, branch) == [False, True, False, True], "the last green one of each branch stays"
    assert world.read(builds.get, USER, old)["expired_at"] == world.clock.now
    for ask in (lambda uow: builds.log_place(uow, USER, old, 1), lambda uow: build_logs.places(uow, USER, old, None)):
        with pytest.raises(Gone, match="were removed on 22 December 2026"):
            world.read(ask)


def test_the_newest_builds_of_a_project_stay_however_old(world: World) -> None:
    world.project("core", target={"kind": "agent"})
    first, last = built(world, "core", "FAILED"), built(world, "core", "FAILED")
    world.clock.advance(days=400)
    retention.clean_up(world.transactions)
    assert kept(world, first, last) == [False, True]


def test_what_a_running_tree_or_a_last_combo_is_made_of_stays(world: World) -> None:
    world.project("core", target={"kind": "agent"})
    world.depend("core", "app")
    one = built(world, "core")
    tree = world.read(lambda uow: uow.session.get_one(Build, one).tree_id)
    two, three = built(world, "core"), built(world, "core", "FAILED")
    world.clock.advance(days=31)
    retention.clean_up(world.transactions)
    assert kept(world, one, two, three) == [True, True, True], "its tree runs; the last green one; the newest one"
    world.result(tree, "1.1", project="app")
    built(world, "core")
    retention.clean_up(world.transactions)
    assert kept(world, one) == [True], "app's last success came from it"
    other = world.read(lambda uow: uow.session.get_one(Build, two).tree_id)
    world.result(other, "1.1", project="app")
    retention.clean_up(world.transactions)
    assert kept(world, one) == [False]


def test_of_all_green_tags_the_last_one_stays_and_of_a_deleted_project_no_red_one(world: World) -> None:
    for name in ("core", "gone"):
        world.project(name, target={"kind": "agent"})
    tags = [built(world, "core", branch=f"refs/tags/v{n}") for n in range(3)]
    branch, red = built(world, "core"), built(world, "gone", "FAILED")
    world.write(projects.remove, USER, "gone")
    world.clock.advance(days=31)
    retention.clean_up(world.transactions)
    assert kept(world, *tags, branch, red) == [False, False, True, True, False]


def test_builds_that_stay_do_not_hold_up_the_removal_of_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for name in ("a", "b", "c"):
        world.project(name, target={"kind": "agent"})
    stay = [built(world, name) for name in ("a", "b")]
    go = [built(world, "c", "FAILED") for _ in range(2)]
    built(world, "c", "FAILED")
    world.clock.advance(days=31)
    for _ in range(2):
        retention.clean_up(world.transactions)
    assert kept(world, *stay, *go) == [True, True, False, False]


def test_two_builds_that_keep_one_new_key_at_once_leave_it_usable(world: World) -> None:
    world.project("core", target={"kind": "agent"})
    files, holders, plans, uploads = BuildFiles.of(world.settings), [], [], []
    for content in (b"first", b"second", b"third"):
        world.write(builds.start, USER, "core", "main", {})
        claim = world.claim(world.agent())
        assert claim is not None
        holders.append(Principal("build", claim["id"], "build"))
        upload = files.receive([content], 9)
        uploads.append(upload)
        plans.append(world.read(caches.plan, holders[-1], claim["id"], "npm", upload, upload.sha256))
    for plan, upload in zip(plans, uploads, strict=True):
        files.keep_cache(upload, plan.project_id, plan.name)
    for who, plan, upload in zip(holders, plans, uploads, strict=True):
        world.write(caches.book, who, who.id, "npm", plan.id, upload)
        found = world.read(caches.find, who, who.id, "npm", None)
        assert found.sha256 == upload.sha256
        with files.open_cache(found.project_id, found.name) as file:
            assert len(file.read()) == found.size
    assert [path.name for path in (world.data / "caches" / plan.project_id).iterdir()] == [found.name]


def test_caches_that_nobody_uses_go(world: World, tmp_path: Path) -> None:
    project, files = world.project("core"), BuildFiles.of(world.settings)
    for key, age in (("old", 8), ("used", 1)):
        used = world.clock.now - timedelta(days=age)
        about = {"id": key, "project_id": project, "key": key, "size": 1, "sha256": "a" * 64, "build_id": "b"}
        row = BuildCache(**about, created_at=used, used_at=used)
        world.write(lambda uow, row=row: add(uow.session, row))
        files.keep_cache(files.receive([b"x"], 9), project, f"{key}-{'a' * 16}")
    retention.clean_up(world.transactions)
    assert sorted(path.name for path in (world.data / "caches" / project).iterdir()) == [f"used-{'a' * 16}"]
    assert world.read(lambda uow: [row.key for row in uow.session.query(BuildCache)]) == ["used"]


def test_deleted_jobs_closed_copies_and_pull_requests_keep_no_last_green_build(world: World) -> None:
    world.project("core", target={"kind": "agent"})
    ends: dict[str, dict[str, Any]] = {
        "live": {"kind": "branch"},
        "gone": {"deleted_at": world.clock.now},
        "closed": {"kind": "branch", "closed_at": world.clock.now},
        "pull": {"kind": "pull_request"},
    }
    green = []
    for name, end in ends.items():
        job = world.write(job_changes.create, USER, {"path": f"t/{name}", "project": "core"})["id"]
        world.write(job_changes.start, USER, job, "main", {})
        claim = world.claim(world.agent())
        assert claim is not None
        green.append(ended(world, claim))
        world.write(lambda uow, job=job, end=end: uow.session.execute(update(Job).where(Job.id == job).values(**end)) and None)
    built(world, "core")
    world.clock.advance(days=31)
    retention.clean_up(world.transactions)
    assert kept(world, *green) == [True, False, False, False]
