"""Every case of cases/, on SQLite and on MariaDB. Where one says `orders: all`, every order of its results must end the same."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scenarios.player import Player
from tests.world import World

CASES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))
WORDS = {"about", "settings", "projects", "edges", "root", "results", "orders", "steps", "expect"}


def load(path: Path) -> dict[str, Any]:
    """A case; a word that nobody knows is a mistake in it."""
    case: dict[str, Any] = yaml.safe_load(path.read_text())
    assert set(case) <= WORDS
    assert case["about"].endswith(".")
    return case


@pytest.mark.services
@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_scenario(path: Path, any_world: World) -> None:
    case = load(path)
    any_world.empty(**case.get("settings", {}))
    player = Player(any_world, case)
    player.set_up()
    results = [pair for listed in case.get("results", []) for pair in listed.items()]
    orders = list(permutations(results)) if case.get("orders") == "all" else [results]
    # the order is the domain's business, which is the same on both: MariaDB plays some of very many
    for order in orders if any_world.database.sqlite else orders[:: max(1, len(orders) // 24)]:
        player.begin()
        player.play(order)
        for step in case.get("steps", []):
            player.step(step)
        player.expect(case["expect"])


def test_there_is_a_case_for_everything_that_was_asked() -> None:
    assert len(CASES) >= 30
