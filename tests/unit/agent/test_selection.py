"""Which pipelines run, and why."""

from __future__ import annotations

import pytest

from dominoci_agent.pipeline.model import Filter, Refs
from dominoci_agent.pipeline.selection import Change, Decision, decide

MAIN = Change(branch="main", paths=("src/a.py",))


def one(rule: Filter, change: Change) -> Decision:
    (decision,) = decide({"build": rule}, change)
    return decision


@pytest.mark.parametrize(
    ("rule", "change", "selected"),
    [
        (Filter(), MAIN, True),
        (Filter(Refs(branches=("main", "release/*"))), MAIN, True),
        (Filter(Refs(branches=("main", "release/*"))), Change("release/1"), True),
        (Filter(Refs(branches=("release/*",))), MAIN, False),
        (Filter(exclude=Refs(branches=("ma*",))), MAIN, False),
        (Filter(Refs(branches=("**",)), Refs(branches=("wip/**",))), Change("wip/a/b"), False),
        # an include list on a field that is null does not match, an exclude list does not exclude
        (Filter(Refs(branches=("main",))), Change(tag="v1"), False),
        (Filter(exclude=Refs(branches=("**",))), Change(tag="v1"), True),
        # with both lists, either may match
        (Filter(Refs(branches=("main",), tags=("v*",))), Change(tag="v1"), True),
        (Filter(Refs(branches=("main",), tags=("v*",))), MAIN, True),
        (Filter(Refs(tags=("v*",))), MAIN, False),
        (Filter(exclude=Refs(tags=("v0*",))), Change(tag="v0.1"), False),
        (Filter(Refs(paths=("src/**",))), MAIN, True),
        (Filter(Refs(paths=("docs/**",))), MAIN, False),
        (Filter(exclude=Refs(paths=("docs/**",))), Change("main", paths=("docs/a", "docs/b")), False),
        (Filter(exclude=Refs(paths=("docs/**",))), Change("main", paths=("docs/a", "x")), True),
        # a path must be included and not excluded
        (Filter(Refs(paths=("src/**",)), Refs(paths=("src/gen/**",))), Change("main", paths=("src/gen/a", "docs/b")), False),
        (Filter(Refs(paths=("src/**",))), Change("main", paths=()), False),
        (Filter(Refs(branches=("main",), paths=("src/**",))), Change("dev", paths=("src/a",)), False),
    ],
)
def test_the_filter_decides(rule: Filter, change: Change, selected: bool) -> None:
    decision = one(rule, change)
    assert decision.selected is selected
    assert decision.reason.endswith(".")


def test_when_the_changed_paths_are_unknown_all_count_as_changed_and_the_reason_says_so() -> None:
    rule = Filter(Refs(paths=("src/**",)), Refs(paths=("**",)))
    decision = one(rule, Change("main", unknown_because="the branch was force-pushed"))
    assert decision.selected
    assert "force-pushed" in decision.reason


def test_the_reason_names_the_pattern_and_the_ref() -> None:
    reason = one(Filter(Refs(branches=("release/*",))), MAIN).reason
    assert reason == 'The include filter (branches release/*) does not cover branch "main".'
    assert '"src/a.py"' in one(Filter(Refs(paths=("docs/**",))), MAIN).reason


def test_pipelines_named_by_the_build_run_whatever_their_filters_say() -> None:
    never = Filter(Refs(branches=("never",)))
    decisions = decide({"b": never, "a": Filter()}, MAIN, ["b"])
    assert [(decision.name, decision.selected) for decision in decisions] == [("a", False), ("b", True)]


def test_a_name_that_does_not_exist_is_said() -> None:
    with pytest.raises(KeyError, match="nope"):
        decide({"a": Filter()}, MAIN, ["nope"])
