"""Webhooks of format cdevents: every CDEvent that is sent fits the specification's schema, in a structured CloudEvent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from dominoci.domain.reports import Artifact, Links, Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.services import results, tree_actions, webhooks
from dominoci.services.webhook_sending import WebhookSender
from tests.fakes.webhook_sink import Sink
from tests.world import USER, World

FOLDER = Path(__file__).parents[1] / "schemas/cdevents"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in FOLDER.rglob("*.json")}
REGISTRY: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in SCHEMAS.values())
BY_TYPE = {
    one["properties"]["context"]["properties"]["type"]["default"]: Draft202012Validator(
        one, registry=REGISTRY, format_checker=FormatChecker()
    )
    for one in SCHEMAS.values()
    if "context" in one["properties" if "properties" in one else "items"]
}
WHEEL = Artifact("lib.whl", purl="pkg:pypi/lib@1.4.2")
BLOB = Artifact("data set.bin", url="https://files.test/data?x=1", sha256="0" * 64)


@pytest.fixture
def told(world: World) -> Iterator[Any]:
    """Makes webhooks of these projects; what it answers reads what they were sent, each checked, by short type and sub id."""
    client = GuardedClient(("127.0.0.1",))
    with Sink() as sink:

        def listen(*names: str) -> Any:
            kinds = {"url": sink.url, "format": "cdevents", "events": ["event.accepted", "event.state_changed"]}
            for name in names:
                world.write(webhooks.create, USER, name, kinds)
            return read

        def read() -> list[tuple[str, str, dict[str, Any]]]:
            WebhookSender(world.transactions, Caller(client, world.clock)).send_due()
            found = [checked(one.headers, one.json()) for one in sink.received]
            sink.received.clear()
            return sorted(found, key=lambda one: (one[1], one[0]))

        yield listen
    client.close()


def checked(headers: dict[str, str], cloud: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The CDEvent in a CloudEvent, after both were looked at."""
    event: dict[str, Any] = cloud["data"]
    context = event["context"]
    assert headers["content-type"] == "application/cloudevents+json"
    assert (cloud["specversion"], cloud["datacontenttype"]) == ("1.0", "application/json")
    assert {name: cloud[name] for name in ("id", "source", "type")} == {name: context[name] for name in ("id", "source", "type")}
    assert cloud["subject"] == event["subject"]["id"]
    BY_TYPE[context["type"]].validate(event)
    return ".".join(context["type"].split(".")[2:4]), event["customData"]["dominoci"]["sub_id"], event


def test_a_tree_as_cdevents(world: World, told: Any) -> None:
    world.graph([("core", "net"), ("core", "ui"), ("net", "app"), ("ui", "app"), ("core", "slow"), ("slow", "late")])
    read = told("core", "net", "ui", "app", "slow", "late")
    tree_id = world.report("core")["tree_id"]
    begin = read()
    assert [one[:2] for one in begin] == [
        ("pipelinerun.finished", "1"),
        *(("pipelinerun.queued", f"1.{n}") for n in (1, 2, 3)),
    ]
    root = begin[0][2]
    assert root["subject"]["content"]["outcome"] == "success"
    assert {one[2]["context"]["chainId"] for one in begin} == {tree_id}
    for _, _, event in begin[1:]:
        assert event["context"]["links"] == [{"linkType": "PATH", "from": {"contextId": root["context"]["id"]}}]
    by_name = {event["subject"]["content"]["pipelineName"]: sub for _, sub, event in begin}
    world.started(tree_id, by_name["net"], "https://ci.test/runs/7")
    report = Report(ResultStatus.SUCCESS, Metadata(branch="main"), Links(), (WHEEL, BLOB))
    world.write(results.record, world.who("net"), world.event_token(tree_id, by_name["net"]), report, {})
    ran = {kind: event for kind, _, event in read() if kind != "artifact.published"}
    assert ran["pipelinerun.started"]["subject"]["content"]["uri"] == "https://ci.test/runs/7"
    world.result(tree_id, by_name["ui"])
    joined = next(event for kind, _, event in read() if kind == "pipelinerun.queued")
    assert len(joined["context"]["links"]) == 2
    assert {"linkType": "PATH", "from": {"contextId": ran["pipelinerun.finished"]["context"]["id"]}} in joined["context"]["links"]


def test_ends_of_all_kinds_have_an_outcome_and_what_never_ran_has_none(world: World, told: Any) -> None:
    names = ("good", "bad", "skipped", "cancelled", "silent")
    world.graph([("core", name) for name in names] + [("bad", "after")])
    read = told(*names, "after")
    tree_id = world.report("core")["tree_id"]
    by_name = {event["subject"]["content"]["pipelineName"]: sub for _, sub, event in read()}
    report = Report(ResultStatus.SUCCESS, Metadata(branch="main"), Links(), (WHEEL, BLOB))
    world.write(results.record, world.who("good"), world.event_token(tree_id, by_name["good"]), report, {})
    for name, status in (("bad", "FAILED"), ("skipped", "SKIPPED")):
        world.result(tree_id, by_name[name], status)
    world.write(tree_actions.cancel_event, USER, tree_id, by_name["cancelled"], "event")
    world.pass_time(hours=24)
    events = read()
    runs = [event["subject"]["content"] for kind, _, event in events if kind == "pipelinerun.finished"]
    outcomes = {content["pipelineName"]: content for content in runs}
    assert {name: said["outcome"] for name, said in outcomes.items()} == {
        "good": "success",
        "bad": "failure",
        "skipped": "cancel",
        "cancelled": "cancel",
        "silent": "error",
    }
    assert outcomes["bad"]["errors"] == "reported FAILED"
    assert sorted(event["subject"]["id"] for kind, _, event in events if kind == "artifact.published") == [
        f"pkg:generic/data%20set.bin?checksum=sha256:{'0' * 64}&download_url=https:%2F%2Ffiles.test%2Fdata%3Fx%3D1",
        "pkg:pypi/lib@1.4.2",
    ]


def test_the_same_occurrence_has_the_same_id_for_everybody(world: World, told: Any) -> None:
    world.depend("core", "net")
    read = told("net", "net")
    world.report("core")
    first, second = read()
    assert first[2] == second[2]


def test_a_test_message_is_marked(world: World) -> None:
    world.project("core")
    client = GuardedClient(("127.0.0.1",))
    with Sink() as sink:
        kinds = {"url": sink.url, "format": "cdevents", "events": ["event.accepted"]}
        made = world.write(webhooks.create, USER, "core", kinds)
        said = webhooks.send_test(world.transactions, Caller(client, world.clock), USER, "core", made["id"])
        (one,) = sink.received
    client.close()
    assert (said["ok"], said["status"]) == (True, 200)
    assert checked(one.headers, one.json())[2]["customData"]["dominoci"]["test"] is True
