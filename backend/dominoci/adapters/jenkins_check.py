"""The test connection of a Jenkins target, step by step. It starts nothing: the plugin is asked for a dry run."""

import json
from functools import partial
from typing import Final

from dominoci.adapters.base import Finding, Target
from dominoci.adapters.checking import Steps
from dominoci.domain import target as rules
from dominoci.outbound.exchange import NOTHING_SENT, ExchangeFailed
from dominoci.vendors.jenkins import Jenkins
from dominoci.vendors.jenkins_wire import Job

DELIVERY: Final = "DOMINO_DELIVERY_ID"
PARAMETERS: Final = (
    DELIVERY, "DOMINO_EVENT_TOKEN", "DOMINO_REF", "DOMINO_TREE_ID", "DOMINO_SUB_ID", "DOMINO_ATTEMPT", "DOMINO_RESULT_URL",
    "DOMINO_STARTED_URL", "DOMINO_IDENTITY", "DOMINO_UPSTREAM_PROJECT", "DOMINO_UPSTREAM_COMMIT", "DOMINO_UPSTREAM_BRANCH",
    "DOMINO_UPSTREAM_TAG", "DOMINO_PAYLOAD",
)  # fmt: skip
# without an event token in it: a version of the plugin that knows no dry run would start a build that proves nothing
DRY_RUN: Final = json.dumps({"type": "dominoci.test", "version": "1"})


def check(jenkins: Jenkins, target: Target) -> list[Finding]:
    """What each step found; the first that fails is the last, but for the dry run, which needs no user."""
    steps = Steps()
    if not steps.address(jenkins.caller.client, jenkins.url) or not steps.take("connection", partial(_connection, jenkins)):
        return steps.findings
    builds = target.fields.get("mode") == rules.BUILD
    signed_in = _credentials(steps, jenkins, builds=builds)
    if signed_in and target.fields.get("job"):
        _job(steps, jenkins, str(target.fields["job"]), builds=builds)
    if not builds:
        steps.take("dry run", partial(_dry_run, jenkins, target))
    return steps.findings


def _credentials(steps: Steps, jenkins: Jenkins, *, builds: bool) -> bool:
    if jenkins.signs_in:
        return steps.take("credentials", lambda: f"Signed in as {jenkins.who()}.")
    if builds or jenkins.user or jenkins.api_token:
        return steps.take("credentials", partial(_wrong, "The target needs a user and that user's API token, both."))
    detail = "Without a user and an API token builds cannot be asked for or stopped: only the callback tells how they ended."
    steps.findings.append(Finding("callback", True, detail))
    return False


def _job(steps: Steps, jenkins: Jenkins, path: str, *, builds: bool) -> None:
    found: list[Job] = []
    if steps.take("target", partial(_target, jenkins, path, found)):
        steps.take("parameters", partial(_parameters, found[0], builds=builds))


def _connection(jenkins: Jenkins) -> str:
    return f"Jenkins {jenkins.version()} answers."


def _target(jenkins: Jenkins, path: str, found: list[Job]) -> str:
    job = jenkins.job(path)
    found.append(job)
    if job.buildable is None:
        return _wrong(f"{path} is no job that can be built: of a folder or multibranch project name the job in it ({path}/main).")
    if not job.buildable:
        return _wrong(f"{path} is disabled: enable it in Jenkins.")
    return f"The job {job.name or path} is there."


def _parameters(job: Job, *, builds: bool) -> str:
    """In the mode `build` undeclared parameters are dropped without a word. The plugin hands its variables over by itself."""
    missing = [name for name in PARAMETERS if name not in job.parameters]
    if not builds:
        lost = f"{DELIVERY} is not declared: a build whose queue item we were not told cannot be found again."
        return lost if DELIVERY in missing else f"{DELIVERY} is declared."
    named = ", ".join(missing)
    if DELIVERY in missing:
        why = "without DOMINO_DELIVERY_ID Jenkins puts queued builds together"
        return _wrong(f"The job does not declare {named}: Jenkins drops them, and {why}.")
    return f"Not declared, so that Jenkins drops them: {named}." if missing else "All parameters are declared."


def _dry_run(jenkins: Jenkins, target: Target) -> str:
    invoked, _ = jenkins.invoke(target.secrets.get("token", ""), DRY_RUN.encode(), DRY_RUN, dry_run=True)
    jobs, wanted = sorted(invoked.items), target.fields.get("job")
    if invoked.started:
        return _wrong(f"This version of the plugin knows no dry run and started {', '.join(jobs)[:150]}: update the plugin.")
    if invoked.silent:
        return "The token is known, but the job keeps its answers to itself (silentResponse): starts cannot be followed."
    if len(jobs) != 1:
        return _wrong(f"{len(jobs)} jobs have this token ({', '.join(jobs)[:150]}): give each job a token of its own.")
    if wanted and jobs[0] != wanted.strip("/"):
        return _wrong(f"The token is that of {jobs[0]}, not of {wanted}.")
    return f"The token is that of {jobs[0]}; its filter, if it has one, decides on each trigger."


def _wrong(reading: str) -> str:
    """Ends a step: it did not hold."""
    raise ExchangeFailed(reading, exchange=NOTHING_SENT, retry=False)
