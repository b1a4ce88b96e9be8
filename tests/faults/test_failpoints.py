"""A process that ends between any two lines that matter: right before and after a commit, after taking work, after sending."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.fakes.other_ci import OtherCI
from tests.faults.apart import Apart
from tests.faults.row import Row
from tests.faults.stopwatch import Stopwatch


@pytest.fixture(scope="session")
def apart(database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """Web and scheduler, and no worker yet."""
    made = Apart(tmp_path_factory.mktemp("apart") / "data", database())
    made.prepare()
    made.start("web")
    made.start("scheduler")
    yield made
    made.close()


@pytest.fixture(scope="session")
def row(apart: Apart, ci: OtherCI, tmp_path_factory: pytest.TempPathFactory) -> Row:
    """The row without the builds."""
    made = Row(apart, ci, tmp_path_factory.mktemp("gates"), builds=False)
    made.lay()
    return made


@pytest.mark.parametrize("failpoint", ["before_commit", "after_commit", "after_claim", "after_send"])
def test_another_worker_goes_on_where_one_died(failpoint: str, apart: Apart, row: Row, stopwatch: Stopwatch) -> None:
    apart.start("worker", failpoint)
    tree = row.push_over()
    apart.dies("worker")
    stopwatch.fault()
    apart.start("worker")
    row.ends(tree)
    stopwatch.right()
    row.check(tree, sent_again=failpoint == "after_send")
    apart.stop("worker")


@pytest.mark.parametrize("failpoint", ["before_commit", "after_commit"])
def test_a_report_that_got_no_answer_is_recorded_once_when_it_is_sent_again(
    failpoint: str, apart: Apart, row: Row, stopwatch: Stopwatch
) -> None:
    apart.start("worker")
    apart.stop("web")
    web = apart.start("web", failpoint)
    before = row.trees()
    with pytest.raises(httpx.TransportError):
        row.report()
    stopwatch.fault()
    web.stop()
    apart.start("web")
    tree = row.report(again=True)["tree_id"]
    assert row.trees() - before == {tree}
    row.ends(tree)
    stopwatch.right()
    row.check(tree)
    apart.stop("worker")
