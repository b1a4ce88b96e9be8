"""Tells the arbiter how a build goes: logs and states, in order, in few requests, without holding the steps up."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from dominoci_agent.backoff import Backoff
from dominoci_agent.client.arbiter import BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.pipeline.model import Pipeline, When
from dominoci_agent.pipeline.selection import Decision
from dominoci_agent.pipeline.shape import shape
from dominoci_agent.runtime.artifacts import Artifact, ArtifactError
from dominoci_agent.runtime.log import StepLog
from dominoci_agent.runtime.mask import Mask
from dominoci_agent.runtime.run import StepRecord
from dominoci_agent.runtime.stop import Stop, Why

# a step of a few milliseconds is told in one request, its end; a longer one is shown as running after this time
STATE_DELAY_S = 0.025
LOG_DELAY_S = 0.1
_LAST_LOGS_S = 60.0

_log = logging.getLogger("dominoci_agent.reporter")


class Reporter:
    """The listener of one build's runner. A thread of its own sends; `finish` sends the rest and the result."""

    def __init__(self, client: BuildClient, mask: Mask, stop: Stop) -> None:
        self._client, self._mask, self._stop = client, mask, stop
        self._wake = threading.Condition()
        self._due: float | None = None
        self._closing = False
        self._announced = False
        self._logs: dict[int, StepLog] = {}
        self._changed: dict[int, StepRecord] = {}
        self._head: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._work, name=f"reporter-{client.claim.id}", daemon=True)
        self._thread.start()

    def head(self, facts: Mapping[str, Any], steps: Sequence[StepRecord] = ()) -> None:
        """Facts about the whole build, and the steps that there will be; sent while the build goes on."""
        with self._wake:
            self._head.update(facts)
            self._changed.update((step.number, step) for step in steps)
            self._schedule(0)

    def step(self, record: StepRecord) -> None:
        """A step has a new state."""
        with self._wake:
            self._changed[record.number] = record
            self._schedule(STATE_DELAY_S)

    def log(self, number: int) -> StepLog:
        """The log of a step."""
        log = StepLog(self._mask, self._log_grew)
        with self._wake:
            self._logs[number] = log
        return log

    def artifact(self, artifact: Artifact) -> None:
        """Upload now: the step is green only when its artifacts are safe."""
        try:
            self._client.artifact(artifact.name, artifact.path, artifact.sha256)
        except Refused as error:
            raise ArtifactError(f"{artifact.name} was refused: {error}") from None
        except Unreachable as error:
            raise ArtifactError(f"{artifact.name} could not be uploaded: {error}", trouble=True) from None
        except LeaseLost:
            self._stop.throw(Why.LEASE_LOST)
            raise ArtifactError(f"{artifact.name} could not be uploaded") from None

    def finish(self, result: Mapping[str, Any], steps: Sequence[StepRecord]) -> None:
        """Send what is left of the logs, then the result with the final state of all steps. LeaseLost when nobody wants
        to hear it."""
        self._end_thread()
        self._send_head()
        self._send_logs(patience_s=_LAST_LOGS_S)
        self._client.result({**result, "steps": [step_json(step) for step in steps]})

    def abandon(self) -> None:
        """Say nothing more."""
        self._end_thread()

    def _end_thread(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _log_grew(self, urgent: bool) -> None:
        with self._wake:
            self._schedule(0 if urgent else LOG_DELAY_S)

    def _schedule(self, delay_s: float) -> None:
        due = time.monotonic() + delay_s
        if self._due is None or due < self._due:
            self._due = due
            self._wake.notify()

    def _work(self) -> None:
        while self._wait_until_due():
            try:
                self._send_head()
                # taken before the logs are sent: a step is shown as ended only when all it said is there
                with self._wake:
                    changed, self._changed = self._changed, {}
                self._send_logs()
                if changed:
                    self._send_state({}, changed)
            except LeaseLost:
                self._stop.throw(Why.LEASE_LOST)
                return
            except Refused as error:
                _log.warning("report.refused", extra={"build": self._client.claim.id, "detail": str(error)})
            except Exception:  # noqa: BLE001 - the next line says why
                # the steps would run on and nobody would see it; what was not told now is told with the result
                _log.exception("report.crashed", extra={"build": self._client.claim.id})

    def _wait_until_due(self) -> bool:
        with self._wake:
            while not self._closing:
                if self._due is not None and (left := self._due - time.monotonic()) <= 0:
                    self._due = None
                    return True
                self._wake.wait(None if self._due is None else left)
            return False

    def _send_head(self) -> None:
        """Once: a log can only be stored for a step that the arbiter has heard of."""
        with self._wake:
            if self._announced or not self._head:
                return
            self._announced = True
            changed, self._changed = self._changed, {}
        self._send_state(self._head, changed)

    def _send_state(self, head: Mapping[str, Any], changed: Mapping[int, StepRecord]) -> None:
        body = {**head, "steps": [step_json(changed[number]) for number in sorted(changed)]}
        if self._client.state(body):
            self._stop.throw(Why.CANCELLED)

    def _send_logs(self, patience_s: float | None = None) -> None:
        """Until all is sent; with `patience_s` a log of which nothing is taken for so long is given up (an arbiter whose disk is
        full must still hear how the build ended)."""
        for number, log in sorted(self._logs.items()):
            backoff, moved = Backoff(), time.monotonic()
            while log.pending():
                begun = log.sent
                try:
                    log.flush(lambda offset, data, number=number: self._client.log(number, offset, data))  # type: ignore[misc]
                except Unreachable as error:
                    if log.sent > begun:
                        moved = time.monotonic()
                        backoff.reset()
                    if patience_s is not None and time.monotonic() - moved > patience_s:
                        _log.warning("log.given_up", extra={"build": self._client.claim.id, "detail": str(error)})
                        break
                    if self._stop.wait_over(backoff.next(error.retry_after)):
                        raise LeaseLost(str(error)) from None


def step_json(record: StepRecord) -> dict[str, Any]:
    """A step as the wire wants it."""
    return {
        "n": record.number,
        "pipeline": record.pipeline,
        "stage": record.stage,
        "name": record.name,
        "state": record.state.value,
        "exit_code": record.exit_code,
        "signal": record.signal,
        "started_at": _time(record.started_at),
        "finished_at": _time(record.finished_at),
        "hook": None if record.when is When.IN_ORDER else record.when.value,
        "ignored": record.ignored,
    }


def told_pipelines(decisions: Sequence[Decision], pipelines: Sequence[Pipeline]) -> list[dict[str, Any]]:
    """The pipelines of a definition as the wire wants them: why each runs or not, and the shape of those that do."""
    chosen = {pipeline.name: pipeline for pipeline in pipelines}
    return [_pipeline_json(decision, chosen.get(decision.name)) for decision in decisions]


def _pipeline_json(decision: Decision, pipeline: Pipeline | None) -> dict[str, Any]:
    told = {"name": decision.name, "selected": decision.selected, "reason": decision.reason[:1000]}
    return {**told, **shape(pipeline)} if pipeline else told


def _time(moment: dt.datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else None
