"""What tests of notifications share: rules, what they were told, who sends it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import User
from dominoci.infra.models.notices import Notification
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.notify import channels
from dominoci.notify.base import Address
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import notification_rules
from dominoci.services.access import Principal
from dominoci.services.notification_sending import NotificationSender
from tests.fakes.webhook_sink import Sink
from tests.world import USER, World

RUNS = ["first_failure", "failure", "recovery", "success", "undeliverable"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The receiver."""
    with Sink() as made:
        yield made


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    """The guarded client, which may reach this machine."""
    made = GuardedClient(("127.0.0.1",))
    yield made
    made.close()


def rule(world: World, project: str | None, events: list[str], url: str = "https://hooks.test/x", **more: Any) -> str:
    """A new rule of a project, or of `who`, to Slack; answers its id."""
    who = more.pop("who", USER)
    body = {"channel": "slack", "events": events, "scope": {"branches": []}, "enabled": True, **more}
    return str(world.write(notification_rules.create, who, project, body, Address({"host": "hooks.test"}, {"url": url}))["id"])


def told(world: World, rule_id: str | None = None) -> list[dict[str, Any]]:
    """The facts of all messages, in the order of writing."""
    query = select(Notification).order_by(Notification.id)
    rows = world.read(lambda uow: uow.session.scalars(query).all())
    return [row.body for row in rows if rule_id in (None, row.rule_id)]


def kinds(world: World, rule_id: str | None = None) -> list[str]:
    """What was told, in a word each."""
    return [body["kind"] for body in told(world, rule_id)]


def person(world: World, name: str) -> Principal:
    """Somebody without any right."""

    def add(uow: UnitOfWork) -> str:
        row = User(id=new_id(), name=name, is_admin=False, created_at=uow.now)
        uow.session.add(row)
        return row.id

    return Principal("user", world.write(add), name)


def sender(world: World, client: GuardedClient) -> NotificationSender:
    """A sender by the world's clock."""
    return NotificationSender(world.transactions, channels.of_settings(world.settings, Caller(client, world.clock)))


def child_runs(world: World, *ends: str, branch: str = "main") -> None:
    """lib runs and succeeds once for each of these ends of app, which depends on it."""
    for number, end in enumerate(ends):
        world.clock.advance(minutes=1)
        tree_id = world.report("lib", commit=f"{number:x}" * 40, branch=branch)["tree_id"]
        world.clock.advance(minutes=1)
        world.result(tree_id, "1.1", end, commit=f"{number:x}a" * 20, branch=branch)
