"""Issuers of signed tokens that an admin has listed: only theirs are believed. GitHub's and GitLab.com's are offered."""

from typing import Any
from urllib.parse import urlsplit

from dominoci.domain import trust as rules
from dominoci.domain.errors import Conflict, Invalid, NotFound
from dominoci.domain.ids import new_id
from dominoci.infra.models.trust import Issuer
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.errors import Refused
from dominoci.outbound.published_keys import KeysUnavailable, PublishedKeys
from dominoci.services import audit
from dominoci.services.access import Principal, require_admin, require_user
from dominoci.services.signed_callers import digest_of
from dominoci.store import trust

View = dict[str, Any]


def listing(uow: UnitOfWork, who: Principal) -> View:
    """Those that are listed, by name, and those that an admin may list without looking up their address."""
    require_user(who)
    listed = trust.issuers(uow.session)
    known = {row.url for row in listed}
    offered = [{"url": url, "name": name, "kind": kind} for kind, (url, name) in rules.OFFERED.items() if url not in known]
    return {"items": [view(row) for row in listed], "next_cursor": None, "offered": offered}


def add(transactions: Transactions, keys: PublishedKeys, who: Principal, body: View) -> View:
    """Lists an issuer; the answer says whether its keys could be had just now. Raises Invalid and Conflict.

    It is asked after it was stored, between transactions: one that cannot be reached yet may be listed already.
    """
    url, name = _named(body)
    try:
        keys.check(url)
    except Refused as e:
        raise Invalid("This issuer would never be asked for its keys.", {"url": [str(e)]}) from e
    made = transactions.write(_add, who, url, name, body["kind"])
    try:
        found = len(keys.of(url))
        return {**made, "reachable": True, "reading": f"It publishes {found} key{'s' * (found != 1)}."}
    except KeysUnavailable as e:
        return {**made, "reachable": False, "reading": str(e)[:500]}


def _named(body: View) -> tuple[str, str]:
    default = rules.OFFERED.get(body["kind"])
    url = body["url"] or (default[0] if default else None)
    if url is None:
        raise Invalid("The issuer's address is missing.", {"url": ["is required for an issuer of this kind"]})
    usual = default[1] if default and default[0] == url else urlsplit(url).netloc
    return url, (body["name"] or usual)[:100]


def _add(uow: UnitOfWork, who: Principal, url: str, name: str, kind: str) -> View:
    require_admin(who)
    if trust.issuer_by_digest(uow.session, digest_of(url)):
        raise Conflict("This issuer is listed already.")
    if trust.count_issuers(uow.session) >= trust.MOST_ISSUERS:
        raise Conflict(f"At most {trust.MOST_ISSUERS} issuers can be listed: remove one that nobody needs.")
    by = who.name[:100]
    row = Issuer(id=new_id(), url=url, url_digest=digest_of(url), name=name, kind=kind, created_by=by, created_at=uow.now)
    trust.add(uow.session, row)
    audit.note(uow, who, "issuer.listed", audit.About("issuer", row.id, name), after={"url": url, "kind": kind})
    return view(row)


def remove(uow: UnitOfWork, who: Principal, issuer_id: str) -> None:
    """Ends all trust in an issuer at once: its rules go with it."""
    require_admin(who)
    row = trust.issuer(uow.session, issuer_id)
    if row is None:
        raise NotFound("No such issuer is listed.")
    about, kept = audit.About("issuer", row.id, row.name), {"url": row.url, "kind": row.kind}
    touched = trust.remove_issuer(uow.session, row.id)
    before = {**kept, "trusted_by": sorted(project.name for project in touched)}
    audit.note(uow, who, "issuer.removed", about, before=before, projects=[project.id for project in touched])


def view(row: Issuer) -> View:
    """An issuer in the API."""
    fields = ("id", "url", "name", "kind", "created_by", "created_at")
    return {**{field: getattr(row, field) for field in fields}, "subject_claim": rules.SUBJECTS[row.kind]}
