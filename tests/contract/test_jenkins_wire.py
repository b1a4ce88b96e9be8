"""What Jenkins tells is not believed: answers of any shape are read without breaking, and addresses lead nowhere else."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dominoci.vendors import jenkins_wire as wire

NAMES: Final = (
    "id", "url", "cancelled", "executable", "queueId", "building", "result", "actions", "parameters", "lastBuiltRevision", "SHA1",
    "jobs", "triggered", "property", "parameterDefinitions", "name", "value", "buildable", "fullName",
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://elsewhere.example/ci/job/a/job/b%2520c/12/", "job/a/job/b%2520c/12"),
        ("http://10.0.0.1/job/a/12", "job/a/12"),
        ("job/a/12/", "job/a/12"),
        ("https://jenkins/job/../12/", None),
        ("https://jenkins/job/a/job/12/../../12", None),
        ("https://jenkins/job/a/", None),
        ("https://jenkins/job/a/12?x=/job/b/1", "job/a/12"),
        ("https://[jenkins/job/a/12", None),
        ("https://jenkins/job/a\\b/12", None),
        ("https://jenkins/job/ü/12", None),
        (None, None),
        (12, None),
        ({"job": 1}, None),
    ],
)
def test_of_an_address_only_the_path_to_a_build_is_used(url: object, path: str | None) -> None:
    assert wire.build_in(url) == path


@pytest.mark.parametrize(
    "told",
    [
        {"jobs": None},
        {"jobs": []},
        {"jobs": {"a": "Exception occurred"}},
        {"jobs": {"a": {"triggered": "true", "id": 1}}},
        {"jobs": {"a": {"triggered": 1}}},
        {},
    ],
)
def test_what_the_plugin_does_not_say_clearly_has_not_started(told: dict[str, Any]) -> None:
    assert wire.invoked(told.get("jobs")).started == {}


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("https://ci/job/a/1/"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=4),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
@settings(max_examples=40)
def test_no_answer_of_any_shape_breaks_the_reading(told: dict[str, Any]) -> None:
    assert all(item >= 0 for item in wire.invoked(told.get("jobs")).started.values())
    item, build = wire.item(told), wire.build(told)
    assert item is None or item.build is None or item.build == wire.build_in(item.told)
    assert build is None or build.path == "job/a/1"
    assert isinstance(wire.job(told).parameters, frozenset)
    wire.parameter(told, "DOMINO_DELIVERY_ID")


@pytest.mark.parametrize("row", [{}, {"url": 1}, {"url": "https://ci/job/a/1/", "actions": "no", "result": 7, "queueId": True}])
def test_a_build_of_another_shape_breaks_nothing(row: dict[str, Any]) -> None:
    build = wire.build(row)
    assert build is None or (build.result, build.queue_id, build.commit) == (None, None, None)
