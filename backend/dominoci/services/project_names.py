"""The names of all projects that somebody may see: what the command palette looks through while one types."""

from typing import Any

from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, viewer
from dominoci.store import search

MOST = 5000


def listing(uow: UnitOfWork, who: Principal) -> dict[str, Any]:
    """`GET /search/names`: at most MOST names, and whether there are more."""
    names = search.project_names(uow.session, viewer(who), MOST + 1)
    return {"items": names[:MOST], "next_cursor": None, "cut": len(names) > MOST}
