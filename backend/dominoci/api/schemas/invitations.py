"""Invitations."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body, PageQuery, optional_ref, page_of
from dominoci.domain.permission import ROLES

STATES = ("open", "used", "revoked", "expired")


class NewInvitation(Body):
    """For whom it is (a note), and where it leads: into a group or onto a project (id or name), with a role (viewer unless
    said), or to this site alone."""

    note = Text(longest=200, load_default=None, allow_none=True, metadata={"examples": ["Grace, who writes the parser"]})
    owner = Text(shortest=1, longest=100, load_default=None, allow_none=True, metadata={"examples": ["team-web"]})
    project = Text(shortest=1, longest=100, load_default=None, allow_none=True, metadata={"examples": [None]})
    role = Choice(ROLES, load_default=None, allow_none=True)


class InvitationQuery(PageQuery):
    """Into which group or project (id or name)."""

    owner = Text(shortest=1, longest=100, load_default=None)
    project = Text(shortest=1, longest=100, load_default=None)


class Invitation(Answer):
    """A link with which somebody may sign up. `invited_by` and `used_by` are user names."""

    id = fields.String()
    note = fields.String(allow_none=True)
    owner = optional_ref()
    project = optional_ref()
    role = fields.String(allow_none=True, metadata={"examples": ["viewer"]})
    state = Choice(STATES)
    invited_by = fields.String(allow_none=True, metadata={"examples": ["ada"]})
    used_by = fields.String(allow_none=True, metadata={"examples": [None]})
    created_at = Moment()
    expires_at = Moment()
    used_at = Moment(allow_none=True)


class MadeInvitation(Invitation):
    """A new one, with its link."""

    url = fields.String(metadata={"examples": ["https://ci.example/signup#code=…"]})


InvitationPage = page_of(Invitation)
