"""The audit log: who changed what."""

from collections.abc import Iterator
from typing import Any

from flask import Response

from dominoci.api.context import read, site, who
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.audit import EXAMPLE, AuditItem, AuditQuery
from dominoci.api.schemas.base import PageQuery
from dominoci.api.schemas.base import page_of as list_of
from dominoci.services import audit, audit_export

blp = Routes("audit", "Who changed what: every change by a person or a token, without secrets.")
CSV = "text/csv"
PAGE = list_of(AuditItem)
ROW = "at,actor,action,object,object_id,before,after,address,text\n"
NAMED = "attachment; filename=audit.csv"


@blp.get("/audit")
@allow("admin")
@blp.arguments(AuditQuery, location="query")
@blp.alt_response(200, schema={"type": "string"}, content_type=CSV, example=ROW, success=True)
@blp.response(200, PAGE, example=EXAMPLE)
def search(query: dict[str, Any]) -> dict[str, Any] | Response:
    """The whole log, newest first; admins only. `format=csv` exports it."""
    if query["format"] == "csv":
        return Response(_table(query), content_type=f"{CSV}; charset=utf-8", headers={"Content-Disposition": NAMED})
    return read(audit.search, query, page_of(query))


def _table(query: dict[str, Any]) -> Iterator[str]:
    container, asking = site().container, who()
    return audit_export.table(lambda page: container.read(audit.search, asking, query, page))


@blp.get("/projects/<project>/audit")
@allow("user", refuses=(404,))
@blp.arguments(PageQuery, location="query")
@blp.response(200, PAGE, example=EXAMPLE)
def of_project(query: dict[str, Any], project: str) -> dict[str, Any]:
    """What was done to a project, its dependencies, tokens and builds, newest first."""
    return read(audit.of_project, project, page_of(query))
