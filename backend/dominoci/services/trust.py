"""Trust rules: whose CI jobs speak for a project. Maintainers write them, as they make tokens, which may more."""

from typing import Any

from dominoci.domain import trust as rules
from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.graph import Project
from dominoci.infra.models.trust import Issuer, TrustRule
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, issuers
from dominoci.services.access import Principal, writable_project
from dominoci.services.signed_callers import digest_of
from dominoci.store import trust

View = dict[str, Any]


def listing(uow: UnitOfWork, who: Principal, key: str) -> View:
    """A project's rules, newest first."""
    project = writable_project(uow, who, key)
    return {"items": [_view(*one) for one in trust.rules_of_project(uow.session, project.id)], "next_cursor": None}


def add(uow: UnitOfWork, who: Principal, key: str, body: View) -> View:
    """Trusts the jobs of one more repository. Raises Invalid for an issuer that is not listed, Conflict for a repository that has
    a rule."""
    project = writable_project(uow, who, key)
    issuer = trust.issuer(uow.session, body["issuer"]) or trust.issuer_by_digest(uow.session, digest_of(body["issuer"]))
    if issuer is None:
        raise Invalid("This issuer is not listed.", {"issuer": ["is none that an admin has listed (its id or address)"]})
    if problem := rules.subject_problem(issuer.kind, body["subject"]):
        raise Invalid("No token could have this subject.", {"subject": [problem]})
    if trust.known_rule(uow.session, project.id, issuer.id, body["subject"]):
        raise Conflict("The project has a rule about this repository: change that one.")
    if len(trust.rules_of_project(uow.session, project.id)) >= trust.MOST_RULES:
        raise Conflict(f"A project has at most {trust.MOST_RULES} rules.")
    row = TrustRule(
        id=new_id(),
        project_id=project.id,
        issuer_id=issuer.id,
        subject=body["subject"],
        claims=body["claims"],
        pull_requests=body["pull_requests"],
        created_by=who.name[:100],
        created_at=uow.now,
        last_used_at=None,
    )
    trust.add(uow.session, row)
    _note(uow, who, "trust.added", project, (row, issuer), after=_terms(row))
    return _view(row, issuer)


def change(uow: UnitOfWork, who: Principal, key: str, rule_id: str, body: View) -> View:
    """Changes which of the repository's jobs are trusted."""
    project = writable_project(uow, who, key)
    row, issuer = _of_project(uow, project, rule_id)
    before = _terms(row)
    row.claims, row.pull_requests = body.get("claims", row.claims), body.get("pull_requests", row.pull_requests)
    uow.session.flush()
    _note(uow, who, "trust.changed", project, (row, issuer), before=before, after=_terms(row))
    return _view(row, issuer)


def remove(uow: UnitOfWork, who: Principal, key: str, rule_id: str) -> None:
    """Ends the trust at once."""
    project = writable_project(uow, who, key)
    row, issuer = _of_project(uow, project, rule_id)
    _note(uow, who, "trust.removed", project, (row, issuer), before=_terms(row))
    trust.remove(uow.session, row)


def _of_project(uow: UnitOfWork, project: Project, rule_id: str) -> tuple[TrustRule, Issuer]:
    found = trust.rule(uow.session, rule_id)
    if found is None or found[0].project_id != project.id:
        raise NotFound("This project has no such rule.")
    return found


def _terms(row: TrustRule) -> View:
    return {"claims": row.claims, "pull_requests": row.pull_requests}


def _note(
    uow: UnitOfWork, who: Principal, action: str, project: Project, rule: tuple[TrustRule, Issuer], **change: View
) -> None:
    about = audit.About("trust", rule[0].id, f"of {project.name} in {rule[0].subject} at {rule[1].name}")
    audit.note(uow, who, action, about, projects=[project.id], **change)


def _view(row: TrustRule, issuer: Issuer) -> View:
    fields = ("id", "subject", "claims", "pull_requests", "created_by", "created_at", "last_used_at")
    return {**{field: getattr(row, field) for field in fields}, "issuer": issuers.view(issuer)}
