"""SQL on who owns projects."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Owner
from dominoci.store.settling import chunks
from dominoci.store.statements import table_of

_PROJECTS, _OWNERS = table_of(Project), table_of(Owner)
_NAMED = (
    select(_OWNERS.c.name, func.coalesce(_OWNERS.c.contact, _PROJECTS.c.contact))
    .join_from(_PROJECTS, _OWNERS, _OWNERS.c.id == _PROJECTS.c.owner_id, isouter=True)
    .where(_PROJECTS.c.name.in_(bindparam("names", expanding=True)))
)


def named(session: Session, names: Collection[str]) -> list[tuple[str | None, str | None]]:
    """The owner's name and whom to ask, of each project with one of these names."""
    return [
        (name, contact)
        for part in chunks(sorted(names))
        for name, contact in session.execute(_NAMED, {"names": part})
    ]
