"""The FactoryCI API's projects, as its document spells them."""

from marshmallow import fields

from dominoci.api.fields import Text, git_url, name
from dominoci.api.schemas.base import Answer, Body, Ref

LEAST_SECRET = 8


def _secret() -> Text:
    told = {"description": "with which GitHub signs its webhooks; never shown again", "examples": ["keep it secret"]}
    return Text(shortest=LEAST_SECRET, longest=200, load_only=True, metadata=told)


class ProjectId(Body):
    """Which project."""

    id = Text(longest=100, load_default=None, metadata={"description": "the project's id; without it 400"})


class FactoryProjectCreate(Body):
    """A new project. Its owner is made where there is none of that name."""

    owner = name(required=True, metadata={"examples": ["octo-org"]})
    project = name(required=True, metadata={"examples": ["app"]})
    url = git_url(required=True, metadata={"examples": ["https://github.com/octo-org/app.git"]})
    webhook_secret = _secret()


class FactoryProjectChange(Body):
    """What of a project is to be another."""

    owner = name()
    project = name()
    url = git_url()
    webhook_secret = _secret()


class FactoryProject(Answer):
    """A project of FactoryCI."""

    id = fields.String()
    owner = fields.Nested(Ref, allow_none=True)
    project = fields.String()
    url = fields.String()
