"""Badges for readmes and dashboards, and where they are put."""

from typing import Any

from flask import Response, jsonify, request

from dominoci.api.context import read, site, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.badges import BadgeEndpoint, BadgePick, BadgeQuery, ProjectBadge
from dominoci.domain import badge
from dominoci.domain.badge import Badge
from dominoci.services import badges

blp = Routes("badges", "The last result of a project, or its newest tree, as a picture.", url_prefix="")
SVG = "image/svg+xml"
FRESH_S = 30  # for which a badge may be shown without asking again
SAME = "The badge is still the one that If-None-Match names"


@blp.get("/badge/<project>.svg")
@allow("anyone")
@blp.arguments(BadgeQuery, location="query")
@blp.response(200, {"type": "string"}, content_type=SVG)
@blp.alt_response(304, description=SAME, success=True)
def picture(query: dict[str, Any], project: str) -> Response:
    """The badge as SVG. A project that does not exist, and a private one without its key, have a grey one that says so."""
    return _cacheable(Response(badge.svg(_shown(project, query), query["style"]), content_type=f"{SVG}; charset=utf-8"), query)


@blp.get("/badge/<project>.json")
@allow("anyone")
@blp.arguments(BadgeQuery, location="query")
@blp.response(200, BadgeEndpoint)
@blp.alt_response(304, description=SAME, success=True)
def endpoint(query: dict[str, Any], project: str) -> Response:
    """The badge as shields.io's endpoint badge reads it; `style` is shields.io's own to choose."""
    return _cacheable(jsonify(badge.endpoint(_shown(project, query))), query)


@blp.get("/api/v1/projects/<project>/badge")
@allow("user", refuses=(404,))
@blp.arguments(BadgePick, location="query")
@blp.response(200, ProjectBadge)
def addresses(query: dict[str, Any], project: str) -> dict[str, Any]:
    """Where a project's badge is, with snippets. Of a private project for its maintainers: the addresses hold its key."""
    return read(badges.get, project, query["kind"], query["branch"], query["style"])


@blp.post("/api/v1/projects/<project>/badge-key")
@allow("user", refuses=(404,))
@blp.response(200, ProjectBadge)
def rotate(project: str) -> dict[str, Any]:
    """A new key for the badges of a private project; addresses with the old one show nothing from now on."""
    return write(badges.rotate, project)


def _shown(project: str, query: dict[str, Any]) -> Badge:
    return site().container.read(badges.shown, project, query["kind"], query["branch"], query["key"])


def _cacheable(response: Response, query: dict[str, Any]) -> Response:
    """With an ETag, for pages of any site. What needs a key is for the asking browser's own cache only."""
    scope = "private" if query["key"] else "public"
    response.headers["Cache-Control"] = f"{scope}, max-age={FRESH_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
