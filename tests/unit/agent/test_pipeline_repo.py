"""The pipeline repository of a run with real git, without an arbiter: what goes in comes out, and side by side is merged."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dominoci.infra.git import Hosting
from dominoci.infra.hosting.objects import LargeObjects
from dominoci.infra.runs import Runs
from dominoci_agent.runtime.git import Remote
from dominoci_agent.runtime.pipeline_repo import JobEnd, MergeConflict, PipelineRepo
from dominoci_agent.runtime.snapshot import Pointer
from dominoci_agent.runtime.stop import Stop


class Shelf:
    """Large files where the arbiter keeps them."""

    def __init__(self, objects: LargeObjects) -> None:
        self._objects = objects

    def put(self, files: Mapping[Pointer, Path]) -> None:
        for pointer, path in files.items():
            self._objects.receive(pointer.oid, [path.read_bytes()], 1 << 20)

    def get(self, pointer: Pointer, target: Path) -> bool:
        if self._objects.size(pointer.oid) is None:
            return False
        shutil.copyfile(self._objects.path(pointer.oid), target)
        return True


class Bed:
    """A run's repository, and jobs that work on it."""

    def __init__(self, folder: Path) -> None:
        (folder / "data").mkdir()
        self.folder, self.notes = folder, list[str]()
        self.runs = Runs(Hosting(folder / "data", "http://nowhere"))
        self.runs.ensure("run-1", {"CHANNEL": "nightly"})
        self.shelf = Shelf(LargeObjects(self.runs.folder("run-1")))

    def job(self, name: str, over: int = 1000) -> PipelineRepo:
        """A job that has brought its workspace."""
        place = self.folder / name
        remote = Remote(str(self.runs.folder("run-1")))
        repo = PipelineRepo(place / "run", place / "store", remote, Stop(), self.shelf, over, {"GIT_ALLOW_PROTOCOL": "file"})
        repo.bring()
        return repo

    def keep(self, repo: PipelineRepo, name: str, state: str = "success") -> str:
        """The end of a job."""
        return repo.keep(JobEnd(name, f"b-{name}", state), self.notes.append)

    def log(self) -> list[str]:
        """The subjects of the run's commits, newest first."""
        said = subprocess.run(
            ["git", "log", "--first-parent", "--format=%s", "main"],
            cwd=self.runs.folder("run-1"), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return said.stdout.splitlines()


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_what_a_job_leaves_the_next_one_finds(bed: Bed) -> None:
    first = bed.job("first")
    assert first.variables() == {"CHANNEL": "nightly"}
    assert list(first.workspace.iterdir()) == []
    odd = {
        "plain.txt": b"plain\r\nlines\r\n",
        ".gitignore": b"*\n",
        ".gitattributes": b"* text eol=lf\n*.id ident\n",
        "ignored/by.gitignore": b"kept\n",
        "name.id": b"$Id$\n",
        'with space "and\nmore\\': b"odd\n",
        "gr\u00fc\u00df.bin": bytes(range(256)),
        "big.bin": os.urandom(5000),
        "sub/.git/config": b"[core]\n",
    }
    for path, content in odd.items():
        (first.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (first.workspace / path).write_bytes(content)
    (first.workspace / "tool").write_text("#!/bin/sh\n")
    (first.workspace / "tool").chmod(0o755)
    (first.workspace / "link").symlink_to("plain.txt")
    (first.workspace / "outside").symlink_to("/etc")
    os.mkfifo(first.workspace / "pipe")
    first.set_variables({"VERSION": "1.2"})
    bed.keep(first, "first")
    assert "pipe" in bed.notes[0]

    second = bed.job("second")
    del odd["sub/.git/config"]
    for path, content in odd.items():
        assert (second.workspace / path).read_bytes() == content, path
    assert not (second.workspace / "sub").exists()
    assert (second.workspace / "tool").stat().st_mode & 0o111
    assert str((second.workspace / "link").readlink()) == "plain.txt"
    assert str((second.workspace / "outside").readlink()) == "/etc"
    assert second.variables() == {"CHANNEL": "nightly", "VERSION": "1.2"}
    assert bed.log() == ["first", "The run begins"]
    (second.workspace / "plain.txt").unlink()
    bed.keep(second, "second")
    assert not (bed.job("third").workspace / "plain.txt").exists()


def test_a_large_file_is_kept_beside_git_and_a_strange_pointer_is_a_file(bed: Bed) -> None:
    repo, content = bed.job("first"), os.urandom(4000)
    (repo.workspace / "big.bin").write_bytes(content)
    strange = Pointer("a" * 64, 12).text
    (repo.workspace / "strange").write_bytes(strange)
    bed.keep(repo, "first")
    state = bed.runs.commit("run-1")
    assert state
    shown = {one.path: one for one in bed.runs.listing("run-1", state, "")}
    large = shown["workspace/big.bin"].large
    assert large
    assert (large.oid, shown["workspace/big.bin"].size) == (hashlib.sha256(content).hexdigest(), 4000)
    # nobody has what it points to: whoever downloads it gets the text, whose size is told
    assert (shown["workspace/strange"].large, shown["workspace/strange"].size) == (None, len(strange))
    again = bed.job("second")
    assert (again.workspace / "big.bin").read_bytes() == content
    assert (again.workspace / "strange").read_bytes() == strange


def test_jobs_side_by_side_are_merged_and_what_contradicts_is_named(bed: Bed) -> None:
    start = bed.job("start")
    (start.workspace / "lines").write_text("".join(f"{n}\n" for n in range(20)))
    (start.workspace / "moved").write_text("content that is long enough to be found again\n" * 5)
    bed.keep(start, "start")
    left, right, third = bed.job("left"), bed.job("right"), bed.job("third")
    for repo, line in ((left, 2), (right, 17)):
        text = (repo.workspace / "lines").read_text().replace(f"{line}\n", f"{line} changed\n", 1)
        (repo.workspace / "lines").write_text(text)
    (left.workspace / "left").write_text("l")
    (right.workspace / "right").write_text("r")
    left.set_variables({"LEFT": "1"})
    right.set_variables({"CHANNEL": "stable"})
    (third.workspace / "left").write_text("another")
    third.set_variables({"CHANNEL": "else"})
    bed.keep(left, "left")
    bed.keep(right, "right")
    with pytest.raises(MergeConflict) as conflict:
        bed.keep(third, "third")
    assert set(conflict.value.paths) == {"workspace/left", "variables/CHANNEL"}
    assert "variable CHANNEL" in str(conflict.value)
    merged = bed.job("merged")
    assert {path.name for path in merged.workspace.iterdir()} == {"lines", "moved", "left", "right"}
    assert (merged.workspace / "lines").read_text().count("changed") == 2
    assert merged.variables() == {"CHANNEL": "stable", "LEFT": "1"}
    assert bed.log() == ["Merge right", "left", "start", "The run begins"]
    assert bed.runs.commit("run-1", "b-third"), "what a job left can be looked at, also where it could not be merged"


def test_a_job_whose_state_was_pushed_is_known_to_the_next_lease(bed: Bed) -> None:
    repo = bed.job("one")
    assert repo.left_by("b-one") is None
    (repo.workspace / "made").write_text("x")
    bed.keep(repo, "one", "failed")
    assert bed.job("again").left_by("b-one") == "failed"
    assert bed.log() == ["one", "The run begins"]


def test_nothing_of_a_workspace_is_a_hook_or_a_setting_to_git(bed: Bed, tmp_path: Path) -> None:
    repo, canary = bed.job("evil"), tmp_path / "canary"
    for place in (repo.workspace, repo.tree):
        (place / ".git" / "hooks").mkdir(parents=True)
        for hook in ("pre-commit", "post-checkout", "pre-push"):
            (place / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {canary}\n")
            (place / ".git" / "hooks" / hook).chmod(0o755)
        (place / ".git" / "config").write_text(f"[core]\n\tfsmonitor = touch {canary}\n[alias]\n")
    (repo.workspace / ".gitattributes").write_text("* filter=evil merge=evil\n")
    bed.keep(repo, "evil")
    bed.job("next")
    assert not canary.exists()
