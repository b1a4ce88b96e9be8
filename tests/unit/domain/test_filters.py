"""Ref filters: every rule of the design's paragraph "Filters" as a row."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.filters import Filters, Miss, Patterns, filters_from_json, filters_to_json, first_miss
from dominoci.domain.reports import Metadata

NAMES = st.sampled_from(["main", "dev", "release/1", "v1.0", "nightly"])
GLOBS = st.lists(st.sampled_from(["main", "release/*", "v*", "*", "x"]), max_size=2).map(tuple)
PATTERNS = st.builds(Patterns, GLOBS, GLOBS)
FILTERS = st.builds(Filters, PATTERNS, PATTERNS, PATTERNS)
METADATA = st.builds(Metadata, st.none() | NAMES, st.none() | NAMES, st.none() | NAMES)


def rules(**fields: dict[str, list[str]]) -> Filters:
    """Filters as they are written in JSON."""
    return filters_from_json(fields)


INCLUDE_MAIN = {"include": ["main"]}
PASSING: list[tuple[str, Filters, Metadata]] = [
    ("no filters at all", rules(), Metadata()),
    ("empty lists mean anything", rules(branches={"include": [], "exclude": []}), Metadata(branch="x")),
    ("an included branch", rules(branches=INCLUDE_MAIN), Metadata(branch="main")),
    ("one of several includes", rules(branches={"include": ["x", "main"]}), Metadata(branch="main")),
    ("a glob", rules(branches={"include": ["release/*"]}), Metadata(branch="release/1/hotfix")),
    ("an exclude list does not exclude null", rules(branches={"exclude": ["*"]}), Metadata(tag="v1")),
    ("an exclude list of tags does not exclude null", rules(tags={"exclude": ["*"]}), Metadata(branch="main")),
    ("not excluded", rules(branches={"exclude": ["dev"]}), Metadata(branch="main")),
    ("either branch or tag: the branch", rules(branches=INCLUDE_MAIN, tags={"include": ["v*"]}), Metadata(branch="main")),
    ("either branch or tag: the tag", rules(branches=INCLUDE_MAIN, tags={"include": ["v*"]}), Metadata(tag="v1")),
    ("either, both given", rules(branches=INCLUDE_MAIN, tags={"include": ["v*"]}), Metadata(branch="dev", tag="v1")),
    ("the pipeline's name", rules(pipelines={"include": ["build*"]}), Metadata(branch="dev", pipeline="build-all")),
    ("include and not excluded", rules(branches={"include": ["*"], "exclude": ["dev"]}), Metadata(branch="main")),
]
MISSING: list[tuple[str, Filters, Metadata, tuple[str, str | None, str]]] = [
    ("another branch", rules(branches=INCLUDE_MAIN), Metadata(branch="dev"), ("branch", "dev", "include")),
    ("include does not match null", rules(branches=INCLUDE_MAIN), Metadata(tag="v1"), ("branch", None, "include")),
    ("tags included, branch build", rules(tags={"include": ["v*"]}), Metadata(branch="main"), ("tag", None, "include")),
    ("excluded", rules(branches={"exclude": ["dep*"]}), Metadata(branch="deps"), ("branch", "deps", "exclude")),
    (
        "exclude beats include",
        rules(branches={"include": ["*"], "exclude": ["dev"]}),
        Metadata(branch="dev"),
        ("branch", "dev", "exclude"),
    ),
    (
        "an excluded tag, though its branch is included",
        rules(branches=INCLUDE_MAIN, tags={"exclude": ["*-rc"]}),
        Metadata(branch="main", tag="v1-rc"),
        ("tag", "v1-rc", "exclude"),
    ),
    (
        "neither branch nor tag",
        rules(branches=INCLUDE_MAIN, tags={"include": ["v*"]}),
        Metadata(branch="dev", tag="x"),
        ("branch", "dev", "include"),
    ),
    (
        "both null",
        rules(branches=INCLUDE_MAIN, tags={"include": ["v*"]}),
        Metadata(),
        ("branch", None, "include"),
    ),
    (
        "the pipeline must fit beside the branch",
        rules(branches=INCLUDE_MAIN, pipelines={"include": ["build"]}),
        Metadata(branch="main", pipeline="lint"),
        ("pipeline", "lint", "include"),
    ),
    (
        "a pipeline without a name",
        rules(pipelines={"include": ["build"]}),
        Metadata(branch="main"),
        ("pipeline", None, "include"),
    ),
    ("an excluded pipeline", rules(pipelines={"exclude": ["l?nt"]}), Metadata(pipeline="lint"), ("pipeline", "lint", "exclude")),
]


@pytest.mark.parametrize(("filters", "told"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING])
def test_passes(filters: Filters, told: Metadata) -> None:
    assert first_miss(filters, told) is None


@pytest.mark.parametrize(("filters", "told", "said"), [row[1:] for row in MISSING], ids=[row[0] for row in MISSING])
def test_does_not_pass_and_names_the_rule(filters: Filters, told: Metadata, said: tuple[str, str | None, str]) -> None:
    miss = first_miss(filters, told)
    assert miss is not None
    assert (miss.field, miss.value, miss.rule) == said


def test_a_miss_keeps_the_patterns_that_said_so() -> None:
    miss = first_miss(rules(branches={"include": ["release/*", "main"]}), Metadata(branch="dev"))
    assert isinstance(miss, Miss)
    assert miss.params() == {"field": "branch", "value": "dev", "rule": "include", "patterns": ["release/*", "main"]}


@given(FILTERS)
def test_the_stored_form_gives_the_same_filters_back(filters: Filters) -> None:
    assert filters_from_json(filters_to_json(filters)) == filters


@pytest.mark.parametrize("stored", [None, {}, {"branches": None}, {"tags": {}}, {"pipelines": {"include": []}}])
def test_missing_parts_of_the_stored_form_mean_anything(stored: dict[str, Any] | None) -> None:
    assert filters_from_json(stored) == Filters()


@given(FILTERS, METADATA)
def test_a_further_exclude_never_lets_more_pass(filters: Filters, told: Metadata) -> None:
    stricter = Filters(Patterns(filters.branches.include, (*filters.branches.exclude, "dev")), filters.tags, filters.pipelines)
    assert first_miss(filters, told) is None or first_miss(stricter, told) is not None
