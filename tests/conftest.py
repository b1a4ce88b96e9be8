"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.bed.fixtures import chromium, database_url, docker_engine, mariadb, mariadb_url, valkey
from tests.bed.mariadb import MariaDB
from tests.world import World

__all__ = ["chromium", "database_url", "docker_engine", "mariadb", "mariadb_url", "valkey"]

# the machine is shared: how long one example takes says nothing
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The services on a new SQLite database."""
    made = World(f"sqlite:///{tmp_path / 'test.sqlite'}", tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def mariadb_world(mariadb: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The services on a MariaDB database that tests share one after the other; each empties it first."""
    made = World(mariadb.create_database(), tmp_path_factory.mktemp("mariadb"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "mariadb"])
def any_world(request: pytest.FixtureRequest) -> World:
    """The services on an empty database: the test runs on SQLite and on MariaDB."""
    made: World = request.getfixturevalue("world" if request.param == "sqlite" else "mariadb_world")
    made.empty()
    return made
