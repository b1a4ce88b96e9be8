"""What all formats have in common, and which of them a text is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where
from dominoci_agent.pipeline.formats import FORMATS, builder, factory, flow, job
from dominoci_agent.pipeline.model import Filter, Pipeline

# the entries of a repository's root folder that may hold a definition
ROOT_NAMES = (factory.FOLDER, flow.FILE, job.FOLDER)
_EXPECTED = f"expected {factory.FOLDER}/*.hcl, {flow.FILE} or {job.FOLDER}/{{{','.join(job.FILES)}}}"


class Definition(Protocol):
    """A definition of any format: read and checked once, it may serve many builds, also at the same time."""

    @property
    def filters(self) -> Mapping[str, Filter]:
        """The filter of each pipeline by name; only `.factory` has other than the empty one."""

    @property
    def places(self) -> Mapping[str, Where]:
        """Where each pipeline is defined."""

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What was read and is not used, or not as one might think."""

    def pipelines(
        self, names: Sequence[str], domino: Mapping[str, str], overrides: Mapping[str, str] | None = None
    ) -> list[Pipeline]:
        """The named pipelines, ready to run. `domino`: what `${domino.NAME}` may name. `overrides`: what the build was given;
        it replaces global variables and parameters of the same name. DefinitionError for what cannot be filled in."""


_WORKFLOWS = re.compile(r"^workflows\s*:", re.MULTILINE)
_LOADERS: Mapping[str, Callable[[str, str], Definition]] = {
    "factory": lambda text, file: factory.load({file: text}),
    "flow": flow.load,
    "job": job.load,
    "builder": builder.load,
}
_FILES = {"factory": "definition.hcl", "flow": "definition.yml", "job": "definition", "builder": "definition.json"}


def load_text(form: str, text: str, file: str | None = None) -> Definition:
    """One text of a format. DefinitionError with every problem found; one that is of no file is called `definition`."""
    if form not in _LOADERS:
        raise DefinitionError(Problem(Where("definition", 1), f'unknown format "{form[:40]}"; expected {", ".join(FORMATS)}'))
    return _LOADERS[form](text, file or _FILES[form])


def load_files(files: Mapping[str, str], called: Callable[[str], str] = str) -> Definition:
    """The definition among the files of a repository, by their paths there: the first of `.factory/*.hcl`, `.flow.yml` and
    `.domino/job.…` that there is; others are not looked at. `called`: how messages call a file. DefinitionError with every
    problem found, or when there is none."""
    chosen = choose(tuple(files))
    if not chosen:
        raise nothing("the repository")
    if chosen[0].startswith(f"{factory.FOLDER}/"):
        return factory.load({called(name): files[name] for name in chosen})
    load = flow.load if chosen[0] == flow.FILE else job.load
    return load(files[chosen[0]], called(chosen[0]))


def choose(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths in a repository that are its definition; () when none is."""
    hcl = tuple(sorted(name for name in names if _is_factory(name)))
    others = (flow.FILE, *(f"{job.FOLDER}/{name}" for name in job.FILES))
    return hcl or tuple(name for name in others if name in names)[:1]


def _is_factory(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == factory.FOLDER and name.endswith(".hcl")


def guess(name: str, text: str) -> str:
    """Which format a single file is, by its name or else by the keys in it."""
    if name.endswith(".hcl"):
        return "factory"
    if name.endswith(flow.FILE) or _WORKFLOWS.search(text):
        return "flow"
    return "builder" if name not in job.FILES and '"project_build_command"' in text else "job"


def nothing(where: str) -> DefinitionError:
    """There is no definition at all in `where`."""
    return DefinitionError(Problem(Where(f"{factory.FOLDER}/", 1), f"no definition in {where}, so nothing to run: {_EXPECTED}"))
