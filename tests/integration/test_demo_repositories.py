"""The demo's pipelines, run in the row's order by the agent's own runtime: green as they come, and `ui` alone breaks."""

import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dominoci.demo import snippets, sources
from dominoci.domain.ids import new_id
from dominoci_agent.pipeline.formats import factory
from dominoci_agent.pipeline.model import State
from dominoci_agent.pipeline.selection import Change, decide
from dominoci_agent.runtime.artifacts import Artifact
from dominoci_agent.runtime.environment import BuildFacts, domino_names, step_environment
from dominoci_agent.runtime.folder import BuildFolder
from dominoci_agent.runtime.local import LocalExecutor
from dominoci_agent.runtime.run import Place, Runner, StepRecord
from dominoci_agent.runtime.stop import Stop

COMMIT = "1234567890abcdef1234567890abcdef12345678"


@dataclass
class Log:
    """A step's output in memory."""

    data: bytearray

    def write(self, data: bytes) -> None:
        """Takes it all."""
        self.data += data

    def room(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Built:
    """What came of one repository's build; its artifacts are kept in `shelf`."""

    shelf: Path
    state: State = State.WAITING
    output: bytearray = field(default_factory=bytearray)
    artifacts: dict[str, Path] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the steps have printed."""
        return self.output.decode()

    def step(self, record: StepRecord) -> None:
        """Steps are read from their output here."""

    def log(self, number: int) -> Log:
        """One log for all steps."""
        return Log(self.output)

    def artifact(self, artifact: Artifact) -> None:
        """Kept while it can be read."""
        self.shelf.mkdir(exist_ok=True)
        self.artifacts[artifact.name] = self.shelf / artifact.name
        shutil.copyfile(artifact.path, self.artifacts[artifact.name])


@dataclass
class Row:
    """Builds repositories with the artifacts of those that were built before."""

    home: Path
    built: dict[str, Built] = field(default_factory=dict)

    def build(
        self, name: str, *, upstream: tuple[str, ...] = (), branch: str = "main", edit: str = "", commit: str = COMMIT
    ) -> Built:
        """One build; `edit` is a line for the shell that changes the sources first."""
        folder = BuildFolder(self.home / f"{name}-{len(self.built)}")
        check_out(name, folder.workspace, edit)
        for parent in upstream:
            for artifact, path in self.built[parent].artifacts.items():
                target = folder.inputs / parent / artifact
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, target)
        facts = BuildFacts(name, 1, "http://here/builds/1", branch, branch, None, commit)
        definition = read(folder.workspace)
        decisions = decide(definition.filters, Change(branch=branch))
        pipelines = definition.pipelines([one.name for one in decisions if one.selected], domino_names(facts, {}), {})
        shelf = folder.path.with_suffix(".artifacts")
        built = self.built[name] = Built(shelf, skipped=[one.name for one in decisions if not one.selected])
        stop = Stop()
        environment = {**step_environment(facts, {}, folder), "PACE_S": "0"}
        # the mark must be this build's alone: what carries it is killed at the step's end
        place = Place(folder.workspace, environment, {}, f"{new_id()}.{name}")
        built.state = Runner(pipelines, place, LocalExecutor(), built, stop).run()
        stop.close()
        return built


def check_out(name: str, folder: Path, edit: str) -> None:
    """The repository's files, changed by a line for the shell."""
    for path, content in sources.files(name).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    subprocess.run(["sh", "-euc", edit], cwd=folder, check=True)


def read(folder: Path) -> factory.Definition:
    """The repository's definition."""
    return factory.load({f".factory/{path.name}": path.read_text() for path in sorted((folder / ".factory").iterdir())})


@pytest.fixture
def row(tmp_path: Path) -> Row:
    return Row(tmp_path)


def manifest(built: Built, archive: str) -> dict[str, object]:
    """What an archive says about itself."""
    with tarfile.open(built.artifacts[archive]) as tar:
        member = tar.extractfile("manifest.json")
        assert member
        value: dict[str, object] = json.load(member)
        return value


UPSTREAM = {"net": ("core",), "ui": ("core",), "app": ("net", "ui"), "image": ("app",), "docs": ("app",), "nightly": ("core",)}


def test_the_whole_row_is_green_and_app_holds_what_was_just_built(row: Row) -> None:
    for name in sources.NAMES:
        built = row.build(name, upstream=UPSTREAM.get(name, ()))
        assert built.state is State.SUCCESS, built.text
    core = manifest(row.built["net"], "net.tar.gz")["built_with"]
    assert core == manifest(row.built["ui"], "ui.tar.gz")["built_with"]
    assert "net and ui were built with the same core" in row.built["app"].text
    assert "Hello, The row falls!" in row.built["app"].text
    assert "manifest sha256:" in row.built["image"].text
    assert "app send Ada Grace" in row.built["docs"].artifacts["docs.html"].read_text()
    assert "12 of 12 held" in row.built["nightly"].text


@pytest.mark.parametrize("name", sources.NAMES)
def test_a_repository_that_is_pushed_alone_says_what_is_missing_and_is_green(row: Row, name: str) -> None:
    built = row.build(name)
    assert built.state is State.SUCCESS, built.text
    assert name == "core" or "this build was not given" in built.text


def test_a_part_that_is_pushed_alone_still_reaches_the_ends_of_the_row(row: Row) -> None:
    for name, upstream in (("net", ()), ("app", ("net",)), ("image", ("app",)), ("docs", ("app",))):
        built = row.build(name, upstream=upstream)
        assert built.state is State.SUCCESS, built.text
    assert "built without" in row.built["docs"].text


def test_the_breaking_line_fails_ui_alone(row: Row) -> None:
    edit = snippets.BREAK.split(" && ")[0]
    assert row.build("core", edit=edit).state is State.SUCCESS
    assert row.build("net", upstream=("core",)).state is State.SUCCESS
    broken = row.build("ui", upstream=("core",))
    assert broken.state is State.FAILED
    assert "✗ a card looks as it was approved" in broken.text
    assert "Howdy, World!" in broken.text


def test_the_readmes_change_gives_another_archive_and_a_green_row(row: Row) -> None:
    before = row.build("core").artifacts["core.tar.gz"].read_bytes()
    edit = snippets.CHANGE[1].split(" && ")[0]
    assert row.build("core", edit=edit).artifacts["core.tar.gz"].read_bytes() != before
    for name in ("net", "ui"):
        assert row.build(name, upstream=("core",)).state is State.SUCCESS


def test_parts_of_different_cores_are_not_put_together(row: Row) -> None:
    row.build("core")
    row.build("net", upstream=("core",))
    row.build("core", commit="f" * 40)
    row.build("ui", upstream=("core",))
    built = row.build("app", upstream=("net", "ui"))
    assert built.state is State.FAILED
    assert "the parts were built with different cores" in built.text


def test_an_archive_that_was_changed_on_its_way_is_refused(row: Row) -> None:
    content = io.BytesIO(row.build("core").artifacts["core.tar.gz"].read_bytes())
    with tarfile.open(fileobj=content) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    forged = row.home / "forged.tar.gz"
    with tarfile.open(forged, "w:gz") as tar:
        for path, text in {**files, "core/greeting.py": b"import os"}.items():
            member = tarfile.TarInfo(path)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    row.built["core"].artifacts["core.tar.gz"] = forged
    built = row.build("net", upstream=("core",))
    assert built.state is State.FAILED
    assert "core/greeting.py is not the file that core has packed" in built.text


def test_archives_depend_on_nothing_but_their_content(row: Row) -> None:
    first, second = (row.build("core").artifacts["core.tar.gz"].read_bytes() for _ in range(2))
    assert first == second


def test_release_notes_are_cut_on_release_branches_only(row: Row) -> None:
    assert row.build("core").skipped == ["release"]
    built = row.build("core", branch="release/1.0")
    assert built.skipped == []
    assert built.artifacts["release-notes.txt"].read_text() == "- 1.0.0: greets people and sets text\n"
