"""Forecasts, numbers of trees and projects, and what is overdue. Durations are in seconds, percentages from 0 to 100."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment, QueryNumber
from dominoci.api.schemas.base import EVENT_STATES, TREE_STATES, Answer, Body, Ref
from dominoci.api.schemas.reports import CERTAINTIES


def _counts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer())


class NumbersQuery(Body):
    """How many days back."""

    days = QueryNumber(1, 365, load_default=30)


class OverdueQuery(Body):
    """How many at most."""

    limit = QueryNumber(1, 200, load_default=50)


class ForecastQuery(Body):
    """Whether each event is foretold, too; without that, `events` is empty."""

    events = fields.Boolean(load_default=True)


class ForecastEvent(Answer):
    """An event that is not done, or one on the critical path. `p50_s` and `p90_s` are median and 90th percentile of `samples`
    past successful durations of its project, from queued to finished (null and 0 for what is done). `expected_start` is when it
    is, or was, queued; both moments are null for what will be skipped. `queued_s` and `run_s` are what it took to start and to
    run, up to now."""

    sub_id = fields.String()
    project = fields.Nested(Ref, allow_none=True)
    state = Choice(EVENT_STATES)
    critical = fields.Boolean()
    p50_s = fields.Float(allow_none=True)
    p90_s = fields.Float(allow_none=True)
    samples = fields.Integer(allow_none=True)
    expected_start = Moment(allow_none=True)
    expected_end = Moment(allow_none=True)
    overdue = fields.Boolean(allow_none=True)
    queued_s = fields.Float(allow_none=True)
    run_s = fields.Float(allow_none=True)


class Forecast(Answer):
    """When a tree will be done; of one that is, what really took longest.

    `expected_end` is the end of the longest path by median durations, `pessimistic_end` with every event taking its 90th
    percentile. `certainty` is `history` where each project that is still to run has five past runs or more, `about` where some
    have fewer (the `without_history` ones that have none count as taking no time), and `none` where none has any: then both are
    null. `critical_s` is how long the events on the critical path take together.
    """

    tree_id = fields.String()
    state = Choice(TREE_STATES)
    expected_end = Moment(allow_none=True)
    pessimistic_end = Moment(allow_none=True)
    certainty = Choice(CERTAINTIES)
    without_history = fields.Integer()
    critical_path = fields.List(fields.String())
    critical_s = fields.Float()
    events = fields.List(fields.Nested(ForecastEvent))


class FailedShare(Answer):
    """Of children that have settled: `settled` ended by a run of their own, `failed` of these failed, timed out or could not be
    delivered (`failed_percent`, null when none has settled); `skipped` ones are counted apart."""

    settled = fields.Integer()
    failed = fields.Integer()
    skipped = fields.Integer()
    failed_percent = fields.Float(allow_none=True)


class Blocker(Answer):
    """An event that keeps others from running: `blocks` counts them, however far behind it."""

    sub_id = fields.String()
    project = fields.Nested(Ref, allow_none=True)
    state = Choice(EVENT_STATES)
    blocks = fields.Integer()


class TreeNumbers(Answer):
    """Numbers of a tree. Children are all events but the root, those of the first level the root's own. `wall_s` is the time from
    opening to the end (or now), `queued_s` and `run_s` sum up what all events took to start and to run."""

    tree_id = fields.String()
    state = Choice(TREE_STATES)
    counts = _counts()
    first_level = fields.Nested(FailedShare)
    all_levels = fields.Nested(FailedShare)
    wall_s = fields.Float()
    queued_s = fields.Float()
    run_s = fields.Float()
    critical_path = fields.List(fields.String())
    critical_s = fields.Float()
    blocks_most = fields.List(fields.Nested(Blocker))


class ProjectTrees(Answer):
    """The trees that a project opened: how many by state, how many of their children failed, and how long they took. `cut` when
    there were more than the newest 500, or than the newest with 10,000 events in all: then these are what is counted."""

    count = fields.Integer()
    by_state = _counts()
    first_level = fields.Nested(FailedShare)
    all_levels = fields.Nested(FailedShare)
    duration_p50_s = fields.Float(allow_none=True)
    duration_p90_s = fields.Float(allow_none=True)
    cut = fields.Boolean()


class ProjectRuns(Answer):
    """A project's own runs: those in trees, and those that it reported on its own. `success_percent` is of those that succeeded,
    failed, timed out or could not be delivered; times are of successful runs in trees. `cut` when there were more than are
    counted."""

    count = fields.Integer()
    by_state = _counts()
    success_percent = fields.Float(allow_none=True)
    run_p50_s = fields.Float(allow_none=True)
    run_p90_s = fields.Float(allow_none=True)
    queued_p50_s = fields.Float(allow_none=True)
    queued_p90_s = fields.Float(allow_none=True)
    cut = fields.Boolean()


class Dependent(Answer):
    """A direct dependent, and how often it failed in the project's trees."""

    project = fields.Nested(Ref)
    runs = fields.Integer()
    failed = fields.Integer()
    failed_percent = fields.Float(allow_none=True)


class SkipCause(Answer):
    """A project (by name) because of which so many events were skipped."""

    project = fields.String()
    skipped = fields.Integer()


class EventPlace(Answer):
    """An event by its address."""

    tree_id = fields.String()
    sub_id = fields.String()


class FlakyGroup(Answer):
    """Runs that were given the same and ended differently."""

    events = fields.List(fields.Nested(EventPlace))


class Flakiness(Answer):
    """Of `compared` groups of runs with the same inputs (the same commits of the project and of its parents, or attempts of one
    event that were given the same), `flaky` ones hold both a success and a failure."""

    compared = fields.Integer()
    flaky = fields.Integer()
    flaky_percent = fields.Float(allow_none=True)
    examples = fields.List(fields.Nested(FlakyGroup))


class LastRun(Answer):
    """A result of a project; `duration_s` is from started to finished, null for what it reported on its own."""

    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    state = Choice(EVENT_STATES)
    at = Moment()
    duration_s = fields.Float(allow_none=True)


class ProjectNumbers(Answer):
    """Numbers of a project over the last `days`. In its own trees: `dependents` are the direct ones that fail most, `blocks_most`
    the projects because of which most events were skipped. `blocked_by` are those upstream because of which the project itself
    was. `last` are its 20 last results, whenever they were."""

    project = fields.Nested(Ref)
    days = fields.Integer()
    since = Moment()
    trees = fields.Nested(ProjectTrees)
    dependents = fields.List(fields.Nested(Dependent))
    blocks_most = fields.List(fields.Nested(SkipCause))
    runs = fields.Nested(ProjectRuns)
    blocked_by = fields.List(fields.Nested(SkipCause))
    flakiness = fields.Nested(Flakiness)
    last = fields.List(fields.Nested(LastRun))


class OverdueEvent(Answer):
    """An event that is overdue, or about to be. `since` is when it was queued."""

    tree_id = fields.String()
    sub_id = fields.String()
    project = fields.Nested(Ref)
    state = Choice(EVENT_STATES)
    since = Moment()
    elapsed_s = fields.Float()
    expected_p90_s = fields.Float(allow_none=True)
    deadline_at = Moment(allow_none=True)
    because = fields.String()


class OverduePage(Answer):
    """What is overdue, the most urgent first: past its deadline, then with less than a tenth of the time to it left, then slower
    than nine in ten past runs. The order changes all the time, so that there is no next page; `total` counts all. `cut` when more
    than 2,000 events are under way: then those whose deadlines come first were looked at."""

    items = fields.List(fields.Nested(OverdueEvent))
    next_cursor = fields.String(allow_none=True)
    total = fields.Integer()
    cut = fields.Boolean()


TREE = "019ab3c2-7f00-7000-8000-000000000001"
CORE = {"id": "019ab3c2-0000-7000-8000-000000000001", "name": "lib-core"}
NET = {"id": "019ab3c2-0000-7000-8000-000000000002", "name": "lib-net"}
SHARE = {"settled": 12, "failed": 3, "skipped": 4, "failed_percent": 25.0}
FORECAST_EXAMPLE = {
    "tree_id": TREE,
    "state": "running",
    "expected_end": "2026-11-21T10:41:00.000Z",
    "pessimistic_end": "2026-11-21T10:55:00.000Z",
    "certainty": "history",
    "without_history": 0,
    "critical_path": ["1", "1.1"],
    "critical_s": 1860.0,
    "events": [
        {
            "sub_id": "1.1",
            "project": NET,
            "state": "running",
            "critical": True,
            "p50_s": 1860.0,
            "p90_s": 2700.0,
            "samples": 20,
            "expected_start": "2026-11-21T10:10:00.000Z",
            "expected_end": "2026-11-21T10:41:00.000Z",
            "overdue": False,
            "queued_s": 4.2,
            "run_s": 610.0,
        }
    ],
}
TREE_EXAMPLE = {
    "tree_id": TREE,
    "state": "failed",
    "counts": {"success": 9, "failed": 3, "skipped": 4},
    "first_level": SHARE,
    "all_levels": SHARE,
    "wall_s": 1935.0,
    "queued_s": 61.5,
    "run_s": 7200.0,
    "critical_path": ["1", "1.1", "1.1.2"],
    "critical_s": 1930.0,
    "blocks_most": [{"sub_id": "1.1", "project": NET, "state": "failed", "blocks": 4}],
}
PROJECT_EXAMPLE = {
    "project": CORE,
    "days": 30,
    "since": "2026-10-22T10:00:00.000Z",
    "trees": {
        "count": 212,
        "by_state": {"success": 180, "failed": 32},
        "first_level": SHARE,
        "all_levels": SHARE,
        "duration_p50_s": 540.0,
        "duration_p90_s": 840.0,
        "cut": False,
    },
    "dependents": [{"project": NET, "runs": 180, "failed": 56, "failed_percent": 31.1}],
    "blocks_most": [{"project": "lib-net", "skipped": 112}],
    "runs": {
        "count": 212,
        "by_state": {"success": 212},
        "success_percent": 100.0,
        "run_p50_s": 250.0,
        "run_p90_s": 320.0,
        "queued_p50_s": 1.2,
        "queued_p90_s": 8.0,
        "cut": False,
    },
    "blocked_by": [],
    "flakiness": {
        "compared": 40,
        "flaky": 1,
        "flaky_percent": 2.5,
        "examples": [{"events": [{"tree_id": TREE, "sub_id": "1.1"}]}],
    },
    "last": [{"tree_id": TREE, "sub_id": "1", "state": "success", "at": "2026-11-21T10:00:00.000Z", "duration_s": None}],
}
OVERDUE_EXAMPLE = {
    "items": [
        {
            "tree_id": TREE,
            "sub_id": "1.1",
            "project": NET,
            "state": "running",
            "since": "2026-11-21T09:10:00.000Z",
            "elapsed_s": 3900.0,
            "expected_p90_s": 2700.0,
            "deadline_at": "2026-11-21T15:10:04.000Z",
            "because": "queued 1h 05m ago, while 9 of 10 past runs took at most 45m 00s",
        }
    ],
    "next_cursor": None,
    "total": 1,
    "cut": False,
}
