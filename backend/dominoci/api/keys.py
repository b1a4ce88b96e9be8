"""The job server's keys."""

from typing import Any

from flask import Response, jsonify

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.builds import Build
from dominoci.api.schemas.jobs import Job, KeyLink, KeyLinkBody
from dominoci.services import job_keys

blp = Routes("keys", "The keys of the job server's document, in its types; the truth is in the database.")
VALUE = {
    "oneOf": [
        {"type": "array", "items": {"type": "string"}, "description": "`jobs`, `folder_<folder>`, `job_<job>_recent`"},
        {"type": "object", "description": "`job_<job>`, `job_<job>_<number>`, `github_<org>_<repo>_pullrequest` and `_branch`"},
    ]
}
SCHEMAS = {"job": Job(), "build": Build(), "link": KeyLink()}
PATH = "/keys/<path:key>"


@blp.get(PATH)
@allow("user", refuses=(404, 409))
@blp.response(200, VALUE, content_type="application/json", example=["folder_tools", "job_hello"])
def get(key: str) -> Response:
    """What stands under a key: a list of strings, or a document. A name that several jobs have is 409: use the path."""
    found = read(job_keys.get, key)
    return jsonify(SCHEMAS[found.kind].dump(found.value) if found.kind in SCHEMAS else found.value)


@blp.put(PATH)
@allow("user", refuses=(404, 409))
@blp.arguments(KeyLinkBody)
@blp.response(200, KeyLink)
def put(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Links a repository at GitHub to the job that is run for its pull requests or branches; null ends the link."""
    return write(job_keys.put, key, body["job"])
