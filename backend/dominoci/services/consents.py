"""Consents: a private project decides who may depend on it. Public projects, and those that whoever adds the dependency maintains
as well, need not be asked."""

from typing import Any

from dominoci.domain.errors import Conflict, Forbidden, NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.permission import PUBLIC, Role
from dominoci.infra.models.graph import Project
from dominoci.infra.models.members import Consent
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit
from dominoci.services.access import Principal, owned_project, role_of, visible_project, writable_project
from dominoci.store import consents
from dominoci.store.statements import Columns

View = dict[str, Any]
ASKED, GRANTED, REFUSED = "asked", "granted", "refused"
_SENTENCES = {
    None: "{up} is private: its owners have to agree before {down} may depend on it. Ask them first.",
    ASKED: "{up} has been asked, and has not answered yet.",
    REFUSED: "The owners of {up} have refused.",
}


def require(uow: UnitOfWork, who: Principal, upstream: Project, downstream: Project) -> None:
    """Raises Forbidden (with `consent`: needed, asked or refused) when `downstream` may not be made to depend on `upstream`."""
    role = role_of(uow, who, upstream)
    if upstream.visibility == PUBLIC or (role and role.includes(Role.MAINTAINER)):
        return
    row = consents.between(uow.session, upstream.id, downstream.id)
    state = row.state if row else None
    if state != GRANTED:
        text = _SENTENCES[state].format(up=upstream.name, down=downstream.name)
        raise Forbidden(text, consent=state or "needed")


def listing(uow: UnitOfWork, who: Principal, key: str) -> View:
    """What a project was asked, and what it has asked, newest first; its maintainers may read it."""
    project = writable_project(uow, who, key)
    return {"items": [_view(row) for row in consents.of_project(uow.session, project.id)], "next_cursor": None}


def ask(uow: UnitOfWork, who: Principal, key: str, upstream_key: str) -> View:
    """Asks the owners of another project whether this one may depend on it; a refused one may be asked again."""
    downstream, upstream = writable_project(uow, who, key), visible_project(uow, who, upstream_key)
    if upstream.visibility == PUBLIC:
        raise Conflict(f"{upstream.name} is public: it need not be asked.")
    row = consents.between(uow.session, upstream.id, downstream.id)
    if row and row.state != REFUSED:
        return _view(consents.shown(uow.session, row.id))
    if row is None:
        row = Consent(id=new_id(), upstream_id=upstream.id, downstream_id=downstream.id)
    row.state, row.asked_by, row.asked_at, row.answered_by, row.answered_at = ASKED, who.id, uow.now, None, None
    consents.add(uow.session, row)
    return _noted(uow, who, "consent.asked", row)


def answer(uow: UnitOfWork, who: Principal, key: str, consent_id: str, state: str) -> View:
    """Grants or refuses; the owners of the upstream may, and may change their mind. A dependency that is there already stays."""
    project = owned_project(uow, who, key)
    row = consents.by_id(uow.session, consent_id)
    if row is None or row.upstream_id != project.id:
        raise NotFound("This project was not asked for such a consent.")
    row.state, row.answered_by, row.answered_at = state, who.id, uow.now
    uow.session.flush()
    return _noted(uow, who, f"consent.{state}", row)


def _noted(uow: UnitOfWork, who: Principal, action: str, row: Consent) -> View:
    shown = consents.shown(uow.session, row.id)
    about = audit.About("consent", row.id, f"{shown.downstream} on {shown.upstream}")
    audit.note(uow, who, action, about, after={"state": row.state}, projects=[row.upstream_id, row.downstream_id])
    return _view(shown)


def _view(row: Columns) -> View:
    fields = ("id", "state", "asked_by", "asked_at", "answered_by", "answered_at")
    ends = {
        "upstream": {"id": row.upstream_id, "name": row.upstream},
        "downstream": {"id": row.downstream_id, "name": row.downstream},
    }
    return {**ends, **{field: getattr(row, field) for field in fields}}
