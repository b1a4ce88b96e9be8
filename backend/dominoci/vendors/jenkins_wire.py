"""How Jenkins' answers are read: its JSON, the addresses in it, and refusals with the sentence that says what to do."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from dominoci.domain.addresses import link
from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Caller, Exchange, ExchangeFailed

MAX_URL: Final = 2000
MAX_SAID: Final = 200
_BUILD: Final = re.compile(r"(?:^|/)((?:job/[^/]+/)+\d{1,10})/?$")
_ITEM: Final = re.compile(r"(?:^|/)queue/item/(\d{1,18})/?$")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """A queue item. `build` is the path of the build that it became, `told` that build's address as Jenkins says it."""

    number: int
    cancelled: bool = False
    build: str | None = None
    told: str | None = None


@dataclass(frozen=True)
class Build:
    """A build: its path below the root (`job/folder/job/name/45`), its address as Jenkins says it, what it came to (None: it has
    no result yet), and the commit that it built where it built one."""

    path: str
    told: str | None = None
    queue_id: int | None = None
    building: bool = False
    result: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class Invoked:
    """What the Generic Webhook Trigger plugin made of a request: by job (full name) the queue item (0: not told), or None where
    the job's filter did not let it through. `silent`: every job that matched keeps what came of it to itself."""

    items: Mapping[str, int | None]
    silent: bool = False

    @property
    def started(self) -> dict[str, int]:
        """The jobs that were started."""
        return {job: item for job, item in self.items.items() if item is not None}


@dataclass(frozen=True)
class Job:
    """A job: whether it can be built (None: it is a folder or the like), and the parameters that it declares."""

    name: str
    buildable: bool | None
    parameters: frozenset[str]


def content(answer: Answer, exchange: Exchange, *, ambiguous: bool = False) -> Json:
    """The JSON object of an answer. Raises ExchangeFailed (worth another try) for anything else."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told
    why = "is longer than is read" if answer.truncated else "is no JSON object"
    reading = f"Jenkins answered {answer.status}, but its answer {why}: does the address lead to a login page or a proxy?"
    raise ExchangeFailed(reading, exchange=exchange, retry=True, ambiguous=ambiguous)


def failure(caller: Caller, answer: Answer, exchange: Exchange, own: Mapping[int, str] | None = None) -> ExchangeFailed:
    """What an answer that is no success means. `own` are the readings of one request, by status."""
    return caller.failure(answer, exchange, {**_COMMON, **(own or {})}.get(answer.status))


_COMMON: Final = {
    401: "Jenkins does not take the user and API token (401): make a new token for this user, or correct the user's name.",
    403: "Jenkins does not allow this to the target's user (403): give it Overall/Read, and on the job Read, Build and Cancel.",
}


def message(answer: Answer) -> str:
    """The plugin's own `message`, on one line and cut; empty when there is none."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    words = told.get("message") if isinstance(told, dict) else None
    return printable(words).rstrip(" .") if isinstance(words, str) else ""


def printable(text: str, longest: int = MAX_SAID) -> str:
    """A name or message as it may stand in a sentence."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:longest]


def item_in(url: object) -> int | None:
    """The number of the queue item that an address of Jenkins', whole or relative, leads to."""
    found = _ITEM.search(_path(url))
    return int(found[1]) if found else None


def build_in(url: object) -> str | None:
    """The path of the build that an address leads to, from its first `job/` on. Only the path counts: whatever host Jenkins calls
    itself, requests go to the target's own address."""
    found = _BUILD.search(_path(url))
    path = found[1] if found else ""
    return path if path and not {".", ".."} & set(path.split("/")) else None


def _path(url: object) -> str:
    if not isinstance(url, str) or len(url) > MAX_URL or not (url.isascii() and url.isprintable()) or set(" \\") & set(url):
        return ""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def invoked(jobs: object) -> Invoked:
    """What the plugin says of each job. Of a job that it failed with it gives the text of the error: that did not start."""
    rows = jobs.items() if isinstance(jobs, dict) else ()
    return Invoked({printable(name): _triggered(row) for name, row in rows})


def _triggered(row: object) -> int | None:
    if not isinstance(row, dict) or row.get("triggered") is not True:
        return None
    named = item_in(row.get("url"))
    return named if named is not None else _whole(row.get("id")) or 0


def item(told: Json) -> Item | None:
    """A queue item as `queue/item/ID/api/json` shows it."""
    number = _whole(told.get("id"))
    if number is None:
        return None
    executable = told.get("executable")
    url = executable.get("url") if isinstance(executable, dict) else None
    return Item(number, told.get("cancelled") is True, build_in(url), link(url))


def build(told: Json) -> Build | None:
    """A build as `JOB/NUMBER/api/json` and the list of a job's builds show it."""
    path = build_in(told.get("url"))
    if path is None:
        return None
    result = told.get("result")
    return Build(
        path=path,
        told=link(told.get("url")),
        queue_id=_whole(told.get("queueId")),
        building=told.get("building") is True,
        result=result if isinstance(result, str) else None,
        commit=_commit(told),
    )


def parameter(told: Json, name: str) -> object:
    """The value of a parameter of a build or queue item; None when it has none of this name (or does not show it)."""
    values = (one for action in rows(told, "actions") for one in rows(action, "parameters"))
    return next((one.get("value") for one in values if one.get("name") == name), None)


def job(told: Json) -> Job:
    """A job as `JOB/api/json` shows it."""
    declared = (one.get("name") for property_ in rows(told, "property") for one in rows(property_, "parameterDefinitions"))
    buildable = told.get("buildable")
    return Job(
        name=printable(str(told.get("fullName") or "")),
        buildable=buildable if isinstance(buildable, bool) else None,
        parameters=frozenset(name for name in declared if isinstance(name, str)),
    )


def rows(told: Json, name: str) -> Sequence[Json]:
    """The objects of a list; none for anything else."""
    found = told.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _commit(told: Json) -> str | None:
    """Of a build with one checkout its commit; a shared library is a checkout too, and then nobody can tell which one counts."""
    revisions = [action.get("lastBuiltRevision") for action in rows(told, "actions")]
    commits = {one.get("SHA1") for one in revisions if isinstance(one, dict)}
    only = commits.pop() if len(commits) == 1 else None
    return only if isinstance(only, str) and re.fullmatch(r"[0-9a-f]{7,64}", only) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18 else None
