"""CI jobs that show their platform's signed token in place of a project token: whether it is believed, and for which project.

Issuers are asked for their keys between transactions: that may take seconds. Refusals read alike; the log says why.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from dominoci.domain import trust as rules
from dominoci.domain.errors import Unauthorized, Unavailable
from dominoci.domain.trust import Failure
from dominoci.infra import jwt_checking
from dominoci.infra.jwt_checking import Unbelieved, UnknownKey
from dominoci.infra.models.trust import Issuer, TrustRule
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.published_keys import KeysUnavailable, PublishedKeys
from dominoci.services.access import INVALID_TOKEN, Principal, Proof, writable_project
from dominoci.store import trust
from dominoci.store.statements import Columns

View = dict[str, Any]
Claims = dict[str, Any]
log = structlog.get_logger()
LONGEST_LIFE_S: Final = 24 * 3600  # a GitLab job's token lives as long as the job may


SEVERAL: Final = "several projects trust its repository: its audience must name one (…/projects/<name>)"
LOGGED: Final = ("iss", "aud", "repository_id", "project_id")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class SignedCallers:
    """Those of one arbiter. Any thread may call."""

    transactions: Transactions
    keys: PublishedKeys
    clock: Callable[[], datetime] = _now

    def authenticate(self, token: str) -> Principal:
        """The project that a job's token speaks for. Raises Unauthorized, always in the same words, and Unavailable when the
        issuer's keys cannot be had right now: trying again helps then."""
        try:
            issuer, claims = self._believed(token)
            found = self._rules_about(issuer, claims, self._addressee(claims))
            return _principal(issuer, claims, token, _only(issuer, claims, found))
        except Unbelieved as e:
            log.info("signed_token_refused", because=str(e), **_named(token))
            raise Unauthorized(INVALID_TOKEN) from e
        except KeysUnavailable as e:
            log.warning("signed_token_unchecked", because=str(e))
            raise Unavailable("The keys of this token's issuer cannot be had right now.") from e

    def explain(self, who: Principal, key: str, token: str) -> View:
        """`POST /projects/<project>/trust/try`: what would become of a token, rule by rule; nothing of it is kept."""
        project_id, name, known = self.transactions.read(_rules_of, who, key)
        fault, claims = self._tried(token, (project_id, name))
        tried = [_try(rule, issuer, claims) for rule, issuer in known]
        return {
            "accepted": fault is None and any(one["holds"] for one in tried),
            "fault": fault,
            "claims": rules.shown(claims),
            "rules": tried,
        }

    def _tried(self, token: str, project: tuple[str, str]) -> tuple[str | None, Claims]:
        """What is wrong with the token itself, if anything, and what it claims."""
        claims: Claims = {}
        try:
            claims = jwt_checking.unverified(token)
            issuer, _ = self._believed(token)
            named = self._addressee(claims)
            if named not in (None, *project):
                return f"its audience names another project: {named}", claims
            holding = [row for row in self._rules_about(issuer, claims, named) if not _failures(issuer.kind, claims, row)]
            return (SEVERAL if len(holding) > 1 else None), claims
        except (Unbelieved, KeysUnavailable) as e:
            return str(e), claims

    def _believed(self, token: str) -> tuple[Issuer, Claims]:
        """The claims of a token that its issuer has signed and that is good now, whoever it is for."""
        address = jwt_checking.unverified(token).get("iss")
        issuer = self.transactions.read(_issuer, address) if isinstance(address, str) else None
        if issuer is None:
            raise Unbelieved("its issuer is not listed")
        try:
            claims = jwt_checking.verified(token, self.keys.of(issuer.url))
        except UnknownKey:
            claims = jwt_checking.verified(token, self.keys.of(issuer.url, again=True))
        if fault := _fault(claims, issuer, self.clock().timestamp()):
            raise Unbelieved(fault)
        return issuer, claims

    def _rules_about(self, issuer: Issuer, claims: Claims, project: str | None) -> list[Columns]:
        """The rules about the job's repository, of every project or of the one that is named."""
        subject = rules.subject_of(issuer.kind, claims) or ""
        return self.transactions.read(lambda uow: list(trust.rules_about(uow.session, issuer.id, subject, project)))

    def _addressee(self, claims: Claims) -> str | None:
        """The project that the audience names, if it does."""
        ours, project = rules.addressee(self.transactions.settings.public_url, claims.get("aud"))
        if not ours:
            raise Unbelieved("it is for another audience")
        return project


def digest_of(address: str) -> str:
    """What an issuer is looked up by: indexes of long texts differ between databases."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _named(token: str) -> dict[str, str | None]:
    """What a refused token says of where it comes from, for the log: no part of it that could be shown again."""
    try:
        claims = jwt_checking.unverified(token)
    except Unbelieved:
        return {}
    return {name: (rules.text_of(claims.get(name)) or "")[: rules.LONGEST_SHOWN] for name in LOGGED if name in claims}


def _issuer(uow: UnitOfWork, address: str) -> Issuer | None:
    return trust.issuer_by_digest(uow.session, digest_of(address))


def _rules_of(uow: UnitOfWork, who: Principal, key: str) -> tuple[str, str, list[tuple[TrustRule, Issuer]]]:
    project = writable_project(uow, who, key)
    return project.id, project.name, trust.rules_of_project(uow.session, project.id)


def _fault(claims: Claims, issuer: Issuer, now: float) -> str | None:
    if claims.get("iss") != issuer.url:
        return "another issuer made it"
    if fault := jwt_checking.time_fault(claims, now):
        return fault
    if claims["exp"] > claims["iat"] + LONGEST_LIFE_S:
        return "it lives longer than a day"
    return None if rules.subject_of(issuer.kind, claims) else f"it has no {rules.SUBJECTS[issuer.kind]}"


def _only(issuer: Issuer, claims: Claims, found: list[Columns]) -> Columns:
    """The one rule that holds. Raises Unbelieved, with what failed, when none does or several projects' do."""
    fails = {row.id: _failures(issuer.kind, claims, row) for row in found}
    holding = [row for row in found if not fails[row.id]]
    if not holding:
        missing = sorted({failure.claim for failed in fails.values() for failure in failed})
        raise Unbelieved(f"no rule holds: {', '.join(missing)}" if found else "no project trusts its repository")
    if len(holding) > 1:
        raise Unbelieved(SEVERAL)
    return holding[0]


def _failures(kind: str, claims: Claims, row: Any) -> list[Failure]:
    return rules.failures(kind, claims, row.subject, row.claims, pull_requests=row.pull_requests)


def _principal(issuer: Issuer, claims: Claims, token: str, rule: Columns) -> Principal:
    # some issuers number no tokens: what was signed is then what it is known by
    number = rules.text_of(claims.get("jti")) or token.rpartition(".")[0]
    proof = Proof(digest_of(f"{issuer.url}\n{number}"), rule.id, datetime.fromtimestamp(claims["exp"], UTC))
    via = f"{issuer.name}, {rules.SUBJECTS[issuer.kind]} {rules.subject_of(issuer.kind, claims)}"
    return Principal("project", rule.project_id, rule.project_name, via=via, proof=proof)


def _try(rule: TrustRule, issuer: Issuer, claims: Claims) -> View:
    failed = _failures(issuer.kind, claims, rule)
    told = rules.text_of(claims.get("iss"))
    if told != issuer.url:
        failed = [Failure("iss", issuer.url, told[: rules.LONGEST_SHOWN] if told else None), *failed]
    fails = [{"claim": one.claim, "wanted": one.wanted, "found": one.found} for one in failed]
    return {"id": rule.id, "subject": rule.subject, "holds": not failed, "fails": fails}
