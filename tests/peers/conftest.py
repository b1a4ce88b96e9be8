"""Fixtures of the tests against a real forge. `make test-peers` runs them; nothing of `make test` comes here."""

from collections.abc import Iterator

import pytest

from tests.peers import build
from tests.peers.forge import Gitea
from tests.peers.runner import Runner


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    """One Gitea for all of them: each makes its own repositories and accounts."""
    with Gitea(build.ready(), tmp_path_factory.mktemp("gitea")) as running:
        yield running


@pytest.fixture(scope="session")
def runner(gitea: Gitea) -> Iterator[Runner]:
    """One runner for all repositories; a test ends every job that it starts."""
    made = Runner(gitea)
    yield made
    made.close()
