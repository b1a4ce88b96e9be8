"""Pipelines imported from other repositories: whose namespace, whose variables, whose credentials, and where errors are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dominoci_agent.imports import Importer
from dominoci_agent.loop import Agent
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.formats.factory import Definition, load
from dominoci_agent.pipeline.formats.factory_import import Import
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.git import Remote
from dominoci_agent.runtime.mirror import Mirror
from dominoci_agent.runtime.stop import Stop
from tests.fakes.arbiter import FakeArbiter, git
from tests.unit.agent.definition import pipeline, stage

DOCKER = "https://git.example/ci.git//pipelines/docker?ref=v1.0.0"
BUILD = 'variables {\n  image = "web"\n}\n' + pipeline("x", name="docker") + stage("x", "build ${var.image} ${domino.branch}")


def imported(source: str, name: str = "docker", variables: str = "") -> str:
    """A pipeline that is imported from there."""
    return f'pipeline "{name}" {{\n  source = "{source}"\n{variables}}}\n'


def reading(text: str, **folders: Mapping[str, str]) -> Definition:
    """A definition whose imports are these folders (name → files) of https://git.example/ci.git at v1."""

    def fetch(wanted: Import) -> Mapping[str, str]:
        return {wanted.file(name): content for name, content in folders[wanted.folder].items()}

    return replace(load({".factory/a.hcl": text}), fetch=fetch)


def at(folder: str) -> str:
    return f"https://git.example/ci.git//{folder}?ref=v1"


def commands(definition: Definition, name: str) -> list[str | None]:
    (found,) = definition.pipelines([name], {"branch": "main"}, {"mine": "given"})
    return [step.command for one in found.stages for step in one.steps]


def refused(definition: Definition, name: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        definition.pipelines([name], {})
    return [str(problem) for problem in caught.value.problems]


def test_a_source_names_repository_folder_and_ref() -> None:
    (found,) = load({"a.hcl": imported(DOCKER)}).imports.values()
    assert (found.repository, found.folder, found.ref) == ("https://git.example/ci.git", "pipelines/docker", "v1.0.0")
    assert str(found) == DOCKER


def test_an_imported_pipeline_has_its_own_stages_and_the_blocks_variables() -> None:
    text = 'variables { mine = "app" }\n' + imported(at("docker"), variables='  variables { image = "${var.mine}-image" }\n')
    definition = reading(text + pipeline("x", name="own") + stage("x", "own"), docker={"build.hcl": BUILD})
    assert commands(definition, "docker") == ["build given-image main\n"]
    assert commands(definition, "own") == ["own\n"]
    assert commands(reading(imported(at("docker")), docker={"build.hcl": BUILD}), "docker") == ["build web main\n"]


def test_the_only_pipeline_of_a_folder_may_be_called_otherwise_here() -> None:
    definition = reading(imported(at("docker"), name="image"), docker={"build.hcl": BUILD})
    (found,) = definition.pipelines(["image"], {})
    assert found.name == "image"
    two = {"a.hcl": BUILD, "b.hcl": pipeline("x", name="other")}
    assert refused(reading(imported(at("two"), name="image"), two=two), "image") == [
        f'.factory/a.hcl:2: there is no pipeline "image" in {at("two")}; there are: docker, other'
    ]


def test_a_pipeline_that_does_not_run_is_not_fetched() -> None:
    definition = reading(imported(at("nowhere")) + pipeline("x", name="own") + stage("x", "own"))
    assert commands(definition, "own") == ["own\n"]


def test_errors_name_the_imported_file_and_the_import() -> None:
    definition = reading(imported(at("docker")), docker={"build.hcl": "\nstage {\n}\n"})
    (problem,) = refused(definition, "docker")
    assert problem.startswith("https://git.example/ci.git//docker/build.hcl?ref=v1:2: expected stage")
    assert problem.endswith("(imported at .factory/a.hcl:2)")


def test_a_variable_that_the_import_does_not_have_is_an_error_here() -> None:
    text = imported(at("docker"), variables='  variables { imgae = "x" }\n')
    assert refused(reading(text, docker={"build.hcl": BUILD}), "docker") == [
        '.factory/a.hcl:3: the imported pipeline has no variable "imgae"; it has: image'
    ]


def test_an_import_that_imports_itself_is_an_error_with_the_path() -> None:
    definition = reading(imported(at("a")), a={"a.hcl": imported(at("b"))}, b={"b.hcl": imported(at("a"))})
    (problem,) = refused(definition, "docker")
    assert f"the import imports itself: {at('a')} -> {at('b')} -> {at('a')}" in problem


def test_imports_within_imports_are_bounded() -> None:
    folders = {f"f{number}": {"a.hcl": imported(at(f"f{number + 1}"))} for number in range(9)}
    (problem,) = refused(reading(imported(at("f0")), **folders), "docker")
    assert "at most 4 deep" in problem


# ---- over git


@pytest.fixture
def importer(arbiter: FakeArbiter, tmp_path: Path) -> Iterator[Importer]:
    """Of a build of the fake's repository, whose password it has."""
    arbiter.queue(repository={"url": "/git/p1.git", "password": "dcb_pass"})
    own = Remote.at(f"{arbiter.url}/git/other.git", Credentials(password="dcb_pass"))
    with closing(Stop()) as stop:
        yield Importer(lambda name, *_: Mirror(tmp_path / "mirrors" / name), stop, own)


def wanted(arbiter: FakeArbiter, folder: str = "ci/docker", ref: str = "v1") -> Import:
    return load({"a.hcl": imported(f"{arbiter.url}/git/p1.git//{folder}?ref={ref}")}).imports["docker"]


def test_only_the_folders_hcl_files_are_fetched_at_a_tag_a_branch_or_a_commit(arbiter: FakeArbiter, importer: Importer) -> None:
    files = {"ci/docker/build.hcl": BUILD, "ci/docker/README": "r", "ci/docker/in/x.hcl": "x", "src/a.py": "a"}
    commit = arbiter.push(files)
    git(arbiter.repository, "tag", "-m", "first", "v1", commit)
    arbiter.push({"ci/docker/build.hcl": "# changed\n"})
    for ref, content in (("v1", BUILD), (commit, BUILD), ("main", "# changed\n")):
        import_ = wanted(arbiter, ref=ref)
        assert importer(import_) == {import_.file("build.hcl"): content}
    contents = {path: git(arbiter.repository, "rev-parse", f"{commit}:{path}") for path in files}
    assert [path for path, entry in contents.items() if entry in arbiter.sent_objects()] == ["ci/docker/build.hcl"]


@pytest.mark.parametrize(
    ("folder", "ref", "words"),
    [("ci/docker", "v9", "cannot be fetched"), ("ci/nothing", "main", "there is no .hcl file in the folder ci/nothing at main")],
)
def test_what_is_not_there_is_told_at_the_import(
    arbiter: FakeArbiter, importer: Importer, folder: str, ref: str, words: str
) -> None:
    arbiter.push({"ci/docker/build.hcl": BUILD})
    with pytest.raises(DefinitionError, match=words) as caught:
        importer(wanted(arbiter, folder, ref))
    assert str(caught.value).startswith("a.hcl:2: ")


def test_the_projects_credentials_are_shown_to_its_own_origin_only(arbiter: FakeArbiter, importer: Importer) -> None:
    arbiter.push({"ci/docker/build.hcl": BUILD})
    here = wanted(arbiter, ref="main")
    elsewhere = replace(here, repository=here.repository.replace("127.0.0.1", "localhost"))
    with pytest.raises(DefinitionError, match="cannot be fetched"):
        importer(elsewhere)
    assert importer(here)


def test_a_build_runs_an_imported_pipeline(arbiter: FakeArbiter, start_agent: Callable[..., Agent]) -> None:
    start_agent()
    source = f"{arbiter.url}/git/p1.git//ci/docker?ref=main"
    block = imported(source, variables='  variables { image = "shop" }\n')
    arbiter.push({".factory/a.hcl": block, "ci/docker/build.hcl": BUILD.replace("build ${", "echo building ${")})
    found = arbiter.finished(arbiter.queue())
    assert found["state"] == "success", found
    assert arbiter.log("b1", 1) == b"building shop main\n"
    broken = arbiter.push({"ci/docker/build.hcl": "\nstage {\n}\n"})
    found = arbiter.finished(arbiter.queue(commit=broken))
    assert found["reason"]["code"] == "definition_invalid"
    assert "ci/docker/build.hcl?ref=main:2: expected stage" in found["reason"]["text"]
    assert "(imported at .factory/a.hcl:2)" in found["reason"]["text"]
