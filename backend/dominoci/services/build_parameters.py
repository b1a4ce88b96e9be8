"""What a build must be given before it starts, as far as the arbiter knows its definition: the given one, or what the project's
last builds were told of theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain.errors import Invalid
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import definitions
from dominoci.store import build_history

View = Mapping[str, Any]
LOOKED_AT = 20  # builds; one that failed before its definition was read tells nothing


def require(uow: UnitOfWork, project_id: str, ref: str, given: Mapping[str, str], definition: Mapping[str, str] | None) -> None:
    """Raises Invalid, naming each field, when a required parameter without a default is missing, or when `definition`
    ({"format", "text"}; None: the repository's own) has mistakes."""
    refuse_missing(_of_text(definition) if definition else _of_history(uow, project_id, ref), given)


def refuse_missing(pipelines: Sequence[View], given: Mapping[str, str]) -> None:
    """The same for pipelines that are known."""
    missing = _missing(pipelines, given)
    if missing:
        errors = {f"parameters.{name}": ["The pipeline asks for it, and has no default."] for name in missing}
        raise Invalid(f"The pipeline asks for {', '.join(missing)}.", errors)


def _of_text(definition: Mapping[str, str]) -> Sequence[View]:
    checked = definitions.check_text(definition["format"], definition["text"])
    if not checked["valid"]:
        told = [f"Line {problem['line']}: {problem['message']}" for problem in checked["problems"]]
        raise Invalid("The definition has mistakes.", {"definition.text": told})
    return list(checked["pipelines"])


def _of_history(uow: UnitOfWork, project_id: str, ref: str) -> Sequence[View]:
    """What the newest build of the same ref that has read its definition was told, or else the newest of any: the agent may find
    another definition in the end, and refuses what is missing there."""
    known = [row for row in build_history.last_told(uow.session, project_id, LOOKED_AT) if row.pipelines]
    told = next((row for row in known if row.ref == ref), known[0] if known else None)
    return [pipeline for pipeline in told.pipelines if pipeline.get("selected")] if told else []


def _missing(pipelines: Sequence[View], given: Mapping[str, str]) -> list[str]:
    asked = [one for pipeline in pipelines for one in pipeline.get("parameters") or ()]
    needed = [one["name"] for one in asked if one.get("required") and one.get("default") is None]
    return [name for name in dict.fromkeys(needed) if not given.get(name)]
