"""Signing in, and who one is."""

from marshmallow import fields

from dominoci.api.fields import Text
from dominoci.api.schemas.base import Answer, Body


class SignIn(Body):
    """Name and password."""

    name = Text(shortest=1, longest=100, required=True)
    password = Text(shortest=1, longest=1000, required=True, metadata={"format": "password"})


class SignInCode(Body):
    """The code of a one-time login link."""

    code = Text(shortest=1, longest=200, required=True)


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
