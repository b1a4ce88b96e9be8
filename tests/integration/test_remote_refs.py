"""Asking a repository elsewhere whether it has a branch: with a real git server, and with servers and users who mean harm."""

import os
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import structlog

from dominoci.outbound import git_process
from dominoci.outbound.remote_refs import RefsUnknown, RemoteRefs
from tests.fakes.arbiter import FakeArbiter, git
from tests.fakes.certificate import self_signed
from tests.fakes.webhook_sink import Behaviour, Sink, answer, drip, hang, raw, reset
from tests.waiting import until

OPEN = ("127.0.0.1",)
ADVERTISED = "application/x-git-upload-pack-advertisement"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeArbiter]:
    """A git server with branches main, feature/x and other/refs/heads/tail, and the tag v1; anybody may read."""
    with FakeArbiter(tmp_path / "server") as running:
        running.push({"README": "hello\n"})
        for branch in ("feature/x", "other/refs/heads/tail"):
            git(running.repository, "branch", branch, "main")
        git(running.repository, "tag", "v1", "main")
        running.queue(repository={"url": "/git/p1.git", "password": ""})
        yield running


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that appears when somebody else's command runs; checked at the end."""
    path = tmp_path / "canary"
    monkeypatch.chdir(tmp_path)
    yield path
    assert not path.exists()


def repository(server: FakeArbiter) -> str:
    return f"{server.url}/git/p1.git"


def always(*addresses: str) -> Any:
    """A resolver that gives every name these addresses."""
    return lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]


def refused(refs: RemoteRefs, url: str, branch: str = "main") -> RefsUnknown:
    with pytest.raises(RefsUnknown) as caught:
        refs.has_branch(url, branch)
    return caught.value


def advertisement(*names: str) -> bytes:
    """What a git server that has these refs says first."""
    lines = [f"{'1' * 40} {name}\n".encode() for name in names]
    lines[0] = lines[0][:-1] + b"\0agent=git/2\n"
    return b"001e# service=git-upload-pack\n0000" + b"".join(b"%04x" % (len(line) + 4) + line for line in lines) + b"0000"


@pytest.mark.parametrize(
    ("branch", "exists"),
    [("main", True), ("feature/x", True), ("feature", False), ("x", False), ("v1", False), ("nope", False), ("tail", False)],
)
def test_a_branch_is_there_or_not(server: FakeArbiter, branch: str, exists: bool) -> None:
    assert RemoteRefs(OPEN).has_branch(repository(server), branch) is exists


def test_an_empty_repository_has_no_branch(server: FakeArbiter) -> None:
    for ref in git(server.repository, "for-each-ref", "--format=%(refname)").splitlines():
        git(server.repository, "update-ref", "-d", ref)
    assert RemoteRefs(OPEN).has_branch(repository(server), "main") is False


def test_many_threads_ask_side_by_side(server: FakeArbiter) -> None:
    refs = RemoteRefs(OPEN)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: refs.has_branch(repository(server), name), ["main", "nope"] * 8))
    assert found == [True, False] * 8


def test_the_name_is_looked_up_once_and_git_connects_to_what_was_checked(server: FakeArbiter) -> None:
    port = server.url.rpartition(":")[2]
    answers = iter([("127.0.0.1",), ("127.0.0.2",)])
    refs = RemoteRefs((f"git.example:{port}",), lambda host, port, **_: always(*next(answers))(host, port))
    assert refs.has_branch(f"http://Git.Example.:{port}/git/p1.git", "main") is True
    assert next(answers) == ("127.0.0.2",)


def test_the_next_checked_address_is_tried_when_the_first_does_not_answer(server: FakeArbiter) -> None:
    port = server.url.rpartition(":")[2]
    refs = RemoteRefs(("git.example",), always("127.0.0.99", "127.0.0.1"))
    assert refs.has_branch(f"http://git.example:{port}/git/p1.git", "main") is True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "169.254.169.254", "10.0.0.5"])
def test_an_address_that_nobody_opened_is_refused(sink: Sink, host: str) -> None:
    assert refused(RemoteRefs(), f"http://{host}:{sink.port}/x.git").retry is False
    assert sink.connections == 0


def test_one_bad_answer_among_good_ones_refuses_the_name(sink: Sink) -> None:
    error = refused(RemoteRefs(resolver=always("93.184.216.34", "127.0.0.1")), f"http://git.example:{sink.port}/x.git")
    assert (error.retry, sink.connections) == (False, 0)
    assert "DOMINOCI_ALLOWED_HOSTS" in str(error)


@pytest.mark.parametrize(
    "branch",
    ["--upload-pack=touch canary", "-x", "$(touch canary)", "a;touch canary", "a..b", "a:b", "*", "ma?n", "a\nb", "", "\ud800"],
)
def test_what_is_no_branch_name_is_in_no_repository_and_nobody_is_asked(server: FakeArbiter, canary: Path, branch: str) -> None:
    server.calls.clear()
    assert RemoteRefs(OPEN).has_branch(repository(server), branch) is False
    assert server.calls == []


@pytest.mark.parametrize("branch", ["$(id)>canary", "`touch${IFS}canary`", "a|touch", "&&touch${IFS}canary"])
def test_a_name_that_a_shell_would_run_is_only_a_name(server: FakeArbiter, canary: Path, branch: str) -> None:
    assert RemoteRefs(OPEN).has_branch(repository(server), branch) is False


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% canary", "file:///etc", "/srv/x.git", "ssh://git@git.example/x", "git://git.example/x", "",
        "git@git.example:x.git", "--upload-pack=touch canary", "http::ext::sh -c touch% canary", "fd::17", "ftp://git.example/x",
    ],
)  # fmt: skip
def test_an_address_of_another_kind_is_said_to_be_one(canary: Path, url: str) -> None:
    error = refused(RemoteRefs(OPEN), url)
    assert error.retry is False
    assert "http and https only" in str(error)


@pytest.mark.parametrize(
    "url", ["http://me:secret@127.0.0.1/x", "http://a b/x", "http://", "http://127.0.0.1\\@x/", "https://x:0/"]
)
def test_an_address_that_can_be_read_in_two_ways_is_refused(canary: Path, url: str) -> None:
    error = refused(RemoteRefs(OPEN), url)
    assert error.retry is False
    assert "secret" not in str(error)


def test_nothing_of_the_machine_reaches_into_the_question(
    server: FakeArbiter, canary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = f'[credential]\n\thelper = "!touch {canary};"\n[url "file:///"]\n\tinsteadOf = http://\n'
    (tmp_path / ".gitconfig").write_text(helper)
    given = {"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(tmp_path / ".gitconfig"), "GIT_ASKPASS": "/usr/bin/touch"}
    given |= {"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "GIT_SSH_COMMAND": f"touch {canary}"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert RemoteRefs(OPEN).has_branch(repository(server), "main") is True
    server.queue(repository={"url": "/git/p1.git", "password": "another"})
    server.builds["b1"].claim["repository"] = {"url": "/git/p1.git", "password": "none"}
    assert "credentials" in str(refused(RemoteRefs(OPEN), repository(server)))


def test_a_repository_that_is_not_there_is_told_from_one_that_asks_for_a_login(server: FakeArbiter) -> None:
    gone = refused(RemoteRefs(OPEN), f"{server.url}/git/other.git")
    assert (gone.retry, "no git repository" in str(gone)) == (False, True)
    server.builds.clear()
    closed = refused(RemoteRefs(OPEN), repository(server))
    assert (closed.retry, "asks for credentials" in str(closed)) == (False, True)


@pytest.mark.parametrize(
    ("behaviour", "words", "retry"),
    [
        (answer(403, b""), "asks for credentials", False),
        (answer(410, b"gone", content_type="text/plain"), "no git repository", False),
        (answer(200, b"<html>\n<title>Sign in</title>\n", content_type="text/html"), "no git repository", False),
        (answer(503, b"fatal: repository 'x' not found\n", content_type="text/plain"), "could not be asked", True),
        (answer(429, b""), "could not be asked", True),
        (reset, "could not be asked", True),
        (raw(b"SSH-2.0-OpenSSH\r\n"), "could not be asked", True),
        (answer(500, b"x\n" * 100_000, content_type="text/plain"), "says more", True),
    ],
    ids=["403", "410", "page", "503", "429", "reset", "ssh", "flood"],
)
def test_a_failure_says_whether_asking_again_can_help(sink: Sink, behaviour: Behaviour, words: str, retry: bool) -> None:
    sink.otherwise = behaviour
    error = refused(RemoteRefs(OPEN), f"{sink.url}/secret-path.git")
    assert (error.retry, words in str(error)) == (retry, True), str(error)
    assert "secret" not in str(error)


def test_a_server_that_nobody_answers_at_may_answer_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert refused(RemoteRefs(OPEN), f"http://127.0.0.1:{port}/x.git").retry is True


def test_a_name_that_is_not_known_may_come() -> None:
    def unknown(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown name")

    assert refused(RemoteRefs(resolver=unknown), "http://git.example/x.git").retry is True


def test_a_redirect_is_not_followed(sink: Sink) -> None:
    with Sink() as inside:
        sink.otherwise = answer(301, b"", location=f"{inside.url}/x.git/info/refs?service=git-upload-pack")
        error = refused(RemoteRefs(OPEN), f"{sink.url}/x.git")
        assert (error.retry, "redirect" in str(error), inside.connections) == (False, True, 0)


@pytest.mark.parametrize("behaviour", [hang, drip(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")], ids=["hang", "drip"])
def test_a_server_that_takes_its_time_is_left_and_no_process_stays(sink: Sink, behaviour: Behaviour) -> None:
    sink.otherwise = behaviour
    with pytest.raises(RefsUnknown, match="in time") as caught:
        RemoteRefs(OPEN).has_branch(f"{sink.url}/x.git", "main", timeout_s=0.5)
    assert caught.value.retry is True
    assert len(sink.received) == 1
    until(lambda: not processes_about(f"{sink.url}/x.git"), "every git process is gone", within_s=5)


def processes_about(text: str) -> list[bytes]:
    """The running processes that have this in their arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(entry.read_bytes().replace(b"\0", b" "))
    return [line for line in found if text.encode() in line]


def test_a_server_that_lists_refs_without_end_fills_no_memory(sink: Sink) -> None:
    def endless(_sink: Sink, connection: socket.socket) -> bool:
        connection.sendall(f"HTTP/1.1 200 OK\r\ncontent-type: {ADVERTISED}\r\n\r\n".encode())
        while True:  # until git breaks off
            connection.sendall(bytes(1 << 16))

    sink.otherwise = endless
    with pytest.raises(RefsUnknown) as caught:
        RemoteRefs(OPEN).has_branch(f"{sink.url}/x.git", "main", timeout_s=60)
    assert "in time" not in str(caught.value)


def test_tls_checks_the_certificate_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path, "git.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    refs = RemoteRefs(("git.example", "other.example"), always("127.0.0.1"))
    with Sink(tls=context, otherwise=answer(200, advertisement("refs/heads/main"), content_type=ADVERTISED)) as server:
        assert refs.has_branch(f"https://git.example:{server.port}/x.git", "main") is True
        assert refused(refs, f"https://other.example:{server.port}/x.git").retry is True
        assert len(server.received) == 1
        assert server.received[0].headers["host"] == f"git.example:{server.port}"


def test_branches_are_listed_by_globs(server: FakeArbiter) -> None:
    refs, head = RemoteRefs(OPEN), git(server.repository, "rev-parse", "main").strip()
    git(server.repository, "branch", "release/1", "main")
    assert refs.branches(repository(server), ["main", "release/*"]) == {"main": head, "release/1": head}
    # git takes a pattern also for the end of a ref, and reads more into one than we do
    assert refs.branches(repository(server), ["tail", "[m]ain", "nope"]) == {}
    assert set(refs.branches(repository(server), ["*"])) == {"main", "feature/x", "release/1", "other/refs/heads/tail"}
    with pytest.raises(RefsUnknown):
        refs.branches(f"{server.url}/git/none.git", ["*"])


def test_the_log_line_names_the_origin_and_no_path(server: FakeArbiter) -> None:
    with structlog.testing.capture_logs() as lines:
        RemoteRefs(OPEN).has_branch(repository(server), "main")
    (line,) = lines
    assert (line["event"], line["origin"], line["found"]) == ("outbound.ls_remote", server.url, True)
    assert "p1" not in str(line)


def test_a_git_that_cannot_be_bound_to_an_address_is_not_used(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.36.9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    git_process._executable.cache_clear()
    try:
        error = refused(RemoteRefs(OPEN), f"{sink.url}/x.git")
        assert (error.retry, sink.connections) == (False, 0)
        assert "git 2.37 or newer" in str(error)
    finally:
        git_process._executable.cache_clear()


def test_a_child_of_git_that_holds_the_pipe_is_ended_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stays = tmp_path / "git"
    stays.write_text('#!/bin/sh\ntest "$1" = version && echo git version 2.50.0 && exit\nsleep 600.0137 &\n')
    stays.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    git_process._executable.cache_clear()
    try:
        assert git_process.run(["ls-remote"], {}, 0.5).code == 0
    finally:
        git_process._executable.cache_clear()
    until(lambda: not processes_about("sleep 600.0137"), "the child is gone", within_s=5)
