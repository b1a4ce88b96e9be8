"""kill -9 of any process, and the loss of everything in Redis, in the middle of a tree: it ends right, by itself (G6, G7, G8)."""

from collections.abc import Callable

import pytest
from redis import Redis
from tests.bed.process import Server
from tests.faults.row import Row
from tests.stack import Stack
from tests.waiting import until

from dominoci.config import valkey_socket

Note = Callable[[str, object], None]


def flush(stack: Stack) -> None:
    """FLUSHALL."""
    with Redis(unix_socket_path=str(valkey_socket(stack.data))) as redis:
        redis.flushall()


def no_scheduler(stack: Stack) -> None:
    """The scheduler, and with Redis all that was to be done without it."""
    stack.kill("scheduler")
    flush(stack)


FAULTS: dict[str, Callable[[Stack], None]] = {
    "the web process": lambda stack: stack.kill("web"),
    "a worker of gunicorn": lambda stack: stack.kill("web", 1),
    "the idle worker": lambda stack: stack.kill("worker"),
    "the scheduler": no_scheduler,
    "Valkey": lambda stack: stack.kill("valkey"),
    "all in Redis": flush,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_tree_ends_right_without(fault: Callable[[Stack], None], row: Row, stack: Stack, record_property: Note) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    fault(stack)
    record_property("recovered_s", row.ends(tree))
    row.check(tree)


def test_the_tree_ends_right_when_the_worker_dies_with_requests_on_their_way(
    row: Row, stack: Stack, record_property: Note
) -> None:
    row.ci.hold_answers()
    try:
        tree = row.push_over()
        row.in_the_middle(tree)
        stack.kill("worker")
    finally:
        row.ci.answer()
    record_property("recovered_s", row.ends(tree))
    row.check(tree, sent_again=True)


def test_triggers_that_were_not_taken_are_sent_again_under_their_first_id(
    row: Row, stack: Stack, record_property: Note
) -> None:
    """Nothing is reported before the second send: only that can end the tree."""
    row.ci.hold_answers()
    try:
        tree = row.push_over()
        row.in_the_middle(tree)
        stack.kill("worker")
    finally:
        row.ci.answer()
    until(lambda: all(len(row.ci.triggers(tree)[name]) == 2 for name in "abcd"), "all are sent again", within_s=60)
    row.ends(tree)
    row.check(tree, sent_again=True)


def test_builds_of_an_agent_that_dies_are_built_again(row: Row, stack: Stack, record_property: Note) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stack.kill("agent")
    until(lambda: row.runs(tree, "net") == row.runs(tree, "ui") == 2, "both begin again", within_s=60)
    record_property("recovered_s", row.ends(tree))
    row.check(tree, built_again=True)


def test_two_schedulers_do_nothing_twice(row: Row, stack: Stack, record_property: Note) -> None:
    second = Server(stack.command("scheduler"), stack.data.parent / "second-scheduler.log", stack.env)
    second.start(lambda: "scheduler_ready" in (stack.data.parent / "second-scheduler.log").read_text())
    try:
        trees = [row.push_over() for _ in range(2)]
        for tree in trees:
            row.in_the_middle(tree)
        flush(stack)
        record_property("recovered_s", max(row.ends(tree) for tree in trees))
        for tree in trees:
            row.check(tree)
    finally:
        assert second.stop() == 0
