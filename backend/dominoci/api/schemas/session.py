"""Signing in, signing up, and who one is."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain.sign_up import POLICIES, REFUSALS


class SignIn(Body):
    """Name and password."""

    name = Text(shortest=1, longest=100, required=True)
    password = Text(shortest=1, longest=1000, required=True, metadata={"format": "password"})


class SignInCode(Body):
    """The code of a one-time login link."""

    code = Text(shortest=1, longest=200, required=True)


class ToProvider(Body):
    """Where to go in the end, a path of this site (anything else leads home), and an invitation's code."""

    next = Text(longest=2000, load_default=None, allow_none=True, metadata={"examples": ["/trees/7/events/1.2/why"]})
    code = Text(shortest=1, longest=200, load_default=None, allow_none=True)


class Journey(Answer):
    """Where the browser goes now."""

    url = fields.String(metadata={"examples": ["https://gitlab.example/oauth/authorize?client_id=…"]})


class SignUp(Body):
    """A new account; `code` is an invitation's."""

    name = Text(shortest=1, longest=100, required=True, metadata={"examples": ["ada"]})
    password = Text(shortest=1, longest=1000, required=True, metadata={"format": "password"})
    full_name = Text(longest=200, load_default=None, allow_none=True)
    code = Text(shortest=1, longest=200, load_default=None, allow_none=True)


class InvitationCode(Body):
    """What stands behind `#code=` in an invitation's link."""

    code = Text(shortest=1, longest=200, required=True)


class InvitationLook(Answer):
    """Who invites, and into which group or project with which role (null: to this site alone)."""

    invited_by = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    expires_at = Moment()


class NewPassword(Body):
    """A new password; `current` is needed where there is one already."""

    password = Text(shortest=1, longest=1000, required=True, metadata={"format": "password"})
    current = Text(longest=1000, load_default=None, allow_none=True, metadata={"format": "password"})


class MeUser(Answer):
    """The signed-in user."""

    id = fields.String()
    name = fields.String()
    is_admin = fields.Boolean()
    has_password = fields.Boolean()


class Me(Answer):
    """Who is signed in; `csrf_token` must stand in `X-CSRF-Token` on every write of this session."""

    user = fields.Nested(MeUser)
    csrf_token = fields.String()
    version = fields.String(metadata={"description": "The arbiter's version."})


class DoorQuery(Body):
    """The reason and the provider that stand in the address of a sign-in page after a refusal."""

    refused = Choice(tuple(REFUSALS), load_default=None)
    provider = Text(longest=20, load_default=None)


class DoorProvider(Answer):
    """One button."""

    id = fields.String(metadata={"examples": ["github"]})
    name = fields.String(metadata={"examples": ["GitHub"]})


class Door(Answer):
    """How one can sign in, and who is."""

    signed_in = fields.Boolean()
    me = fields.Nested(Me, allow_none=True)
    providers = fields.List(fields.Nested(DoorProvider))
    password = fields.Boolean(metadata={"description": "Whether passwords are taken."})
    sign_up = Choice(POLICIES)
    contact = fields.String(allow_none=True, metadata={"description": "Whom to ask who cannot sign in."})
    refusal = fields.String(allow_none=True, metadata={"description": "Why it did not work, in words, when `refused` says it."})
