"""The life of one claimed build: read the definition, decide, check out, run, report."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dominoci_agent.backoff import Backoff
from dominoci_agent.client.arbiter import Arbiter, BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.client.wire import Claim
from dominoci_agent.definitions import Definitions
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.model import Pipeline, State
from dominoci_agent.pipeline.selection import Decision, decide
from dominoci_agent.reporter import Reporter
from dominoci_agent.runtime.environment import BuildFacts, domino_names, step_environment
from dominoci_agent.runtime.folder import BuildFolder, WorkFolder
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.inputs import InputError, bring
from dominoci_agent.runtime.mask import Mask
from dominoci_agent.runtime.run import Executor, Place, Runner
from dominoci_agent.runtime.source import Source, Wanted
from dominoci_agent.runtime.stop import Stop, Why

_log = logging.getLogger("dominoci_agent.build")

# variables of the arbiter that let their reader speak for the project
_SECRET_VARIABLES = ("DOMINO_EVENT_TOKEN", "DOMINO_IDENTITY")


class BuildEnds(Exception):
    """The build is over before its steps: with this status and reason."""

    def __init__(self, status: str, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Tools:
    """What all builds of an agent share."""

    arbiter: Arbiter
    work: WorkFolder
    executor: Executor
    definitions: Definitions


@dataclass
class Build:
    """One claimed build. `run()` once, in a thread of its own; `stop` may be thrown from any other."""

    claim: Claim
    tools: Tools
    stop: Stop = field(default_factory=Stop)
    claimed_at: float = field(default_factory=time.monotonic)
    started: bool = False  # whether a step ran: from then on the build is not simply put back

    def __post_init__(self) -> None:
        claim = self.claim
        secrets = [*claim.secrets.values(), claim.token, claim.password or ""]
        secrets += [claim.variables.get(name, "") for name in _SECRET_VARIABLES]
        self.mask = Mask(secrets)
        self.client = BuildClient(self.tools.arbiter, claim, self.stop)
        self._ended = threading.Event()
        self._finishing = False  # from then on a refused heartbeat only says that the result was faster
        self._metadata: dict[str, Any] = {"branch": claim.branch, "tag": claim.tag, "pipeline": None, "message": None}
        self._metadata["commit"] = claim.commit

    def run(self, free_slot: Callable[[], None]) -> None:
        """All of it. `free_slot` is called as soon as the arbiter knows the end, before the workspace is deleted."""
        threading.Thread(target=self._keep_lease, name=f"lease-{self.claim.id}", daemon=True).start()
        folder = self.tools.work.build(self.claim.id)
        reporter = Reporter(self.client, self.mask, self.stop)
        try:
            self._run(folder, reporter)
        except LeaseLost:
            self.stop.throw(Why.LEASE_LOST)
        except Exception as error:  # noqa: BLE001 - the next line says why
            # the outermost loop of a build: whatever it was, the arbiter must hear that this build is over
            _log.exception("build.crashed", extra={"build": self.claim.id})
            self._give_up(f"{type(error).__name__}: {error}")
        finally:
            reporter.abandon()
            self._hand_back()
            self._ended.set()
            free_slot()
            folder.remove()
            self.stop.close()

    def _run(self, folder: BuildFolder, reporter: Reporter) -> None:
        runner: Runner | None = None
        try:
            runner = self._prepare(folder, reporter)
            state = runner.run()
            ends = self._verdict(state, runner)
        except BuildEnds as early:
            ends = early
        except GitError as error:
            ends = self._stopped() or BuildEnds("FAILED", "infrastructure", f"The repository could not be read: {error}")
        except DefinitionError as error:
            ends = BuildEnds("FAILED", "definition_invalid", str(error))
        except InputError as error:
            ends = self._stopped() or BuildEnds("FAILED", "infrastructure", str(error))
        if self.stop.over:
            raise LeaseLost(self.stop.why or "")
        records = [runner.records[number] for number in sorted(runner.records)] if runner else []
        self._finishing = True
        reporter.finish(self._result(ends), records)
        _log.info("build.finished", extra={"build": self.claim.id, "status": ends.status, "code": ends.code})

    def _give_up(self, why: str) -> None:
        reason = {"code": "infrastructure", "text": self.mask.text(f"The agent could not go on: {why}")[:1000]}
        try:
            self.client.result({"status": "FAILED", "reason": reason})
        except (LeaseLost, Refused) as error:
            _log.warning("build.report_failed", extra={"build": self.claim.id, "detail": str(error)})

    def _result(self, ends: BuildEnds) -> dict[str, Any]:
        reason = {"code": ends.code, "text": self.mask.text(str(ends))[:1000]} if ends.code else None
        return {"status": ends.status, "metadata": self._metadata, **({"reason": reason} if reason else {})}

    def _prepare(self, folder: BuildFolder, reporter: Reporter) -> Runner:
        claim = self.claim
        mirror = self.tools.work.mirror(claim.project, claim.repository_url)
        url = self.tools.arbiter.absolute(claim.repository_url)
        source = Source.open(mirror, url, claim.password, self.stop)
        found = source.find(Wanted(claim.ref, claim.branch, claim.tag, claim.ref_fallback), claim.commit)
        head, definition = self.tools.definitions.of(source, found.commit)
        self._metadata |= {"commit": found.commit, "message": head.message, "branch": found.branch, "tag": found.tag}
        filters = definition.filters
        paths_matter = any(rule.looks_at_paths for rule in filters.values()) and claim.pipelines is None
        change = source.change(found, claim.base_commit if paths_matter else None)
        try:
            decisions = decide(filters, change, claim.pipelines)
        except KeyError as error:
            raise BuildEnds("FAILED", "pipeline_unknown", f"There is no pipeline {error.args[0]!r}.") from None
        chosen = [decision.name for decision in decisions if decision.selected]
        self._metadata["pipeline"] = ",".join(chosen)[:255] or None
        facts = BuildFacts(claim.project, claim.number, claim.url, found.ref, found.branch, found.tag, found.commit)
        pipelines = definition.pipelines(chosen, domino_names(facts, claim.variables), claim.variables)
        runner = self._runner(pipelines, folder, facts, reporter)
        told = {"commit": found.commit, "message": head.message, "pipelines": [_told(decision) for decision in decisions]}
        decided = {} if claim.ref_fallback is None else {"ref": found.ref}
        reporter.head({**told, **decided}, list(runner.records.values()))
        if not chosen:
            raise BuildEnds("SKIPPED", "filtered", " ".join(f"{one.name}: {one.reason}" for one in decisions))
        source.check_out(found.commit, folder.workspace)
        self._bring_inputs(folder)
        self.started = True
        return runner

    def _bring_inputs(self, folder: BuildFolder) -> None:
        """An arbiter that is away for a moment is waited for; how long, the lease decides."""
        backoff = Backoff()
        while True:
            try:
                bring(self.claim.inputs, folder.inputs, self.client.download)
                return
            except Unreachable as error:
                if self.stop.wait(backoff.next(error.retry_after)):
                    raise InputError(str(error)) from None
            except Refused as error:
                raise InputError(f"An input could not be downloaded: {error}") from None

    def _runner(self, pipelines: list[Pipeline], folder: BuildFolder, facts: BuildFacts, reporter: Reporter) -> Runner:
        claim = self.claim
        environment = step_environment(facts, claim.variables, folder)
        place = Place(folder.workspace, environment, claim.secrets, f"{self.tools.work.id}.{claim.id}")
        deadline = time.monotonic() + claim.timeout_s if claim.timeout_s else None
        return Runner(pipelines, place, self.tools.executor, reporter, self.stop, deadline)

    def _stopped(self) -> BuildEnds | None:
        if self.stop.why is Why.TIMED_OUT:
            return BuildEnds("TIMED_OUT", "build_timeout", "The build took longer than its limit.")
        return BuildEnds("CANCELLED", "cancelled", "The build was cancelled.") if self.stop else None

    def _verdict(self, state: State, runner: Runner) -> BuildEnds:
        stopped = self._stopped()
        if stopped:
            return stopped
        if state is State.SUCCESS:
            return BuildEnds("SUCCESS", "", "")
        code = "step_timeout" if state is State.TIMED_OUT else "step_failed"
        return BuildEnds(state.value.upper(), code, runner.failure or "A step failed.")

    def _hand_back(self) -> None:
        if self.stop.why is not Why.SHUTDOWN:
            return
        try:
            self.client.release("the agent is shutting down")
        except (LeaseLost, Refused, Unreachable) as error:
            _log.warning("build.release_failed", extra={"build": self.claim.id, "detail": str(error)})

    def _keep_lease(self) -> None:
        """Heartbeats at a third of the lease. When none was answered for a whole lease, the build is somebody else's."""
        lease, renewed = self.claim.lease_s, self.claimed_at
        while not self._ended.wait(lease / 3):
            asked = time.monotonic()
            try:
                if self.client.heartbeat():
                    self.stop.throw(Why.CANCELLED)
                renewed = asked
            except Unreachable:
                if time.monotonic() - renewed >= lease:
                    self.stop.throw(Why.LEASE_LOST)
            except (LeaseLost, Refused) as error:
                if self._finishing:
                    return
                _log.warning("build.lease_lost", extra={"build": self.claim.id, "detail": str(error)})
                self.stop.throw(Why.LEASE_LOST)
                return


def _told(decision: Decision) -> dict[str, Any]:
    return {"name": decision.name, "selected": decision.selected, "reason": decision.reason[:1000]}
