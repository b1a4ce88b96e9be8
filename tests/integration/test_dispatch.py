"""The drain: every row of the outbox is sent until it is delivered or given up, and booked once, whatever comes first."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dominoci.adapters.base import Receipt, Run
from dominoci.domain import backoff
from dominoci.domain.dispatch import Trigger
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Event
from dominoci.services import dispatch, projects, tree_views
from dominoci.services.sending import SEND_S
from dominoci.store import outbox
from dominoci.store.leases import LEASE
from tests.fakes import adapters
from tests.together import Crew
from tests.world import USER, World

pytestmark = pytest.mark.services


def rows(world: World) -> list[Outbox]:
    """The whole outbox, in the order of writing."""
    found: list[Outbox] = world.read(lambda uow: list(uow.session.scalars(select(Outbox).order_by(Outbox.id))))
    return found


def deliveries(world: World, tree_id: str, sub_id: str = "1.1") -> list[dict[str, Any]]:
    """Every send of one event as the API shows it."""
    listed: list[dict[str, Any]] = world.read(tree_views.deliveries, USER, tree_id, sub_id)["items"]
    return listed


@pytest.fixture
def tree_id(any_world: World) -> str:
    """A tree of core, net and app, of which net is to be sent."""
    any_world.graph([("core", "net"), ("net", "app")])
    return str(any_world.report("core")["tree_id"])


def test_an_accepted_trigger_is_booked_once_with_its_run(any_world: World, tree_id: str) -> None:
    assert any_world.bell.rings == 1
    assert any_world.drain() == 1
    assert any_world.drain() == 0
    (row,) = rows(any_world)
    assert (row.state, row.tries, row.lease_owner) == ("done", 1, None)
    event = any_world.event(tree_id, "1.1")
    assert event["state"] == "triggered"
    assert event["run_url"] == f"https://ci.test/runs/{event['attempts'][0]['delivery_id']}"
    assert event["triggered_at"] == any_world.clock.now
    (sent,) = deliveries(any_world, tree_id)
    assert (sent["state"], sent["number"], sent["reading"], sent["next_try_at"]) == ("delivered", 1, "HTTP 200", None)
    any_world.check(tree_id)


def test_what_is_sent_are_the_frozen_inputs_and_the_token_is_good_for_the_result(any_world: World, tree_id: str) -> None:
    any_world.drain()
    any_world.result(tree_id, "1.1", commit="abc")
    any_world.drain()
    first, second = any_world.ci.sent
    assert (first.sub_id, first.attempt, first.root["project"]) == ("1.1", 1, "core")
    assert [(p.project, p.metadata["commit"]) for p in second.parents] == [("net", "abc")]
    assert second.delivery_id != first.delivery_id


def test_a_busy_system_is_asked_again_with_the_same_delivery_id_by_the_backoff(any_world: World, tree_id: str) -> None:
    any_world.ci.answers["net"] = [adapters.busy, adapters.busy_for(120), adapters.busy]
    waits = []
    for _ in range(3):
        assert any_world.drain() == 1
        (row,) = rows(any_world)
        waits.append((row.next_at - any_world.clock.now).total_seconds())
        assert deliveries(any_world, tree_id)[-1]["next_try_at"] == row.next_at
        any_world.clock.advance(seconds=waits[-1] - 0.01)
        assert any_world.drain() == 0
        any_world.clock.advance(seconds=0.02)
    assert 0.5 <= waits[0] <= 1
    assert waits[1] == 120
    assert 2 <= waits[2] <= 4
    assert any_world.drain() == 1
    assert len({trigger.delivery_id for trigger in any_world.ci.sent}) == 1
    assert [d["state"] for d in deliveries(any_world, tree_id)] == ["retrying", "retrying", "retrying", "delivered"]
    assert [d["number"] for d in deliveries(any_world, tree_id)] == [1, 2, 3, 4]


def test_after_the_last_try_the_event_is_undeliverable_and_its_children_are_skipped(any_world: World, tree_id: str) -> None:
    any_world.ci.answers["net"] = [adapters.busy] * backoff.MAX_TRIES
    for _ in range(backoff.MAX_TRIES):
        assert any_world.drain() == 1
        any_world.clock.advance(minutes=5)
    assert any_world.drain() == 0
    (row,) = rows(any_world)
    assert (row.state, row.tries, row.error) == ("dead", backoff.MAX_TRIES, "HTTP 503")
    assert any_world.tree(tree_id)["state"] == "undeliverable"
    assert any_world.by_project(tree_id)["app"]["reason"]["text"] == "upstream net could not be delivered"
    assert any_world.event(tree_id, "1.1")["attempts"][0]["state"] == "undeliverable"
    any_world.check(tree_id)


def test_a_refusal_for_good_is_not_tried_again(any_world: World, tree_id: str) -> None:
    any_world.ci.answers["net"] = [adapters.refuse]
    any_world.drain()
    assert rows(any_world)[0].state == "dead"
    assert any_world.event(tree_id, "1.1")["state"] == "undeliverable"


def test_a_kind_of_target_that_nobody_can_trigger_is_undeliverable(any_world: World) -> None:
    any_world.project("net", target={"kind": "telegraph"})
    any_world.depend("core", "net")
    opened = any_world.report("core")["tree_id"]
    any_world.drain()
    reason = any_world.event(opened, "1.1")["reason"]["text"]
    assert "cannot trigger targets of kind telegraph" in reason


def test_after_an_ambiguous_send_the_system_is_asked_first(any_world: World, tree_id: str) -> None:
    any_world.ci.answers["net"] = [adapters.silent]
    any_world.drain()
    assert any_world.ci.asked == []
    any_world.ci.runs[any_world.ci.sent[0].delivery_id] = Run("https://ci.test/runs/found")
    any_world.clock.advance(minutes=5)
    any_world.drain()
    assert len(any_world.ci.sent) == len(any_world.ci.asked) == 1
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["run_url"]) == ("triggered", "https://ci.test/runs/found")


def test_after_an_ambiguous_send_that_left_no_run_the_trigger_is_sent_again(any_world: World, tree_id: str) -> None:
    any_world.ci.answers["net"] = [adapters.silent]
    any_world.drain()
    any_world.clock.advance(minutes=5)
    any_world.drain()
    assert (len(any_world.ci.sent), len(any_world.ci.asked)) == (2, 1)
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"


def test_a_sender_that_died_leaves_a_row_that_is_sent_again_after_looking(any_world: World, tree_id: str) -> None:
    assert len(any_world.write(lambda uow: list(outbox.claim(uow.session, uow.now, 10)))) == 1
    assert any_world.drain() == 0
    any_world.clock.advance(seconds=LEASE.total_seconds() + 1)
    any_world.upkeep.ring_again()
    assert any_world.bell.rings == 2
    assert any_world.drain() == 1
    assert (len(any_world.ci.asked), len(any_world.ci.sent)) == (1, 1)
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"


def test_a_missed_bell_is_rung_again_and_without_redis_the_scheduler_sends_itself(any_world: World, tree_id: str) -> None:
    any_world.upkeep.ring_again()
    assert any_world.bell.rings == 2
    any_world.bell.deaf = True
    any_world.upkeep.ring_again()
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"
    any_world.upkeep.ring_again()
    assert any_world.bell.rings == 2


def test_a_result_that_comes_while_its_trigger_is_sent_stays_and_the_delivery_is_kept(any_world: World, tree_id: str) -> None:
    def answer_before_accepting(trigger: Trigger) -> Receipt:
        any_world.result(tree_id, trigger.sub_id, project="net")
        return adapters.accept(trigger)

    any_world.ci.answers["net"] = [answer_before_accepting]
    any_world.drain()
    event = any_world.event(tree_id, "1.1")
    assert event["state"] == "success"
    assert [fact["code"] for fact in event["history"]] == ["parents_passed", "reported"]
    assert [d["state"] for d in deliveries(any_world, tree_id)] == ["delivered"]
    assert any_world.by_project(tree_id)["app"]["state"] == "triggered"
    any_world.check(tree_id)


def test_a_sign_of_life_before_the_booking_keeps_the_event_running(any_world: World, tree_id: str) -> None:
    def start_before_accepting(trigger: Trigger) -> Receipt:
        any_world.started(tree_id, trigger.sub_id, "https://ci.test/own")
        return adapters.accept(trigger)

    any_world.ci.server = "https://ci.test"
    any_world.ci.answers["net"] = [start_before_accepting]
    any_world.drain()
    event = any_world.event(tree_id, "1.1")
    assert (event["state"], event["run_url"]) == ("running", "https://ci.test/own")
    assert rows(any_world)[0].state == "done"
    any_world.clock.advance(seconds=20)
    any_world.poller.turn()
    any_world.poller.wait()
    assert len(any_world.ci.asked) == 1  # should its result never come


def test_an_answer_that_comes_after_the_lease_lapsed_is_kept_but_books_nothing(any_world: World, tree_id: str) -> None:
    def slowly(trigger: Trigger) -> Receipt:
        any_world.clock.advance(seconds=60)
        any_world.write(lambda uow: outbox.return_lapsed(uow.session, uow.now))
        return adapters.accept(trigger)

    any_world.ci.answers["net"] = [slowly]
    any_world.drain()
    assert [d["state"] for d in deliveries(any_world, tree_id)] == ["delivered", "delivered"]
    assert len(any_world.ci.sent) == 2
    assert [fact["code"] for fact in any_world.event(tree_id, "1.1")["history"]] == ["parents_passed", "delivered"]
    any_world.check(tree_id)


def test_a_result_that_comes_before_the_sending_closes_the_row_at_once(any_world: World, tree_id: str) -> None:
    any_world.result(tree_id, "1.1")
    net, app = rows(any_world)
    assert (net.state, net.finished_at, app.state) == ("done", any_world.clock.now, "pending")


def test_a_cancelled_event_is_not_sent(any_world: World, tree_id: str) -> None:
    any_world.write(projects.remove, USER, "net")
    assert any_world.drain() == 0
    assert rows(any_world)[0].state == "done"


def test_rows_that_need_no_sending_do_not_hold_up_those_that_do(any_world: World) -> None:
    any_world.plant(("core", f"n{n:03d}", {}) for n in range(dispatch.BATCH + 5))
    tree_id = any_world.report("core")["tree_id"]
    ids = [row.event_id for row in rows(any_world)]

    def end(uow: Any) -> None:
        for event_id in ids[: dispatch.BATCH]:
            uow.session.get_one(Event, event_id).state = "cancelled"

    any_world.write(end)
    assert any_world.drain() == 5
    assert {row.state for row in rows(any_world)} == {"done"}
    assert any_world.tree(tree_id)["counts"]["triggered"] == 5


def test_of_drains_at_the_same_time_each_row_is_sent_by_one(any_world: World) -> None:
    any_world.plant(("core", f"n{n:03d}", {}) for n in range(150))
    any_world.report("core")
    with Crew(4) as crew:
        sent = crew.at_once([any_world.drain] * 4)
    assert sum(sent) == 150
    ids = [trigger.delivery_id for trigger in any_world.ci.sent]
    assert len(ids) == len(set(ids)) == 150
    assert {row.state for row in rows(any_world)} == {"done"}


def test_rows_are_sent_side_by_side_and_no_transaction_is_open_meanwhile(any_world: World) -> None:
    any_world.plant(("core", f"n{n}", {}) for n in range(8))
    any_world.report("core")
    meeting = threading.Barrier(8)

    def together(trigger: Trigger) -> Receipt:
        meeting.wait(30)
        any_world.write(lambda uow: uow.now)
        return adapters.accept(trigger)

    for n in range(8):
        any_world.ci.answers[f"n{n}"] = [together]
    assert any_world.drain() == 8


def test_the_stored_request_does_not_hold_the_event_token(any_world: World, tree_id: str) -> None:
    def echo(trigger: Trigger) -> Receipt:
        exchange = replace(adapters.EXCHANGE, body=f'{{"event_token":"{trigger.event_token}"}}')
        return replace(adapters.accept(trigger), exchange=exchange)

    any_world.ci.answers["net"] = [echo]
    any_world.drain()
    token = any_world.ci.sent[0].event_token
    stored = any_world.read(lambda uow: uow.session.scalars(select(DeliveryRow)).one().request)
    assert token.startswith("dce_")
    assert token not in str(stored)
    assert "dce_•••" in stored["body"]


def test_the_target_is_as_frozen_and_its_secret_the_present_one(any_world: World, tree_id: str) -> None:
    target = {"kind": "webhook", "url": "https://ci.test/moved", "secret": "rotated"}
    any_world.write(projects.change, USER, "net", {"target": target})
    any_world.drain()
    (used,) = any_world.ci.targets
    assert (used.secrets["secret"], used.fields["url"]) == ("rotated", "https://ci.test/hook")
    assert any_world.event(tree_id, "1.1")["state"] == "triggered"


def test_a_target_of_another_kind_on_the_same_server_is_not_sent_the_secrets(any_world: World, tree_id: str) -> None:
    target = {"kind": "jenkins", "url": "https://ci.test", "mode": "generic-webhook", "token": "of the other"}
    any_world.write(projects.change, USER, "net", {"target": target})
    any_world.drain()
    assert any_world.ci.targets[0].secrets == {}


def test_the_lease_is_longer_than_a_send_may_take() -> None:
    assert timedelta(seconds=SEND_S) < LEASE
