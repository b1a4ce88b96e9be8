"""Who is touched by what a success would set off: the owners of the projects that would run, with whom to ask."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from dominoci.domain.reports import Metadata
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import preview
from dominoci.services.access import Principal
from dominoci.store import owners_of

View = dict[str, Any]


def look_ahead(uow: UnitOfWork, who: Principal, key: str, wanted: Metadata, kinds: Collection[str]) -> View:
    """`POST /projects/<project>/preview`: what would fall, and `owners`, those of most projects first. What the caller may not
    see names nobody."""
    seen = preview.of_project(uow, who, key, wanted, kinds)
    names = {event["project"] for event in seen["events"] if event["would_run"] and event["project"]}
    return {**seen, "owners": _owners(uow, names)}


def _owners(uow: UnitOfWork, names: Collection[str]) -> list[View]:
    """A project without an owner stands for its own contact; without that for nobody."""
    counted = Counter(owners_of.named(uow.session, names))
    views = [{"name": name, "contact": contact, "projects": n} for (name, contact), n in counted.items() if name or contact]
    return sorted(views, key=lambda one: (-one["projects"], one["name"] or "", one["contact"] or ""))
