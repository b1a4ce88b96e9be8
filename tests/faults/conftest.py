"""One running DominoCI for each database, with a row of dominoes on it, and a table of how long each recovery took."""

from collections.abc import Callable, Iterator

import pytest

from tests.bed.mariadb import MariaDB
from tests.fakes.other_ci import OtherCI
from tests.fakes.webhook_sink import Sink
from tests.faults.row import Row
from tests.faults.stopwatch import Stopwatch
from tests.stack import Stack


@pytest.fixture(scope="session")
def ci() -> Iterator[OtherCI]:
    """The other CI system, for all tests."""
    with Sink() as sink:
        yield OtherCI(sink)


DATABASES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("sqlite", "mariadb")]


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes an empty database and answers its address, which is empty for SQLite in the data folder. The tests run on both."""
    if request.param == "sqlite":
        return str
    server: MariaDB = request.getfixturevalue("mariadb")
    return server.create_database


@pytest.fixture(scope="session")
def stack(database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`dominoci up`, for the tests of one database one after the other; its end must leave nothing behind."""
    data = tmp_path_factory.mktemp("up") / "data"
    started = Stack(data, database(), DOMINOCI_ALLOWED_HOSTS="127.0.0.1", DOMINOCI_AGENT_SLOTS="4")
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def row(stack: Stack, ci: OtherCI, tmp_path_factory: pytest.TempPathFactory) -> Row:
    """The row, standing."""
    made = Row(stack, ci, tmp_path_factory.mktemp("gates"))
    made.lay()
    return made


@pytest.fixture
def stopwatch(record_property: Callable[[str, object], None]) -> Stopwatch:
    """For the table at the end of the run."""
    return Stopwatch(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    rows = [(seconds, report.nodeid) for report in reports for name, seconds in report.user_properties if name == "recovered_s"]
    if rows:
        terminalreporter.section("seconds from the fault to the right end of the tree")
        for seconds, name in rows:
            terminalreporter.write_line(f"{seconds:6.1f}  {name.partition('::')[2]}")
