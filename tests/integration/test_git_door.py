"""Hosted repositories over HTTP: who gets in, what goes through, and that a push is told to the arbiter."""

import base64
import http.client
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dominoci.infra.git import Hosting
from dominoci.services import projects
from tests.integration.door import ADMIN, Door, Receiver, Served, door_app
from tests.waiting import until


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    receiver = Receiver()
    served = Served(tmp_path / "data", lambda container: door_app(container, receiver))
    home = tmp_path / "home"
    home.mkdir()
    yield Door(served.container, served.url, receiver, home)
    served.close()


@pytest.fixture
def pushed(door: Door) -> tuple[str, Path]:
    """A hosted repository called core with one pushed commit: its project's id, and the working copy."""
    project_id = door.project("core")
    copy = door.working_copy("copy")
    door.git("remote", "add", "origin", door.address("core", door.user_token()), at=copy)
    done = door.git("push", "-q", "origin", "main", at=copy)
    assert done.returncode == 0, done.stderr
    return project_id, copy


# ---- what goes through


def test_a_user_pushes_and_clones_by_name_and_by_id(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, _ = pushed
    for key in ("core", project_id):
        done = door.git("clone", "-q", door.address(key, door.user_token()), f"clone-{key}")
        assert done.returncode == 0, done.stderr
        assert (door.home / f"clone-{key}" / "README").read_text() == "hello\n"


def test_a_clone_may_leave_the_contents_of_files_out(door: Door, pushed: tuple[str, Path]) -> None:
    done = door.git("clone", "-q", "--filter=blob:none", "--no-checkout", door.address("core", door.user_token()), "partial")
    assert done.returncode == 0, done.stderr
    missing = door.git("rev-list", "--objects", "--missing=print", "HEAD", at=door.home / "partial").stdout
    assert [line for line in missing.splitlines() if line.startswith("?")]


def test_an_exact_commit_can_be_fetched_though_no_branch_names_it(door: Door, pushed: tuple[str, Path]) -> None:
    _, copy = pushed
    lost = door.commit(copy, README="lost\n")
    door.git("push", "-q", "origin", "main", at=copy)
    door.git("reset", "-q", "--hard", "HEAD^", at=copy)
    door.git("push", "-q", "-f", "origin", "main", at=copy)
    bare = door.home / "other"
    door.git("init", "-q", str(bare))
    done = door.git("fetch", "-q", "--depth=1", door.address("core", door.user_token()), lost, at=bare)
    assert done.returncode == 0, done.stderr
    assert door.git("cat-file", "-t", lost, at=bare).stdout == "commit\n"


def test_a_large_push_goes_through_in_chunks(door: Door, pushed: tuple[str, Path]) -> None:
    _, copy = pushed
    noise = "".join(f"{number:032x}" for number in range(200_000))
    commit = door.commit(copy, noise=noise)
    done = door.git("-c", "http.postBuffer=65536", "-c", "core.compression=0", "push", "-q", "origin", "main", at=copy)
    assert done.returncode == 0, done.stderr
    assert door.container.hosting.resolve(pushed[0], "main") == commit


def test_a_long_negotiation_is_sent_packed_and_understood(door: Door, pushed: tuple[str, Path]) -> None:
    _, copy = pushed
    # newer than what both sides know: the first requests of the negotiation then name nothing that the server has
    later = {"GIT_COMMITTER_DATE": "2099-01-01T00:00:00Z"}
    for number in range(60):
        door.git("commit", "-q", "--allow-empty", "-m", f"local {number}", at=copy, env=later)
    other = door.home / "other"
    door.git("clone", "-q", door.address("core", door.user_token()), str(other))
    door.commit(other, README="theirs\n")
    door.git("push", "-q", "origin", "main", at=other)
    # a fetch that has many commits the server does not know sends them gzipped
    done = door.git("fetch", "-q", "origin", at=copy, env={"GIT_CURL_VERBOSE": "1"})
    assert done.returncode == 0, done.stderr
    assert "content-encoding: gzip" in done.stderr.lower()


def test_the_second_version_of_the_protocol_is_spoken(door: Door, pushed: tuple[str, Path]) -> None:
    done = door.git(
        "-c", "protocol.version=2", "ls-remote", door.address("core", door.user_token()), env={"GIT_TRACE_PACKET": "1"}
    )
    assert "version 2" in done.stderr


# ---- who gets in


def ask(door: Door, method: str, path: str, token: str | None = None, body: bytes | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(door.url.removeprefix("http://"), timeout=20)
    headers = {"Authorization": "Basic " + base64.b64encode(f"x:{token}".encode()).decode()} if token else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_without_a_token_git_is_told_to_ask_for_one(door: Door, pushed: tuple[str, Path]) -> None:
    for name in ("core", "no-such-project"):
        answer = ask(door, "GET", f"/git/{name}.git/info/refs?service=git-upload-pack")
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_wrong_token_is_refused(door: Door, pushed: tuple[str, Path]) -> None:
    done = door.git("ls-remote", door.address("core", "dcu_wrong"))
    assert done.returncode != 0
    assert "Authentication failed" in done.stderr


def test_other_kinds_of_tokens_see_nothing(door: Door, pushed: tuple[str, Path]) -> None:
    hook_token = json.loads((door.container.hosting.folder(pushed[0]) / "dominoci.json").read_text())["token"]
    assert ask(door, "GET", "/git/core.git/info/refs?service=git-upload-pack", hook_token).status == 404


def test_an_unknown_repository_looks_like_one_that_may_not_be_seen(door: Door, pushed: tuple[str, Path]) -> None:
    other = door.project("other")
    build_token = door.build_token(other)
    seen = {
        ask(door, "GET", f"/git/{name}.git/info/refs?service=git-upload-pack", build_token).status for name in ("core", "nothing")
    }
    assert seen == {404}


def test_a_build_reads_its_own_repository_and_cannot_push(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    token = door.build_token(project_id)
    assert door.git("ls-remote", door.address(project_id, token)).returncode == 0
    door.commit(copy, README="by a build\n")
    done = door.git("push", "-q", door.address("core", token), "main", at=copy)
    assert done.returncode != 0
    assert "403" in done.stderr
    assert ask(door, "POST", "/git/core.git/git-receive-pack", token, b"0000").status == 403


NOT_SERVED = [
    "/git/core.git/HEAD",
    "/git/core.git/objects/info/packs",
    "/git/core.git/info/refs",
    "/git/core.git/info/refs?service=git-upload-archive",
    "/git/core.git/dominoci.json",
    "/git/../test.sqlite",
    "/git/..%2f..%2ftest.sqlite.git/info/refs?service=git-upload-pack",
    "/git/%2e%2e.git/info/refs?service=git-upload-pack",
    "/git/.git/info/refs?service=git-upload-pack",
    "/git/core.git/../core.git/dominoci.json",
]


def test_nothing_but_the_smart_protocol_is_served(door: Door, pushed: tuple[str, Path]) -> None:
    token = door.user_token()
    answers = {path: ask(door, "GET", path, token).status for path in NOT_SERVED}
    assert {path: status for path, status in answers.items() if status not in (403, 404)} == {}


def test_a_body_that_is_no_git_is_refused(door: Door, pushed: tuple[str, Path]) -> None:
    assert ask(door, "POST", "/git/core.git/git-upload-pack", door.user_token(), b"what is this").status in (400, 415)


# ---- the hook


def test_a_push_is_told_with_what_moved_and_the_pusher_reads_about_the_build(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    before = door.git("rev-parse", "HEAD", at=copy).stdout.strip()
    after = door.commit(copy, README="again\n")
    done = door.git("push", "origin", "main", at=copy)
    told = door.receiver.told[-1]
    assert (told["project"], told["ref"], told["before"], told["after"]) == (project_id, "refs/heads/main", before, after)
    assert told["authorization"].startswith("Bearer dcp_")
    assert "remote: DominoCI: build #2 of core is queued: http://here/builds/2" in done.stderr


def test_every_branch_and_tag_of_a_push_is_told_but_not_a_removed_one(door: Door, pushed: tuple[str, Path]) -> None:
    _, copy = pushed
    door.git("tag", "-a", "v1", "-m", "first", at=copy)
    door.git("push", "-q", "origin", "main:one", "main:two", "v1", at=copy)
    assert [told["ref"] for told in door.receiver.told[1:]] == ["refs/heads/one", "refs/heads/two", "refs/tags/v1"]
    door.git("push", "-q", "origin", ":one", at=copy)
    assert len(door.receiver.told) == 4


def test_the_hook_tries_again_while_the_arbiter_is_busy(door: Door, pushed: tuple[str, Path]) -> None:
    _, copy = pushed
    door.receiver.answers = [503, 500]
    door.commit(copy, README="busy\n")
    done = door.git("push", "origin", "main", at=copy)
    assert "is queued" in done.stderr
    assert len(door.receiver.told) == 4
    assert list(door.container.hosting.untold(0)) == []


def test_a_push_while_web_is_away_is_kept_and_does_not_wait_for_long(door: Door) -> None:
    _, bare = door.repository("core")
    copy = door.working_copy("copy")
    nobody = {"DOMINOCI_PUSH_URL": "http://127.0.0.1:9"}
    done = door.git("push", str(bare), "main", at=copy, env=nobody)
    assert done.returncode == 0
    assert "is stored, but the arbiter could not be told" in done.stderr
    assert [push.ref for push in door.container.hosting.untold(0)] == ["refs/heads/main"]
    assert list(door.container.hosting.untold(60)) == []


def test_a_push_survives_that_the_arbiter_does_not_know_its_hook(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    door.receiver.answers = [401]
    commit = door.commit(copy, README="stranger\n")
    done = door.git("push", "origin", "main", at=copy)
    assert done.returncode == 0
    assert "the build follows by itself" in done.stderr
    (left,) = door.container.hosting.untold(0)
    assert (left.project_id, left.ref, left.after) == (project_id, "refs/heads/main", commit)


def test_a_push_that_starts_no_build_says_why(door: Door, pushed: tuple[str, Path]) -> None:
    door.receiver.answers = [409]
    door.commit(pushed[1], README="no\n")
    done = door.git("push", "origin", "main", at=pushed[1])
    assert done.returncode == 0
    assert "this push starts no build: No, because this is a test." in done.stderr
    assert list(door.container.hosting.untold(0)) == []


def test_pushes_of_many_at_once_all_arrive(door: Door, pushed: tuple[str, Path]) -> None:
    copies = [door.working_copy(f"copy-{number}") for number in range(6)]
    address = door.address("core", door.user_token())

    def push(number: int) -> None:
        door.git("push", "-q", address, f"main:refs/heads/b{number}", at=copies[number])

    threads = [threading.Thread(target=push, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {told["ref"] for told in door.receiver.told[1:]} == {f"refs/heads/b{number}" for number in range(6)}


def test_a_push_is_finished_though_its_client_has_gone(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    commit = door.commit(copy, README="gone\n")
    before = door.container.hosting.resolve(project_id, "main")
    pack = door.git("bundle", "create", "-q", "gone.bundle", f"{before}..main", at=copy)
    assert pack.returncode == 0
    content = (copy / "gone.bundle").read_bytes()
    content = content[content.index(b"PACK") :]
    line = f"{before} {commit} refs/heads/main\0 report-status side-band-64k".encode()
    body = f"{len(line) + 4:04x}".encode() + line + b"0000" + content
    connection = http.client.HTTPConnection(door.url.removeprefix("http://"), timeout=20)
    login = base64.b64encode(f"x:{door.user_token()}".encode()).decode()
    kind = "application/x-git-receive-pack-request"
    connection.request("POST", "/git/core.git/git-receive-pack", body, {"Authorization": f"Basic {login}", "Content-Type": kind})
    connection.close()
    until(lambda: [told["after"] for told in door.receiver.told].count(commit), "the push is told")
    assert door.container.hosting.resolve(project_id, "main") == commit


# ---- the repository itself


def test_a_clone_begins_on_the_default_branch_also_after_it_has_changed(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    door.git("push", "-q", "origin", "main:trunk", at=copy)
    door.container.write(projects.change, ADMIN, project_id, {"default_branch": "trunk"})
    door.git("clone", "-q", door.address("core", door.user_token()), "clone")
    assert door.git("branch", "--show-current", at=door.home / "clone").stdout == "trunk\n"


def test_the_hooks_token_is_readable_by_the_arbiter_only(door: Door, pushed: tuple[str, Path]) -> None:
    folder = door.container.hosting.folder(pushed[0])
    assert stat.S_IMODE((folder / "dominoci.json").stat().st_mode) == 0o600
    assert "dcp_" not in (folder / "config").read_text() + (folder / "hooks" / "post-receive").read_text()


def test_a_ref_is_found_wherever_git_keeps_it(door: Door, pushed: tuple[str, Path]) -> None:
    project_id, copy = pushed
    door.git("tag", "light", at=copy)
    door.git("tag", "-a", "heavy", "-m", "an object of its own", at=copy)
    door.git("push", "-q", "origin", "main:feature/x", "light", "heavy", at=copy)
    commit = door.git("rev-parse", "HEAD", at=copy).stdout.strip()
    hosting: Hosting = door.container.hosting
    names = ["main", "refs/heads/main", "HEAD", "feature/x", "light", "heavy", "refs/tags/heavy", commit]
    assert {hosting.resolve(project_id, name) for name in names} == {commit}
    door.git("pack-refs", "--all", at=hosting.folder(project_id))
    assert not (hosting.folder(project_id) / "refs/heads/main").exists()
    assert {hosting.resolve(project_id, name) for name in names} == {commit}
    assert hosting.branch_exists(project_id, "feature/x")


NO_REFS = ["", "nothing", "refs/heads/nothing", "f" * 40, "--upload-pack=x", "../../config", "a..b", "main^", "@", "HEAD~1"]


def test_what_is_no_ref_resolves_to_nothing(door: Door, pushed: tuple[str, Path]) -> None:
    found = {ref: door.container.hosting.resolve(pushed[0], ref) for ref in [*NO_REFS, "m\nain", "\ud800"]}
    assert set(found.values()) == {None}, found


def test_a_repository_that_is_not_there_resolves_to_nothing_and_can_be_removed(door: Door) -> None:
    project_id = door.project("empty")
    assert door.container.hosting.resolve(project_id, "main") is None
    door.container.hosting.remove(project_id)


def test_a_removed_repository_is_gone_as_a_whole(door: Door, pushed: tuple[str, Path]) -> None:
    door.container.hosting.remove(pushed[0])
    assert not door.container.hosting.exists(pushed[0])
    assert [path.name for path in door.container.hosting.root.iterdir()] == [".lock"]


@pytest.mark.parametrize("project_id", ["..", "../x", "a/b", "", ".lock", "a.b", "a" * 65])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, project_id: str) -> None:
    with pytest.raises(ValueError, match="not a project's id"):
        Hosting(tmp_path, "http://here").folder(project_id)
