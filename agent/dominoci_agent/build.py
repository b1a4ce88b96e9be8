"""The life of one claimed build: read the definition, decide, check out, run, report."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dominoci_agent.backoff import Backoff
from dominoci_agent.client.arbiter import Arbiter, BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.client.caches import ArbiterCaches
from dominoci_agent.client.wire import Claim, Repository
from dominoci_agent.definitions import Definitions
from dominoci_agent.imports import Mirrors
from dominoci_agent.job import JobWorkspace
from dominoci_agent.lease import Lease
from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.model import Pipeline, State, missing_parameters
from dominoci_agent.pipeline.selection import decide
from dominoci_agent.reporter import Reporter, told_pipelines
from dominoci_agent.runtime import flow
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.environment import BuildFacts, domino_names, step_environment
from dominoci_agent.runtime.folder import BuildFolder, WorkFolder
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.inputs import InputError, bring
from dominoci_agent.runtime.mask import Mask
from dominoci_agent.runtime.pipeline_repo import MergeConflict
from dominoci_agent.runtime.run import Executor, Place, Runner, in_shown_order, needed
from dominoci_agent.runtime.source import NoSource, Source, Wanted
from dominoci_agent.runtime.space import FULL, disk_trouble, is_full
from dominoci_agent.runtime.stop import Stop, Why

_log = logging.getLogger("dominoci_agent.build")

# variables of the arbiter that let their reader speak for the project
_SECRET_VARIABLES = ("DOMINO_EVENT_TOKEN", "DOMINO_IDENTITY")


class BuildEnds(Exception):
    """The build is over before its steps: with this status and reason."""

    def __init__(self, status: str, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class HandBack(Exception):
    """This agent cannot run the build; another one may. `needs` are the executors and labels that are missing here."""

    def __init__(self, executors: Sequence[str], labels: Sequence[str]) -> None:
        lacks = [*(f"no {name} executor" for name in executors), *(f'no label "{name}"' for name in labels)]
        super().__init__(f"this agent has {' and '.join(lacks)}")
        self.needs = (*executors, *labels)


class HandedOver(Exception):
    """The build is a run whose jobs any agent may claim: the arbiter has its plan, and this agent is done with it."""


@dataclass(frozen=True)
class Tools:
    """What all builds of an agent share."""

    arbiter: Arbiter
    work: WorkFolder
    executor: Executor
    definitions: Definitions
    lfs_over: int = 5_000_000
    labels: frozenset[str] = frozenset()


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
        secrets = [*claim.secrets.values(), claim.token]
        secrets += [claim.repository.password or "", claim.repository.ssh_key or ""] if claim.repository else []
        secrets += [claim.variables.get(name, "") for name in _SECRET_VARIABLES]
        self.mask = Mask(secrets)
        self.client = BuildClient(self.tools.arbiter, claim, self.stop)
        self._deadline = self.claimed_at + claim.timeout_s if claim.timeout_s else None
        self.lease = Lease(self.client, self.stop, self.claimed_at, self._deadline)
        self._metadata: dict[str, Any] = {"branch": claim.branch, "tag": claim.tag, "pipeline": None, "message": None}
        self._metadata["commit"] = claim.commit
        self._planned: Runner | None = None
        self._job: JobWorkspace | None = None

    def run(self, free_slot: Callable[[], None]) -> None:
        """All of it. `free_slot` is called as soon as the arbiter knows the end, before the workspace is deleted."""
        folder: BuildFolder | None = None
        try:
            if not self._keeps_lease():
                return
            folder = self.tools.work.build(self.claim.id)
            self._report(folder)
        except LeaseLost:
            self.stop.throw(Why.LEASE_LOST)
        except HandBack as unfit:
            self._release(str(unfit), unfit.needs)
        except HandedOver:
            _log.info("build.handed_over", extra={"build": self.claim.id})
        except OSError as error:
            self._give_up(f"{disk_trouble(error)} ({self.tools.work.path})")
        except Exception as error:  # noqa: BLE001 - the next line says why
            # the outermost loop of a build: whatever it was, the arbiter must hear that this build is over
            _log.exception("build.crashed", extra={"build": self.claim.id})
            self._give_up(f"{type(error).__name__}: {error}")
        finally:
            if self.stop.why is Why.SHUTDOWN:
                self._release("the agent is shutting down")
            self.lease.end()
            free_slot()
            if folder is not None:
                folder.remove()
            self.stop.close()

    def _keeps_lease(self) -> bool:
        try:
            self.lease.keep()
        except RuntimeError as error:  # this machine has no thread left
            _log.warning("build.not_begun", extra={"build": self.claim.id, "detail": str(error)})
            self._release(f"the agent could not begin it: {error}")
            return False
        return True

    def _report(self, folder: BuildFolder) -> None:
        reporter = Reporter(self.client, self.mask, self.stop)
        try:
            self._run(folder, reporter)
        finally:
            reporter.abandon()

    def _run(self, folder: BuildFolder, reporter: Reporter) -> None:
        try:
            runner = self._prepare(folder, reporter)
            ends = self._kept(self._verdict(runner.run(), runner), reporter)
        except BuildEnds as early:
            ends = early
        except GitError as error:
            ends = self._stopped() or BuildEnds("FAILED", "infrastructure", self._about_git(error))
        except DefinitionError as error:
            ends = BuildEnds("FAILED", "definition_invalid", str(error))
        except InputError as error:
            ends = self._stopped() or BuildEnds("FAILED", "infrastructure", str(error))
        except OSError as error:
            ends = self._stopped() or BuildEnds("FAILED", "infrastructure", f"The agent could not go on: {disk_trouble(error)}.")
        if self.stop.over:
            raise LeaseLost(self.stop.why or "")
        records = self._planned.settled() if self._planned else []
        if self._job and (kept := self._job.settled()):
            records.append(kept)
        self.lease.finishing()
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
        mirrors = partial(self.tools.work.mirror, claim.project_id)
        source = self._source(mirrors)
        found = source.find(Wanted(claim.ref, claim.branch, claim.tag, claim.ref_fallback), claim.commit)
        head, definition = self.tools.definitions.of_claim(claim, source, found.commit, mirrors)
        self._metadata |= {"commit": found.commit or None, "message": head.message, "branch": found.branch, "tag": found.tag}
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
        told = {"commit": found.commit or None, "message": head.message, "pipelines": told_pipelines(decisions, pipelines)}
        decided = {} if claim.ref_fallback is None else {"ref": found.ref}
        if flow.routed(pipelines):
            self._check_parameters(pipelines)
            pipelines = [self._routed(flow.merged(pipelines), folder, {**told, **decided})]
        self._fits(pipelines)
        runner = self._planned = self._runner(pipelines, folder, facts, reporter)
        steps = list(runner.records.values())
        if self._job:
            steps.append(self._job.announced(pipelines[0], len(steps)))
        reporter.head({**told, **decided}, steps)
        if not chosen:
            raise BuildEnds("SKIPPED", "filtered", " ".join(f"{one.name}: {one.reason}" for one in decisions))
        self._check_parameters(pipelines)
        source.check_out(found.commit, folder.source)
        self._bring_inputs(folder)
        self.started = True
        return runner

    def _source(self, mirrors: Mirrors) -> Source | NoSource:
        repository = self.claim.repository
        if repository is None:
            return NoSource(self.stop)
        shown = _shown(repository)
        mirror = mirrors(self.claim.project, repository.url, shown)
        return Source.open(mirror, self.tools.arbiter.absolute(repository.url), shown, self.stop)

    def _routed(self, workflow: Pipeline, folder: BuildFolder, told: Mapping[str, Any]) -> Pipeline:
        """The one job that this build is of. A build that is none is handed over: HandedOver."""
        if self.claim.job is None:
            plan = flow.plan(workflow, told["commit"], told["message"], isolated=not self.claim.trusted)
            self.client.state({**told, "steps": []})
            self.lease.finishing()
            self.client.plan(plan)
            raise HandedOver
        try:
            pipeline = flow.only(workflow, self.claim.job.name)
        except KeyError:
            raise BuildEnds("FAILED", "definition_invalid", f"There is no job {self.claim.job.name!r} any more.") from None
        self._fits([pipeline])
        self._job = JobWorkspace.of(self.client, self.claim.job, folder, self.stop, self.tools.lfs_over)
        try:
            left = self._job.bring(self.claim.variables)
        except MergeConflict as error:
            raise BuildEnds("FAILED", "conflict", str(error)) from None
        if left is not None:
            raise BuildEnds(left.value.upper(), "" if left is State.SUCCESS else "step_failed", "A step failed.")
        return pipeline

    def _kept(self, ends: BuildEnds, reporter: Reporter) -> BuildEnds:
        """The end of a job: its state goes to the run's repository first, so that who comes next finds it there."""
        if self._job is None or self._stopped() or self.stop:
            return ends
        try:
            self._job.keep(State(ends.status.lower()), reporter)
        except MergeConflict as error:
            ends = BuildEnds("FAILED", "conflict", f"{ends} {error}".strip())
        except GitError as error:
            ends = BuildEnds("FAILED", "infrastructure", f"The run's workspace could not be kept: {error}")
        return self._stopped() or ends

    def _fits(self, pipelines: Sequence[Pipeline]) -> None:
        """HandBack where this agent lacks what a step cannot do without, or a stage asks for."""
        steps = [step for pipeline in pipelines for _, step in in_shown_order(pipeline)]
        asked = {name for step in steps if (name := needed(step, isolated=not self.claim.trusted))}
        missing = sorted(asked - self.tools.executor.available)
        labels = {label for pipeline in pipelines for stage in pipeline.stages for label in stage.labels}
        if missing or labels - self.tools.labels:
            raise HandBack(missing, sorted(labels - self.tools.labels))

    def _check_parameters(self, pipelines: Sequence[Pipeline]) -> None:
        """The arbiter refuses a build that lacks one where it knows the definition; before the first build it does not."""
        names = ", ".join(missing_parameters(pipelines, self.claim.variables))
        if names:
            raise BuildEnds("FAILED", "definition_invalid", f"The build was started without what it requires: {names}.")

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
        defaults = {one.name: one.default for each in pipelines for one in each.parameters if one.default is not None}
        variables = self._job.variables if self._job else claim.variables
        place = Place(
            folder.workspace,
            step_environment(facts, {**defaults, **variables}, folder),
            claim.secrets,
            f"{self.tools.work.id}.{claim.id}",
            scratch=folder.scratch,
            beside=folder.beside,
            isolated=not claim.trusted,
        )
        store = ArbiterCaches(self.client)
        return Runner(pipelines, place, self.tools.executor, reporter, self.stop, self._deadline, store=store)

    def _about_git(self, error: GitError) -> str:
        if is_full(self.tools.work.path) or "No space left" in str(error):
            return f"The repository could not be checked out: {FULL} ({self.tools.work.path})."
        return f"The repository could not be read: {error}"

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
        code = "infrastructure" if runner.trouble else "step_timeout" if state is State.TIMED_OUT else "step_failed"
        return BuildEnds(state.value.upper(), code, runner.failure or "A step failed.")

    def _release(self, reason: str, needs: Sequence[str] = ()) -> None:
        self.lease.finishing()
        try:
            self.client.release(reason, needs)
        except (LeaseLost, Refused, Unreachable) as error:
            _log.warning("build.release_failed", extra={"build": self.claim.id, "detail": str(error)})


def _shown(repository: Repository) -> Credentials:
    return Credentials(repository.username, repository.password, repository.ssh_key, repository.known_hosts)
