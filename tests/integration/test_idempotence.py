"""Accepting the same thing twice, also at the same moment: one tree, one answer (guarantee G2)."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import func, select

from dominoci.domain import credentials
from dominoci.domain.errors import Conflict, Forbidden, Invalid, NotFound
from dominoci.domain.keys import KeyRing
from dominoci.infra.models.trees import Event, ReportRow, Tree
from dominoci.services import builds, reports, results
from dominoci.services.access import Principal
from tests.together import Crew
from tests.world import USER, World, report

pytestmark = pytest.mark.services
ROUNDS = 25


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(4) as made:
        yield made


def counts(world: World) -> tuple[int, int]:
    """How many trees and reports there are."""

    def count(table: type[Tree] | type[ReportRow]) -> int:
        return int(world.read(lambda uow: uow.session.execute(select(func.count()).select_from(table)).scalar_one()))

    return count(Tree), count(ReportRow)


@pytest.mark.parametrize("by", ["key", "link"])
def test_the_same_report_four_times_at_once_opens_one_tree(any_world: World, crew: Crew, by: str) -> None:
    any_world.depend("core", "net")
    for n in range(ROUNDS):
        same = {by: f"https://ci.test/{n}"}
        answers = crew.at_once([partial(any_world.report_answered, "core", "SUCCESS", **same)] * 4)
        assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
        assert len({answer["tree_id"] for _, answer in answers}) == 1
    assert counts(any_world) == (ROUNDS, ROUNDS)


def test_reports_without_an_identity_are_a_tree_each(any_world: World, crew: Crew) -> None:
    any_world.depend("core", "net")
    answers = crew.at_once([partial(any_world.report, "core")] * 4)
    assert len({answer["tree_id"] for answer in answers}) == 4


def test_a_repeat_tells_where_the_tree_stands_now(any_world: World) -> None:
    any_world.graph([("core", "net"), ("core", "ui")])
    first = any_world.report("core", key="k")
    any_world.result(first["tree_id"], "1.1", "FAILED")
    status, again = any_world.report_answered("core", key="k")
    assert status == 200
    assert {**again, "children": None} == {**first, "children": None}
    assert [child["state"] for child in first["children"]] == ["queued", "queued"]
    assert [child["state"] for child in again["children"]] == ["failed", "queued"]


def test_two_projects_may_use_the_same_key(any_world: World) -> None:
    any_world.graph([("core", "net")])
    assert any_world.report("core", key="k")["tree_id"] != any_world.report("net", key="k")["tree_id"]


def test_a_root_report_and_the_result_of_the_same_run_are_counted_once(any_world: World, crew: Crew) -> None:
    any_world.graph([("core", "net"), ("net", "app")])
    for n in range(10):
        link = f"https://ci.test/runs/{n}"
        tree_id = any_world.report("core")["tree_id"]
        any_world.started(tree_id, "1.1", link)
        tell = partial(any_world.result, tree_id, "1.1", project="net", link=link, commit="c" * 40)
        bind = partial(any_world.report_answered, "net", link=link)
        answers = crew.at_once([tell, bind, tell, bind])
        assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
        assert {answer["tree_id"] for _, answer in answers} == {tree_id}
        any_world.check(tree_id)


def test_a_result_is_addressed_by_token_or_by_numbers_and_both_must_agree(world: World) -> None:
    world.depend("core", "net")
    tree_id = world.report("core")["tree_id"]
    token = credentials.mint_event(world.transactions.keys, tree_id, "1.1", 1)
    told, me = report("SUCCESS"), world.who("net")
    with pytest.raises(Invalid, match="contradicts its token"):
        world.write(results.record, me, token, told, {"sub_id": "1.2"})
    with pytest.raises(Invalid, match="event is missing"):
        world.write(results.record, me, None, told, {})
    foreign = credentials.mint_event(KeyRing(("another arbiter's",)), tree_id, "1.1", 1)
    with pytest.raises(Invalid, match="not valid"):
        world.write(results.record, me, foreign, told, {})
    address = {"tree_id": tree_id, "sub_id": "1.1", "attempt": 1}
    assert world.write(results.record, me, None, told, address)[0] == 201
    assert world.write(results.record, me, token, told, address)[0] == 200


def test_nobody_reports_for_somebody_else(world: World) -> None:
    world.graph([("core", "net"), ("core", "ui")])
    tree_id = world.report("core")["tree_id"]
    token = credentials.mint_event(world.transactions.keys, tree_id, "1.1", 1)
    claim = credentials.read_event(world.transactions.keys, token)
    with pytest.raises(NotFound):
        world.write(results.record, world.who("ui"), token, report("SUCCESS"), {})
    with pytest.raises(NotFound):
        world.write(results.record, world.who("net"), None, report("SUCCESS"), {"tree_id": tree_id, "sub_id": "9.9"})
    with pytest.raises(Forbidden, match="its own token"):
        world.write(results.record, Principal("event", claim=claim), None, report("SUCCESS"), {})
    with pytest.raises(Forbidden, match="own token"):
        world.write(reports.report, Principal("user", "u"), report("SUCCESS"), None)
    assert world.event(tree_id, "1.1")["state"] == "queued"


def test_a_project_may_be_set_to_accept_the_event_token_alone(world: World) -> None:
    world.project("net", accept_event_token=True)
    world.depend("core", "net")
    tree_id = world.report("core")["tree_id"]
    claim = credentials.read_event(world.transactions.keys, credentials.mint_event(world.transactions.keys, tree_id, "1.1", 1))
    assert world.write(results.record, Principal("event", claim=claim), None, report("SUCCESS"), {})[0] == 201


def test_a_result_after_its_attempt_was_superseded_is_refused(any_world: World) -> None:
    any_world.depend("core", "net")
    tree_id = any_world.report("core")["tree_id"]
    any_world.write(lambda uow: uow.session.get_one(Event, _event_id(any_world, tree_id)).__setattr__("attempt", 2))
    with pytest.raises(Conflict, match="Attempt 1 has been superseded by attempt 2"):
        any_world.result(tree_id, "1.1")


def _event_id(world: World, tree_id: str) -> str:
    query = select(Event.id).where(Event.tree_id == tree_id, Event.sub_id == "1.1")
    return str(world.read(lambda uow: uow.session.execute(query).scalar_one()))


def test_a_build_that_no_tree_started_is_never_taken_for_an_events_run(any_world: World) -> None:
    """A push of a fix while the event runs the same commit: its build had none of the event's inputs."""
    any_world.project("ui", target={"kind": "agent"})
    any_world.graph([("core", "ui"), ("ui", "app")])
    tree_id = any_world.report("core")["tree_id"]
    of_event = any_world.claim(any_world.agent("first"))
    any_world.write(builds.start, USER, "ui", None, {})
    by_hand = any_world.claim(any_world.agent("second"))
    assert of_event is not None
    assert by_hand is not None
    for claimed in (of_event, by_hand):
        any_world.tell_build(claimed, commit="f" * 40)
    opened = any_world.end_build(by_hand, "SUCCESS")[1]["tree_id"]
    assert opened != tree_id
    assert any_world.by_project(tree_id)["ui"]["state"] == "running"
    any_world.end_build(of_event, "SUCCESS")
    assert any_world.by_project(tree_id)["app"]["state"] == "queued"
