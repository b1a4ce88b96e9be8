"""Reading repositories: little before the filters decide, nothing twice, and no name or address that does harm."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci_agent.pipeline.selection import Change
from dominoci_agent.runtime.git import GitError, RefusedError, Remote, check_ref, environment
from dominoci_agent.runtime.mirror import Mirror, clean_mirrors
from dominoci_agent.runtime.source import Found, Source, Wanted
from dominoci_agent.runtime.stop import Stop, Why
from tests.fakes.arbiter import Answer, Call, FakeArbiter, git

FILES = {".factory/a.hcl": "# definition\n", ".factory/README": "text", "src/a.py": "print(1)\n", "docs/index.md": "hello\n"}


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


@pytest.fixture
def source(arbiter: FakeArbiter, tmp_path: Path, stop: Stop) -> Source:
    """The fake's repository as a build's source."""
    arbiter.queue(repository={"url": "/git/p1.git", "password": "dcb_pass"})
    return Source.open(Mirror(tmp_path / "mirror"), f"{arbiter.url}/git/p1.git", "dcb_pass", stop)


def find(
    source: Source, commit: str | None = None, branch: str | None = "main", tag: str | None = None, ref: str = "main"
) -> str:
    return source.find(Wanted(ref, branch, tag), commit).commit


def definition(source: Source, commit: str) -> dict[str, bytes]:
    folder = source.mirror.commit(commit, [".factory"]).folders.get(".factory")
    assert folder
    return source.files(folder, ".hcl")


def blob(arbiter: FakeArbiter, commit: str, path: str) -> str:
    return git(arbiter.repository, "rev-parse", f"{commit}:{path}")


def test_no_file_outside_factory_is_sent_before_the_checkout(arbiter: FakeArbiter, source: Source, tmp_path: Path) -> None:
    commit = arbiter.push(FILES)
    assert find(source) == commit
    assert definition(source, commit) == {"a.hcl": b"# definition\n"}
    sent = arbiter.sent_objects()
    assert blob(arbiter, commit, ".factory/a.hcl") in sent
    others = {path: blob(arbiter, commit, path) for path in FILES if path != ".factory/a.hcl"}
    assert [path for path, entry in others.items() if entry in sent] == []
    missing = git(source.mirror.folder, "rev-list", "--objects", "--missing=print", commit)
    assert {line[1:] for line in missing.splitlines() if line.startswith("?")} == set(others.values())
    source.check_out(commit, tmp_path / "ws")
    assert set(others.values()) <= arbiter.sent_objects()


def test_a_commit_that_is_here_needs_no_network(arbiter: FakeArbiter, source: Source, tmp_path: Path) -> None:
    commit = arbiter.push(FILES)
    find(source, commit)
    definition(source, commit)
    source.check_out(commit, tmp_path / "one")
    arbiter.calls.clear()
    find(source, commit)
    definition(source, commit)
    source.check_out(commit, tmp_path / "two")
    assert arbiter.calls == []
    assert (tmp_path / "two/src/a.py").read_text() == FILES["src/a.py"]


def test_of_a_later_commit_only_what_changed_is_sent(arbiter: FakeArbiter, source: Source, tmp_path: Path) -> None:
    first = arbiter.push(FILES)
    find(source, first)
    source.check_out(first, tmp_path / "one")
    for pack in arbiter.sent.iterdir():
        pack.unlink()
    second = arbiter.push({"src/a.py": "print(2)\n"})
    find(source, second)
    source.check_out(second, tmp_path / "two")
    sent = arbiter.sent_objects()
    assert blob(arbiter, second, "src/a.py") in sent
    assert blob(arbiter, second, "docs/index.md") not in sent


def test_a_workspace_is_a_clean_work_tree_of_its_own(arbiter: FakeArbiter, source: Source, tmp_path: Path) -> None:
    arbiter.push({"bin/run": "#!/bin/sh\n"})
    git(tmp_path / "arbiter/author", "update-index", "--chmod=+x", "bin/run")
    commit = arbiter.push(FILES)
    find(source, commit)
    workspace = tmp_path / "ws"
    source.check_out(commit, workspace)
    assert git(workspace, "status", "--porcelain") == ""
    assert git(workspace, "rev-parse", "HEAD") == commit
    git(workspace, "tag", "mine")
    git(workspace, "config", "user.name", "step")
    git(workspace, "commit", "--quiet", "--allow-empty", "-m", "of the step")
    assert not (source.mirror.folder / "refs/tags").exists()
    assert "step" not in (source.mirror.folder / "config").read_text()


def test_the_credential_is_in_no_argument_no_file_and_no_message(
    arbiter: FakeArbiter, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = arbiter.push(FILES)
    seen: list[str] = []
    started = subprocess.Popen.__init__

    def note(self: subprocess.Popen[bytes], arguments: list[str], *rest: object, **more: object) -> None:
        seen.extend(arguments)
        started(self, arguments, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    find(source, commit)
    source.check_out(commit, tmp_path / "ws")
    assert "dcb_pass" not in " ".join(seen) + repr(source.remote)
    for folder in (source.mirror.folder, tmp_path / "ws"):
        for path in folder.rglob("*"):
            assert not path.is_file() or b"dcb_pass" not in path.read_bytes()


def test_a_wrong_password_is_refused_at_once(arbiter: FakeArbiter, stop: Stop, tmp_path: Path) -> None:
    arbiter.push(FILES)
    source = Source.open(Mirror(tmp_path / "m"), f"{arbiter.url}/git/p1.git", "wrong", stop)
    with pytest.raises(GitError) as caught:
        find(source)
    assert caught.value.permanent
    assert "wrong" not in str(caught.value)


def test_an_arbiter_that_is_being_restarted_is_waited_for(arbiter: FakeArbiter, source: Source) -> None:
    commit = arbiter.push(FILES)
    answers = [Answer(502), Answer(503)]

    def down(call: Call) -> Answer | None:
        return answers.pop() if answers and call.path.startswith("/git/") else None

    arbiter.faults.append(down)
    assert find(source, commit) == commit
    assert answers == []


def test_a_build_that_is_stopped_waits_no_more(arbiter: FakeArbiter, source: Source, stop: Stop) -> None:
    commit = arbiter.push(FILES)

    def down(call: Call) -> Answer | None:
        stop.throw(Why.CANCELLED)
        return Answer(503) if call.path.startswith("/git/") else None

    arbiter.faults.append(down)
    with pytest.raises(GitError):
        find(source, commit)


def test_branches_tags_and_commits_are_found(arbiter: FakeArbiter, source: Source) -> None:
    on_branch = arbiter.push(FILES | {"x": "branch"}, "feature/x")
    commit = arbiter.push(FILES | {"x": "main"})
    git(arbiter.repository, "tag", "-a", "-m", "a tag", "v1", commit)
    assert find(source, branch="feature/x", ref="feature/x") == on_branch
    assert find(source, branch=None, tag="v1", ref="v1") == commit
    assert find(source, branch=None, ref="v1") == commit
    assert find(source, branch=None, ref="refs/heads/feature/x") == on_branch
    assert find(source, branch=None, ref=on_branch) == on_branch
    assert find(source, branch=None, ref="") == commit


def test_the_id_of_an_annotated_tag_is_taken_for_what_it_names(arbiter: FakeArbiter, source: Source) -> None:
    commit = arbiter.push(FILES)
    git(arbiter.repository, "tag", "-a", "-m", "A release", "v9", commit)
    tag = git(arbiter.repository, "rev-parse", "v9").strip()
    assert tag != commit
    assert find(source, tag) == find(source, tag) == commit
    assert definition(source, commit)


def test_a_ref_or_commit_that_does_not_exist_is_said(arbiter: FakeArbiter, source: Source) -> None:
    arbiter.push(FILES)
    for wrong in ({"branch": "nope"}, {"commit": "1" * 40}, {"branch": None, "ref": "nope"}):
        with pytest.raises(GitError) as caught:
            find(source, **wrong)
        assert caught.value.permanent


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted("feature/x", "feature/x", None, "main"), ("feature/x", "feature/x", None)),
        (Wanted("nope", "nope", None, "main"), ("main", "main", None)),
        (Wanted("v1", "v1", None, "refs/heads/main"), ("refs/heads/main", "main", None)),
        (Wanted("nope", "nope", None, "v1"), ("v1", None, "v1")),
        (Wanted("nope", "nope", None, "refs/tags/v1"), ("refs/tags/v1", None, "v1")),
        (Wanted("--upload-pack=x", "--upload-pack=x", None, "main"), ("main", "main", None)),
    ],
)
def test_where_a_branch_does_not_exist_its_fallback_is_built(
    arbiter: FakeArbiter, source: Source, wanted: Wanted, found: tuple[str, str | None, str | None]
) -> None:
    other = arbiter.push(FILES | {"x": "branch"}, "feature/x")
    commit = arbiter.push(FILES)
    git(arbiter.repository, "tag", "v1", commit)
    assert source.find(wanted) == Found(other if found[0] == "feature/x" else commit, *found)


def test_where_neither_exists_both_are_named(arbiter: FakeArbiter, source: Source) -> None:
    arbiter.push(FILES)
    with pytest.raises(GitError, match=r"refs/heads/nope.*refs/heads/neither") as caught:
        source.find(Wanted("nope", "nope", None, "neither"))
    assert caught.value.permanent


def test_trouble_on_the_way_is_no_missing_branch(arbiter: FakeArbiter, stop: Stop, tmp_path: Path) -> None:
    arbiter.push(FILES)
    source = Source.open(Mirror(tmp_path / "m"), f"{arbiter.url}/git/p1.git", "wrong", stop)
    arbiter.calls.clear()
    with pytest.raises(GitError, match="does not take the password"):
        source.find(Wanted("feature/x", "feature/x", None, "main"))
    assert len(arbiter.calls) == 2, "once without, once with the password"


def test_changed_paths_are_found_without_their_contents(arbiter: FakeArbiter, source: Source) -> None:
    base = arbiter.push(FILES)
    commit = arbiter.push({"src/a.py": "print(2)\n", "new é.txt": "x"})
    find(source, commit)
    change = source.change(Found(commit, "main", "main", None), base)
    assert change == Change("main", None, ("new é.txt", "src/a.py"))
    assert blob(arbiter, commit, "src/a.py") not in arbiter.sent_objects()


def test_a_base_that_is_gone_or_the_same_makes_the_changed_paths_unknown(arbiter: FakeArbiter, source: Source) -> None:
    commit = arbiter.push(FILES)
    find(source, commit)
    found = Found(commit, "main", "main", None)
    assert source.change(found, "2" * 40).paths is None
    assert "not in the repository any more" in source.change(found, "2" * 40).unknown_because
    assert source.change(found, commit).paths is None
    assert source.change(found, None).paths is None


HARMFUL_NAMES = [
    "--upload-pack=touch canary", "-x", "$(touch canary)", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "/a",
    "a/", ".a", "a.", "a.lock", "a//b", "a@{1}", "a\x7f", "a\nb", "", "x" * 600,
]  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL_NAMES)
def test_a_name_that_is_no_ref_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        check_ref(name)


@pytest.mark.parametrize("name", ["main", "feature/x-1", "v1.0", "ünïcode", "a@b", "release/2026.11"])
def test_a_usual_name_is_accepted(name: str) -> None:
    assert check_ref(name) == name


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc",
        "/srv/x.git",
        "ext::sh -c touch% canary",
        "git://x/y",
        "ssh://-oProxyCommand=x/y",
        "http://",
        "x",
        "http://a b/c",
        "",
    ],
)
def test_an_address_that_no_build_may_use_is_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        Remote.at(url, None)


def test_a_credential_in_an_address_is_taken_out_of_it() -> None:
    remote = Remote.at("https://me:p%40ss@git.example.org:8443/x.git", None)
    assert remote.url == "https://git.example.org:8443/x.git"
    assert (remote.credentials.user, remote.credentials.password) == ("me", "p@ss")
    assert remote.origin == "https://git.example.org:8443"
    assert "p@ss" not in repr(remote) + str(remote.settings())


def test_no_hook_and_no_foreign_configuration_runs(
    arbiter: FakeArbiter, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    commit = arbiter.push(FILES | {".gitattributes": "* filter=evil\n"})
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[filter "evil"]\n\tsmudge = touch {canary}\n[core]\n\thooksPath = {home}/hooks\n')
    for hook in (home / "hooks/post-checkout", source.mirror.folder / "hooks/post-checkout"):
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
        hook.chmod(0o755)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    find(source, commit)
    source.check_out(commit, tmp_path / "ws")
    assert not canary.exists()
    assert environment({})["GIT_ALLOW_PROTOCOL"] == "http:https:ssh"


def test_a_file_that_would_leave_the_workspace_does_not(arbiter: FakeArbiter, source: Source, tmp_path: Path) -> None:
    commit = arbiter.push(FILES)
    evil = git(arbiter.repository, "hash-object", "-w", "--stdin", data=b"evil")
    inner = git(arbiter.repository, "mktree", data=f"100644 blob {evil}\tconfig\n".encode())
    tree = git(arbiter.repository, "mktree", "--missing", data=f"040000 tree {inner}\t.git\n".encode())
    bad = git(arbiter.repository, "commit-tree", "-m", "evil", "-p", commit, tree)
    git(arbiter.repository, "update-ref", "refs/heads/evil", bad)
    find(source, bad, branch="evil")
    with pytest.raises(GitError):
        source.check_out(bad, tmp_path / "ws")
    assert "evil" not in (tmp_path / "ws/.git/config").read_text()


def test_locks_of_a_killed_git_are_cleared_at_the_start_and_a_damaged_mirror_is_dropped(
    arbiter: FakeArbiter, source: Source, tmp_path: Path
) -> None:
    commit = arbiter.push(FILES)
    mirrors = tmp_path / "mirrors"
    held, damaged = Mirror(mirrors / "held"), Mirror(mirrors / "damaged")
    (held.folder / "shallow.lock").touch()
    (damaged.folder / "refs/dominoci" / commit).write_text(commit)
    with pytest.raises(GitError, match="damaged"):
        damaged.commit(commit, ".factory")
    clean_mirrors(mirrors)
    assert [path.name for path in mirrors.iterdir()] == ["held"]
    held.fetch(source.remote, commit, source.stop)
    assert held.has(commit)
