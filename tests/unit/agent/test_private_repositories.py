"""Private repositories: read over authenticated HTTP and over ssh, from real servers; nobody else is shown the secret."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci_agent.loop import Agent
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.git import RefusedError, Remote
from tests.bed.sshd import Sshd, key
from tests.fakes.arbiter import Call, FakeArbiter, git
from tests.unit.agent.definition import one_step
from tests.waiting import until

Start = Callable[..., Agent]
PASSWORD = "ghp-Very+Secret/Token"
PAIR = base64.b64encode(f"deploy:{PASSWORD}".encode())
# the step prints what it should not know, spelled so that the definition itself does not hold it
LEAKS = f"echo {PASSWORD[:8]}''{PASSWORD[8:]}; echo {PAIR.decode()[:8]}''{PAIR.decode()[8:]}"
FILES = {".factory/a.hcl": one_step(f"cat hello.txt; env; cat .git/config; {LEAKS}"), "hello.txt": "hi\n"}


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[FakeArbiter]:
    """A git server elsewhere (`git http-backend`), with a private repository that takes PASSWORD."""
    with FakeArbiter(tmp_path / "forge") as running:
        running.push(FILES)
        running.queue(repository={"url": "/git/p1.git", "password": PASSWORD})
        yield running


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("ssh") / "sshd") as running:
        yield running


@pytest.fixture
def deploy_key(sshd: Sshd, tmp_path: Path) -> str:
    """A private key that the server lets in."""
    sshd.allow(key(tmp_path / "deploy"))
    return (tmp_path / "deploy").read_text()


def built(arbiter: FakeArbiter, **repository: str) -> dict[str, Any]:
    return arbiter.finished(arbiter.queue(repository=repository))


def traces(needles: list[bytes], *folders: Path) -> list[str]:
    """Which processes of this machine, and which files below the folders, hold one of these."""
    processes = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    known = [path / name for path in processes for name in ("cmdline", "environ")]
    known += [Path(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names]
    return [str(path) for path in known if any(needle in _content(path) for needle in needles)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has gone meanwhile
        return b""


def test_a_token_reaches_its_server_and_nothing_else(
    arbiter: FakeArbiter, forge: FakeArbiter, start_agent: Start, tmp_path: Path
) -> None:
    shown: list[str] = []
    found: list[str] = []

    def look(call: Call) -> None:
        shown.append(call.headers.get("Authorization", ""))
        found.extend(traces([PASSWORD.encode(), PAIR], tmp_path / "work"))

    forge.faults.append(look)
    start_agent()
    ended = built(arbiter, url=f"{forge.url}/git/p1.git", username="deploy", password=PASSWORD)
    assert (ended["state"], ended["reason"]) == ("success", None)
    assert found == []
    assert set(shown) == {"", f"Basic {PAIR.decode()}"}, "asked without first, by a git that knows no better"
    log = arbiter.log("b1", 1).decode()
    assert log.startswith("hi\n")
    assert traces([PASSWORD.encode(), PAIR], tmp_path / "work") == []
    assert log.count("***") >= 2
    assert PASSWORD not in log
    assert PAIR.decode()[16:-4] not in log


def test_an_ssh_key_reaches_its_server_and_nothing_else(
    arbiter: FakeArbiter, forge: FakeArbiter, sshd: Sshd, deploy_key: str, start_agent: Start, tmp_path: Path
) -> None:
    start_agent()
    (sshd.folder / "inside").unlink(missing_ok=True)
    (sshd.folder / "closed").touch()
    build_id = arbiter.queue(
        repository={"url": sshd.address(forge.repository), "ssh_key": deploy_key.strip(), "known_hosts": sshd.known_hosts}
    )
    lines = [line.encode() for line in deploy_key.splitlines()[1:-1]]
    try:
        until((sshd.folder / "inside").exists, "git has signed in")
        assert traces(lines, tmp_path / "work") == []
    finally:
        (sshd.folder / "closed").unlink()
    ended = arbiter.finished(build_id)
    assert (ended["state"], ended["reason"]) == ("success", None)
    assert traces(lines, tmp_path / "work") == []
    assert arbiter.log("b1", 1).startswith(b"hi\n")


def test_a_wrong_token_is_one_sentence_and_not_tried_again(arbiter: FakeArbiter, forge: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    ended = built(arbiter, url=f"{forge.url}/git/p1.git", username="deploy", password="wrong-one")
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "infrastructure")
    said = f"{forge.url} does not take the password or token that the build has for this repository."
    assert ended["reason"]["text"].endswith(said)
    assert len(forge.calls) == 2
    ended = built(arbiter, url=f"{forge.url}/git/p1.git")
    assert "asks for credentials: give the project access to its repository" in ended["reason"]["text"]
    assert len(forge.calls) == 3


def test_a_host_is_who_it_was_and_takes_only_its_key(
    arbiter: FakeArbiter, forge: FakeArbiter, sshd: Sshd, deploy_key: str, start_agent: Start, tmp_path: Path
) -> None:
    start_agent()
    url = sshd.address(forge.repository)
    key(tmp_path / "other")
    other = (tmp_path / "other").read_text()
    before = sshd.refusals
    ended = built(arbiter, url=url, ssh_key=other, known_hosts=sshd.known_hosts)
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "infrastructure")
    assert ended["reason"]["text"].endswith(f"ssh://127.0.0.1:{sshd.port} does not take the SSH key of the project.")
    assert sshd.refusals == before + 1
    changed = f"[127.0.0.1]:{sshd.port} {' '.join((tmp_path / 'other.pub').read_text().split()[:2])}\n"
    ended = built(arbiter, url=url, ssh_key=deploy_key, known_hosts=changed)
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "infrastructure")
    assert "has another host key than the project's known hosts say; nothing was sent there." in ended["reason"]["text"]
    # without known hosts it is believed once, and remembered
    assert built(arbiter, url=url, ssh_key=deploy_key)["state"] == "success"
    seen = next((tmp_path / "work/mirrors").glob("*.known_hosts"))
    assert sshd.host.split()[1] in seen.read_text()
    seen.write_text(changed)
    forge.push({"hello.txt": "new\n"})
    ended = built(arbiter, url=url, ssh_key=deploy_key)
    assert "has another host key than it had at the first contact; nothing was sent there." in ended["reason"]["text"]


def test_credentials_are_for_one_origin(forge: FakeArbiter, tmp_path: Path) -> None:
    """A server that sends git elsewhere, or a second address, gets nothing: neither follows nor asks again."""
    shown = Credentials("deploy", PASSWORD)
    with Remote.at(f"{forge.url}/git/p1.git", shown).opened() as settings:
        assert [name for name in settings if name.startswith("credential.")] == [f"credential.{forge.url}.helper"]
        helper = next(iter(settings.values()))
    assert PASSWORD not in str(settings)
    left = helper.split("cat ")[1].split(";")[0]
    assert not Path(left).exists(), "what git could read is gone with git"
    with Remote.at("ssh://git@forge.test/x.git", shown).opened() as settings:
        assert settings == {}, "a token is not for ssh"


@pytest.mark.parametrize("url", ["git@github.com:team/app.git", "me_2@127.0.0.1:app.git", "git@h:~/x.git"])
def test_an_address_as_scp_writes_it_is_read(url: str) -> None:
    remote = Remote.at(url, Credentials(ssh_key="k"))
    assert (remote.url, remote.origin) == (url, f"ssh://{url.partition('@')[2].partition(':')[0]}")


@pytest.mark.parametrize(
    "url", ["-oProxyCommand=x@h:p", "a@-h:p", "a@h:-p", "a@h::ext", "ext::sh -c x@h:p", "a@h:", "a b@h:p", "@h:p", "h:p"]
)
def test_what_only_looks_like_one_is_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        Remote.at(url, None)


def test_what_one_project_fetched_is_not_there_for_another_nor_without_credentials(
    arbiter: FakeArbiter, forge: FakeArbiter, start_agent: Start
) -> None:
    start_agent()
    commit, url = git(forge.repository, "rev-parse", "main"), f"{forge.url}/git/p1.git"
    mine, none = {"url": url, "username": "deploy", "password": PASSWORD}, {"url": url}
    told = {}
    for who, project, shown in (("first", "p1", mine), ("again", "p1", mine), ("without", "p1", none), ("other", "p2", none)):
        before = len(forge.calls)
        queued = arbiter.queue(commit=commit, repository=shown, project={"id": project, "name": "core"})
        told[who] = (arbiter.finished(queued)["state"], len(forge.calls) > before)
    assert told == {
        "first": ("success", True), "again": ("success", False), "without": ("failed", True), "other": ("failed", True),
    }  # fmt: skip
