"""A past for tests that ask how long things took: whole trees that run by the clock."""

from collections.abc import Mapping
from datetime import timedelta

from dominoci.domain.states import ACTIVE
from tests.world import World

QUEUED_S = 5  # of every run, before it shows that it has started


def run_through(
    world: World, root: str, seconds: Mapping[str, float], status: Mapping[str, str] | None = None, commit: str | None = None
) -> str:
    """A tree from `root` to its end: each project takes so many seconds from queued to finished (10 unless said), and ends so
    (SUCCESS unless said); answers the tree's id."""
    tree_id = str(world.report(root)["tree_id"])
    while active := [event for event in world.tree(tree_id)["events"] if event["state"] in ACTIVE]:
        ends = {}
        for event in active:
            sub_id, name = event["sub_id"], event["project"]["name"]
            ends[event["queued_at"] + timedelta(seconds=seconds.get(name, 10)), sub_id] = name
            if event["state"] == "queued":
                world.clock.now = event["queued_at"] + timedelta(seconds=QUEUED_S)
                world.started(tree_id, sub_id)
        at, sub_id = min(ends)
        world.clock.now = at
        world.result(tree_id, sub_id, (status or {}).get(ends[at, sub_id], "SUCCESS"), project=ends[at, sub_id], commit=commit)
    return tree_id
