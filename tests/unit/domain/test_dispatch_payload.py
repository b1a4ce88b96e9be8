"""What a triggered project is told: the payload and the variables of protocol.md, "A child is triggered"."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.dispatch import ParentInput, Trigger, payload, variables

NET = ParentInput(
    "net", "1.1", {"branch": "main", "tag": None, "commit": "abc"}, {"pipeline": "https://ci.test/1"}, [{"name": "net.whl"}]
)
UI = ParentInput("ui", "1.3", {"branch": "dev", "tag": "v1", "commit": "def"}, {}, [])
TRIGGER = Trigger(
    tree_id="t",
    sub_id="1.1.1",
    attempt=2,
    delivery_id="d",
    event_token="dce_x",
    identity="a.b.c",
    project={"id": "p", "name": "app", "repository_url": "https://git.test/app"},
    ref="main",
    root={"project": "core", "metadata": {"branch": "main"}},
    parents=[NET, UI],
    parameters={"CHANNEL": "nightly"},
    public_url="https://arbiter.test",
)


def test_the_payload_has_every_field_of_the_protocol() -> None:
    assert payload(TRIGGER) == {
        "type": "dominoci.event.triggered",
        "version": "1",
        "tree_id": "t",
        "sub_id": "1.1.1",
        "attempt": 2,
        "delivery_id": "d",
        "event_token": "dce_x",
        "identity": "a.b.c",
        "project": {"id": "p", "name": "app", "repository_url": "https://git.test/app"},
        "ref": "main",
        "root": {"project": "core", "metadata": {"branch": "main"}},
        "parents": [
            {
                "project": "net",
                "sub_id": "1.1",
                "metadata": {"branch": "main", "tag": None, "commit": "abc"},
                "links": {"pipeline": "https://ci.test/1"},
                "artifacts": [{"name": "net.whl"}],
            },
            {
                "project": "ui",
                "sub_id": "1.3",
                "metadata": {"branch": "dev", "tag": "v1", "commit": "def"},
                "links": {},
                "artifacts": [],
            },
        ],
        "parameters": {"CHANNEL": "nightly"},
        "callback": {
            "result": "https://arbiter.test/api/v1/results",
            "started": "https://arbiter.test/api/v1/results/started",
        },
    }


def test_the_variables_name_the_first_parent_and_carry_the_whole_payload() -> None:
    told = variables(TRIGGER)
    assert told["DOMINO_UPSTREAM_PROJECT"] == "net"
    assert told["DOMINO_UPSTREAM_COMMIT"] == "abc"
    assert told["DOMINO_UPSTREAM_BRANCH"] == "main"
    assert told["DOMINO_UPSTREAM_TAG"] == ""
    assert told["DOMINO_TREE_ID"] == "t"
    assert told["DOMINO_SUB_ID"] == "1.1.1"
    assert told["DOMINO_EVENT_TOKEN"] == "dce_x"
    assert told["DOMINO_RESULT_URL"] == "https://arbiter.test/api/v1/results"
    assert told["DOMINO_STARTED_URL"] == "https://arbiter.test/api/v1/results/started"
    assert told["CHANNEL"] == "nightly"
    assert json.loads(told["DOMINO_PAYLOAD"]) == payload(TRIGGER)


def test_without_parents_the_upstream_variables_are_empty() -> None:
    told = variables(replace(TRIGGER, parents=[]))
    assert told["DOMINO_UPSTREAM_PROJECT"] == told["DOMINO_UPSTREAM_COMMIT"] == ""


@given(
    st.dictionaries(
        st.sampled_from(["DOMINO_EVENT_TOKEN", "DOMINO_IDENTITY", "domino_x", "DOMINO_", "PATH"]), st.text(max_size=3)
    )
)
def test_no_parameter_can_call_itself_domino(parameters: dict[str, str]) -> None:
    plain, told = variables(replace(TRIGGER, parameters={})), variables(replace(TRIGGER, parameters=parameters))
    assert {name for name in told if name.upper().startswith("DOMINO_")} == set(plain)
    assert all(told[name] == value for name, value in plain.items() if name != "DOMINO_PAYLOAD")
    assert all(isinstance(value, str) for value in told.values())
