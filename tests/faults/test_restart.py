"""Everything stops in the middle of a tree, in order or not at all, and starts again: the tree goes on, nothing is lost and
nothing is left behind."""

from collections.abc import Callable

from tests.faults.row import Row
from tests.stack import Stack

Note = Callable[[str, object], None]


def test_a_tree_goes_on_after_a_restart(row: Row, stack: Stack, record_property: Note) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stack.stop()
    stack.start()
    record_property("recovered_s", row.ends(tree))
    row.check(tree, built_again=True)


def test_kill_9_of_the_parent_leaves_no_process_and_loses_nothing(row: Row, stack: Stack, record_property: Note) -> None:
    tree = row.push_over()
    row.in_the_middle(tree)
    stack.kill_supervisor()
    stack.gone()
    stack.start()
    record_property("recovered_s", row.ends(tree))
    row.check(tree, built_again=True)


def test_what_was_accepted_right_before_the_end_is_there_after_it(row: Row, stack: Stack, record_property: Note) -> None:
    trees = [row.push_over() for _ in range(3)]
    stack.kill_supervisor()
    stack.gone()
    stack.start()
    record_property("recovered_s", max(row.ends(tree) for tree in trees))
    for tree in trees:
        row.check(tree, sent_again=True, built_again=True)
