"""CDEvents that come in: as reports, results and signs of life; structured and binary; each occurrence counts once."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dominoci.api.schemas.cdevents import EXAMPLE
from dominoci.domain import credentials
from tests.unit.api.site import TestSite

STRUCTURED = "application/cloudevents+json"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """One site for all."""
    site = TestSite(Path(tmp_path_factory.mktemp("cdevents")))
    yield site
    site.close()


@pytest.fixture
def site(made: TestSite) -> TestSite:
    """Two projects, of which net depends on core."""
    made.empty()
    for name in ("core", "net"):
        made.project(name)
    made.depend("core", "net")
    return made


def cloud(version: str = "0.3.0", *, number: str = "1", ours: Any = None, **content: Any) -> dict[str, Any]:
    """The end of a pipeline run, in a CloudEvent; `ours` is customData.dominoci."""
    told = deepcopy(EXAMPLE)
    type_ = f"dev.cdevents.pipelinerun.finished.{version}"
    told |= {"id": number, "type": type_}
    told["data"]["context"] |= {"id": number, "type": type_}
    told["data"]["subject"]["content"] |= content
    if ours is not None:
        told["data"]["customData"] = {"dominoci": ours, "team": "a"}
    return told


def send(site: TestSite, document: Any, token: str = "core", **headers: str) -> TestResponse:
    """Sends it in structured mode with a project's token."""
    bearer = site.project_token(token) if token in ("core", "net") else token
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return site.call("POST", "/api/v1/cdevents", bearer, data=body, headers={"Content-Type": STRUCTURED, **headers})


def opened(site: TestSite, **kwargs: Any) -> str:
    """A tree that such a report opens."""
    told = send(site, cloud(**kwargs))
    assert told.status_code == 201, told.text
    return str(told.get_json()["tree_id"])


def state(site: TestSite, tree: str, sub_id: str = "1.1") -> str:
    """How an event stands."""
    return str(site.get(f"/trees/{tree}/events/{sub_id}").get_json()["state"])


def test_a_finished_run_is_a_report_once(site: TestSite) -> None:
    told = send(site, cloud())
    assert told.status_code == 201
    assert told.get_json()["children"] == [{"project": "net", "sub_id": "1.1", "state": "queued"}]
    again = send(site, cloud())
    assert (again.status_code, again.get_json()["tree_id"]) == (200, told.get_json()["tree_id"])
    assert send(site, cloud(outcome="failure")).status_code == 409
    other = deepcopy(cloud(uri="https://ci.example/builds/13"))
    other["source"] = "/ci/team-b"  # the same id of somebody else is another occurrence
    assert send(site, other).status_code == 201
    tree = site.get(f"/trees/{told.get_json()['tree_id']}").get_json()
    assert (tree["root"]["branch"], tree["root"]["pipeline"]) == ("main", "build")


def test_binary_mode_says_the_same(site: TestSite) -> None:
    told = cloud()
    headers = {f"ce-{name}": told[name] for name in ("specversion", "id", "source", "type")}
    binary = {"Content-Type": "application/json", **headers}
    first = send(site, told["data"], **binary)
    assert first.status_code == 201
    assert send(site, told).status_code == 200
    del binary["ce-source"]
    assert send(site, told["data"], **binary).get_json()["errors"] == {"source": ["Is required."]}


@pytest.mark.parametrize("how", ["token", "numbers", "chain", "bearer"])
def test_the_end_of_an_events_run_is_its_result(site: TestSite, how: str) -> None:
    tree = opened(site)
    mint = credentials.mint_event(site.container.keys, tree, "1.1", 1)
    ours = {"token": {"event_token": mint}, "numbers": {"tree_id": tree, "sub_id": "1.1", "attempt": 1}}
    document = cloud(number="2", outcome="failure", uri="https://ci.example/net/1", ours=ours.get(how, {}))
    token = "net"
    if how == "chain":
        document = cloud(number="2", outcome="failure", uri="https://ci.example/net/1", ours={"sub_id": "1.1"})
        document["data"]["context"]["chainId"] = tree
    if how == "bearer":
        site.call("PATCH", "/api/v1/projects/net", json={"accept_event_token": True})
        token = mint
    begun = deepcopy(document)
    begun["type"] = begun["data"]["context"]["type"] = "dev.cdevents.pipelinerun.started.0.3.0"
    assert send(site, begun, token).status_code == 200
    assert state(site, tree) == "running"
    assert send(site, document, token).status_code == 201
    assert state(site, tree) == "failed"
    assert send(site, document, token).status_code == 200


def test_another_projects_event_is_not_there(site: TestSite) -> None:
    tree = opened(site)
    told = send(site, cloud(number="2", ours={"tree_id": tree, "sub_id": "1.1"}), "core")
    assert told.status_code == 404
    assert state(site, tree) == "queued"


@pytest.mark.parametrize(
    "type_",
    ["dev.cdevents.pipelinerun.queued.0.3.0", "dev.cdevents.pipelinerun.started.0.2.0", "dev.cdevents.change.merged.0.9.9"],
)
def test_what_says_nothing_here_is_taken_and_changes_nothing(site: TestSite, type_: str) -> None:
    document = cloud()
    document["type"] = document["data"]["context"]["type"] = type_
    told = send(site, document)
    assert (told.status_code, told.get_json()["tree_id"]) == (202, None)
    assert told.get_json()["reason"]
    assert site.get("/trees").get_json()["items"] == []


def without(part: str, name: str) -> dict[str, Any]:
    """The example without one field."""
    told = cloud()
    del (told if part == "" else told["data"])[name]
    return told


@pytest.mark.parametrize(
    ("document", "status", "field"),
    [
        (cloud(version="0.9.0"), 422, "type"),
        (cloud(version="1.0.0"), 422, "type"),
        ({**cloud(), "type": "com.example.build"}, 422, "type"),
        ({**cloud(), "specversion": "0.3"}, 422, "specversion"),
        ({**cloud(), "id": "x" * 501}, 422, "id"),
        ({**cloud(), "id": 7}, 422, "id"),
        ({**cloud(), "data": "no"}, 422, "data"),
        ({**cloud(), "type": "dev.cdevents.pipelinerun.started.0.3.0"}, 422, "context.type"),
        (without("", "source"), 422, "source"),
        (without("data", "subject"), 422, "subject"),
        (cloud(outcome="maybe"), 422, "subject.content.outcome"),
        (cloud(uri="javascript:alert(1)"), 422, "subject.content.uri"),
        (cloud(ours={"metadata": {"branch": 7}}), 422, "customData.dominoci.metadata.branch"),
        (cloud(ours={"sub-id": "1.1"}), 422, "customData.dominoci.sub-id"),
        (cloud(ours=[1]), 422, "customData.dominoci.body"),
        ([], 422, "body"),
        (b'{"id": "1", "id": "2"}', 422, "id"),
        (b"[" * 100_000, 400, None),
        (b'{"id": \xff}', 400, None),
        (b"", 400, None),
    ],
)
def test_what_is_no_cdevent_is_refused_with_the_field(site: TestSite, document: Any, status: int, field: str | None) -> None:
    told = send(site, document)
    assert told.status_code == status, told.text
    assert field is None or field in told.get_json()["errors"]
    assert site.get("/trees").get_json()["items"] == []


def test_other_types_of_body_are_refused(site: TestSite) -> None:
    assert send(site, cloud(), **{"Content-Type": "application/xml"}).status_code == 415
