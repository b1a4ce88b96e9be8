"""What a CI system itself says of a run, asked for it or by its own webhook: the lower rungs of the ladder, below the callback of
the pipeline. The first final report wins."""

from dominoci.adapters.base import Run
from dominoci.domain.reasons import Reason
from dominoci.domain.reports import Links, Metadata, Report
from dominoci.domain.states import EventState, ResultStatus
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import results
from dominoci.services.tree_change import TreeChange
from dominoci.store import statements, trees

POLL, WEBHOOK = "when asked", "by its webhook"
_NOT_RUNNING = (EventState.QUEUED.value, EventState.TRIGGERED.value)
_TRIGGERED = (*_NOT_RUNNING, EventState.RUNNING.value)
_GIVEN_UP = (EventState.TIMED_OUT.value, EventState.UNDELIVERABLE.value, EventState.CANCELLED.value)


def observe(uow: UnitOfWork, tree_id: str, event_id: str, attempt: int, run: Run, how: str) -> str:
    """Books what is news about the run of one attempt; answers what was done with it, in a few words."""
    change = TreeChange.of(uow, tree_id)
    event = trees.events_by_id(uow.session, [event_id])[0]
    if event.attempt != attempt:
        return f"attempt {attempt} has been superseded by attempt {event.attempt}"
    if trees.known_result(uow.session, event.id, attempt):
        return "its result is known"
    _keep(uow, event, run)
    if run.status and event.state in (*_TRIGGERED, *_GIVEN_UP):
        told = Report(ResultStatus(run.status), Metadata(run.branch, run.tag, None, run.commit), Links(pipeline=run.url))
        results.accept(change, event, attempt, told, Reason("observed", {"status": run.status, "how": how}))
        return f"counted as {run.status}"
    # only the first: a run that hangs is seen to run for ever, and must meet its deadline
    if run.running and event.state in _NOT_RUNNING:
        results.sign_of_life(change, event, Reason("observed", {"status": "running", "how": how}), run.url)
        change.finish()
        return "counted as a sign of life"
    return "no news"


def _keep(uow: UnitOfWork, event: Event, run: Run) -> None:
    """What the run is called from now on, and its page."""
    known = {name: value for name, value in (("run_ref", run.ref), ("run_url", run.url)) if value}
    if known:
        trees.update_attempts(uow.session, [(event.id, event.attempt)], **known)
    if run.url and run.url != event.run_url:
        statements.change(uow.session, event, run_url=run.url)
