"""One running DominoCI for each database, with a row of dominoes on it, and a table of how long each recovery took."""

from collections.abc import Iterator

import pytest
from tests.fakes.other_ci import OtherCI
from tests.fakes.webhook_sink import Sink
from tests.faults.row import Row
from tests.stack import Stack


@pytest.fixture(scope="session")
def ci() -> Iterator[OtherCI]:
    """The other CI system, for all tests."""
    with Sink() as sink:
        yield OtherCI(sink)


DATABASES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("sqlite", "mariadb")]


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database: empty for SQLite in the data folder. The tests run on both."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("mariadb").create_database())


@pytest.fixture(scope="session")
def stack(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`dominoci up`, for the tests of one database one after the other; its end must leave nothing behind."""
    data = tmp_path_factory.mktemp("up") / "data"
    started = Stack(data, database, DOMINOCI_ALLOWED_HOSTS="127.0.0.1", DOMINOCI_AGENT_SLOTS="4")
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def row(stack: Stack, ci: OtherCI, tmp_path_factory: pytest.TempPathFactory) -> Row:
    """The row, standing."""
    made = Row(stack, ci, tmp_path_factory.mktemp("gates"))
    made.lay()
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table: tests note it as the property `recovered_s`."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    rows = [(seconds, report.nodeid) for report in reports for name, seconds in report.user_properties if name == "recovered_s"]
    if rows:
        terminalreporter.section("seconds from the fault to the right end of the tree")
        for seconds, name in rows:
            terminalreporter.write_line(f"{seconds:6.1f}  {name.partition('::')[2]}")
