"""Artifacts, caches and finished logs in every kind of store, through the API: the data folder, another folder, S3."""

import base64
import errno
import hashlib
import os
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from dominoci.api.build_reports import LOG_CHUNK
from dominoci.config import Keeping, Settings, SettingsError, StorageSettings
from dominoci.domain.errors import Full, Unavailable
from dominoci.infra import files
from dominoci.infra.files import BuildFiles, Place, Upload
from dominoci.infra.models.builds import Build
from dominoci.infra.storage import Storage
from dominoci.services import retention
from tests.bed.s3 import S3, SECRET
from tests.unit.api.site import TestSite

STEP = {"n": 1, "pipeline": "ci", "stage": "test", "name": "unit", "state": "success"}
LARGEST = 8 << 20
CONTENT = bytes(range(256)) * 100


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    server = S3()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module", params=["data", "folder", "s3"])
def site_of_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """The app with its files in one of the stores; the tests of this module share it."""
    data = tmp_path_factory.mktemp("stored")
    kinds = {"data": StorageSettings, "folder": lambda: StorageSettings(str(data / "elsewhere"))}
    settings = request.getfixturevalue("s3").settings("builds") if request.param == "s3" else kinds[request.param]()
    site = TestSite(data, storage=settings)
    yield site
    site.close()


@pytest.fixture
def stored(site_of_store: TestSite) -> TestSite:
    """The same, emptied."""
    site_of_store.empty()
    return site_of_store


def put(site: TestSite, path: str, token: str, content: bytes, *, of: bytes | None = None) -> TestResponse:
    """An upload; its digest is that of `of` where it is to be wrong."""
    digest = base64.b64encode(hashlib.sha256(content if of is None else of).digest()).decode()
    return site.call("PUT", f"/api/v1{path}", token, data=content, headers={"Digest": f"sha-256={digest}"})


def end(site: TestSite, build: str, token: str) -> None:
    """The build ends well."""
    assert site.post(f"/builds/{build}/result", {"status": "SUCCESS", "steps": [STEP]}, token).status_code == 201


def move_logs(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the scheduler's timer does, without waiting for pages that follow."""
    monkeypatch.setattr(retention, "STORED_AFTER", timedelta(0))
    retention.store_logs(site.container.transactions)


def test_an_artifact_comes_back_whole_and_in_ranges(stored: TestSite) -> None:
    build, token = stored.build_token()
    path = f"/builds/{build}/artifacts/lib-1.0+x.whl"
    assert put(stored, path, token, CONTENT, of=b"other").status_code == 422
    assert stored.get(path).status_code == 404
    assert [put(stored, path, token, CONTENT).status_code for _ in range(2)] == [201, 200]
    assert put(stored, path, token, b"other").status_code == 409
    whole = stored.get(path)
    assert (whole.status_code, whole.data, whole.headers["Accept-Ranges"]) == (200, CONTENT, "bytes")
    assert whole.headers["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert whole.headers["Content-Disposition"] == "attachment; filename=lib-1.0+x.whl"
    ends = {"bytes=-7": CONTENT[-7:], "bytes=25590-": CONTENT[25590:]}
    for asked, wanted in {"bytes=0-9": CONTENT[:10], "bytes=1000-1499": CONTENT[1000:1500], **ends}.items():
        part = stored.call("GET", f"/api/v1{path}", headers={"Range": asked})
        assert (part.status_code, part.data) == (206, wanted), asked
        assert part.headers["Content-Length"] == str(len(wanted))
    assert stored.call("GET", f"/api/v1{path}", headers={"Range": "bytes=99999-"}).status_code == 416
    assert stored.call("GET", f"/api/v1{path}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    head = stored.call("HEAD", f"/api/v1{path}")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(CONTENT)))


def test_a_finished_log_is_read_where_it_has_gone(stored: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    build, token = stored.build_token()
    stored.post(f"/builds/{build}/state", {"steps": [STEP]}, token)
    text = b"collected\nan error\n" * 1000
    assert stored.call("PUT", f"/api/v1/builds/{build}/steps/1/log?offset=0", token, data=text).status_code == 200
    move_logs(stored, monkeypatch)
    local = stored.container.files.log(Place("built/1", build), "01-test/01-unit.log")
    assert local.exists(), "the log of a running build stays where it is written"
    end(stored, build, token)
    follower = stored.container.files.log_file(Place("built/1", build), "01-test/01-unit.log")
    before = follower.state()[0], follower.read(10, 19)
    move_logs(stored, monkeypatch)
    assert local.exists() == stored.container.files.storage.by_name
    assert (follower.state()[0], follower.read(10, 19)) == before == (len(text), b"an error\n")
    part = stored.get(f"/builds/{build}/steps/1/log?offset=10&limit=9")
    assert (part.data, part.headers["X-Log-Size"], part.headers["X-Log-Complete"]) == (b"an error\n", str(len(text)), "true")
    assert stored.get(f"/builds/{build}/steps/1/log?offset={len(text)}&limit=9").data == b""
    assert stored.get(f"/builds/{build}/log?step=1").data == text
    assert stored.get(f"/builds/{build}/log/search?q=error").get_json()["count"] == 1000
    assert stored.get(f"/builds/{build}").get_json()["steps"][0]["log_size"] == len(text)
    stored.call("PATCH", "/api/v1/projects/built", json={"name": "renamed"})
    assert stored.get(f"/builds/{build}/steps/1/log?offset=10&limit=9").data == b"an error\n"


def test_a_cache_is_kept_for_the_next_build_replaced_and_found_by_its_beginning(stored: TestSite) -> None:
    build, token = stored.build_token()
    path = f"/builds/{build}/cache/npm%2Fmain-1"
    assert stored.get(path, token).status_code == 404
    assert put(stored, path, token, CONTENT, of=b"").status_code == 422
    assert [put(stored, path, token, content).status_code for content in (b"old", b"old", CONTENT)] == [201, 200, 201]
    for asked in ("npm%2Fmain-1", "npm%2Fmain-2?prefix=npm/main-"):
        found = stored.get(f"/builds/{build}/cache/{asked}", token)
        assert (found.data, found.headers["Cache-Key"]) == (CONTENT, "npm/main-1")
        assert found.headers["Digest"] == "sha-256=" + base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    assert stored.get(f"/builds/{build}/cache/x?prefix=NPM/", token).status_code == 404
    other, others = stored.build_token("another")
    assert stored.get(f"/builds/{other}/cache/npm%2Fmain-1", others).status_code == 404
    assert stored.get(path, others).status_code == 404


def test_what_was_removed_leaves_nothing_in_the_store(stored: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    build, token = stored.build_token()
    stored.post(f"/builds/{build}/state", {"steps": [STEP]}, token)
    stored.call("PUT", f"/api/v1/builds/{build}/steps/1/log?offset=0", token, data=b"text")
    put(stored, f"/builds/{build}/artifacts/a", token, b"a")
    end(stored, build, token)
    move_logs(stored, monkeypatch)
    kept, place = stored.container.files, Place("built/1", build)
    kept.remove(place)
    kept.remove(place)
    assert not kept.has_artifact(place, "a")
    assert kept.read(place, "01-test/01-unit.log", 0, 9) == b""
    assert stored.get(f"/builds/{build}/artifacts/a").status_code == 404


def test_a_store_that_is_away_loses_nothing_and_tells_no_secret(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    site = TestSite(tmp_path, storage=s3.settings(tmp_path.name))
    build, token = site.build_token()
    site.post(f"/builds/{build}/state", {"steps": [STEP]}, token)
    path, cache = f"/builds/{build}/artifacts/a", f"/builds/{build}/cache/k"
    site.call("PUT", f"/api/v1/builds/{build}/steps/1/log?offset=0", token, data=b"text")
    assert site.anyone.get("/readyz").get_json()["storage"] is True, "nothing lies in it yet"
    s3.stop()
    answers = [put(site, path, token, b"a"), put(site, cache, token, b"c")]
    end(site, build, token)
    move_logs(site, monkeypatch)
    answers += [site.get(path)]
    assert site.get(f"/builds/{build}/steps/1/log").data == b"text"
    assert site.get(f"/builds/{build}").get_json()["artifacts"] == [], "an artifact without bytes is none"
    assert site.anyone.get("/readyz").get_json()["storage"] is False
    s3.start()
    assert [answer.status_code for answer in answers] == [503, 503, 404]
    assert all(answer.headers["Retry-After"] for answer in answers[:2])
    move_logs(site, monkeypatch)
    assert site.get(f"/builds/{build}/steps/1/log").data == b"text"
    said = "".join(answer.text for answer in answers) + "".join(capfd.readouterr()) + repr(site.container.settings)
    assert SECRET not in said
    assert not list((tmp_path / "spool").iterdir())
    site.close()


@pytest.fixture
def no_room() -> Iterator[None]:
    """No file of this process may grow beyond LARGEST bytes: to those who write, the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tmp_path: Path, no_room: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = TestSite(tmp_path)
    build, token = site.build_token()
    site.post(f"/builds/{build}/state", {"steps": [STEP]}, token)
    log, chunk = f"/api/v1/builds/{build}/steps/1/log", b"x" * (LOG_CHUNK - 5)
    sent = [site.call("PUT", f"{log}?offset={n * len(chunk)}", token, data=chunk) for n in range(9)]
    assert [answer.status_code for answer in sent] == [200] * 8 + [507]
    assert "disk is full" in sent[-1].get_json()["detail"]
    assert site.get(f"/builds/{build}").get_json()["steps"][0]["log_size"] == 8 * len(chunk)
    assert site.call("PUT", f"{log}?offset={8 * len(chunk)}", token, data=b"short").status_code == 200, "where it had stopped"
    for path in (f"/builds/{build}/artifacts/a", f"/builds/{build}/cache/k"):
        assert put(site, path, token, b"x" * (LARGEST + 1)).status_code == 507
        assert site.get(path, token).status_code == 404
        assert put(site, f"{path}-small", token, b"x").status_code == 201
    assert not list((tmp_path / "spool").iterdir())
    monkeypatch.setattr(files, "LEAST_ROOM", 1 << 60)
    ready = site.anyone.get("/readyz")
    assert (ready.status_code, ready.get_json()["disk"]) == (503, False)
    site.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> BuildFiles:
    """Files whose store is not the data folder."""
    return BuildFiles.of(Settings(data=tmp_path / "data", storage=StorageSettings(str(tmp_path / "store"))))


def write(kept: BuildFiles, folder: str, *names: str, text: bytes = b"text") -> Place:
    """Logs of a build on this machine."""
    place = Place(folder, f"id-of-{folder.replace('/', '-')}")
    for name in names:
        kept.append(place, f"01-a/{name}", 0, text, LARGEST)
    return place


def test_logs_that_vanish_meanwhile_do_not_keep_the_others(elsewhere: BuildFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write(elsewhere, "core/7", "1.log", "2.log", "3.log")
    found = elsewhere.logs_here(9)["core/7"]
    elsewhere.log(place, "01-a/1.log").unlink()
    elsewhere.store_logs(place, ["01-a/1.log", "01-a/2.log", "01-a/3.log"], 0)
    assert sorted(elsewhere.logs_here(9)["core/7"]) == ["01-a/2.log", "01-a/3.log"]
    elsewhere.store_logs(place, ["01-a/2.log", "01-a/3.log"], 0)
    assert elsewhere.logs_here(9)["core/7"] == ["01-a/3.log"], "a turn stops after the log that took it past its time"
    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        with pytest.raises(Full):
            elsewhere.store_logs(place, found, inf)
    elsewhere.store_logs(place, found, inf)
    assert elsewhere.sizes(place, sorted(found)) == [0, 4, 4]
    assert not list((elsewhere.root / "core").iterdir()), "what holds no log any more is not walked any more"
    with elsewhere.moving_logs() as first, elsewhere.moving_logs() as second:
        assert (first, second) == (True, False), "two schedulers do not write the same sizes"
    with elsewhere.moving_logs() as after:
        assert after


def test_what_lost_leases_left_takes_no_build_its_turn(elsewhere: BuildFiles) -> None:
    left = write(elsewhere, "core/7", *(f"{n}.log" for n in range(20)))
    elsewhere.set_aside(left, 1)
    write(elsewhere, "core/8", "1.log")
    write(elsewhere, "core/9/01-job", "1.log")
    assert elsewhere.logs_here(9) == {"core/8": ["01-a/1.log"], "core/9/01-job": ["01-a/1.log"]}
    elsewhere.remove(left)
    assert sorted(path.name for path in (elsewhere.root / "core").iterdir()) == ["8", "9"]


def test_a_rename_that_an_agent_overtook_loses_no_log(elsewhere: BuildFiles) -> None:
    write(elsewhere, "old/7", "1.log", "2.log", text=b"the whole text")
    write(elsewhere, "old/8", "1.log")
    new = write(elsewhere, "new/7", "3.log")
    write(elsewhere, "new/7", "1.log", text=b"the")
    write(elsewhere, "new/7", "2.log", text=b"the whole text and more")
    for _ in range(2):
        elsewhere.rename("old", "new")
    assert elsewhere.sizes(new, ["01-a/1.log", "01-a/2.log", "01-a/3.log"]) == [14, 23, 4]
    assert elsewhere.size(Place("new/8", "x"), "01-a/1.log") == 4
    assert [path.name for path in elsewhere.root.iterdir()] == ["new"]


def test_uploads_that_went_meanwhile_do_not_stop_the_sweep(elsewhere: BuildFiles) -> None:
    old = elsewhere.receive([b"x"], 9).path
    os.utime(old, (0, 0))
    gone = [old.with_name(name) for name in ("0", "z")]
    for path in gone:
        path.symlink_to(old.with_name("not there"))
    elsewhere.sweep_spool()
    assert sorted(old.parent.iterdir()) == sorted(gone)


def test_a_cache_whose_file_is_gone_is_taken_again_and_one_not_booked_leaves_no_file(
    stored: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, token = stored.build_token()
    path, kept = f"/builds/{build}/cache/k", stored.container.files
    names: list[str] = []
    keep = BuildFiles.keep_cache

    def noted(self: BuildFiles, upload: Upload, project_id: str, name: str) -> None:
        keep(self, upload, project_id, name)
        names.append(f"caches/{project_id}/{name}")
        if len(names) == 3:
            end(stored, build, token)

    monkeypatch.setattr(BuildFiles, "keep_cache", noted)
    assert put(stored, path, token, CONTENT).status_code == 201
    kept.storage.remove(names[0])
    assert [put(stored, path, token, CONTENT).status_code for _ in range(2)] == [201, 200]
    assert stored.get(path, token).data == CONTENT
    assert put(stored, path, token, b"too late").status_code == 409
    assert [kept.storage.size(name) for name in names] == [None, len(CONTENT), None]


def test_a_cache_that_was_booked_stays_though_the_one_before_it_cannot_be_removed(
    stored: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("The file store cannot be reached; try again.", 15)

    build, token = stored.build_token()
    path = f"/builds/{build}/cache/k"
    assert put(stored, path, token, b"old").status_code == 201
    monkeypatch.setattr(Storage, "remove", away)
    assert put(stored, path, token, b"new").status_code == 201
    monkeypatch.undo()
    assert stored.get(path, token).data == b"new"


def test_a_bucket_that_is_not_there_is_a_store_that_is_away(s3: S3, tmp_path: Path) -> None:
    store = Storage(replace(s3.settings(""), url="s3://missing/x"), tmp_path)
    source = tmp_path / "source"
    source.write_bytes(b"x")
    for ask in (store.check, lambda: store.put(source, "a/b")):
        with pytest.raises(Unavailable):
            ask()
    assert source.exists(), "nothing is lost"
    assert store.size("a/b") is None


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/passwd", "a//b", "", "a/./b", "a\0b"])
def test_no_key_leads_out_of_the_store(tmp_path: Path, key: str) -> None:
    store = Storage(StorageSettings(str(tmp_path)), tmp_path)
    for asked in (store.size, store.open, store.remove):
        with pytest.raises(ValueError, match="not a key"):
            asked(key)


def test_an_s3_client_is_imported_only_where_it_is_needed() -> None:
    import subprocess
    import sys

    code = "import sys, dominoci.bootstrap; print({'s3fs', 'botocore', 'aiohttp', 'fsspec'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_projects_caches_have_a_limit_and_strangers_only_read_them(tmp_path: Path) -> None:
    site = TestSite(tmp_path, keeping=Keeping(max_cache=600, project_caches=1000))
    build, token = site.build_token()
    path = f"/builds/{build}/cache"
    assert put(site, f"{path}/big", token, b"x" * 601).status_code == 413
    assert [put(site, f"{path}/{key}", token, key.encode() * 400).status_code for key in ("a", "b", "c")] == [201] * 3
    assert [site.get(f"{path}/{key}", token).status_code for key in ("a", "b", "c")] == [404, 200, 200]
    (project,) = (tmp_path / "caches").iterdir()
    assert len(list(project.iterdir())) == 2, "the files of what made room are gone too"
    assert put(site, f"{path}/{'k' * 301}", token, b"x").status_code == 422
    site.container.write(lambda uow: uow.session.execute(update(Build).where(Build.id == build).values(trusted=False)))
    refused = put(site, f"{path}/b", token, b"poisoned")
    assert (refused.status_code, "may read" in refused.get_json()["detail"]) == (403, True)
    assert site.get(f"{path}/b", token).data == b"b" * 400
    site.close()


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ({"URL": "s3://key:secret@bucket/x"}, "s3://bucket/prefix"),
        ({"URL": "s3:///x"}, "s3://bucket/prefix"),
        ({"URL": "s3://bucket/../x"}, "s3://bucket/prefix"),
        ({"URL": "builds"}, "absolute path"),
        ({"URL": "ftp://host/x"}, "absolute path"),
        ({"URL": "s3://b", "ENDPOINT": "minio:9000"}, "http:// or https://"),
        ({"URL": "s3://b", "KEY_ID": "AKIA"}, "both, or neither"),
    ],
    ids=str,
)
def test_a_store_that_cannot_be_used_is_refused_without_repeating_it(named: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refused:
        Settings.from_env({f"DOMINOCI_STORAGE_{name}": value for name, value in named.items()})
    assert "secret@" not in str(refused.value)


def test_the_secret_of_a_store_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    given = {"URL": "s3://files/ci/", "KEY_ID": "AKIA", "SECRET_FILE": str(tmp_path / "secret")}
    settings = Settings.from_env({f"DOMINOCI_STORAGE_{name}": value for name, value in given.items()})
    assert (settings.storage.url, settings.storage.secret) == ("s3://files/ci", SECRET)
    assert SECRET not in repr(settings)
