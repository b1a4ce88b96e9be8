"""Groups, members of groups and projects, and consents between projects."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text, name, web_url
from dominoci.api.schemas.base import Answer, Body, Ref
from dominoci.domain.permission import ROLES


class Person(Answer):
    """Somebody with an account."""

    id = fields.String()
    name = fields.String()
    full_name = fields.String(allow_none=True)


class RoleBody(Body):
    """What somebody is to be."""

    role = Choice(ROLES, required=True)


class Member(Answer):
    """Somebody's role in a group."""

    user = fields.Nested(Person)
    role = Choice(ROLES)
    added_at = Moment()


class ProjectMember(Member):
    """Somebody's role on a project: their own (`via` project), or by its owner."""

    via = Choice(("project", "owner"))


class OwnerCreate(Body):
    """A new group."""

    name = name(required=True, metadata={"examples": ["team-web"]})
    contact = Text(longest=200, load_default=None, allow_none=True)
    url = web_url(load_default=None, allow_none=True)


class OwnerChange(Body):
    """What of a group is to be changed."""

    name = name()
    contact = Text(longest=200, allow_none=True)
    url = web_url(allow_none=True)


class Owner(Answer):
    """An organisation or team that owns projects; `role` is the caller's in it."""

    id = fields.String()
    name = fields.String()
    contact = fields.String(allow_none=True)
    url = fields.String(allow_none=True)
    role = Choice(ROLES, allow_none=True)
    project_count = fields.Integer()
    member_count = fields.Integer()


class ConsentAsk(Body):
    """Whom to ask: a project that one can see (id or name)."""

    upstream = Text(shortest=1, longest=100, required=True)


class ConsentAnswer(Body):
    """The answer of the upstream's owners."""

    state = Choice(("granted", "refused"), required=True)


class Consent(Answer):
    """Whether a private project agrees to be the upstream of another one."""

    id = fields.String()
    upstream = fields.Nested(Ref)
    downstream = fields.Nested(Ref)
    state = Choice(("asked", "granted", "refused"))
    asked_by = fields.String(allow_none=True)
    asked_at = Moment()
    answered_by = fields.String(allow_none=True)
    answered_at = Moment(allow_none=True)
