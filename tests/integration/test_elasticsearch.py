"""Reporting to Elasticsearch: documents written with the end of a build or an event, sent by the official client, lost never."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count

import pytest
from sqlalchemy import select

from dominoci.config import ElasticsearchSettings, Settings, SettingsError
from dominoci.domain import search_document as rules
from dominoci.domain.ids import new_id
from dominoci.infra.models.notices import SearchDocument
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.reporting.elasticsearch import SearchServer
from dominoci.services import builds, search_documents
from dominoci.services.search_sending import SearchSender
from dominoci.services.upkeep import Upkeep
from dominoci.store import search_documents as store
from tests.fakes.elasticsearch_api import API_KEY, ElasticsearchApi
from tests.fakes.misbehaving import BROKEN, BUSY, MOVED, RESET, WRONG_JSON
from tests.integration.test_statement_counts import statements
from tests.world import USER, World

pytestmark = pytest.mark.services


@pytest.fixture
def server() -> Iterator[ElasticsearchApi]:
    """The stand-in."""
    with ElasticsearchApi() as made:
        yield made


def reporting(world: World, server: ElasticsearchApi, key: str = API_KEY) -> SearchSender:
    """The world begins anew with reporting to this server; the sender."""
    settings = ElasticsearchSettings(server.url, key)
    world.empty(elasticsearch=settings)
    return SearchSender(world.transactions, SearchServer(settings))


def rows(world: World) -> list[SearchDocument]:
    """What waits."""
    found: list[SearchDocument] = world.read(lambda uow: uow.session.scalars(select(SearchDocument)).all())
    return found


def tell(world: World, count: int) -> None:
    """So many documents of builds, as of one transaction."""

    def write(uow: UnitOfWork) -> None:
        body = {"kind": "build", "created_at": "2026-11-21T10:00:00.000Z", "version": 3, "state": "success"}
        made = [search_documents._row(uow, rules.BUILD, new_id(), {**body, "number": n}) for n in range(count)]
        store.add(uow.session, made)

    world.write(write)


def test_every_event_and_build_that_ends_becomes_a_document(any_world: World, server: ElasticsearchApi) -> None:
    world = any_world
    sender = reporting(world, server)
    world.project("app", target={"kind": "agent"})
    world.graph([("core", "app"), ("app", "end")])
    tree_id = world.report("core", commit="a" * 40)["tree_id"]
    claimed = world.claim(world.agent("hut"))
    assert claimed is not None
    world.clock.advance(seconds=90)
    world.end_build(claimed, "FAILED")
    waiting = world.write(builds.start, USER, "app", None, {})
    world.write(builds.cancel, USER, waiting["id"])
    sender.send_due()
    assert rows(world) == []
    events = {event["sub_id"]: event for event in server.documents("event").values()}
    assert {sub: event["state"] for sub, event in events.items()} == {"1": "success", "1.1": "failed", "1.1.1": "skipped"}
    root, failed = events["1"], events["1.1"]
    assert (root["commit"], root["result"]["status"], root["tree"]["project"]) == ("a" * 40, "SUCCESS", "core")
    assert (failed["took_s"], failed["project"]["name"], failed["reason"]["code"]) == (90.0, "app", "reported")
    assert events["1.1.1"]["reason"]["text"].startswith("upstream app")
    ended = {build["state"]: build for build in server.documents("build").values()}
    assert ended.keys() == {"failed", "cancelled"}
    assert (ended["failed"]["agent"]["name"], ended["failed"]["tree_id"], ended["failed"]["took_s"]) == ("hut", tree_id, 90.0)
    assert set(server.indices) == {"dominoci-builds-2026.11", "dominoci-events-2026.11"}
    assert [template["index_patterns"] for template in server.templates.values()] == [rules.patterns("dominoci")]


def test_nothing_is_written_while_no_elasticsearch_is_configured(world: World) -> None:
    world.depend("core", "app")
    tree_id = world.report("core")["tree_id"]
    world.result(tree_id, "1.1")
    assert rows(world) == []


def test_an_hour_without_the_server_loses_nothing_and_slows_nothing(any_world: World, server: ElasticsearchApi) -> None:
    world = any_world
    sender = reporting(world, server)
    upkeep = Upkeep(world.transactions, {}, senders=[sender])
    world.depend("core", "app")

    def tree(commit: int) -> int:
        """One tree from beginning to end; how many statements that took."""
        with statements(world) as seen:
            tree_id = world.report("core", commit=f"{commit:040}")["tree_id"]
            world.result(tree_id, "1.1")
        return len(seen)

    tree(1)
    sender.send_due()
    world.clock.advance(minutes=1)  # what a process knows of webhooks is forgotten by then
    usual = tree(2)
    sender.send_due()
    asked = len(server.calls)
    with server.going_wrong(RESET):
        for n in range(12):
            world.clock.advance(minutes=5)
            assert tree(3 + n) == usual
            upkeep.send_messages()
            sender.send_due()
    assert len(server.calls) - asked == 12  # each time once: then it is left alone
    assert len(rows(world)) == 2 * 12
    world.clock.advance(minutes=2)
    sender.send_due()
    assert rows(world) == []
    assert len(server.documents("event")) == 2 * 14
    assert max(server.requests) <= rules.MOST_AT_ONCE


@pytest.mark.parametrize("fault", [BUSY, BROKEN, MOVED, WRONG_JSON, "wrong key", "another product"])
def test_what_the_server_does_not_take_is_told_later(world: World, server: ElasticsearchApi, fault: str) -> None:
    sender = reporting(world, server, "nonsense" if fault == "wrong key" else API_KEY)
    if fault == "another product":
        server.product = None
    tell(world, 3)
    with server.going_wrong(fault) if fault in (BUSY, BROKEN, MOVED, WRONG_JSON) else nullcontext():
        sender.send_due()
    waiting = rows(world)
    assert [(row.state, row.tries) for row in waiting] == [("pending", 0)] * 3
    assert waiting[0].reading
    assert API_KEY not in waiting[0].reading
    server.product = "Elasticsearch"
    sender.server = SearchServer(ElasticsearchSettings(server.url, API_KEY))
    assert sender.send_due() == 0  # it is left alone for a moment
    world.clock.advance(seconds=5)
    sender.send_due()
    assert (rows(world), len(server.documents("build"))) == ([], 3)


def test_one_refused_document_keeps_no_other_back_and_is_given_up_at_last(world: World, server: ElasticsearchApi) -> None:
    sender = reporting(world, server)
    server.refuse = lambda document: (400, "document_parsing_exception") if document["number"] == 7 else None
    tell(world, 20)
    sender.send_due()
    (refused,) = rows(world)
    assert (refused.state, refused.tries, refused.body["number"]) == ("pending", 1, 7)
    assert refused.reading == "Elasticsearch answered 400: document_parsing_exception: as the test says"
    for _ in range(rules.MOST_REFUSALS):
        world.clock.advance(hours=6)
        sender.send_due()
    assert [(row.state, row.tries) for row in rows(world)] == [("dead", rules.MOST_REFUSALS)]
    world.clock.advance(days=31)
    world.write(search_documents.sweep)
    assert rows(world) == []


def test_a_busy_shard_is_asked_again(world: World, server: ElasticsearchApi) -> None:
    sender = reporting(world, server)
    server.refuse = lambda document: (429, "es_rejected_execution_exception") if document["number"] % 2 else None
    tell(world, 10)
    sender.send_due()
    assert (len(server.documents("build")), len(rows(world))) == (5, 5)
    server.refuse = lambda document: None
    world.clock.advance(seconds=10)
    sender.send_due()
    assert (len(server.documents("build")), rows(world)) == (10, [])


def test_many_documents_are_few_requests_and_too_large_ones_are_halved(world: World, server: ElasticsearchApi) -> None:
    sender = reporting(world, server)
    tell(world, 450)
    sender.send_due()
    assert server.requests == [200, 200, 50]
    server.most_bytes = 12_000
    tell(world, 100)
    sender.send_due()
    assert (len(server.documents("build")), rows(world)) == (550, [])


@pytest.mark.parametrize(("took_s", "taken"), [(2, 12), (7, 0)])
def test_what_was_sent_in_halves_is_booked_within_its_lease_and_the_rest_goes_next(
    world: World, server: ElasticsearchApi, took_s: int, taken: int
) -> None:
    sender = reporting(world, server)
    seconds = count(step=took_s)
    sender.server = SearchServer(ElasticsearchSettings(server.url, API_KEY), lambda: next(seconds))
    server.most_bytes = 3_000
    tell(world, 100)
    (batch,) = world.write(sender._claim)
    sender.send(batch)
    assert (len(server.documents("build")), 100 - len(rows(world))) == (taken, taken)
    assert {(row.state, row.tries, row.lease_owner) for row in rows(world)} == {("pending", 0, None)}
    while waiting := rows(world):  # also from a server that is too slow for many at once
        world.clock.advance(minutes=2)
        sender.send_due()
        assert len(rows(world)) < len(waiting) or sender._failures < 8
    assert len(server.documents("build")) == 100


def test_an_older_telling_never_replaces_a_newer_one(world: World, server: ElasticsearchApi) -> None:
    sender = reporting(world, server)
    world.depend("core", "app")
    tree_id = world.report("core")["tree_id"]
    world.drain()
    world.pass_time(days=8)
    late = world.write(sender._claim)  # the event timed out; taken by a process that hangs
    world.result(tree_id, "1.1", "SUCCESS")
    sender.send_due()
    sender.send(late[0])
    app = next(event for event in server.documents("event").values() if event["sub_id"] == "1.1")
    assert app["state"] == "success"


def test_an_answer_that_was_lost_makes_no_second_document(world: World, server: ElasticsearchApi) -> None:
    sender = reporting(world, server)
    tell(world, 5)
    with server.going_wrong(RESET):
        sender.send_due()
        world.clock.advance(seconds=5)
        sender.send_due()
    world.clock.advance(seconds=30)
    sender.send_due()
    assert (len(server.documents("build")), rows(world)) == (5, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "elastic.test:9200"),
        ("URL", "https://elastic:password@elastic.test"),
        ("URL", "https://elastic.test/?pretty"),
        ("API_KEY", "two words"),
        ("INDEX", "Reports"),
        ("INDEX", "*"),
        ("INDEX", "_reports"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_without_repeating_it(name: str, value: str) -> None:
    env = {"DOMINOCI_ELASTICSEARCH_URL": "https://elastic.test", f"DOMINOCI_ELASTICSEARCH_{name}": value}
    with pytest.raises(SettingsError, match=f"DOMINOCI_ELASTICSEARCH_{name}") as refused:
        Settings.from_env(env)
    assert name == "INDEX" or value not in str(refused.value)
