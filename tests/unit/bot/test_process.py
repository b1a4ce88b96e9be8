"""Who may be on IRC: the lease as the bot's process keeps it, also while the database is away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dominoci.bootstrap import Container
from dominoci.bot.irc_client import Heard, IrcClient
from dominoci.bot.process import SAFE_S, Process
from dominoci.config import IrcSettings
from dominoci.domain.errors import Unavailable
from dominoci.infra.unit_of_work import Transactions
from tests.unit.api.site import container

IRC = IrcSettings("irc.test", 6667, False, "#ci", "dominoci")


@dataclass(frozen=True)
class Flaky(Transactions):
    """Transactions on a database that may be away."""

    def write(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """As ever, but while it is away."""
        if self.memory.get("away"):
            raise Unavailable("The database cannot be reached.")
        return super().write(work, *args, **kwargs)


@pytest.fixture
def arbiter(tmp_path: Path) -> Iterator[Container]:
    """A container whose database can be taken away: `transactions.memory["away"]`."""
    made = container(tmp_path)
    real = made.transactions
    yield replace(made, transactions=Flaky(real.database, real.bell, real.settings, real.keys, {}))
    made.database.engine.dispose()


def test_a_process_whose_database_is_away_leaves_before_another_one_can_have_taken_over(arbiter: Container) -> None:
    now = [100.0]
    first, second = (Process(arbiter, IRC, clock=lambda: now[0]) for _ in range(2))
    assert (first.holds_lease(), second.holds_lease()) == (True, False)
    arbiter.transactions.memory["away"] = True
    now[0] += SAFE_S - 1
    assert first.holds_lease()  # a short outage is none
    now[0] += 2
    assert not first.holds_lease()
    arbiter.transactions.memory["away"] = False
    now[0] += 5
    assert (second.holds_lease(), first.holds_lease()) == (False, True)


def test_who_ends_lets_the_next_one_in_at_once(arbiter: Container) -> None:
    now = [100.0]
    first, second = (Process(arbiter, IRC, clock=lambda: now[0]) for _ in range(2))
    assert first.holds_lease()
    first.end()
    assert second.holds_lease()


def test_who_was_long_in_connecting_or_answering_asks_for_the_lease_before_the_next_answer(
    arbiter: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, said = [100.0], list[str]()
    turns: list[float | str] = []
    first, second = (Process(arbiter, IRC, clock=lambda: now[0]) for _ in range(2))

    def connect() -> None:
        now[0] += SAFE_S + 10  # meanwhile another process takes over, whose clock is the database's
        first.end()
        assert second.holds_lease()
        monkeypatch.setattr(IrcClient, "connected", property(lambda _client: True))

    monkeypatch.setattr(first._client, "connect", connect)
    monkeypatch.setattr(first._client, "turn", turns.append)
    monkeypatch.setattr(first._client, "leave", turns.append)
    monkeypatch.setattr(first._client, "say", lambda target, line: said.append(line))
    leaving = Event()
    leaving.set()
    first.turn(leaving)
    first.turn(leaving)
    first.heard(Heard("ada", "ada", "help", None))
    assert (turns, said) == (["another bot takes over"], [])
