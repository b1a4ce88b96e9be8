"""Outgoing webhooks: written with the change, signed, sent until they are taken or given up after three days (guarantee G10)."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from dominoci.domain.ids import new_id
from dominoci.domain.webhook import PAUSES
from dominoci.infra.models.graph import DependencyRow, Project
from dominoci.infra.models.plumbing import Webhook, WebhookMessage
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import builds, webhooks
from dominoci.services.webhook_sending import WebhookSender, _book, _claim, post
from dominoci.store import webhooks as store
from dominoci.store.trees import add_many
from tests.fakes.webhook_sink import Received, Sink, answer
from tests.integration.test_statement_counts import statements
from tests.world import USER, World

pytestmark = pytest.mark.services
EVERYTHING = ["event.accepted", "event.state_changed", "tree.opened", "tree.finished", "build.finished"]


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


def hook(world: World, sink: Sink, project: str, events: list[str] | None = None, fmt: str = "json") -> dict[str, Any]:
    """A new webhook of a project, with its secret."""
    body = {"url": f"{sink.url}/hook", "format": fmt, "events": events or EVERYTHING}
    made: dict[str, Any] = world.write(webhooks.create, USER, project, body)
    return made


def sender(world: World, client: GuardedClient) -> WebhookSender:
    """A sender by the world's clock."""
    return WebhookSender(world.transactions, Caller(client, world.clock))


def rows(world: World) -> list[WebhookMessage]:
    """All messages, in the order of writing."""
    query = select(WebhookMessage).order_by(WebhookMessage.id)
    found: list[WebhookMessage] = world.read(lambda uow: uow.session.scalars(query).all())
    return found


def wide(world: World, width: int) -> None:
    """core, with `width` projects behind it, as copies of one."""

    def copy(uow: UnitOfWork) -> None:
        project = uow.session.get_one(Project, world.projects["n"])
        one = {column.key: getattr(project, column.key) for column in Project.__table__.columns}
        edge = uow.session.scalars(select(DependencyRow)).one()
        rules = {column.key: getattr(edge, column.key) for column in DependencyRow.__table__.columns}
        new = {f"n{n:03d}": new_id() for n in range(width - 1)}
        add_many(uow.session, Project, [{**one, "id": id_, "name": name} for name, id_ in new.items()])
        add_many(uow.session, DependencyRow, [{**rules, "id": new_id(), "downstream_id": id_} for id_ in new.values()])

    world.depend("core", "n")
    world.write(copy)


def is_signed(secret: str, request: Received) -> bool:
    """Whether any of the signatures is right: after the text of Standard Webhooks, without our own code."""
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return right in request.headers["webhook-signature"].split(" ")


def test_a_project_hears_of_its_own_events_and_of_the_trees_it_is_the_root_of(
    any_world: World, sink: Sink, client: GuardedClient
) -> None:
    world = any_world
    world.graph([("core", "net"), ("net", "app")])
    root, middle = hook(world, sink, "core"), hook(world, sink, "net")
    tree_id = world.report("core", commit="a" * 40)["tree_id"]
    world.result(tree_id, "1.1", commit="b" * 40)
    world.result(tree_id, "1.1.1", "FAILED")
    assert sender(world, client).send_due() == len(sink.received)
    told = [(one.headers["webhook-id"], one.json()) for one in sink.received]
    by_hook = {row.id: row.webhook_id for row in rows(world)}
    mine = {id_: [body for message, body in told if by_hook[message] == id_] for id_ in (root["id"], middle["id"])}
    assert sorted(body["type"] for body in mine[root["id"]]) == ["event.accepted", "tree.finished", "tree.opened"]
    (finished,) = [body["data"]["tree"] for body in mine[root["id"]] if body["type"] == "tree.finished"]
    assert (finished["state"], finished["counts"]) == ("failed", {"success": 2, "failed": 1})
    changes = [body["data"] for body in mine[middle["id"]]]
    assert sorted(change["event"]["state"] for change in changes) == ["queued", "success"]
    (ended,) = [change for change in changes if change["event"]["state"] == "success"]
    assert ended["project"]["name"] == "net"
    assert ended["tree"]["url"] == f"http://arbiter.test/trees/{tree_id}"
    assert ended["result"]["metadata"]["commit"] == "b" * 40
    assert ended["reason"]["text"] == "reported SUCCESS"
    for one in sink.received:
        own = by_hook[one.headers["webhook-id"]]
        assert [is_signed(hook["secret"], one) for hook in (root, middle)] == [own == root["id"], own == middle["id"]]


def test_no_name_is_told_that_the_project_may_not_know(world: World, sink: Sink, client: GuardedClient) -> None:
    for name in ("hidden", "secret", "half", "seen"):
        world.project(name, visibility="private")
    world.graph([("hidden", "secret"), ("secret", "half"), ("half", "seen")])
    hook(world, sink, "seen", ["event.state_changed"])
    tree_id = world.report("hidden")["tree_id"]
    world.result(tree_id, "1.1", "FAILED", project="secret")
    sender(world, client).send_due()
    (told,) = sink.received
    # it is told of the one that it depends on with every trigger
    assert told.json()["data"]["reason"]["text"] == "upstream half was skipped because a private project (1.1) failed"
    assert b"secret" not in told.body
    assert b"hidden" not in told.body


def test_nothing_is_asked_where_nobody_listens_and_one_query_where_somebody_does(world: World, sink: Sink) -> None:
    wide(world, 999)
    world.depend("other", "end")

    def opening(commit: str) -> tuple[int, int]:
        world.report("other", commit=commit * 40)  # this process knows by now who listens
        before = len(rows(world))
        with statements(world) as seen:
            world.report("core", commit=commit * 40)
        return len(seen), len(rows(world)) - before

    silent, _ = opening("1")
    hook(world, sink, "other")
    assert opening("2") == (silent, 0)
    hook(world, sink, "n007", ["event.state_changed"])
    # who listens, what its reason may name, and the messages
    assert opening("3") == (silent + 3, 1)
    hook(world, sink, "core", ["event.accepted", "tree.opened"])
    assert opening("4") == (silent + 3, 3)


def test_sent_and_not_booked_is_sent_again_with_the_same_id(any_world: World, sink: Sink, client: GuardedClient) -> None:
    world = any_world
    world.project("core")
    hook(world, sink, "core", ["tree.opened"])
    world.report("core")
    mine = sender(world, client)
    (letter,) = world.write(_claim)
    assert post(mine.caller, letter).taken  # but the process dies before it can say so
    assert mine.send_due() == 0
    world.clock.advance(seconds=21)
    assert mine.missed()
    assert mine.send_due() == 1
    first, second = sink.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert [row.state for row in rows(world)] == ["done"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_no_2xx_is_tried_for_three_days_and_then_the_webhook_is_switched_off(
    world: World, sink: Sink, client: GuardedClient, status: int
) -> None:
    world.project("core")
    made = hook(world, sink, "core", ["tree.opened"])
    sink.otherwise = answer(status, location=f"{sink.url}/elsewhere")
    world.report("core")
    mine, begin = sender(world, client), world.clock.now
    for _ in range(len(PAUSES)):
        assert mine.send_due() == 1
        (row,) = rows(world)
        assert (row.state, row.status) == ("pending", status)
        world.clock.now = row.next_at
    assert 70 < (world.clock.now - begin).total_seconds() / 3600 < 80
    assert mine.send_due() == 1
    assert {one.path for one in sink.received} == {"/hook"}
    assert len({one.headers["webhook-id"] for one in sink.received}) == 1
    (row,) = rows(world)
    assert (row.state, row.tries) == ("dead", len(PAUSES) + 1)
    shown = world.read(webhooks.get, USER, "core", made["id"])
    assert not shown["enabled"]
    assert shown["disabled_because"].startswith("Nothing was taken for three days.")
    world.report("core", commit="e" * 40)
    assert len(rows(world)) == 1
    world.write(webhooks.update, USER, "core", made["id"], {"enabled": True})
    sink.otherwise = answer()
    world.write(webhooks.redeliver, USER, "core", made["id"], row.id)
    assert mine.send_due() == 1
    assert [one.state for one in rows(world)] == ["done"]


def test_a_receiver_that_is_gone_is_told_nothing_any_more(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("core")
    made = hook(world, sink, "core", ["tree.opened", "tree.finished", "event.accepted"])
    sink.script.extend([answer(500)])
    world.report("core")
    mine = sender(world, client)
    mine.send_due()
    sink.otherwise = answer(410)
    world.clock.advance(minutes=2)
    mine.send_due()
    assert {row.state for row in rows(world)} == {"dead", "done"}
    shown = world.read(webhooks.get, USER, "core", made["id"])
    assert (shown["enabled"], shown["disabled_because"]) == (False, "Answered 410 Gone: the receiver wants no more of this.")


def test_a_receiver_is_left_in_peace_as_long_as_it_asks_for(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("core")
    hook(world, sink, "core", ["tree.opened"])
    sink.script.append(answer(429, retry_after="600"))
    world.report("core")
    mine = sender(world, client)
    mine.send_due()
    world.clock.advance(minutes=9)
    assert mine.send_due() == 0
    world.clock.advance(minutes=2)
    assert mine.send_due() == 1
    assert [row.state for row in rows(world)] == ["done"]


def test_while_a_secret_is_replaced_both_sign(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("core")
    made = hook(world, sink, "core", ["tree.opened"])
    new = world.write(webhooks.rotate, USER, "core", made["id"])
    assert new["secret"] != made["secret"]
    mine = sender(world, client)
    world.report("core")
    mine.send_due()
    world.clock.advance(hours=25)
    world.report("core", commit="e" * 40)
    mine.send_due()
    during, after = sink.received
    assert is_signed(made["secret"], during)
    assert is_signed(new["secret"], during)
    assert not is_signed(made["secret"], after)
    assert is_signed(new["secret"], after)
    stored = world.read(lambda uow: uow.session.scalars(select(Webhook.secret)).one())
    assert made["secret"] not in stored
    assert new["secret"] not in stored


def test_what_is_over_is_swept_after_two_weeks(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("core")
    hook(world, sink, "core", ["tree.opened"])
    world.report("core")
    sender(world, client).send_due()
    world.clock.advance(days=13)
    world.upkeep.sweep()
    assert len(rows(world)) == 1
    world.clock.advance(days=2)
    world.report("core", commit="e" * 40)
    world.upkeep.sweep()
    assert [row.state for row in rows(world)] == ["pending"]


def test_a_lease_that_has_lapsed_books_nothing(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("core")
    hook(world, sink, "core", ["tree.opened"])
    world.report("core")
    mine = sender(world, client)
    (late,) = world.write(_claim)
    world.clock.advance(seconds=21)
    world.write(lambda uow: store.return_lapsed(uow.session, uow.now))
    assert mine.send_due() == 1
    sink.otherwise = answer(410)
    outcome = post(mine.caller, late)
    world.write(_book, late, outcome)
    enabled = world.read(lambda uow: uow.session.scalars(select(Webhook.enabled)).one())
    assert enabled
    assert [row.state for row in rows(world)] == ["done"]


def test_builds_are_told_of_when_they_end(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("own", target={"kind": "agent"})
    hook(world, sink, "own", ["build.finished"])
    build = world.write(builds.start, USER, "own", None, {})["id"]
    world.write(builds.cancel, USER, build)
    sender(world, client).send_due()
    (told,) = sink.received
    assert told.json()["data"]["build"]["state"] == "cancelled"
    assert told.json()["data"]["build"]["id"] == build
