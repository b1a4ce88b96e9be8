"""Examples for the API's document: every body and answer that has none of its own gets one, made from its schema.

A property's value is its own example, or what its name stands for in `VALUES`, or the least that its schema allows.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
JSON = "application/json"
DEEPEST = 8  # nesting: no schema of ours refers to itself

TREE = "019aa5f0-7c1e-7000-8000-2f6f0f5f7a11"
COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
# what properties of these names hold, whatever they belong to
VALUES: Mapping[str, Any] = {
    "id": "019aa5f0-7c1e-7000-8000-5d1c2b3a4f60",
    "tree_id": TREE,
    "build_id": "019aa5f0-8d2f-7000-8000-6e2d3c4b5a71",
    "sub_id": "1.2",
    "name": "lib-core",
    "project": "app-web",
    "upstream": "lib-core",
    "downstream": "app-web",
    "branch": "main",
    "default_branch": "main",
    "ref": "main",
    "tag": None,
    "pipeline": "build",
    "commit": COMMIT,
    "message": "Fix the frobnicator",
    "repository": "https://git.example/lib-core.git",
    "repository_url": "https://git.example/lib-core.git",
    "clone_url": "https://git.example/lib-core.git",
    "url": "https://ci.example/builds/12",
    "run_url": "https://ci.example/builds/12",
    "sha256": DIGEST,
    "purl": "pkg:pypi/lib-core@1.4.2",
    "text": "lib-core (1) passed; join all: 1 of 1 settled",
    "sentence": "lib-core (1) passed; join all: 1 of 1 settled",
    "code": "parents_passed",
    "reading": "Accepted with 201.",
    "detail": "The address may be used.",
    "step": "address",
    "contact": "#web-ci",
    "size": 52_341,
    "attempt": 1,
    "number": 1,
    "count": 1,
    "version": 7,
    "next_cursor": None,
    "file": "version: 1\nprojects:\n  app-web:\n    upstreams:\n      lib-core: {}\n",
    "digest": DIGEST,
    "q": "lib-core",
    "user": "ada",
    "parents": "1",
    "target": "webhook",
    "held": False,
    "late": False,
    "finished_at": None,
    "deleted_at": None,
    "revoked_at": None,
    "expires_at": None,
}
_PLAIN = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "object": {}, "null": None}
_TYPES: Mapping[str, type[Any] | tuple[type[Any], ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
_FORMATS = {"date-time": "2026-11-21T10:00:00.123Z", "uri": "https://ci.example/builds/12"}


def add(document: dict[str, Any]) -> None:
    """Gives every JSON body and every JSON answer of an operation that has no example one."""
    schemas = document["components"]["schemas"]
    for operation in (one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)):
        answers = [answer for status, answer in operation["responses"].items() if str(status).startswith("2")]
        for part in (operation.get("requestBody", {}), *answers):
            content = part.get("content", {}).get(JSON)
            if content and "schema" in content and not {"example", "examples"} & content.keys():
                content["example"] = example(content["schema"], schemas)


def example(schema: Schema, schemas: Mapping[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A value that fits `schema`; `schemas` are the document's, `name` is the property's."""
    if reference := schema.get("$ref"):
        return example(schemas[reference.rpartition("/")[2]], schemas, name, depth)
    if given := schema.get("examples"):
        return given[0]
    kind = _kind(schema)
    if kind == "object" and schema.get("properties") and depth < DEEPEST:
        return {key: example(part, schemas, key, depth + 1) for key, part in schema["properties"].items()}
    if kind == "array":
        return [example(schema["items"], schemas, name, depth + 1)] if depth < DEEPEST and "items" in schema else []
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if part.get("type") != "null":
            return example(part, schemas, name, depth + 1)
    return _leaf(schema, kind, name)


def _kind(schema: Schema) -> str | None:
    kinds = schema.get("type")
    return next((kind for kind in kinds if kind != "null"), "null") if isinstance(kinds, list) else kinds


def _leaf(schema: Schema, kind: str | None, name: str) -> Any:
    if words := schema.get("enum"):
        return words[0]
    value = VALUES.get(name, _FORMATS.get(str(schema.get("format")), _PLAIN.get(str(kind))))
    nullable = isinstance(schema.get("type"), list) and "null" in schema["type"]
    if not isinstance(value, _TYPES.get(str(kind), object)) and not (value is None and nullable):
        value = _FORMATS.get(str(schema.get("format")), _PLAIN.get(str(kind)))
    return max(value, schema.get("minimum", value)) if kind in ("integer", "number") else value
