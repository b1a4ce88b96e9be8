"""Whether an answer is what the OpenAPI document says."""

from functools import lru_cache
from typing import Any

from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from dominoci.api.routes import describe


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return describe()


def conform(answer: TestResponse, method: str, path: str) -> Any:
    """The JSON of `answer`, which must be a documented success of this operation (path as in the document)."""
    document = _document()
    described = document["paths"][path][method.lower()]["responses"]
    assert str(answer.status_code) in described, (answer.status_code, answer.text)
    content = described[str(answer.status_code)].get("content", {})
    if not content:
        assert not answer.data
        return None
    schema = {**content["application/json"]["schema"], "components": document["components"]}
    found = answer.get_json()
    OAS31Validator(schema).validate(found)
    return found
