"""kill -9 of any process, and the loss of everything in Redis, in the middle of a tree: it ends right, by itself (G6, G7, G8)."""

from collections.abc import Callable

import pytest
from redis import Redis

from dominoci.config import valkey_socket
from tests.bed.process import Server
from tests.faults.row import Row
from tests.faults.stopwatch import Stopwatch
from tests.stack import Stack
from tests.waiting import until


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
    "the worker": lambda stack: stack.kill("worker"),
    "the scheduler": no_scheduler,
    "Valkey": lambda stack: stack.kill("valkey"),
    "all that was in Redis": flush,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_tree_ends_right_without(fault: Callable[[Stack], None], row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    fault(stack)
    stopwatch.fault()
    row.ends(tree)
    stopwatch.right()
    row.check(tree)


@pytest.mark.parametrize("results", ["come first", "wait for the second send"])
def test_triggers_on_their_way_when_the_worker_dies_are_sent_again_under_their_first_id(
    results: str, row: Row, stack: Stack, stopwatch: Stopwatch
) -> None:
    row.ci.hold_answers()
    try:
        tree = row.push_over()
        row.in_the_middle(tree)
        stack.kill("worker")
        stopwatch.fault()
    finally:
        row.ci.answer()
    if results == "wait for the second send":
        until(lambda: all(len(row.ci.triggers(tree)[name]) == 2 for name in "abcd"), "a … d are sent again", within_s=60)
    row.ends(tree)
    stopwatch.right()
    row.check(tree, sent_again=True)


def test_builds_of_an_agent_that_dies_are_built_again(row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stack.kill("agent")
    stopwatch.fault()
    until(lambda: row.runs(tree, "net") == row.runs(tree, "ui") == 2, "both begin again", within_s=60)
    row.ends(tree)
    stopwatch.right()
    row.check(tree, built_again=True)


def test_two_schedulers_do_nothing_twice(row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    log = stack.data.parent / "second-scheduler.log"
    second = Server(stack.command("scheduler"), log, stack.env)
    second.start(lambda: "scheduler_ready" in log.read_text())
    try:
        trees = [row.push_over() for _ in range(2)]
        for tree in trees:
            row.in_the_middle(tree)
        flush(stack)
        stopwatch.fault()
        row.ends(*trees)
        stopwatch.right()
        for tree in trees:
            row.check(tree)
    finally:
        assert second.stop() == 0
