"""How a private repository is read, and secrets of builds."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from dominoci.api.fields import Choice, Moment, Text, web_url
from dominoci.api.schemas.base import Answer, Body
from dominoci.api.schemas.connections import Finding
from dominoci.domain import repository_access as rules

LONGEST_SECRET = 32 * 1024  # bytes
LONGEST_KEY = 16_000
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*"


def _known_hosts() -> Text:
    def check(value: str) -> None:
        if problem := rules.known_hosts_problem(value):
            raise ValidationError(problem)

    told = {"description": "ssh: the keys that the host may have, as ssh-keyscan prints them"}
    return Text(longest=16_000, lines=True, allow_none=True, checks=[check], metadata=told)


def _like(pattern: str, sentence: str) -> validate.Regexp:
    return validate.Regexp(rf"(?:{pattern})\Z", error=sentence)


class AccessBody(Body):
    """How a private repository is read. `token`: a token or password over https; `ssh`: a deploy key; `app`: an installation of a
    GitHub App. Secrets that are not sent are kept while kind, repository and API stay the same."""

    kind = Choice(rules.KINDS, required=True)
    username = Text(
        shortest=1,
        longest=200,
        allow_none=True,
        checks=[_like(_NAME, "Holds characters that no user name has.")],
        metadata={"description": "token: the name that goes with it; most forges take any"},
    )
    token = Text(shortest=1, longest=2000, load_only=True, metadata={"description": "token; shown never again"})
    private_key = Text(
        shortest=1,
        longest=LONGEST_KEY,
        lines=True,
        load_only=True,
        metadata={
            "description": "ssh: the deploy key's private half, without a passphrase; app: its .pem file; shown never again"
        },
    )
    known_hosts = _known_hosts()
    app_id = Text(shortest=1, longest=40, allow_none=True, metadata={"description": "app: its id"})
    installation_id = Text(
        shortest=1,
        longest=40,
        allow_none=True,
        checks=[_like("[0-9]+", "An installation's id is a number.")],
        metadata={"description": "app: found out if missing"},
    )
    api_url = web_url(allow_none=True, metadata={"description": "app: the API's address, where it is not the usual one"})

    @validates_schema
    def fits_its_kind(self, value: dict[str, Any], **_: Any) -> None:
        """Each kind has its own fields."""
        kind = value.get("kind")
        if kind is None or kind not in rules.FIELDS:
            return
        known = {"kind", *rules.FIELDS[kind], *rules.SECRETS[kind]}
        if alien := sorted(value.keys() - known):
            raise ValidationError({name: [f"Not for access of kind {kind}."] for name in alien})


class AccessKeyBody(Body):
    """What a new SSH key is to go with."""

    known_hosts = _known_hosts()


class AccessSecret(Answer):
    """A secret that is set, by name."""

    name = fields.String()
    set_at = Moment()


class RepositoryAccess(Answer):
    """How a repository is read: without a `kind` as everybody may. Its secrets go to `origin` and nowhere else. `public_key` is
    what an SSH key's repository must be given, `fingerprint` what it is called there. One that is `hosted` here needs nothing."""

    hosted = fields.Boolean()
    origin = fields.String(allow_none=True, metadata={"examples": ["https://github.com"]})
    kind = Choice(rules.KINDS, allow_none=True)
    username = fields.String(allow_none=True)
    known_hosts = fields.String(allow_none=True)
    public_key = fields.String(allow_none=True)
    fingerprint = fields.String(allow_none=True)
    app_id = fields.String(allow_none=True)
    installation_id = fields.String(allow_none=True)
    api_url = fields.String(allow_none=True)
    secrets = fields.List(fields.Nested(AccessSecret))


class AccessTest(Answer):
    """Whether the repository can be read: steps, of which the first that does not hold is the last."""

    ok = fields.Boolean()
    duration_ms = fields.Integer()
    findings = fields.List(fields.Nested(Finding))


class SecretBody(Body):
    """A secret's value, at most 32 KiB; shown never again."""

    value = Text(shortest=1, longest=LONGEST_SECRET, lines=True, load_only=True, required=True)

    @validates_schema
    def is_short_enough(self, value: dict[str, Any], **_: Any) -> None:
        """Its limit is in bytes."""
        if len(value.get("value", "").encode()) > LONGEST_SECRET:
            raise ValidationError("A secret has at most 32 KiB.", "value")


class ProjectSecret(Answer):
    """A secret of a project's builds, without its value. `used_at` is when a build was last given it."""

    name = fields.String(metadata={"examples": ["NPM_TOKEN"]})
    changed_by = fields.String()
    created_at = Moment()
    changed_at = Moment()
    used_at = Moment(allow_none=True)
