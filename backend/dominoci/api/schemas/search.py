"""The search box, and what came of a project's reports."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.api.schemas.reports import STATUSES
from dominoci.api.schemas.trees import Links, Metadata

KINDS = ("project", "tree", "event", "build", "artifact")


class SearchQuery(Body):
    """Part of a name or of a repository's address, an id or a commit by its beginning, `#12`, or the address of a run."""

    q = Text(shortest=1, longest=200, required=True, metadata={"examples": ["9fceb02", "lib-core#12"]})


class Found(Answer):
    """Something found. `url` is its page, as a path; `id` is what the API knows it by (of an artifact: its build)."""

    kind = Choice(KINDS)
    id = fields.String()
    title = fields.String()
    subtitle = fields.String(allow_none=True)
    url = fields.String()
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    state = fields.String(allow_none=True)


class SearchResult(Answer):
    """What was searched for, and at most ten of each kind that it may mean."""

    q = fields.String()
    projects = fields.List(fields.Nested(Found))
    trees = fields.List(fields.Nested(Found))
    events = fields.List(fields.Nested(Found))
    builds = fields.List(fields.Nested(Found))
    artifacts = fields.List(fields.Nested(Found))


class ProjectNames(Answer):
    """Names of projects in the order of the alphabet; `cut` when there are more than the 5,000 that are told."""

    items = fields.List(fields.String())
    next_cursor = fields.String(allow_none=True)
    cut = fields.Boolean()


class RootReport(Answer):
    """A root report as it came in, and in `text` what came of it."""

    id = fields.String()
    received_at = Moment()
    status = Choice(STATUSES)
    metadata = fields.Nested(Metadata)
    links = fields.Nested(Links)
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    text = fields.String()


_TREE = "0193b5e2-9f00-7abc-8def-0123456789ab"
SEARCH_EXAMPLE = {
    "q": "9fceb02",
    "projects": [],
    "trees": [
        {
            "kind": "tree",
            "id": _TREE,
            "title": "lib-core 9fceb02",
            "subtitle": "main Fix the frobnicator",
            "url": f"/trees/{_TREE}",
            "tree_id": _TREE,
            "sub_id": None,
            "state": "running",
        }
    ],
    "events": [],
    "builds": [],
    "artifacts": [],
}
REPORTS_EXAMPLE = {
    "items": [
        {
            "id": "0193b5e2-9eff-7abc-8def-0123456789ab",
            "received_at": "2026-11-21T10:00:00.123Z",
            "status": "FAILED",
            "metadata": {"branch": "main", "tag": None, "pipeline": "build", "commit": "9fceb02", "message": None},
            "links": {"repository": None, "pipeline": "https://ci.example/builds/12", "owners": None},
            "tree_id": None,
            "sub_id": None,
            "text": "FAILED opens no tree",
        }
    ],
    "next_cursor": None,
}
NAMES_EXAMPLE = {"items": ["app-web", "lib-core"], "next_cursor": None, "cut": False}
