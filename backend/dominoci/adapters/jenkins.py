"""Jenkins: a trigger starts a job through the Generic Webhook Trigger plugin or through core's buildWithParameters. What it is
called over there is first its queue item (`queue:123@folder/job`), then its build (`build:job/folder/job/name/45`)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from dominoci.adapters import jenkins_check
from dominoci.adapters.base import Finding, Receipt, Run, Started, Target
from dominoci.adapters.jenkins_check import DELIVERY
from dominoci.domain import target as rules
from dominoci.domain.dispatch import Trigger, payload, variables
from dominoci.domain.states import ResultStatus
from dominoci.outbound.exchange import NOTHING_SENT, Caller, ExchangeFailed
from dominoci.vendors.jenkins import Jenkins
from dominoci.vendors.jenkins_wire import Build, Invoked, Item

MAX_REF: Final = 200  # as it is stored
RESULTS: Final = {
    "SUCCESS": ResultStatus.SUCCESS,
    "FAILURE": ResultStatus.FAILED,
    "NOT_BUILT": ResultStatus.SKIPPED,
    "ABORTED": ResultStatus.CANCELLED,
}
_QUEUE_REF: Final = re.compile(r"queue:(\d{1,18})(?:@(.+))?")
_BUILD_REF: Final = re.compile(r"build:((?:job/[^/]+/)+\d{1,10})")


@dataclass(frozen=True)
class JenkinsAdapter:
    """Starts jobs at `fields["url"]`. Builds can be asked for and stopped where the target has a user with an API token; where
    the answer to a trigger was lost, they are found by the parameter DOMINO_DELIVERY_ID, if the job declares it."""

    caller: Caller
    kind: ClassVar[str] = rules.JENKINS

    def check(self, target: Target) -> list[Finding]:
        """Asks for the server, the user, the job and its parameters; has the plugin say what it would do."""
        return jenkins_check.check(self._jenkins(target), target)

    def trigger(self, target: Target, trigger: Trigger) -> Receipt:
        """Queues a build, and says under which number."""
        return self._build(target, trigger) if target.fields.get("mode") == rules.BUILD else self._invoke(target, trigger)

    def watches(self, target: Target) -> str | None:
        """The server, where the target has a user with an API token."""
        return rules.origin({**target.fields, "kind": self.kind}) if self._jenkins(target).signs_in else None

    def find(self, target: Target, trigger: Trigger, started: Started) -> Run | None:
        """The build, or the queue item that it still is."""
        jenkins = self._jenkins(target)
        place = _place(jenkins, target, trigger, started.ref) if jenkins.signs_in else None
        if isinstance(place, Build):
            return _run(jenkins, target, place)
        return Run(None, ResultStatus.CANCELLED if place.cancelled else None) if place else None

    def cancel(self, target: Target, trigger: Trigger, started: Started) -> Receipt:
        """Takes the build out of the queue, or stops it."""
        jenkins = self._jenkins(target)
        if not jenkins.signs_in:
            return Receipt("Nothing was sent: the target has no user and API token with which to stop builds.", NOTHING_SENT)
        place = _place(jenkins, target, trigger, started.ref)
        if isinstance(place, Item) and not place.cancelled:
            left, exchange = jenkins.leave_queue(place.number)
            if left:
                return Receipt("Jenkins took the build out of its queue.", exchange)
            # it began between the two questions
            place = _place(jenkins, target, trigger, _queue_ref(place.number, _job_of(target, started.ref)))
        return _stop(jenkins, place)

    def _jenkins(self, target: Target) -> Jenkins:
        return Jenkins.of(self.caller, target.fields, target.secrets)

    def _invoke(self, target: Target, trigger: Trigger) -> Receipt:
        jenkins = self._jenkins(target)
        shown = _body(payload(trigger.masked())).decode()
        try:
            invoked, exchange = jenkins.invoke(target.secrets.get("token", ""), _body(payload(trigger)), shown)
        except ExchangeFailed as error:
            # an answer came that nobody can read: to send again would start again, unless the build can be looked for first
            if error.ambiguous and error.exchange.status == 200:
                error.retry = jenkins.signs_in and bool(target.fields.get("job"))
            raise
        if invoked.silent:
            reading = "Jenkins took it, but the job keeps its answers to itself (silentResponse)"
            return Receipt(f"{reading}: whether a build starts is not known.", exchange)
        if len(invoked.started) != 1:
            raise ExchangeFailed(_not_one(invoked), exchange=exchange, retry=False)
        ((job, number),) = invoked.started.items()
        return Receipt(f"Jenkins queued {job}.", exchange, None, _queue_ref(number, job) if number else None)

    def _build(self, target: Target, trigger: Trigger) -> Receipt:
        job = str(target.fields.get("job") or "")
        number, folded, exchange = self._jenkins(target).build(job, variables(trigger), variables(trigger.masked()))
        if number is None:
            return Receipt("Jenkins took it, but named no queue item: whether a build starts is not known.", exchange)
        reading = f"Jenkins queued {job} as item {number}."
        if folded:
            equal = f"declare {DELIVERY}, so that no two are equal"
            reading = f"Jenkins put it together with item {number}, a build of {job} that was queued already: {equal}."
        return Receipt(reading, exchange, None, _queue_ref(number, job))


def _body(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _not_one(invoked: Invoked) -> str:
    """What to say when the plugin did not start exactly one job."""
    if started := sorted(invoked.started):
        named = ", ".join(started)[:150]
        return f"Jenkins started {len(started)} jobs by this one token ({named}): give each job a token of its own."
    refused = ", ".join(sorted(invoked.items))[:150]
    if refused:
        return f"Jenkins started nothing: the filter of {refused} did not let the trigger through (regexpFilterExpression)."
    return "Jenkins took it and named no job: nothing was started."


def _queue_ref(number: int, job: str | None) -> str:
    named = f"queue:{number}@{job}"
    return named if job and len(named) <= MAX_REF else f"queue:{number}"


def _job_of(target: Target, ref: str | None) -> str | None:
    """The job that a run is of, as far as it is known."""
    queued = _QUEUE_REF.fullmatch(ref or "")
    return (queued[2] if queued else None) or target.fields.get("job")


def _place(jenkins: Jenkins, target: Target, trigger: Trigger, ref: str | None) -> Item | Build | None:
    """Where a run is now. A queue item is forgotten soon after it became a build, which still knows its number."""
    if built := _BUILD_REF.fullmatch(ref or ""):
        return jenkins.build_at(built[1])
    job, queued = _job_of(target, ref), _QUEUE_REF.fullmatch(ref or "")
    if queued:
        item = jenkins.item(int(queued[1]))
        build = jenkins.build_of_item(job, int(queued[1])) if item is None and job else None
    else:
        # the queue first: what leaves it in between is among the builds
        item = jenkins.queued_with(DELIVERY, trigger.delivery_id)
        build = jenkins.build_with(job, DELIVERY, trigger.delivery_id) if item is None and job else None
    if item is None or item.build is None:
        return item or build
    return jenkins.build_at(item.build) or Build(item.build, item.told, item.number, building=True)


def _run(jenkins: Jenkins, target: Target, build: Build) -> Run:
    ended = build.result is not None and not build.building
    ref = f"build:{build.path}"
    return Run(
        url=build.told or f"{jenkins.url}/{build.path}/",
        status=_status(target, str(build.result)) if ended else None,
        running=not ended,
        ref=ref if len(ref) <= MAX_REF else None,
        commit=build.commit,
    )


def _status(target: Target, result: str) -> ResultStatus:
    """UNSTABLE is what the target says; what Jenkins does not know itself has failed."""
    if result == "UNSTABLE" and target.fields.get("unstable") == "success":
        return ResultStatus.SUCCESS
    return RESULTS.get(result, ResultStatus.FAILED)


def _stop(jenkins: Jenkins, place: Item | Build | None) -> Receipt:
    if place is None:
        return Receipt("Jenkins knows no such build (any more): nothing was stopped.", NOTHING_SENT)
    if isinstance(place, Item):
        return Receipt("The build had left the queue already: nothing was stopped.", NOTHING_SENT)
    if place.result is not None and not place.building:
        return Receipt(f"The build had ended ({place.result}): nothing was stopped.", NOTHING_SENT)
    there, exchange = jenkins.stop(place.path)
    return Receipt("Jenkins stops the build." if there else "The build is not there any more.", exchange)
