"""Every block marked `sh test` is run for real, page by page, against a `dominoci up`; what a page promises to be shown is looked
for in what was printed. Other CI systems are played by a sink, which shows what reached them."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bed.process import free_port
from tests.docs.pages import BY_NAME, PAGES, Block, Page
from tests.fakes.webhook_sink import Sink, answer
from tests.stack import REPOSITORY, Stack
from tests.waiting import until

BETWEEN: Final = "@@@ end of a block @@@"
WITHIN_S: Final = 90
AUTHOR: Final = {f"GIT_{who}_{what}": "docs@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
RUN: Final = [page for page in PAGES if any(block.info[:2] == ("sh", "test") for block in page.blocks)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    data = tmp_path_factory.mktemp("docs") / "data"
    koala = {"JWT_SECRET": "some_jwt_secret", "DOMINOCI_KOALA_EXECUTOR": "local"}
    env: Any = {"DOMINOCI_ALLOWED_HOSTS": "127.0.0.1", **koala}
    made = Stack(data, **env)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Whatever the pages call by a name that ends in `.example`."""
    with Sink(otherwise=answer(200)) as made:
        yield made


@contextmanager
def ran(page: Page, stack: Stack, sink: Sink, folder: Path) -> Iterator[list[str]]:
    """What each block of the page printed, in a shell that all of them share; what they started in the background runs until
    the end of the `with`."""
    for name in (".venv", "integrations"):
        (folder / name).symlink_to(REPOSITORY / name)
    port = free_port()
    for block in (block for block in page.blocks if block.file):
        (folder / str(block.file)).write_text(block.text)
    script = "".join(f"{block.text}\necho '{BETWEEN}'\n" for block in marked(page))
    here = script.replace("http://127.0.0.1:8080", stack.url)
    here = re.sub(r"http://127\.0\.0\.1:900\d", f"http://127.0.0.1:{port}", here)
    here = re.sub(r"https://[a-z.]+\.example\b", sink.url, here)
    (folder / "home").mkdir()
    env = {**stack.env, **AUTHOR, "HOME": str(folder / "home"), "PORT": str(port), "NO_PROXY": "*"}
    with (folder / "printed").open("wb") as printed:
        shell = subprocess.Popen(
            ["sh", "-eu", "-c", here], cwd=folder, env=env, stdout=printed, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        code = shell.wait(WITHIN_S)
        told = (folder / "printed").read_text()
        assert code == 0, f"{page.name} ended with {code}:\n{told}"
        yield told.split(BETWEEN)
    finally:
        end_session(shell.pid)


def end_session(leader: int) -> None:
    """Ends what a page left running."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def marked(page: Page) -> list[Block]:
    """The blocks that are run."""
    return [block for block in page.blocks if block.info[:2] == ("sh", "test")]


def missing(page: Page, printed: list[str]) -> list[str]:
    """The lines of `text shows` blocks that the block before them did not print; … stands for anything."""
    left, last = [], -1
    for block in page.blocks:
        if block.info[:2] == ("sh", "test"):
            last += 1
        elif block.info[:2] == ("text", "shows"):
            wanted = (line for line in block.text.splitlines() if line)
            left += [line for line in wanted if not re.search(re.escape(line).replace("…", ".+"), printed[last])]
    return left


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_what_a_page_tells_to_run_works_and_shows_what_it_says(page: Page, stack: Stack, sink: Sink, tmp_path: Path) -> None:
    with ran(page, stack, sink, tmp_path) as printed:
        assert missing(page, printed) == [], "\n".join(printed)
        if page.name in TRIGGERED:
            arrives(stack, sink, *TRIGGERED[page.name])
        if page.name == "connect-any-ci.md":
            forgeries_are_refused(stack, tmp_path)


# of the pages about other systems: whose success triggers them, and what then reaches that system
TRIGGERED: Final = {
    "connect-jenkins.md": ("currency", "/generic-webhook-trigger/invoke", '"type":"dominoci.event.triggered"'),
    "connect-gitlab.md": ("tokenizer", "/api/v4/projects/team%2Fsearch/trigger/pipeline", "DOMINO_EVENT_TOKEN%5D=dce_"),
    "connect-github.md": ("design-tokens", "/api/v3/repos/team/website/actions/workflows/domino.yml/dispatches", '"ref":"main"'),
}


def arrives(stack: Stack, sink: Sink, upstream: str, path: str, content: str) -> None:
    """A success of `upstream` reaches the other system as the page says."""
    report(stack, upstream)
    until(lambda: any(one.path.startswith(path) for one in sink.received), f"{path} is called", within_s=20)
    (called,) = [one for one in sink.received if one.path.startswith(path)]
    assert content in called.body.decode()


def report(stack: Stack, project: str) -> str:
    """A success that a pipeline of the project reports; answers the tree's id."""
    token = stack.ask("POST", f"/projects/{project}/tokens", json={"name": "test"})["token"]
    body = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": "c" * 40}}
    told = stack.ask("POST", "/events", json=body, headers={"Authorization": f"Bearer {token}"})
    return str(told["tree_id"])


def forgeries_are_refused(stack: Stack, folder: Path) -> None:
    """The receiver of the page, whose good deliveries were seen, refuses what another secret signs."""
    other = {"kind": "webhook", "url": stack.ask("GET", "/projects/shopfront")["target"]["url"], "secret": "whsec_" + "QUJD" * 8}
    stack.ask("PATCH", "/projects/shopfront", json={"target": other})
    tree = report(stack, "engine")

    def refused() -> bool:
        return bool(stack.ask("GET", f"/trees/{tree}/events/1.1")["state"] == "undeliverable")

    until(refused, "the forged delivery is refused", within_s=20)
    assert tree not in (folder / "last-body.json").read_text()


def test_every_page_about_connecting_is_run() -> None:
    assert {name for name in BY_NAME if name.startswith("connect-")} <= {page.name for page in RUN}
