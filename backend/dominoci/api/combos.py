"""Combos: what passed together."""

import json
from collections.abc import Callable
from typing import Any

from flask import Response

from dominoci.api.context import read
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas import combos as shapes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.services import combos

blp = Routes("combos", "What passed together: a success with the commits and artifacts of all its ancestors.")
TEXT = {"type": "string"}


@blp.get("/combos")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.ComboQuery, location="query")
@blp.response(200, list_of(shapes.ComboSummary), example=shapes.SUMMARY_EXAMPLE)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Combos, newest first. `commit` answers which combos hold it; such a page may be short though there is a next one."""
    return read(combos.listing, query["project"], query["commit"], page_of(query))


@blp.get("/combos/last")
@allow("user", refuses=(404,))
@blp.arguments(shapes.ComboSetQuery, location="query")
@blp.response(200, shapes.ComboSet, example=shapes.SET_EXAMPLE)
def last_of(query: dict[str, list[str]]) -> dict[str, Any]:
    """The last combo of a set of projects: from the newest tree in which all of them succeeded."""
    return read(combos.last_of, query["project"])


@blp.get("/combos/compare")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.CompareQuery, location="query")
@blp.response(200, shapes.ComboComparison, example=shapes.COMPARE_EXAMPLE)
def compare(query: dict[str, str]) -> dict[str, Any]:
    """What differs from combo `a` to combo `b`."""
    return read(combos.compare, query["a"], query["b"])


@blp.get("/combos/<combo>")
@allow("user", "project", refuses=(404,))
@blp.response(200, shapes.Combo, example=shapes.COMBO_EXAMPLE)
def get(combo: str) -> dict[str, Any]:
    """One combo, `<tree>:<sub id>:<attempt>`."""
    return read(combos.get, combo)


@blp.get("/projects/<project>/combo")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.LastComboQuery, location="query")
@blp.response(200, shapes.Combo, example=shapes.COMBO_EXAMPLE)
def last(query: dict[str, Any], project: str) -> dict[str, Any]:
    """A project's last combo: what its newest success was made of."""
    return read(combos.last, project, query["branch"])


def lock_file(view: Callable[..., Response]) -> Callable[..., Response]:
    """Documents a view that answers a lock file in either format."""
    text = blp.alt_response(200, schema=TEXT, content_type="text/plain", example=shapes.DOTENV_EXAMPLE, success=True)
    described: Callable[..., Response] = text(blp.response(200, shapes.ComboLock, example=shapes.LOCK_EXAMPLE)(view))
    return described


@blp.get("/combos/<combo>/lock")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.LockQuery, location="query")
@lock_file
def lock(query: dict[str, str], combo: str) -> Response:
    """A combo's lock file: commits and artifact digests, as JSON or as variables to read with `. ./file`."""
    return _file(query["format"], *read(combos.lock, combo))


@blp.get("/projects/<project>/combo/lock")
@allow("user", "project", refuses=(404,))
@blp.arguments(shapes.LastLockQuery, location="query")
@lock_file
def last_lock(query: dict[str, Any], project: str) -> Response:
    """The lock file of a project's last combo."""
    return _file(query["format"], *read(combos.last_lock, project, query["branch"]))


def _file(kind: str, lock: dict[str, Any], dotenv: str) -> Response:
    if kind == "dotenv":
        return Response(dotenv, content_type="text/plain; charset=utf-8")
    return Response(json.dumps(lock, indent=2) + "\n", content_type="application/json")
