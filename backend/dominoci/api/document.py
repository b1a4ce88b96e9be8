"""The OpenAPI document, and its page for people: the app's reference, or a plain list where the app has not been built."""

import json
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

from flask import Flask, Response, redirect

from dominoci.api.gate import allow

JSON_PATH = "/api/v1/openapi.json"
REFERENCE = "/help/api-reference"  # a page of the app
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PLAIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>DominoCI API</title></head>
<body><h1>DominoCI API {version}</h1>
<p>{description}</p><p>The whole document: <a href="{path}">{path}</a></p>
{topics}</body></html>
"""


def serve(app: Flask, describe: Callable[[], dict[str, Any]]) -> None:
    """Adds the document's routes to `app`. `describe` makes the document, once, when it is first asked for."""
    built = app.config["STATIC_ROOT"] / "index.html"
    whole = cache(describe)

    @cache
    def text() -> str:
        return json.dumps(whole(), separators=(",", ":"))

    @app.get(JSON_PATH, endpoint="openapi")
    @allow("anyone")
    def openapi() -> Response:
        return Response(text(), content_type="application/json")

    @app.get("/api/docs", endpoint="docs")
    @allow("anyone")
    def docs() -> Any:
        if built.is_file():
            return redirect(REFERENCE)
        return Response(plain_page(whole()), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


def plain_page(document: dict[str, Any]) -> str:
    """Every operation by topic, as HTML without scripts or styles."""
    topics = "".join(_topic(document, tag) for tag in document.get("tags", []))
    about = document["info"]
    return PLAIN_PAGE.format(
        version=escape(about["version"]), description=escape(about["description"]), path=JSON_PATH, topics=topics
    )


def _topic(document: dict[str, Any], tag: dict[str, Any]) -> str:
    rows = "".join(
        f"<dt><code>{method.upper()} {escape(path)}</code></dt><dd>{escape(operation.get('summary', ''))}</dd>\n"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and tag["name"] in operation.get("tags", [])
    )
    return f"<h2>{escape(tag['name'])}</h2><p>{escape(tag.get('description', ''))}</p>\n<dl>{rows}</dl>\n"
