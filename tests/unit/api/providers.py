"""Sites whose people sign in at stand-ins of GitHub and GitLab."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.config import ProviderSettings, SignUp
from tests.fakes import github_sso, gitlab_sso
from tests.fakes.github_sso import GitHubStand
from tests.fakes.gitlab_sso import GitLabStand
from tests.unit.api.site import TestSite


@pytest.fixture
def github() -> Iterator[GitHubStand]:
    with GitHubStand() as stand:
        yield stand


@pytest.fixture
def gitlab() -> Iterator[GitLabStand]:
    with GitLabStand() as stand:
        yield stand


Make = Callable[..., TestSite]


@pytest.fixture
def make(tmp_path: Path, github: GitHubStand, gitlab: GitLabStand) -> Iterator[Make]:
    """A site whose people sign in at both; open unless told otherwise."""
    made: list[TestSite] = []

    def build(policy: str = "open", domains: tuple[str, ...] = (), organisations: tuple[str, ...] = (), **more: Any) -> TestSite:
        both = (
            ProviderSettings("github", "GitHub", github.url, *github_sso.CLIENT),
            ProviderSettings("gitlab", "GitLab", gitlab.url, *gitlab_sso.CLIENT),
        )
        site = TestSite(tmp_path, providers=both, sign_up=SignUp(policy, domains, organisations), **more)
        made.append(site)
        return site

    yield build
    for site in made:
        site.close()


def failures(site: TestSite) -> list[dict[str, Any]]:
    """The sign-ins that failed, by the audit log."""
    return list(site.get("/audit?action=session.failed").get_json()["items"])
