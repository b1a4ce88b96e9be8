"""One's own account: profile, page settings, tokens, sessions."""

import re

from marshmallow import ValidationError, fields

from dominoci.api.fields import Choice, Moment, Text, Whole
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain.preferences import CHOICES

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def _mail_address(value: str) -> None:
    if value.strip() and not _ADDRESS.fullmatch(value.strip()):
        raise ValidationError("Must be an address like ada@example.org.")


class Profile(Answer):
    """Who one is. `name` is what one signs in with and is mentioned by; `full_name` and `email` are for showing only."""

    id = fields.String()
    name = fields.String(metadata={"examples": ["ada"]})
    full_name = fields.String(allow_none=True, metadata={"examples": ["Ada Lovelace"]})
    email = fields.String(allow_none=True, metadata={"examples": ["ada@example.org"]})
    is_admin = fields.Boolean()
    has_password = fields.Boolean()
    created_at = Moment()
    last_seen_at = Moment(allow_none=True)


class ProfileChange(Body):
    """What is to change; null or an empty text clears it."""

    full_name = Text(longest=200, allow_none=True, metadata={"examples": ["Ada Lovelace"]})
    email = Text(longest=254, checks=[_mail_address], allow_none=True, metadata={"examples": ["ada@example.org"]})


class PageSettings(Answer):
    """How one likes the page, in every browser."""

    theme = Choice(CHOICES["theme"])
    density = Choice(CHOICES["density"])
    times = Choice(CHOICES["times"])
    keys = Choice(CHOICES["keys"])
    wheel = Choice(CHOICES["wheel"])


class PageSettingsChange(Body):
    """The choices that are to change; those that are left out stay."""

    theme = Choice(CHOICES["theme"])
    density = Choice(CHOICES["density"])
    times = Choice(CHOICES["times"])
    keys = Choice(CHOICES["keys"])
    wheel = Choice(CHOICES["wheel"])


SCOPES = ("user", "read")


class OwnToken(Answer):
    """A token that speaks for its person. `scope` read may only look. After a rotation `replaced_by` is the token that takes its
    place, and both are good until `expires_at`."""

    id = fields.String()
    name = fields.String(metadata={"examples": ["release script"]})
    scope = Choice(SCOPES)
    prefix = fields.String(metadata={"examples": ["dcu_4fGh"]})
    state = Choice(("good", "replaced", "expired", "revoked"))
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)
    replaced_by = fields.String(allow_none=True)


class OwnTokenCreate(Body):
    """A token to be made: `user` may all that its person may, `read` only look. Without `expires_at` it is good until revoked."""

    name = Text(shortest=1, longest=100, required=True, metadata={"examples": ["release script"]})
    scope = Choice(SCOPES, load_default="user")
    expires_at = Moment(load_default=None, allow_none=True)


class OwnTokenCreated(OwnToken):
    """A token just made: the only time that `token` is shown."""

    token = fields.String(metadata={"examples": ["dcu_4fGhJkLmNpQrStVwXyZ0123456789AbCdEfGhIjK"]})


class OwnTokenRotate(Body):
    """For how long the old token stays good beside the new one; 0 ends it at once."""

    overlap_hours = Whole(0, 30 * 24, load_default=24)


class OwnSession(Answer):
    """A browser in which one is signed in; `current` is the one that asks. `last_used_at` is written at most once a minute."""

    id = fields.String(metadata={"examples": ["9f86d081884c7d65"]})
    browser = fields.String(metadata={"examples": ["Firefox on Linux"]})
    address = fields.String(allow_none=True, metadata={"examples": ["192.0.2.7"]})
    created_at = Moment()
    last_used_at = Moment()
    expires_at = Moment()
    current = fields.Boolean()


class Ended(Answer):
    """How many were ended."""

    count = fields.Integer()
