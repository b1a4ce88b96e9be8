"""Fixtures of the API's tests."""

from collections.abc import Iterator

import pytest

from tests.unit.api.providers import github, gitlab, make
from tests.unit.api.site import TestSite

__all__ = ["github", "gitlab", "make"]


@pytest.fixture(scope="session")
def only_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """The app that the tests of one process share, one after the other."""
    made = TestSite(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture
def site(only_site: TestSite) -> TestSite:
    """The app on an empty database."""
    only_site.empty()
    return only_site
