"""Checking pipeline definitions before they are committed: the same code and the same words as on an agent."""

from collections.abc import Iterable, Mapping
from typing import Any

from dominoci_agent.pipeline.definition import Definition, load_files, load_text
from dominoci_agent.pipeline.errors import DefinitionError, Problem
from dominoci_agent.pipeline.formats import factory
from dominoci_agent.pipeline.shape import shape

View = dict[str, Any]


def check_files(files: Mapping[str, str]) -> View:
    """What is wrong with the definition among these files of a repository, by their paths there; see `_checked`."""
    try:
        return _checked(load_files(files))
    except DefinitionError as error:
        return _wrong(error)


def check_text(form: str, text: str) -> View:
    """What is wrong with one text of a format; see `_checked`."""
    try:
        return _checked(load_text(form, text))
    except DefinitionError as error:
        return _wrong(error)


def _checked(definition: Definition) -> View:
    """Its pipelines. An imported one is told by its source alone: an arbiter fetches nothing that a stranger's text names."""
    imports = definition.imports if isinstance(definition, factory.Definition) else {}
    here = [name for name in sorted(definition.places) if name not in imports]
    compiled = [{"name": one.name, "source": None, **shape(one)} for one in definition.pipelines(here, {})]
    imported = [
        {"name": name, "source": str(source), "routed": False, "stages": [], "parameters": []}
        for name, source in sorted(imports.items())
    ]
    pipelines = sorted([*compiled, *imported], key=lambda pipeline: str(pipeline["name"]))
    return {"valid": True, "problems": [], "warnings": _told(definition.warnings), "pipelines": pipelines}


def _wrong(error: DefinitionError) -> View:
    return {"valid": False, "problems": _told(error.problems), "warnings": [], "pipelines": []}


def _told(problems: Iterable[Problem]) -> list[View]:
    return [{"file": one.where.file, "line": one.where.line, "message": one.message} for one in problems]
