"""The people of the site as admins see them, and as pickers of members do."""

from marshmallow import fields

from dominoci.api.fields import Flag, Moment, Text
from dominoci.api.schemas.base import Answer, Body, PageQuery


class UsersQuery(PageQuery):
    """Which people: those whose name, full name or mail address holds `q`."""

    q = Text(shortest=1, longest=100, load_default=None)


class PeopleQuery(Body):
    """Whose names: those that hold `q`."""

    q = Text(longest=100, load_default="")


class UserIdentity(Answer):
    """How a person signs in by a provider, and what that calls them."""

    provider = fields.String(metadata={"examples": ["github"]})
    name = fields.String(metadata={"examples": ["ada"]})


class User(Answer):
    """A person. `sessions` counts the browsers in which they are signed in; one that is disabled cannot sign in."""

    id = fields.String()
    name = fields.String(metadata={"examples": ["ada"]})
    full_name = fields.String(allow_none=True, metadata={"examples": ["Ada Lovelace"]})
    email = fields.String(allow_none=True, metadata={"examples": ["ada@example.org"]})
    is_admin = fields.Boolean()
    has_password = fields.Boolean()
    identities = fields.List(fields.Nested(UserIdentity))
    sessions = fields.Integer()
    created_at = Moment()
    last_seen_at = Moment(allow_none=True)
    disabled_at = Moment(allow_none=True)


class UserChange(Body):
    """What is to change: admin rights, and whether the account is switched off. Switching off ends its sessions and tokens."""

    is_admin = Flag()
    disabled = Flag()


class LoginLink(Answer):
    """A link that signs its person in once, until `expires_at`. Give it to nobody else."""

    url = fields.String(metadata={"examples": ["https://arbiter.example/setup#code=Xq3…"]})
    expires_at = Moment(metadata={"examples": ["2026-11-21T11:00:00.123Z"]})
