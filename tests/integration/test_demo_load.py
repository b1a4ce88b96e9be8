"""Loading the demo into a served arbiter: complete after any interruption, and the README's lines work in its clone."""

import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dominoci.app import create_app
from dominoci.bootstrap import Container
from dominoci.demo import load, snippets, sources
from dominoci.demo.background import BackgroundDemo
from dominoci.domain.errors import Conflict, Unauthorized
from dominoci.infra.files import Place
from dominoci.services import access, builds, dependencies, projects
from dominoci.store.paging import Page
from tests.integration.door import ADMIN, Served
from tests.waiting import until

Serve = Callable[[], Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts web on the same data folder, on a new port each time."""
    started: list[Served] = []

    def start() -> Served:
        for served in started:
            served.close()
        started[:] = [Served(tmp_path / "data", create_app)]
        return started[0]

    yield start
    for served in started:
        served.close()


@pytest.fixture
def container(serve: Serve) -> Container:
    return serve().container


def silent(_: str) -> None:
    """Nobody watches."""


def built(container: Container) -> list[tuple[str, str, str]]:
    """Every build as (project, cause, commit), oldest first."""
    rows = container.read(builds.listing, ADMIN, {}, Page(100, None))["items"]
    return [(row["project"]["name"], row["cause"], row["commit"]) for row in reversed(rows)]


def tip(container: Container, name: str) -> str | None:
    """The commit of a project's main branch."""
    return container.hosting.resolve(container.read(projects.get, ADMIN, name)["id"], "main")


def test_seven_repositories_stand_in_their_graph_and_only_core_is_built(container: Container) -> None:
    load.load(container, silent)
    views = container.read(projects.search, ADMIN, "", Page(100, None))["items"]
    assert {(view["name"], view["hosted"], view["demo"]) for view in views} == {(name, True, True) for name in sources.NAMES}
    assert all(tip(container, name) for name in sources.NAMES)
    assert built(container) == [("core", "push", tip(container, "core"))]
    edges = set()
    for name in sources.NAMES:
        for edge in container.read(dependencies.listing, ADMIN, name)["upstream"]:
            edges.add((edge["upstream"]["name"], name, edge["join"], tuple(edge["filters"]["branches"]["include"])))
    plain = {("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app"), ("app", "image"), ("app", "docs")}
    assert edges == {(*pair, "all", ()) for pair in plain} | {("core", "nightly", "all", ("release/*",))}
    status = load.status(container)
    assert status["loaded"]
    assert status["clone"] == str(container.settings.data / "demo" / "core")
    assert status["change"][0] == f"cd {status['clone']}"


def test_loading_again_changes_nothing(container: Container) -> None:
    load.load(container, silent)
    before = [(name, tip(container, name)) for name in sources.NAMES], built(container)
    load.load(container, silent)
    assert ([(name, tip(container, name)) for name in sources.NAMES], built(container)) == before


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("line", range(1, 10))
def test_an_interrupted_load_is_completed_by_the_next(container: Container, line: int) -> None:
    seen = []

    def die(text: str) -> None:
        seen.append(text)
        if len(seen) == line:
            raise Killed

    with pytest.raises(Killed):
        load.load(container, die)
    load.load(container, silent)
    assert load.status(container)["loaded"]
    assert built(container) == [("core", "push", tip(container, "core"))]


def test_a_push_whose_hook_was_killed_is_told_by_the_next_load(container: Container) -> None:
    def die(text: str) -> None:
        if "pushing" in text:
            raise Killed

    with pytest.raises(Killed):
        load.load(container, die)
    core = container.read(projects.get, ADMIN, "core")["id"]
    # as if the hook had been killed: the ref moves, and nobody is told
    fetch = ["git", "fetch", "-q", "--", load.status(container)["clone"], "main:main"]
    subprocess.run(fetch, cwd=container.hosting.folder(core), check=True)
    assert built(container) == []
    load.load(container, silent)
    assert built(container) == [("core", "push", tip(container, "core"))]


def test_first_commits_are_the_same_everywhere(container: Container, tmp_path: Path) -> None:
    load.load(container, silent)
    other = Served(tmp_path / "elsewhere", create_app)
    try:
        load.load(other.container, silent)
        assert [tip(container, name) for name in sources.NAMES] == [tip(other.container, name) for name in sources.NAMES]
    finally:
        other.close()


def test_a_project_of_somebody_else_is_left_alone(container: Container) -> None:
    mine = container.write(projects.create, ADMIN, {"name": "ui"})
    with pytest.raises(Conflict, match="already a project called ui"):
        load.load(container, silent)
    assert not load.status(container)["loaded"]
    assert container.read(projects.get, ADMIN, "ui")["id"] == mine["id"]


def shell(lines: str, folder: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """The lines as a user types them, in a user's environment without any git configuration."""
    return subprocess.run(
        ["bash", "-euc", lines],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_lines_of_the_readme_work_as_they_stand(container: Container, tmp_path: Path) -> None:
    load.load(container, silent)
    for _ in range(2):
        done = shell("\n".join(snippets.CHANGE), tmp_path, tmp_path)
        assert done.returncode == 0, done.stderr
        assert "remote: DominoCI: build #" in done.stderr
    for line in (snippets.BREAK, snippets.MEND):
        done = shell(f"{snippets.CHANGE[0]}\n{line}", tmp_path, tmp_path)
        assert done.returncode == 0, done.stderr
    assert [project for project, _, _ in built(container)] == ["core"] * 5
    assert built(container)[-1][2] == tip(container, "core")


def test_after_a_start_on_another_port_people_push_as_before(serve: Serve, tmp_path: Path) -> None:
    load.load(serve().container, silent)
    container = serve().container
    load.refresh(container)
    done = shell("\n".join(snippets.CHANGE), tmp_path, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(built(container)) == 2


def test_credentials_are_the_users_own_and_replaced_when_they_end(container: Container, tmp_path: Path) -> None:
    load.load(container, silent)
    credentials = container.settings.data / "demo" / ".git-credentials"
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    first = load.working_clone(container).token()
    load.refresh(container)
    assert load.working_clone(container).token() == first
    credentials.write_text("http://admin:dcu_no_longer_valid@here\n")
    load.refresh(container)
    assert load.working_clone(container).token() not in (first, "dcu_no_longer_valid")
    assert shell("\n".join(snippets.CHANGE), tmp_path, tmp_path).returncode == 0


def test_what_people_did_in_the_clone_stays(container: Container) -> None:
    load.load(container, silent)
    clone = container.settings.data / "demo" / "core"
    (clone / "mine").write_text("not committed")
    load.load(container, silent)
    assert (clone / "mine").read_text() == "not committed"


def test_a_removed_demo_leaves_nothing_and_can_be_loaded_again(container: Container) -> None:
    load.load(container, silent)
    token = load.working_clone(container).token() or ""
    log = container.files.log(Place("core/1", "b"), "01-lint/01-sources.log")
    log.parent.mkdir(parents=True)
    log.touch()
    load.remove(container)
    assert not log.exists()
    with pytest.raises(Unauthorized):
        container.read(access.authenticate, token)
    assert container.read(projects.search, ADMIN, "", Page(100, None))["items"] == []
    assert not (container.settings.data / "demo").exists()
    assert list(container.hosting.root.glob("*.git")) == []
    assert not load.status(container)["loaded"]
    load.load(container, silent)
    assert len(built(container)) == 1


def test_the_page_loads_it_beside_its_own_work(container: Container) -> None:
    demo = BackgroundDemo(container)
    assert demo.load() == {"tree_id": None, "project": "core"}
    demo.load()
    until(lambda: demo.state()["loaded"], "the demo is loaded")
    demo.remove()
    assert not demo.state()["loaded"]
