"""Reports that were refused although the project's token was good: kept in a few words, and shown until one is accepted."""

from typing import Any

import pytest

from dominoci.services import refusals
from tests.unit.api.conformance import conform
from tests.unit.api.site import TestSite
from tests.world import USER, World

PATH = "/projects/core/refusals"


def kept(site: TestSite) -> list[Any]:
    """What the project's page shows of them."""
    answer = conform(site.get(PATH), "GET", "/api/v1/projects/{project}/refusals")
    return list(answer["items"])


def details(world: World) -> list[str]:
    """What was wrong with each of them, newest first."""
    return [row["detail"] for row in world.read(refusals.listed, USER, "core")["items"]]


@pytest.mark.parametrize(
    ("route", "sent", "status", "said"),
    [
        ("/events", {"json": {"status": "FINE"}}, 422, "status: "),
        ("/events", {"data": "{'status'", "content_type": "application/json"}, 400, "not valid JSON"),
        ("/events", {"data": "x" * 2_000_000, "content_type": "application/json"}, 413, "larger"),
        ("/results", {"json": {"status": "SUCCESS"}}, 422, "event_token: is required"),
    ],
)
def test_a_refused_report_is_told_with_a_fix(site: TestSite, route: str, sent: dict[str, Any], status: int, said: str) -> None:
    site.project("core")
    assert site.call("POST", f"/api/v1{route}", site.project_token("core"), **sent).status_code == status
    (row,) = kept(site)
    assert (row["route"], row["status"]) == (f"/api/v1{route}", status)
    assert said in row["detail"]
    assert row["fix"]


def test_only_what_a_project_sends_itself_is_kept(site: TestSite) -> None:
    site.project("core")
    site.post("/events", {"status": "FINE"}, "dcp_unknown")
    site.post("/events", {"status": "FINE"})
    site.post("/events", {"status": "SUCCESS"}, site.project_token("core"))
    assert kept(site) == []


def test_few_are_kept_and_not_for_long(any_world: World) -> None:
    world = any_world
    world.project("core")
    project = world.projects["core"]
    for count in range(12):
        for again in ("", " again"):
            world.write(refusals.note, project, "/api/v1/events", 422, f"{count}{again}")
        world.clock.advance(seconds=3)
    assert details(world) == [str(count) for count in range(11, 1, -1)]
    world.report("core")
    assert details(world) == []
    world.clock.advance(seconds=1)
    world.write(refusals.note, project, "/api/v1/events", 409, "after")
    assert details(world) == ["after"]
    world.clock.advance(days=1, seconds=1)
    assert details(world) == []
