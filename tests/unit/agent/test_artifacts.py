"""Artifacts are regular files of the workspace; inputs are what was announced, or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dominoci_agent.runtime.artifacts import ArtifactError, collect
from dominoci_agent.runtime.inputs import Input, InputError, bring


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace beside a secret."""
    (tmp_path / "secret.txt").write_text("outside")
    made = tmp_path / "workspace"
    for name in ("dist/app.tar", "dist/deep/app.sig", "notes.txt", ".git/config.txt"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    return made


def names(workspace: Path, *patterns: str) -> list[str]:
    return [artifact.name for artifact in collect(patterns, workspace)]


def test_globs_find_files_relative_to_the_workspace(workspace: Path) -> None:
    assert names(workspace, "dist/*") == ["app.tar"]
    assert names(workspace, "dist/**") == ["app.sig", "app.tar"]
    assert names(workspace, "./notes.txt", "*.txt") == ["notes.txt"]
    assert names(workspace, "**/*.txt") == ["notes.txt"]


def test_an_artifact_carries_size_and_hash(workspace: Path) -> None:
    (found,) = collect(["notes.txt"], workspace)
    assert (found.size, found.sha256) == (9, hashlib.sha256(b"notes.txt").hexdigest())


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../secret.txt", "dist/../../secret.txt", "nothing/*", "", "[a"])
def test_a_pattern_that_leads_outside_or_to_nothing_is_an_error(pattern: str, workspace: Path) -> None:
    with pytest.raises(ArtifactError):
        collect([pattern], workspace)


def test_links_and_pipes_are_no_artifacts(workspace: Path) -> None:
    (workspace / "link.txt").symlink_to(workspace.parent / "secret.txt")
    (workspace / "folder").symlink_to(workspace.parent)
    os.mkfifo(workspace / "pipe.txt")
    assert names(workspace, "*.txt") == ["notes.txt"]
    for pattern in ("folder/secret.txt", "folder/*", "link.txt"):
        with pytest.raises(ArtifactError, match="no file matches"):
            collect([pattern], workspace)


@pytest.mark.parametrize("swapped", ["link", "pipe"])
def test_what_is_swapped_after_it_was_found_is_not_read(swapped: str, workspace: Path) -> None:
    (workspace.parent / "app.tar").write_text("of the host")
    found = collect(["dist/app.tar"], workspace)
    if swapped == "link":
        (workspace / "dist").rename(workspace / "away")
        (workspace / "dist").symlink_to(workspace.parent)
    else:
        (workspace / "dist/app.tar").unlink()
        os.mkfifo(workspace / "dist/app.tar")
    with pytest.raises(ArtifactError, match=r"dist/app\.tar cannot be read"):
        next(found)


def test_what_is_sent_is_the_file_that_was_hashed(workspace: Path) -> None:
    (workspace.parent / "app.tar").write_text("of the host")
    for artifact in collect(["dist/app.tar"], workspace):
        (workspace / "dist").rename(workspace / "away")
        (workspace / "dist").symlink_to(workspace.parent)
        assert artifact.path.read_text() == "dist/app.tar"
        assert artifact.path.stat().st_size == artifact.size


def test_two_files_of_one_name_are_an_error_that_names_both(workspace: Path) -> None:
    (workspace / "app.tar").write_text("other")
    with pytest.raises(ArtifactError, match=r"app\.tar and dist/app\.tar|dist/app\.tar and app\.tar"):
        collect(["**/app.tar"], workspace)


def test_a_name_that_no_address_can_carry_is_an_error(workspace: Path) -> None:
    (workspace / "a b?.txt").write_text("x")
    with pytest.raises(ArtifactError, match="needs a name"):
        collect(["a*"], workspace)


def offer(content: bytes, **different: object) -> Input:
    """An input that announces this content."""
    values = {
        "project": "net",
        "name": "net.tar",
        "url": "/x",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    return Input(**{**values, **different})  # type: ignore[arg-type]


def deliver(content: bytes, wanted: Input, folder: Path) -> None:
    """Bring an input whose download gives this content."""

    @contextmanager
    def download(_url: str) -> Iterator[Iterator[bytes]]:
        yield iter([content[:3], content[3:]])

    bring([wanted], folder, download)


def test_an_input_lies_under_its_project_and_name(tmp_path: Path) -> None:
    deliver(b"content", offer(b"content"), tmp_path)
    assert (tmp_path / "net/net.tar").read_bytes() == b"content"
    deliver(b"content", offer(b"content", size=None, name="other"), tmp_path)
    assert sorted(path.name for path in (tmp_path / "net").iterdir()) == ["net.tar", "other"]


@pytest.mark.parametrize("content", [b"other!!", b"content and more", b"cont"])
def test_an_input_that_is_not_what_was_announced_is_refused_and_not_kept(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"net/net\.tar is not the file"):
        deliver(content, offer(b"content"), tmp_path)
    assert list((tmp_path / "net").iterdir()) == []


@pytest.mark.parametrize("different", [{"name": "../x"}, {"name": ".x"}, {"project": "../net"}, {"name": "a/b"}, {"project": ""}])
def test_an_input_with_an_unsafe_name_is_refused(different: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unsafe name"):
        deliver(b"x", offer(b"x", **different), tmp_path / "inputs")
    assert not (tmp_path / "x").exists()
