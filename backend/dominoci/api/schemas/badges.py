"""Badges, and where they are put."""

from marshmallow import fields

from dominoci.api.fields import Choice, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain.badge import FLAT, KINDS, RESULT, STYLES

_KIND = "The last result, or the newest tree that the project set off."
_BRANCH = "Of this branch; else of any."


class BadgePick(Body):
    """Which badge."""

    kind = Choice(KINDS, load_default=RESULT, metadata={"description": _KIND})
    branch = Text(shortest=1, longest=200, load_default=None, metadata={"description": _BRANCH})
    style = Choice(STYLES, load_default=FLAT)


class BadgeQuery(BadgePick):
    """Which badge; with its key where the project is private."""

    key = Text(shortest=1, longest=100, load_default=None, metadata={"description": "Of a private project's badge."})


class BadgeEndpoint(Answer):
    """A badge as shields.io's endpoint badge reads it."""

    schemaVersion = fields.Integer()  # noqa: N815 - the names are shields.io's
    label = fields.String(metadata={"examples": ["lib-core"]})
    message = fields.String(metadata={"examples": ["passing"]})
    color = fields.String(metadata={"examples": ["2e7d32"]})
    labelColor = fields.String(metadata={"examples": ["444b55"]})  # noqa: N815
    isError = fields.Boolean(metadata={"examples": [False]})  # noqa: N815


class BadgeSnippets(Answer):
    """The badge as a link to the project's page, in the languages that readmes are written in."""

    markdown = fields.String(metadata={"examples": ["[![lib-core](https://…/badge/lib-core.svg)](https://…/projects/lib-core)"]})
    rst = fields.String()
    html = fields.String()


class ProjectBadge(Answer):
    """Where a project's badge is, and how it is put into a page. `path` is `svg_url` without this site's address; where
    `needs_key`, the addresses hold the key of a private project."""

    kind = Choice(KINDS)
    branch = fields.String(allow_none=True)
    style = Choice(STYLES)
    needs_key = fields.Boolean()
    path = fields.String(metadata={"examples": ["/badge/lib-core.svg?branch=main"]})
    svg_url = fields.String()
    json_url = fields.String()
    page_url = fields.String()
    snippets = fields.Nested(BadgeSnippets)
