"""Issuers of signed tokens, and the rules by which projects trust their jobs."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from dominoci.api.fields import Choice, Flag, Moment, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain import trust
from dominoci.domain.globs import MAX_PATTERN

GITHUB_URL, GITHUB_NAME = trust.OFFERED[trust.GITHUB]


def _claims(**kwargs: Any) -> fields.Dict:
    """Patterns by the names of claims, at most 20."""

    def check(name: str) -> None:
        if problem := trust.claim_problem(name):
            raise ValidationError(problem)

    return fields.Dict(
        keys=Text(shortest=1, longest=100, checks=[check]),
        values=Text(shortest=1, longest=MAX_PATTERN),
        validate=validate.Length(max=20),
        metadata={"examples": [{"ref": "refs/heads/main"}], "description": "globs by claim; each must fit, as text"},
        **kwargs,
    )


class IssuerCreate(Body):
    """Whose tokens are to be believed. `url` is the tokens' `iss`, exactly; GitHub's and GitLab.com's need not be written."""

    kind = Choice(trust.KINDS, required=True)
    url = Text(shortest=1, longest=500, load_default=None, allow_none=True, metadata={"examples": [GITHUB_URL]})
    name = Text(shortest=1, longest=100, load_default=None, allow_none=True, metadata={"examples": [GITHUB_NAME]})


class OfferedIssuer(Answer):
    """An issuer that an admin may list."""

    url = fields.String(metadata={"examples": ["https://gitlab.com"]})
    name = fields.String(metadata={"examples": ["GitLab.com"]})
    kind = Choice(trust.KINDS)


class Issuer(Answer):
    """An issuer that an admin has listed; `subject_claim` is the claim that a rule's subject is compared with."""

    id = fields.String()
    url = fields.String(metadata={"examples": [GITHUB_URL]})
    name = fields.String(metadata={"examples": [GITHUB_NAME]})
    kind = Choice(trust.KINDS)
    subject_claim = Choice(tuple(trust.SUBJECTS.values()))
    created_by = fields.String(metadata={"examples": ["ada"]})
    created_at = Moment()


class IssuerCreated(Issuer):
    """The same, and whether its keys could be had just now."""

    reachable = fields.Boolean()
    reading = fields.String(metadata={"examples": ["It publishes 4 keys."]})


class IssuerList(Answer):
    """All that are listed, by name, and those that are offered besides."""

    items = fields.List(fields.Nested(Issuer))
    next_cursor = fields.String(allow_none=True)
    offered = fields.List(fields.Nested(OfferedIssuer))


class TrustBody(Body):
    """Whose jobs are to speak for the project: the issuer (id or address), and the repository's id over there."""

    issuer = Text(shortest=1, longest=500, required=True, metadata={"examples": [GITHUB_URL]})
    subject = Text(shortest=1, longest=trust.LONGEST_SUBJECT, required=True, metadata={"examples": ["901234567"]})
    claims = _claims(load_default=dict)
    pull_requests = Flag(load_default=False)


class TrustChange(Body):
    """What of a rule is to be changed."""

    claims = _claims()
    pull_requests = Flag()


class TrustRule(Answer):
    """Jobs that speak for a project."""

    id = fields.String()
    issuer = fields.Nested(Issuer)
    subject = fields.String(metadata={"examples": ["901234567"]})
    claims = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"examples": [{"ref": "refs/heads/main"}]})
    pull_requests = fields.Boolean(metadata={"examples": [False]})
    created_by = fields.String(metadata={"examples": ["ada"]})
    created_at = Moment()
    last_used_at = Moment(allow_none=True)


class TrustTry(Body):
    """A token to be tried; it is neither kept nor logged."""

    token = Text(shortest=1, longest=32_000, required=True, load_only=True, metadata={"examples": ["eyJ…"]})


class TrustFailure(Answer):
    """A claim that is not as the rule wants it; `found` is null where the token does not have it."""

    claim = fields.String(metadata={"examples": ["ref"]})
    wanted = fields.String(metadata={"examples": ["refs/heads/main"]})
    found = fields.String(allow_none=True, metadata={"examples": ["refs/heads/topic"]})


class TriedRule(Answer):
    """Whether one rule holds for the token's claims."""

    id = fields.String()
    subject = fields.String(metadata={"examples": ["901234567"]})
    holds = fields.Boolean()
    fails = fields.List(fields.Nested(TrustFailure))


class TrustTried(Answer):
    """Whether the token would be accepted for the project; `fault` says what is wrong with the token itself, and the claims are
    the token's own, believed or not."""

    accepted = fields.Boolean()
    fault = fields.String(allow_none=True, metadata={"examples": ["it has expired"]})
    claims = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"examples": [{"repository_id": "901234567"}]})
    rules = fields.List(fields.Nested(TriedRule))
