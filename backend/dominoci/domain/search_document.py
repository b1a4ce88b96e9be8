"""Documents for Elasticsearch: how their indices are called, which fields can be searched, how long a document is tried."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

BUILD: Final = "build"
EVENT: Final = "event"
KINDS: Final = (BUILD, EVENT)
MOST_AT_ONCE: Final = 200  # documents in one request
KEPT_FOR: Final = timedelta(days=30)  # a document that nobody takes
MOST_REFUSALS: Final = 9

_WORD: Final = {"type": "keyword", "ignore_above": 1024}
_TIME: Final = {"type": "date"}
_SECONDS: Final = {"type": "double"}
_WHOLE: Final = {"type": "long"}
_NAMED: Final = {"properties": {"id": _WORD, "name": _WORD}}
_REASON: Final = {"properties": {"code": _WORD, "text": {"type": "text"}}}
_IDS: Final = ("id", "url", "run_id", "run_url", "tree_id", "sub_id")
_WORDS: Final = (*_IDS, "kind", "state", "cause", "ref", "branch", "tag", "commit", "pipelines", "flow_job", "target")
_TIMES: Final = ("@timestamp", "created_at", "queued_at", "triggered_at", "started_at", "finished_at")

# what comes in fields that are not named here is kept and shown, but not searched: nothing that a project does adds a field
MAPPINGS: Final[Mapping[str, Any]] = {
    "dynamic": False,
    "properties": {
        **dict.fromkeys(_WORDS, _WORD),
        **dict.fromkeys(_TIMES, _TIME),
        **dict.fromkeys(("waited_s", "took_s"), _SECONDS),
        **dict.fromkeys(("number", "attempt", "level", "version"), _WHOLE),
        "project": _NAMED,
        "agent": _NAMED,
        "reason": _REASON,
        "message": {"type": "text"},
        "job": {"properties": {"id": _WORD, "path": _WORD}},
        "trusted": {"type": "boolean"},
        "tree": {"properties": {"id": _WORD, "url": _WORD, "project": _WORD, "opened_at": _TIME}},
        "result": {"properties": {"status": _WORD, "pipeline": _WORD, "artifacts": _WHOLE}},
    },
}
TEMPLATE_VERSION: Final = 1  # goes up with every change of the fields above


def index(prefix: str, kind: str, since: str) -> str:
    """The index of a document, by the month of `since` (RFC 3339): of a build's creation, of a tree's opening. A document that is
    told again comes to the same one."""
    return f"{prefix}-{kind}s-{since[:4]}.{since[5:7]}"


def patterns(prefix: str) -> list[str]:
    """The names of all these indices."""
    return [f"{prefix}-{kind}s-*" for kind in KINDS]


def pause(refusals: int) -> timedelta | None:
    """How long a document waits that was refused so often (from 1) while others were taken; None: given up, after 14 hours."""
    return min(timedelta(seconds=5 * 4 ** min(refusals - 1, 9)), timedelta(hours=6)) if refusals < MOST_REFUSALS else None


def at_once(failures: int) -> int:
    """How many documents a server is sent in one request that has failed so often in a row: fewer each time, so that one which
    answers slowly takes some in the end."""
    return max(1, MOST_AT_ONCE >> failures)


def rest(failures: int) -> timedelta:
    """How long a server is left alone that has failed so often in a row (from 1)."""
    return timedelta(seconds=min(2.0 ** min(failures, 6), 60.0))
