"""One's accounts at providers."""

from marshmallow import fields

from dominoci.api.fields import Moment, Text
from dominoci.api.schemas.base import Answer, Body, page_of


class Identity(Answer):
    """An account elsewhere with which one can sign in here."""

    id = fields.String()
    provider = fields.String(metadata={"examples": ["gitlab"]})
    provider_name = fields.String(metadata={"examples": ["GitLab"]})
    issuer = fields.String(metadata={"examples": ["https://gitlab.example"]})
    name = fields.String(metadata={"description": "What one is called there.", "examples": ["ada"]})
    created_at = Moment()
    last_used_at = Moment()


class Link(Body):
    """Which provider, and where to go in the end, a path of this site."""

    provider = Text(shortest=1, longest=20, required=True, metadata={"examples": ["gitlab"]})
    next = Text(longest=2000, load_default=None, allow_none=True, metadata={"examples": ["/me/profile"]})


IdentityPage = page_of(Identity)
