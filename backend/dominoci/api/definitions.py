"""Pipeline definitions: the check of `dominoci-agent validate`, over HTTP."""

from typing import Any

from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.definitions import CHECK_EXAMPLE, CHECKED_EXAMPLE, DefinitionCheck, DefinitionCheckBody
from dominoci.services import definitions

blp = Routes("definitions", "Pipeline definitions: `.factory/*.hcl`, `.flow.yml`, job definitions, builder payloads.")


@blp.post("/definitions/check")
@allow("user")
@blp.arguments(DefinitionCheckBody, example=CHECK_EXAMPLE)
@blp.response(200, DefinitionCheck, example=CHECKED_EXAMPLE)
def check(body: dict[str, Any]) -> dict[str, Any]:
    """What an agent would say about a definition, in the same words; a wrong one is answered with 200 and its problems."""
    if "files" in body:
        return definitions.check_files(body["files"])
    return definitions.check_text(body["format"], body["text"])
