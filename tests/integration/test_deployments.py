"""The koalaCI API when many ask for the same at once."""

from functools import partial
from typing import Any

import pytest

from dominoci.domain.errors import Conflict
from dominoci.services import builds, deployments
from dominoci.services.access import ARBITER
from dominoci.store.paging import Page
from tests.together import Crew
from tests.world import World

pytestmark = pytest.mark.services
PAYLOAD = {
    "project_id": "shop",
    "deployment_id": "d1",
    "project_branch": "main",
    "project_repo_url": "https://git.test/shop.git",
    "project_build_command": "npm run build",
    "project_package_manager": "npm",
    "project_dist_directory": "dist",
}


def create(world: World, user: str, deployment: str) -> str:
    """What a caller is told."""
    try:
        return str(world.write(deployments.create, user, None, {**PAYLOAD, "deployment_id": deployment}))
    except Conflict as error:
        return error.detail


def built(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.read(builds.listing, ARBITER, {}, Page())["items"]
    return found


def test_of_many_that_create_the_same_deployment_one_does(any_world: World) -> None:
    with Crew(6) as crew:
        told = crew.at_once([partial(create, any_world, "ada", "d1")] * 6)
    assert sorted(told) == [deployments.RUNNING] * 5 + [deployments.OK]
    assert len(built(any_world)) == 1


def test_deployments_of_a_new_project_that_come_at_once_share_it(any_world: World) -> None:
    with Crew(6) as crew:
        told = crew.at_once([partial(create, any_world, user, f"d{n}") for user in ("ada", "bob") for n in range(3)])
    assert told == [deployments.OK] * 6
    assert sorted(build["number"] for build in built(any_world)) == [1, 1, 2, 2, 3, 3]
    assert len({build["project"]["id"] for build in built(any_world)}) == 2
