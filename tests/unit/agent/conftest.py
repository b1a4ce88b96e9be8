"""Fixtures of the agent's tests: a fake arbiter, and agents that run against it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dominoci_agent.config import AgentSettings
from dominoci_agent.loop import Agent
from tests.fakes.arbiter import FakeArbiter


@pytest.fixture
def arbiter(tmp_path: Path) -> Iterator[FakeArbiter]:
    """A fake arbiter with one empty repository."""
    with FakeArbiter(tmp_path / "arbiter") as running:
        yield running


@pytest.fixture
def start_agent(arbiter: FakeArbiter, tmp_path: Path) -> Iterator[Callable[..., Agent]]:
    """Starts an agent in this process; what it was given differently goes as settings (`DOMINOCI_AGENT_…`)."""
    running: list[tuple[Agent, threading.Thread]] = []

    def start(**settings: str) -> Agent:
        environ = {
            "DOMINOCI_URL": arbiter.url,
            "DOMINOCI_AGENT_WORK": str(tmp_path / "work"),
            "DOMINOCI_AGENT_TOKEN": arbiter.enrolment(),
            "DOMINOCI_AGENT_NAME": "tester",
            "DOMINOCI_AGENT_GRACE": "0",
        } | settings
        agent = Agent.create(AgentSettings.read(environ))
        thread = threading.Thread(target=agent.run)
        thread.start()
        running.append((agent, thread))
        return agent

    yield start
    for agent, thread in running:
        agent.stop()
        thread.join(15)
        agent.close()
