"""What badges say, on each database: one statement finds it, whichever badge is asked for."""

import pytest

from dominoci.domain.badge import RESULT, TREE
from dominoci.domain.reports import Links, Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.services import badges, reports
from tests.world import World

pytestmark = pytest.mark.services


def test_a_badge_says_the_same_on_every_database(any_world: World) -> None:
    world = any_world
    world.graph([("core", "net")])

    def report(status: ResultStatus, branch: str) -> None:
        world.write(reports.report, world.who("core"), Report(status, Metadata(branch=branch), Links(), ()), None)
        world.clock.advance(seconds=1)

    def says(kind: str, branch: str | None = None) -> str:
        return str(world.read(badges.shown, "core", kind, branch, None).message)

    assert (says(RESULT), says(TREE)) == ("no result", "no tree")
    report(ResultStatus.FAILED, "main")
    report(ResultStatus.SUCCESS, "topic")
    assert (says(RESULT), says(RESULT, "topic"), says(RESULT, "main")) == ("passing", "passing", "failing")
    assert (says(TREE), says(TREE, "topic"), says(TREE, "main")) == ("running", "running", "no tree")
    report(ResultStatus.SUCCESS, "main")
    report(ResultStatus.FAILED, "topic")
    assert (says(RESULT), says(RESULT, "topic"), says(RESULT, "main")) == ("failing", "failing", "passing")
    assert says(TREE, "main") == "running"
