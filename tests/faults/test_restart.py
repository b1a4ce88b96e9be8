"""Everything stops in the middle of a tree, in order or not at all, and starts again: the tree goes on, nothing is lost and
nothing is left behind."""

from tests.faults.row import Row
from tests.faults.stopwatch import Stopwatch
from tests.stack import Stack


def test_a_tree_goes_on_after_a_restart(row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stopwatch.fault()
    stack.stop()
    stack.start()
    row.ends(tree)
    stopwatch.right()
    row.check(tree, built_again=True)


def test_kill_9_of_the_parent_leaves_no_process_and_loses_nothing(row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stack.kill_supervisor()
    stopwatch.fault()
    stack.gone()
    stack.start()
    row.ends(tree)
    stopwatch.right()
    row.check(tree, built_again=True)


def test_what_was_accepted_right_before_the_end_is_there_after_it(row: Row, stack: Stack, stopwatch: Stopwatch) -> None:
    trees = [row.push_over() for _ in range(3)]
    stack.kill_supervisor()
    stopwatch.fault()
    stack.gone()
    stack.start()
    row.ends(*trees)
    stopwatch.right()
    for tree in trees:
        row.check(tree, sent_again=True, built_again=True)
