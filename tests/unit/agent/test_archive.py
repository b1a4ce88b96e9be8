"""Caches and archives: what goes in comes out again, and nothing else, whoever made the archive (abuse case 13)."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dominoci_agent.pipeline.model import Cache
from dominoci_agent.runtime.archive import ArchiveError, Limits, pack, unpack
from dominoci_agent.runtime.cache import CacheError, Caches, Kept


def tick() -> None:
    """Never stops the work."""


def entry(name: str, content: bytes = b"", **more: object) -> tuple[tarfile.TarInfo, bytes]:
    """A tar entry; `more` are fields of its header."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def archive(folder: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A .tar.gz of these entries."""
    file = folder / "made.tar.gz"
    with tarfile.open(file, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content))
    return file


def endless_header(folder: Path) -> Path:
    """An archive whose first entry says that its long name has a gigabyte."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1024**3
    file = folder / "made.tar.gz"
    file.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"a" * 4096))
    return file


LINK = tarfile.SYMTYPE
BAD: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
    "above": [entry("kept/../../canary", b"x")],
    "absolute": [entry("/canary", b"x")],
    "beside": [entry("other/canary", b"x")],
    "link to above": [entry("kept/l", type=LINK, linkname="../../canary")],
    "absolute link": [entry("kept/l", type=LINK, linkname="/etc")],
    "write through a link": [entry("kept/l", type=LINK, linkname=".."), entry("kept/l/canary", b"x")],
    "link through a link": [
        entry("kept/d/e/b", type=LINK, linkname="../.."), entry("kept/d/e/a", type=LINK, linkname="b/../../canary"),
    ],
    "hard link": [entry("kept/l", type=tarfile.LNKTYPE, linkname="/etc/passwd")],
    "device": [entry("kept/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
    "pipe": [entry("kept/pipe", type=tarfile.FIFOTYPE)],
    "twice": [entry("kept/a", b"x"), entry("kept/a", b"y")],
    "too many": [entry(f"kept/{number}") for number in range(30)],
    "too large": [entry("kept/a", bytes(5000))],
    "too large headers": [entry(f"kept/{number}", pax_headers={"comment": "x" * 3000}) for number in range(2)],
    "headers without end": [entry("kept/a", type=tarfile.XHDTYPE)] * 3000,
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_an_archive_that_could_do_harm_is_not_used(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "deep/er/aside"
    folder.mkdir(parents=True)
    with pytest.raises(ArchiveError):
        unpack(archive(tmp_path, *BAD[kind]), folder, ["kept"], tick, Limits(files=20, size=4000))
    assert [path for path in tmp_path.rglob("canary") if not path.is_relative_to(folder)] == []


def test_a_damaged_archive_and_one_with_an_endless_header_are_refused_with_little_memory(tmp_path: Path) -> None:
    good = archive(tmp_path, entry("kept/a", os.urandom(3000)))
    good.write_bytes(good.read_bytes()[:-900])
    (tmp_path / "aside").mkdir()
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(good, tmp_path / "aside", ["kept"], tick)
    tracemalloc.start()
    with pytest.raises(ArchiveError):
        unpack(endless_header(tmp_path), tmp_path / "aside", ["kept"], tick)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024


def test_files_modes_and_inner_links_survive_and_outer_ones_are_left_out(tmp_path: Path) -> None:
    source = tmp_path / "ws"
    (source / "kept/.bin").mkdir(parents=True)
    (source / "kept/run.sh").write_text("#!/bin/sh\n")
    (source / "kept/run.sh").chmod(0o755)
    (source / "kept/.bin/run").symlink_to("../run.sh")
    (source / "kept/out").symlink_to("/etc")
    os.link(source / "kept/run.sh", source / "kept/same.sh")
    os.mkfifo(source / "kept/pipe")
    packed = pack(source, ["kept", "missing"], tmp_path / "a.tar.gz", tick)
    assert packed.left_out == ("kept/out", "kept/pipe")
    assert packed.sha256 == hashlib.sha256((tmp_path / "a.tar.gz").read_bytes()).hexdigest()
    assert pack(source, ["kept"], tmp_path / "b.tar.gz", tick).sha256 == packed.sha256
    aside = tmp_path / "aside"
    aside.mkdir()
    unpack(tmp_path / "a.tar.gz", aside, ["kept"], tick)
    found = sorted(path.relative_to(aside).as_posix() for path in aside.rglob("*"))
    assert found == ["kept", "kept/.bin", "kept/.bin/run", "kept/run.sh", "kept/same.sh"]
    assert os.access(aside / "kept/run.sh", os.X_OK)
    assert (aside / "kept/.bin/run").read_text() == "#!/bin/sh\n"


def test_headers_are_not_all_kept_in_memory(tmp_path: Path) -> None:
    many = archive(tmp_path, *[entry(f"kept/{number}", pax_headers={"comment": "x" * 30_000}) for number in range(500)])
    (tmp_path / "aside").mkdir()
    tracemalloc.start()
    assert unpack(many, tmp_path / "aside", ["kept"], tick) == 500
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * 1024 * 1024


def test_a_folder_that_is_swapped_for_a_link_while_it_is_packed_gives_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "host/file").write_text("secret")
    (tmp_path / "ws/kept/out").mkdir(parents=True)
    (tmp_path / "ws/kept/out/file").write_text("harmless")
    ticks = iter(range(9))

    def swap() -> None:
        if next(ticks) == 2:  # "kept/out" was listed, and its file is next
            (tmp_path / "ws/kept").rename(tmp_path / "ws/away")
            (tmp_path / "ws/kept").mkdir()
            (tmp_path / "ws/kept/out").symlink_to(tmp_path / "host")

    with contextlib.suppress(OSError):
        pack(tmp_path / "ws", ["kept"], tmp_path / "a.tar.gz", swap)
    assert b"secret" not in gzip.decompress((tmp_path / "a.tar.gz").read_bytes())


def test_an_archive_of_a_folder_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host/out").mkdir(parents=True)
    (tmp_path / "host/out/file").write_text("secret")
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/kept").symlink_to(tmp_path / "host")
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        pack(tmp_path / "ws/kept/out", ["."], tmp_path / "a.tar.gz", tick, workspace=tmp_path / "ws")


class Shelf:
    """A store of caches in memory; the newest last."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.broken = False

    @contextmanager
    def get(self, key: str, prefix: str) -> Iterator[Kept | None]:
        names = [name for name in self.kept if name == key] or [name for name in self.kept if name.startswith(prefix)]
        content = self.kept[names[-1]] if names else None
        if content is None:
            yield None
            return
        right = hashlib.sha256(content).hexdigest()
        yield Kept(names[-1], right, iter([content[:100], content[100:] + (b"?" if self.broken else b"")]))

    def put(self, key: str, file: Path, sha256: str) -> None:
        if self.broken:
            raise CacheError("the arbiter is away")
        self.puts.append(key)
        self.kept.pop(key, None)
        self.kept[key] = file.read_bytes()


NPM = Cache("npm", ("node_modules",), files=("package-lock.json",), commands=("node --version",))


class Build:
    """The caches of one build in a fresh workspace; `said` is its log."""

    def __init__(self, shelf: Shelf, folder: Path, lock: str = "1", *, keeps: bool = True) -> None:
        self.workspace = folder
        self.workspace.mkdir()
        (self.workspace / "package-lock.json").write_text(lock)
        self.caches = Caches(shelf, self.workspace, folder.with_name(folder.name + "-scratch"), keeps=keeps)
        self.said: list[str] = []

    def restore(self, node: bytes = b"v20") -> None:
        self.caches.restore(NPM, lambda _command: node, self.said.append, tick)

    def save(self) -> None:
        self.caches.save(NPM, lambda _command: b"v20", self.said.append, tick)

    def install(self, name: str) -> None:
        (self.workspace / "node_modules").mkdir(exist_ok=True)
        (self.workspace / "node_modules" / name).write_text(name)

    @property
    def installed(self) -> list[str]:
        return sorted(path.name for path in (self.workspace / "node_modules").glob("*"))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Build]:
    """Makes builds that share a shelf, but no folder."""
    shelf = Shelf()
    made: list[Build] = []

    def new(lock: str = "1", *, keeps: bool = True) -> Build:
        made.append(Build(shelf, tmp_path / f"build{len(made)}", lock, keeps=keeps))
        return made[-1]

    new.shelf = shelf  # type: ignore[attr-defined]
    return new


def test_a_cache_is_kept_brought_back_and_not_kept_again_unchanged(build: Callable[..., Build]) -> None:
    first, second = build(), build()
    first.restore()
    first.install("left-pad")
    # an installation may change the very file that makes the key; the next build begins with the commit's own
    (first.workspace / "package-lock.json").write_text("changed")
    first.save()
    second.restore()
    second.save()
    assert second.installed == ["left-pad"]
    shelf: Shelf = build.shelf  # type: ignore[attr-defined]
    assert len(shelf.puts) == 1
    assert shelf.puts[0].startswith("npm-")
    assert second.said[-1].endswith(": unchanged")


def test_another_lock_file_or_version_begins_with_the_newest_cache_and_keeps_its_own(build: Callable[..., Build]) -> None:
    first = build("1")
    first.restore()
    first.install("a")
    first.save()
    second = build("2")
    second.restore()
    assert second.installed == ["a"]
    assert " from npm-" in second.said[0]
    second.install("b")
    second.save()
    third = build("2")
    third.restore(node=b"v22")
    assert third.installed == ["a", "b"]
    shelf: Shelf = build.shelf  # type: ignore[attr-defined]
    assert len(set(shelf.puts)) == 2


def test_what_the_commit_has_itself_is_not_overwritten(build: Callable[..., Build]) -> None:
    first = build()
    first.install("a")
    first.install("b")
    first.save()
    second = build()
    second.install("a")
    (second.workspace / "node_modules/a").write_text("own")
    second.restore()
    assert second.installed == ["a", "b"]
    assert (second.workspace / "node_modules/a").read_text() == "own"


def test_a_cache_is_not_brought_back_through_a_link_of_the_commit(build: Callable[..., Build], tmp_path: Path) -> None:
    first, second = build(), build()
    (first.workspace / "node_modules/x/cron.d").mkdir(parents=True)
    (first.workspace / "node_modules/x/cron.d/evil").write_text("evil")
    first.install("a")
    first.save()
    (tmp_path / "etc").mkdir()
    (second.workspace / "node_modules").mkdir()
    (second.workspace / "node_modules/x").symlink_to(tmp_path / "etc")
    second.restore()
    assert second.installed == ["a", "x"]
    assert list((tmp_path / "etc").iterdir()) == []


def test_a_key_file_that_is_no_file_inside_is_none_and_holds_nothing_up(build: Callable[..., Build], tmp_path: Path) -> None:
    keys = []
    for lock in ("nothing", "pipe", "behind a link"):
        one = build()
        (one.workspace / "package-lock.json").unlink()
        if lock == "pipe":
            os.mkfifo(one.workspace / "package-lock.json")
        if lock == "behind a link":
            (tmp_path / "host/package-lock.json").parent.mkdir()
            (tmp_path / "host/package-lock.json").write_text("secret")
            (one.workspace / "package-lock.json").symlink_to(tmp_path / "host/package-lock.json")
        one.restore()
        keys += one.said
    assert len(set(keys)) == 1


def test_trouble_with_a_cache_is_said_and_stops_nothing(build: Callable[..., Build]) -> None:
    first = build()
    first.install("a")
    first.save()
    shelf: Shelf = build.shelf  # type: ignore[attr-defined]
    shelf.broken = True
    second = build()
    second.restore()
    assert "sha256" in second.said[0]
    assert second.installed == []
    second.install("b")
    second.save()
    assert second.said[-1].endswith("not kept: the arbiter is away")
    assert list(second.caches.scratch.iterdir()) == []


def test_strangers_code_prepares_nothing_for_others(build: Callable[..., Build]) -> None:
    stranger = build(keeps=False)
    stranger.install("evil")
    stranger.save()
    assert build.shelf.kept == {}  # type: ignore[attr-defined]
