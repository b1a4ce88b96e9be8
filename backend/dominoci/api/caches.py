"""Caches of a project, as its builds fetch and keep them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Response

from dominoci.api.context import read, site, write
from dominoci.api.downloads import download
from dominoci.api.fields import Text
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import Body
from dominoci.api.uploads import DIGEST, OCTETS, received, stated_digest
from dominoci.domain.errors import DominoError, NotFound
from dominoci.services import caches

blp = Routes("caches", "For agents: what a project's builds keep for the next one, with the token (`dcb_…`) of a build's lease.")
BYTES = {"type": "string", "format": "binary"}
KEY = "Cache-Key"
FOUND = {KEY: {"description": "the key of the cache that is answered", "schema": {"type": "string"}}}


class CacheQuery(Body):
    """What to answer with where there is no cache of the key."""

    prefix = Text(longest=caches.LONGEST_KEY, load_default=None)


@blp.get("/builds/<build>/cache/<path:key>")
@allow("build", refuses=(404, 409, 416, 503))
@blp.arguments(CacheQuery, location="query")
@blp.response(200, BYTES, content_type="application/octet-stream", headers=FOUND)
@blp.alt_response(206, schema=BYTES, content_type="application/octet-stream", description="The range asked for", success=True)
def fetch(query: dict[str, Any], build: str, key: str) -> Response:
    """The cache of this key, else the newest whose key begins with `prefix`; the header Cache-Key says whose it is."""
    found = read(caches.find, build, key, query["prefix"])
    try:
        file = site().container.files.open_cache(found.project_id, found.name)
    except FileNotFoundError as e:
        raise NotFound("There is no such cache.") from e
    if found.unnoted:
        site().container.write(caches.note_use, found.id)
    response = download(file, found.size, found.sha256)
    response.headers[KEY] = found.key
    return response


@blp.put("/builds/<build>/cache/<path:key>")
@allow("build", refuses=(404, 409, 413, 507))
@blp.doc(requestBody=OCTETS, parameters=[DIGEST])
@blp.response(201, description="Stored")
@blp.alt_response(200, description="The same content was there already", success=True)
def keep(build: str, key: str) -> tuple[str, int]:
    """Keeps a cache, in place of the one that had this key. 403 for builds of strangers' code, 422 when the content does not fit
    its digest."""
    read(caches.may_keep, build, key)
    container, stated = site().container, stated_digest()
    keeping = container.settings.keeping
    limit = min(keeping.max_cache, keeping.project_caches)
    with received(limit, f"A cache has at most {limit} bytes.") as upload:
        plan = read(caches.plan, build, key, upload, stated)
        if plan.known and container.files.has_cache(plan.project_id, plan.known_name):
            container.write(caches.note_use, plan.known)
            return "", 200
        container.files.keep_cache(upload, plan.project_id, plan.name)  # no transaction waits for the store
        with _taken_back(plan):
            return "", write(caches.book, build, key, plan.id, upload)


@contextmanager
def _taken_back(plan: caches.Plan) -> Iterator[None]:
    """A file that could not be booked is nobody's: it goes."""
    try:
        yield
    except Exception:
        with suppress(DominoError):
            site().container.files.remove_cache(plan.project_id, plan.name)
        raise
