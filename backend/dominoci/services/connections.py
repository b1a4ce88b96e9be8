"""Test connections: whether the CI systems of a project, and of those that it would trigger, can be used. Nothing is started."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from dominoci.adapters.base import Adapter, Finding, Target
from dominoci.domain.errors import TooMany
from dominoci.domain.reports import Metadata
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services import preview, targets
from dominoci.services.access import Principal, maintained, writable_project
from dominoci.store import projects

View = dict[str, Any]
MOST_TARGETS = 200
SIDE_BY_SIDE = 16
LIMIT_S = 20.0  # for all of them together
AT_ONCE = 2  # tests in one process: each holds a web thread

_running = threading.BoundedSemaphore(AT_ONCE)

# what to do about a step that did not hold; adapters name their steps
FIXES: Mapping[str, str] = {
    "kind": "Choose another kind of target in the project's settings, or update the arbiter.",
    "time": "Try again; if it stays silent, look whether its CI system is overloaded or a firewall swallows our requests.",
    "agents": "Start an agent with `dominoci-agent run`, or look why the ones there are have fallen silent.",
    "address": "Correct the target's address, or have an administrator open its host with DOMINOCI_ALLOWED_HOSTS.",
    "connection": "Look whether the server runs, and whether its name and certificate are right.",
    "signature": "Give the target a new secret (whsec_…), here and at the receiver.",
    "credentials": "Make a new token of the kind that is named, with the rights that the documentation lists, and give it here.",
    "target": "Correct the job, project, repository or workflow in the target, or give the token the right to see it.",
    "parameters": "Let them through over there: declare them, raise who may set variables, or read all from DOMINO_PAYLOAD.",
    "dry run": "Look at the job's trigger over there: its token, and the filter that decides about our request.",
    "callback": "Let your CI system reach this address, or give the target credentials with which its runs can be asked for.",
}
OTHER_FIX = "Look at the target in the project's settings."


@dataclass(frozen=True)
class Check:
    """A target, and the projects that use it: what several share is asked once."""

    target: Target
    used_by: list[View]


@dataclass(frozen=True)
class Checked:
    """What came of one check, and how long it took."""

    findings: Sequence[Finding]
    duration_ms: int


def probe(
    transactions: Transactions,
    adapters: Mapping[str, Adapter],
    who: Principal,
    key: str,
    wanted: Metadata,
    limit_s: float = LIMIT_S,
    *,
    alone: bool = False,
) -> View:
    """`POST /projects/<project>/test-connections`: the preview of a success with this metadata, and what the CI systems say;
    `alone`: only that of the project itself.

    No transaction is open while they are asked. Raises TooMany while others test theirs.
    """
    if not _running.acquire(blocking=False):
        raise TooMany("Other connections are being tested right now. Try again in a few seconds.", 5)
    try:
        seen, checks, untested = transactions.read(_prepare, who, key, wanted, frozenset(adapters), alone)
        answers = _ask([(adapters.get(check.target.kind), check.target) for check in checks], limit_s)
    finally:
        _running.release()
    shown = [_view(check, answer, use) for check, answer in zip(checks, answers, strict=True) for use in check.used_by]
    good = sum(one["ok"] for one in shown)
    text = f"{good} of {len(shown)} projects can be triggered" + (f"; {untested} were not tested" if untested else "")
    return {**seen, "ok": good == len(shown) and not untested, "text": text, "connections": shown, "untested": untested}


def _prepare(
    uow: UnitOfWork, who: Principal, key: str, wanted: Metadata, kinds: frozenset[str], alone: bool
) -> tuple[View, list[Check], int]:
    """The preview, the distinct targets of the project and of those that would run, and how many projects are too many."""
    project = writable_project(uow, who, key)
    told = preview.imagined(project, wanted)
    ahead = preview.look(uow, project, told)
    ids = [project.id] if alone or isinstance(ahead, str) else [project.id, *(row.id for row in ahead.to_run)]
    # the targets of others are theirs to test
    mine = maintained(uow, who, ids)
    own = [id_ for id_ in ids if id_ in mine]
    found = projects.of_ids(uow.session, own[:MOST_TARGETS])
    rows = [found[id_] for id_ in own[:MOST_TARGETS]]
    return preview.view(uow, who, project, told, ahead, kinds), _distinct(uow, rows), len(ids) - len(rows)


def _distinct(uow: UnitOfWork, rows: Sequence[Project]) -> list[Check]:
    checks: dict[str, Check] = {}
    for row in rows:
        target = targets.opened(uow, row.target, row)
        same = json.dumps([target.fields, target.secrets], sort_keys=True)
        check = checks.setdefault(same, Check(target, []))
        check.used_by.append({"id": row.id, "name": row.name})
    return list(checks.values())


def _ask(targets: Sequence[tuple[Adapter | None, Target]], limit_s: float) -> list[Checked]:
    """Asks all of them side by side; who has not answered within `limit_s` is left behind, and ends by its own time-out."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="connection-test")
    try:
        asked = [pool.submit(_check, adapter, target) for adapter, target in targets]
        wait(asked, limit_s)
        silent = Finding("time", False, f"No answer within {limit_s:g} s.")
        return [one.result() if one.done() else Checked([silent], int(limit_s * 1000)) for one in asked]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _check(adapter: Adapter | None, target: Target) -> Checked:
    begin = time.monotonic()
    try:
        findings = adapter.check(target) if adapter else [_no_adapter(target)]
    except ExchangeFailed as error:
        findings = [Finding("check", False, error.reading)]
    return Checked(findings, round((time.monotonic() - begin) * 1000))


def _no_adapter(target: Target) -> Finding:
    return Finding("kind", False, f"This arbiter cannot trigger targets of kind {target.kind}.")


def _view(check: Check, answer: Checked, project: View) -> View:
    return {
        "project": project,
        "kind": check.target.kind,
        "ok": all(finding.ok for finding in answer.findings),
        "duration_ms": answer.duration_ms,
        "findings": [
            {
                "step": finding.step,
                "ok": finding.ok,
                "detail": finding.detail,
                "fix": None if finding.ok else FIXES.get(finding.step, OTHER_FIX),
                "duration_ms": finding.duration_ms,
            }
            for finding in answer.findings
        ],
    }
