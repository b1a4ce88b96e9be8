"""Elasticsearch as documents see it: templates and bulk requests by its official client (8.x), and what its answers mean.

The client asks `X-Elastic-Product` of every answer, so that nothing else is taken for Elasticsearch.
"""

import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from dominoci.config import ElasticsearchSettings
from dominoci.domain import search_document as rules

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

TIMEOUT_S: Final = 6.0  # of one request
BEGUN_WITHIN_S: Final = 12.0  # no request begins later: the last one ends, and is booked, within a lease (store.leases, 20 s)
PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
TOLD_BEFORE: Final = 409  # a newer version of the document is there already
UNREADABLE: Final = (400, 413)  # of a whole request: one of its documents, or their sum
WANTED: Final = ("errors", "items.*.status", "items.*.error.type", "items.*.error.reason")


class NotTaken(Exception):
    """Nothing of a request was taken, and its documents are not the cause. `reading` is a sentence for the log and the row."""

    def __init__(self, reading: str) -> None:
        super().__init__(reading)
        self.reading = reading


@dataclass(frozen=True)
class Document:
    """One document: its row's `id`, what it is about, and its fields (`version` grows with every telling)."""

    id: str
    kind: str
    subject_id: str
    body: Mapping[str, Any]


@dataclass
class SearchServer:
    """One Elasticsearch. Any thread may call. `clock` counts seconds."""

    settings: ElasticsearchSettings
    clock: Callable[[], float] = time.monotonic
    _prepared: bool = field(default=False, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def store(self, documents: Sequence[Document]) -> dict[str, str | None]:
        """Stores documents; answers by ids of rows what came of them: None, or the sentence with which one was refused. What was
        not reached in time is not in the answer. Raises NotTaken."""
        until = self.clock() + BEGUN_WITHIN_S
        from elasticsearch import ApiError, TransportError, UnsupportedProductError

        try:
            self._prepare()
            return self._in_parts(documents, until)
        except UnsupportedProductError as e:
            raise NotTaken("What answers at DOMINOCI_ELASTICSEARCH_URL does not say that it is Elasticsearch.") from e
        except ApiError as e:
            raise NotTaken(f"Elasticsearch answered {e.status_code}: {_said(e.body)}") from e
        except TransportError as e:
            raise NotTaken(f"Elasticsearch cannot be reached ({type(e).__name__}).") from e

    def _prepare(self) -> None:
        """The template for indices that are still to come, once for each process."""
        with self._lock:
            if self._prepared:
                return
            self._client.indices.put_index_template(
                name=self.settings.prefix,
                index_patterns=rules.patterns(self.settings.prefix),
                priority=200,
                version=rules.TEMPLATE_VERSION,
                template={"mappings": rules.MAPPINGS},
                meta={"description": "What DominoCI tells of finished builds and events"},
            )
            self._prepared = True

    def _in_parts(self, documents: Sequence[Document], until: float) -> dict[str, str | None]:
        """One request. One that is unreadable or too large as a whole is sent in halves, until what is to blame stands alone."""
        from elasticsearch import ApiError

        told: dict[str, str | None] = {}
        parts = [documents]
        while parts and self.clock() < until:
            part = parts.pop()
            try:
                told |= self._bulk(part)
            except ApiError as e:
                if e.status_code not in UNREADABLE:
                    raise
                if len(part) == 1:
                    told[part[0].id] = f"Elasticsearch answered {e.status_code}: {_said(e.body)}"
                else:
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
        if not told:
            raise NotTaken(f"Elasticsearch took nothing within {BEGUN_WITHIN_S:.0f} s.")
        return told

    def _bulk(self, documents: Sequence[Document]) -> dict[str, str | None]:
        answer = self._client.bulk(operations=[line for one in documents for line in self._lines(one)], filter_path=WANTED)
        refused = dict(_refused(documents, answer["items"])) if answer["errors"] else {}
        return {document.id: refused.get(document.id) for document in documents}

    def _lines(self, document: Document) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """A line that says where, and the document. The version is ours, so that an older telling never replaces a newer one."""
        body = document.body
        since = body["created_at"] if document.kind == rules.BUILD else body["tree"]["opened_at"]
        where = {"_index": rules.index(self.settings.prefix, document.kind, since), "_id": document.subject_id}
        return {"index": {**where, "version": body["version"], "version_type": "external_gte"}}, body

    @cached_property
    def _client(self) -> "Elasticsearch":
        from elasticsearch import Elasticsearch  # 1.8 s: only where documents are sent

        # it says in plain lines what is logged here
        logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)
        parts = urlsplit(self.settings.url)
        url = self.settings.url if parts.port else parts._replace(netloc=f"{parts.netloc}:{PORTS[parts.scheme]}").geturl()
        # certificates that this machine trusts, not a list of the client's own
        tls: dict[str, Any] = {"ssl_context": ssl.create_default_context()} if parts.scheme == "https" else {}
        return Elasticsearch(url, api_key=self.settings.api_key or None, request_timeout=TIMEOUT_S, max_retries=0, **tls)


def _refused(documents: Sequence[Document], items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for document, item in zip(documents, items, strict=True):
        told = item["index"]
        if told["status"] >= 300 and told["status"] != TOLD_BEFORE:
            yield document.id, f"Elasticsearch answered {told['status']}: {_said(told)}"


def _said(body: Any) -> str:
    """What an error's body says, in a line."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return "no reason was given"
    return f"{error.get('type')}: {error.get('reason')}"[:400]
