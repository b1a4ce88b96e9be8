"""Fixtures over the test bed. A part that is not installed makes its tests fail, never skip."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bed.docker import Engine, shared
from tests.bed.mariadb import MariaDB
from tests.bed.programs import find_chromium
from tests.bed.valkey import Valkey


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A running MariaDB, one for each pytest process. A test that kills it starts it again."""
    server = MariaDB()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def mariadb_url(mariadb: MariaDB) -> Iterator[str]:
    """The address of a new, empty database on MariaDB."""
    url = mariadb.create_database()
    yield url
    mariadb.drop_database(url)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database: the test runs on SQLite and on MariaDB."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite'}"
    return str(request.getfixturevalue("mariadb_url"))


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A running, empty Valkey for this test alone."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """A Docker engine with the image `tests.bed.docker.TINY`, and `debian()` where that is asked for. All tests share it, so
    each works with labels of its own."""
    with shared() as engine:
        yield engine


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    path = find_chromium()
    assert path is not None, "Chromium is not installed: python -m tests.bed.missing"
    return path
