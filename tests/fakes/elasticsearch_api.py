"""What DominoCI asks of Elasticsearch 8, answered as that answers: product header, media types, templates, bulk requests with
external versions. Written from Elastic's reference of the REST API; documents are kept, not searched."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatch
from typing import Any, Final

from tests.fakes.misbehaving import Misbehaving
from tests.fakes.stand import Call, Reply

API_KEY: Final = "c3RhbmQtaW46c2VjcmV0"
JSON: Final = "application/vnd.elasticsearch+json; compatible-with=8"
LINES: Final = "application/vnd.elasticsearch+x-ndjson; compatible-with=8"
ANSWERED: Final = "application/vnd.elasticsearch+json;compatible-with=8"
UPPER_OR_ODD: Final = re.compile(r'[A-Z\\/*?"<>| ,#:]|^[-_+]')
Item = tuple[Mapping[str, Any], dict[str, Any]]


class ElasticsearchApi(Misbehaving):
    """`indices` holds documents by index and id. `refuse` may name the error of a document: (status, type). `product` is what the
    server says it is; `most_bytes` of a request are taken, as a proxy before it may have it."""

    def __init__(self) -> None:
        super().__init__()
        self.indices: dict[str, dict[str, dict[str, Any]]] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.templates: dict[str, dict[str, Any]] = {}
        self.requests: list[int] = []  # how many documents each bulk request brought
        self.refuse: Callable[[Mapping[str, Any]], tuple[int, str] | None] = lambda _document: None
        self.product: str | None = "Elasticsearch"
        self.most_bytes = 100 << 20

    def documents(self, kind: str) -> dict[str, dict[str, Any]]:
        """All documents of builds, or of events."""
        return {id_: body for index, found in self.indices.items() if f"-{kind}s-" in index for id_, body in found.items()}

    def answer(self, call: Call) -> Reply:
        """By the route, once the key is right and the media types are those of a client 8."""
        reply = self._check(call) or self._route(call)
        reply.headers["Content-Type"] = ANSWERED
        if self.product:
            reply.headers["X-Elastic-Product"] = self.product
        return reply

    def _check(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != f"ApiKey {API_KEY}":
            return _error(401, "security_exception", "missing authentication credentials")
        sent = LINES if call.path == "/_bulk" else JSON
        if call.headers.get("accept") != JSON.replace("; ", ";") and call.headers.get("accept") != JSON:
            return _error(400, "media_type_header_exception", f"Invalid media-type value on Accept: {call.headers.get('accept')}")
        if call.headers.get("content-type") not in (sent, sent.replace("; ", ";")):
            return _error(400, "media_type_header_exception", "Invalid media-type value on headers [Content-Type]")
        return _error(413, "too_large", "Request Entity Too Large") if len(call.body) > self.most_bytes else None

    def _route(self, call: Call) -> Reply:
        if call.method == "PUT" and call.path.startswith("/_index_template/"):
            return self._template(call.path.rpartition("/")[2], json.loads(call.body))
        if call.method in ("POST", "PUT") and call.path == "/_bulk":
            return self._bulk(call)
        return _error(400, "illegal_argument_exception", f"no handler found for uri [{call.path}] and method [{call.method}]")

    def _template(self, name: str, body: dict[str, Any]) -> Reply:
        unknown = body.keys() - {"index_patterns", "priority", "version", "template", "_meta", "composed_of", "data_stream"}
        if unknown or not body.get("index_patterns"):
            return _error(400, "x_content_parse_exception", f"[index_template] unknown field {sorted(unknown)}")
        self.templates[name] = body
        return Reply(200, {"acknowledged": True})

    def _bulk(self, call: Call) -> Reply:
        if not call.body.endswith(b"\n"):
            return _error(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]")
        items = [self._index(action, document) for action, document in _pairs(call.body)]
        self.requests.append(len(items))
        return Reply(200, {"errors": any(item["status"] >= 300 for item in items), "items": [{"index": item} for item in items]})

    def _index(self, action: Mapping[str, Any], document: dict[str, Any]) -> dict[str, Any]:
        where = action["index"]
        index, id_ = where["_index"], where["_id"]
        told = {"_index": index, "_id": id_}
        if refusal := self.refuse(document):
            return {**told, "status": refusal[0], "error": {"type": refusal[1], "reason": "as the test says"}}
        if UPPER_OR_ODD.search(index):
            return {**told, "status": 400, "error": {"type": "invalid_index_name_exception", "reason": index}}
        if wrong := self._unparsable(index, document):
            return {**told, "status": 400, "error": {"type": "document_parsing_exception", "reason": f"failed to parse {wrong}"}}
        known = self.versions.get((index, id_), -1)
        if where.get("version_type") == "external_gte" and where["version"] < known:
            reason = f"[{id_}]: version conflict, current version [{known}] is higher than the one provided"
            return {**told, "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": reason}}
        self.versions[index, id_] = where["version"]
        self.indices.setdefault(index, {})[id_] = document
        return {**told, "status": 200 if known >= 0 else 201, "_version": where["version"]}

    def _unparsable(self, index: str, document: Mapping[str, Any]) -> str | None:
        """The field whose value does not fit the template's mapping; a template must be there first."""
        matching = (t for t in self.templates.values() if any(fnmatch(index, pattern) for pattern in t["index_patterns"]))
        template = next(matching, None)
        if template is None:
            return "anything: no template matches"
        return next(_misfits(template["template"]["mappings"]["properties"], document), None)


FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "keyword": lambda value: isinstance(value, str | int | float | bool),
    "text": lambda value: isinstance(value, str | int | float | bool),
    "boolean": lambda value: isinstance(value, bool),
    "long": lambda value: isinstance(value, int),
    "double": lambda value: isinstance(value, int | float),
    "date": lambda value: isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None,
}


def _misfits(properties: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        mapping = properties.get(name)
        for one in value if isinstance(value, list) else [value]:
            if mapping is None or one is None:
                continue
            if "properties" in mapping:
                if not isinstance(one, dict):
                    yield name
                else:
                    yield from (f"{name}.{inner}" for inner in _misfits(mapping["properties"], one))
            elif not FITS[mapping["type"]](one):
                yield name


def _pairs(body: bytes) -> Iterator[Item]:
    lines = [json.loads(line) for line in body.splitlines()]
    return zip(lines[::2], lines[1::2], strict=True)


def _error(status: int, kind: str, reason: str) -> Reply:
    error = {"type": kind, "reason": reason}
    return Reply(status, {"error": {"root_cause": [error], **error}, "status": status})
