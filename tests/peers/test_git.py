"""Repositories of a real forge: whether a branch is there, and a checkout as an agent makes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci.outbound.remote_refs import RefsUnknown, RemoteRefs
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.source import Source, Wanted
from dominoci_agent.runtime.stop import Stop
from tests.fakes.wire_bed import git
from tests.peers.forge import ADMIN, Gitea

FILES = {"README.md": "hello\n", ".factory/a.hcl": "# definition\n", "src/a.py": "print(1)\n"}


@pytest.fixture(scope="module")
def repositories(gitea: Gitea) -> dict[str, str]:
    """The addresses of `open` and `closed`, each with a branch feature/x."""
    addresses = {}
    for name in ("open", "closed"):
        path = gitea.repository(name, FILES, private=name == "closed")
        gitea.ask("POST", f"/repos/{path}/branches", json={"new_branch_name": "feature/x", "old_ref_name": "main"})
        addresses[name] = f"{gitea.url}/{path}.git"
    return addresses


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


def test_the_same_branch_is_looked_for(repositories: dict[str, str]) -> None:
    refs = RemoteRefs(("127.0.0.1",))
    assert refs.has_branch(repositories["open"], "feature/x")
    assert not refs.has_branch(repositories["open"], "feature")
    assert not refs.has_branch(repositories["open"], "x")


@pytest.mark.parametrize("name", ["closed", "nowhere"])
def test_a_private_repository_looks_like_none(gitea: Gitea, repositories: dict[str, str], name: str) -> None:
    with pytest.raises(RefsUnknown, match="asks for credentials") as caught:
        RemoteRefs(("127.0.0.1",)).has_branch(f"{gitea.url}/{ADMIN}/{name}.git", "main")
    assert not caught.value.retry


@pytest.mark.parametrize("name", ["open", "closed"])
def test_an_agent_checks_out(gitea: Gitea, repositories: dict[str, str], stop: Stop, tmp_path: Path, name: str) -> None:
    password = gitea.token if name == "closed" else None
    source = Source.open(Mirror(tmp_path / "mirror"), repositories[name], password, stop)
    found = source.find(Wanted("feature/x", "feature/x"))
    missing = git(source.mirror.folder, "rev-list", "--objects", "--missing=print", found.commit)
    assert sum(line.startswith("?") for line in missing.splitlines()) == len(FILES), "Gitea leaves out blobs when asked to"
    source.check_out(found.commit, tmp_path / "ws")
    assert {path: (tmp_path / "ws" / path).read_text() for path in FILES} == FILES
    assert git(tmp_path / "ws", "status", "--porcelain") == ""


def test_a_private_repository_is_refused_without_its_token(repositories: dict[str, str], stop: Stop, tmp_path: Path) -> None:
    source = Source.open(Mirror(tmp_path / "mirror"), repositories["closed"], "wrong", stop)
    with pytest.raises(GitError) as caught:
        source.find(Wanted("main", "main"))
    assert caught.value.permanent
