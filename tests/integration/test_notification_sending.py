"""Notifications are sent until they are taken, one of a rule at a time, and only so many in an hour."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from dominoci.domain.notice import MOST_TRIES, PAUSES
from dominoci.infra.models.notices import Notification
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.outbound.client import GuardedClient
from dominoci.services import members, notification_rules
from dominoci.store import forgetting
from dominoci.store import notifications as store
from tests.fakes.webhook_sink import Sink, answer
from tests.integration.notices import client, kinds, person, rule, sender, sink, told
from tests.integration.test_statement_counts import statements
from tests.world import USER, World

pytestmark = pytest.mark.services
__all__ = ["client", "sink"]


def test_a_message_is_sent_until_it_is_taken_and_not_longer_than_it_is_of_use(
    any_world: World, sink: Sink, client: GuardedClient
) -> None:
    world = any_world
    world.project("lib")
    mine = rule(world, "lib", ["failure"], f"{sink.url}/services/T/B/x")
    sink.script.extend([answer(500), answer(429, retry_after="600")])
    world.report("lib", "FAILED", message="<!channel> broke it")
    own = sender(world, client)
    assert own.send_due() == 1
    world.clock.advance(seconds=12)
    assert own.send_due() == 1
    world.clock.advance(minutes=9)
    assert own.send_due() == 0
    world.clock.advance(minutes=2)
    assert own.send_due() == 1
    assert {one.path for one in sink.received} == {"/services/T/B/x"}
    assert b"<!channel>" in sink.received[0].body  # as plain text
    assert sink.received[0].json()["text"] == "lib failed on main"
    shown = world.read(notification_rules.get, USER, "lib", mine)
    assert (shown["last"]["ok"], shown["last"]["text"], shown["last"]["event"]) == (True, "Accepted with 200.", "failure")
    assert "services" not in str(shown)
    sink.otherwise = answer(503)
    world.report("lib", "FAILED", commit="b" * 40)
    for pause in (*PAUSES, PAUSES[-1]):
        own.send_due()
        world.clock.now += pause * 1.2
    assert own.send_due() == 0
    assert world.read(notification_rules.get, USER, "lib", mine)["last"]["text"] == "The other side failed with 503."
    world.report("lib", "FAILED", commit="c" * 40)
    sink.otherwise = answer(404)
    assert own.send_due() == 1
    world.clock.advance(hours=5)
    assert own.send_due() == 0


def test_a_rule_sends_only_so_much_within_an_hour(world: World, sink: Sink, client: GuardedClient) -> None:
    world.empty(notify_rate=3)
    world.project("lib")
    rule(world, "lib", ["failure"], sink.url)
    for number in range(5):
        world.report("lib", "FAILED", commit=f"{number}" * 40)
    own = sender(world, client)
    own.send_due()
    assert len(sink.received) == 3
    query = select(Notification).order_by(Notification.id)
    states = [(row.state, row.reading) for row in world.read(lambda uow: uow.session.scalars(query).all())]
    assert states[2:] == [
        ("done", "Accepted with 200."),
        *[("dead", "Not sent: this rule had sent 3 messages within an hour.")] * 2,
    ]
    world.clock.advance(minutes=61)
    world.report("lib", "FAILED", commit="f" * 40)
    own.send_due()
    assert len(sink.received) == 4


def test_projects_that_are_forgotten_take_their_rules_along(any_world: World) -> None:
    world = any_world
    gone = world.project("gone")
    rule(world, "gone", ["failure"])
    world.report("gone", "FAILED")
    assert kinds(world) == ["failure"]
    world.write(lambda uow: forgetting.forget_projects(uow.session, [gone]))
    assert told(world) == []


def test_a_message_that_cannot_be_written_keeps_no_other_from_being_sent(world: World, sink: Sink, client: GuardedClient) -> None:
    world.project("lib")
    one, other = rule(world, "lib", ["failure"], sink.url), rule(world, "lib", ["failure"], sink.url)
    world.report("lib", "FAILED")
    broken = update(Notification).where(Notification.rule_id == one).values(body={"kind": "failure"})
    world.write(lambda uow: uow.session.execute(broken))
    own = sender(world, client)
    assert own.send_due() == 2
    world.clock.advance(minutes=10)
    assert own.send_due() == 0
    last = [world.read(notification_rules.get, USER, "lib", id_)["last"] for id_ in (one, other)]
    assert [told["ok"] for told in last] == [False, True]
    assert "fault of DominoCI" in last[0]["text"]


def rows(world: World) -> list[Notification]:
    """All messages, in the order of writing."""
    return list(world.read(lambda uow: uow.session.scalars(select(Notification).order_by(Notification.id)).all()))


def test_what_a_dead_sender_held_is_sent_by_another(any_world: World, sink: Sink, client: GuardedClient) -> None:
    world = any_world
    world.project("lib")
    rule(world, "lib", ["failure"], sink.url)
    world.report("lib", "FAILED")
    own = sender(world, client)
    assert len(own.claim()) == 1
    assert own.send_due() == 0
    world.clock.advance(seconds=21)
    assert own.missed()
    assert own.send_due() == 1
    assert len(sink.received) == 1
    assert rows(world)[0].tries == 2  # one that takes longer than its lease is not sent for ever


def test_what_always_takes_longer_than_its_lease_is_given_up(any_world: World, client: GuardedClient) -> None:
    world = any_world
    world.project("lib")
    rule(world, "lib", ["failure"])
    world.report("lib", "FAILED")
    own = sender(world, client)
    for number in range(MOST_TRIES):
        assert len(own.claim()) == 1, number
        world.clock.advance(seconds=21)
        own.missed()
    assert own.claim() == []
    assert [(row.state, row.tries, row.lease_owner) for row in rows(world)] == [("dead", MOST_TRIES, None)]


def test_a_rule_sends_one_at_a_time_however_many_processes_send(any_world: World, client: GuardedClient) -> None:
    world = any_world
    world.project("lib")
    for _ in range(2):
        rule(world, "lib", ["failure"])
    for number in range(3):
        world.report("lib", "FAILED", commit=f"{number}" * 40)
    one, other = sender(world, client), sender(world, client)
    first = one.claim()
    assert [letter.id for letter in first] == [row.id for row in rows(world)[:2]]
    assert {letter.facts["commit"] for letter in first} == {"0" * 40}
    assert other.claim() == []
    assert [row.state for row in rows(world)] == ["leased"] * 2 + ["pending"] * 4


def test_a_rule_of_which_another_process_is_just_taking_a_message_is_left_out(
    mariadb_world: World, client: GuardedClient
) -> None:
    world = mariadb_world
    world.empty()
    world.project("lib")
    rule(world, "lib", ["failure"])
    for number in range(2):
        world.report("lib", "FAILED", commit=f"{number}" * 40)
    other = sender(world, client)

    def both(uow: UnitOfWork) -> tuple[int, int]:
        taken = store.claim(uow.session, uow.now, 8)  # and not yet committed
        with ThreadPoolExecutor(1) as pool:
            return len(taken), len(pool.submit(other.claim).result(timeout=30))

    assert world.write(both) == (1, 0)


def test_what_is_held_back_is_closed_all_at_once(world: World, sink: Sink, client: GuardedClient) -> None:
    world.empty(notify_rate=1)
    world.project("lib")
    mine = rule(world, "lib", ["failure"], sink.url)
    for number in range(20):
        world.report("lib", "FAILED", commit=f"{number:x}" * 20)
    own = sender(world, client)
    assert [item.tries for item in own.claim()] == [1]
    done = update(Notification).where(Notification.state == "leased").values(state="done", tries=1, finished_at=world.clock.now)
    world.write(lambda uow: uow.session.execute(done))
    with statements(world) as seen:
        assert own.claim() == []
    assert len(seen) < 20
    assert [row.state for row in rows(world)] == ["done"] + ["dead"] * 19
    assert world.read(notification_rules.get, USER, "lib", mine)["last"] is None


def test_what_fails_counts_for_the_hour_too_and_is_tried_again_all_the_same(
    world: World, sink: Sink, client: GuardedClient
) -> None:
    world.empty(notify_rate=2)
    world.project("lib")
    rule(world, "lib", ["failure"], sink.url)
    sink.script.extend([answer(404), answer(503)])
    for number in range(3):
        world.report("lib", "FAILED", commit=f"{number}" * 40)
    own = sender(world, client)
    own.send_due()
    assert len(sink.received) == 2
    assert [row.state for row in rows(world)] == ["dead", "pending", "dead"]
    world.clock.advance(seconds=12)
    assert own.send_due() == 1
    assert [row.state for row in rows(world)] == ["dead", "done", "dead"]


def test_the_foot_of_a_message_leads_to_where_its_rule_is_kept(world: World, client: GuardedClient) -> None:
    world.project("lib")
    rule(world, "lib", ["failure"])
    ada = person(world, "ada")
    world.write(members.star, ada, "lib")
    rule(world, None, ["failure"], who=ada, scope={"branches": [], "projects": "starred"})
    world.report("lib", "FAILED")
    feet = {letter.footer.rpartition(" ")[2] for letter in sender(world, client).claim()}
    assert feet == {f"http://arbiter.test/{path}" for path in ("projects/lib/settings/notifications", "me/notifications")}


def test_an_address_that_was_opened_and_is_closed_now_is_not_reached(world: World, sink: Sink) -> None:
    world.project("lib")
    mine = rule(world, "lib", ["failure"], sink.url)
    world.report("lib", "FAILED")
    closed = GuardedClient(())
    sender(world, closed).send_due()
    closed.close()
    assert sink.received == []
    assert "loopback" in world.read(notification_rules.get, USER, "lib", mine)["last"]["text"]
