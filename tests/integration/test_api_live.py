"""The live socket on a real web process (gunicorn), with the writers in another process, over a real Valkey."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from simple_websocket import ConnectionClosed  # type: ignore[import-untyped]

from dominoci.services import projects, tokens, tree_views
from tests.integration.live_web import ADMIN, LIVE_CAP, Web, masked_frame, status_of
from tests.waiting import until


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    made = Web()
    yield made
    made.close()


def test_changes_of_a_tree_come_with_versions_that_follow_each_other(web: Web) -> None:
    tree_id = web.tree()
    with web.page() as page:
        said = page.subscribe(f"tree:{tree_id}")
        assert said == {"topic": f"tree:{tree_id}", "op": "subscribed", "version": said["version"]}
        build_id, holder = web.build()
        first = page.hear()
        assert first["version"] == said["version"] + 1
        assert [(node["sub_id"], node["state"]) for node in first["events"]] == [("1.1", "running")]
        web.end(build_id, holder)
        last = page.hear()
        assert (last["version"], last["tree"]["state"]) == (first["version"] + 1, "success")


def test_the_feed_tells_of_new_trees_and_builds(web: Web) -> None:
    with web.page() as page:
        assert page.subscribe("feed")["version"] == 0
        tree_id = web.tree()
        assert page.hear()["tree"]["id"] == tree_id
        build_id, holder = web.build()
        build = page.hear()["build"]
        assert (build["id"], build["state"]) == (build_id, "running")
        web.end(build_id, holder)


def test_a_log_is_replayed_followed_and_ended_without_gap_or_repeat(web: Web) -> None:
    build_id, holder = web.build()
    web.log(build_id, holder, b"before\n")
    with web.page() as page:
        topic = f"build:{build_id}:log"
        assert page.subscribe(topic, step=1, **{"from": 0})["op"] == "subscribed"
        page.hear_log(lambda text, _: text == "before\n")
        lines = "".join(f"line {number} é\n" for number in range(2000)).encode()
        writer = threading.Thread(target=web.log_in_chunks, args=(build_id, holder, lines))
        writer.start()
        text, _ = page.hear_log(lambda text, _: len(text.encode()) >= len(lines))
        writer.join()
        assert text.encode() == lines
        web.end(build_id, holder)
        rest, messages = page.hear_log(lambda _, message: bool(message["eof"]))
        assert rest == ""
        assert messages[-1]["next"] == len(lines) + 7


def test_a_log_begins_where_the_page_stopped(web: Web) -> None:
    build_id, holder = web.build()
    web.log(build_id, holder, b"0123456789")
    web.end(build_id, holder)
    with web.page() as page:
        page.subscribe(f"build:{build_id}:log", step=1, **{"from": 6})
        text, messages = page.hear_log(lambda _, message: bool(message["eof"]))
    assert (text, messages[0]["offset"]) == ("6789", 6)


def test_an_offset_beyond_the_log_is_refused(web: Web) -> None:
    build_id, holder = web.build()
    with web.page() as page:
        page.subscribe(f"build:{build_id}:log", step=1, **{"from": 99})
        assert page.hear()["error"]["code"] == "notfound"
    web.end(build_id, holder)


def test_a_page_that_lost_messages_is_told_of_the_version_it_missed(web: Web) -> None:
    tree_id = web.tree()
    with web.page() as page:
        before = page.subscribe(f"tree:{tree_id}")["version"]
        web.valkey.kill()
        build_id, holder = web.build()
        web.end(build_id, holder)
        heard = page.hear(20)
        assert heard["op"] == "subscribed"
        assert heard["version"] > before
        web.valkey.start()


def test_after_redis_is_back_messages_come_again(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")

        def heard() -> bool:
            web.container.bell.after_commit([("agents", {"version": 0})], False, False)
            return page.socket.receive(timeout=0.2) is not None

        until(heard, "a message over the new connection")


@pytest.mark.parametrize("topic", ["tree:unknown", "build:unknown", "build:unknown:log", "secrets", "tree:", ""])
def test_a_topic_that_one_may_not_see_is_refused_and_the_socket_stays(web: Web, topic: str) -> None:
    with web.page() as page:
        answer = page.subscribe(topic)
        assert (answer["topic"], answer["error"]["code"]) == (topic, "notfound")
        assert page.subscribe("agents")["op"] == "subscribed"


def test_a_project_hears_its_own_trees_and_nothing_else(web: Web) -> None:
    tree_id, foreign = web.tree(), web.tree()
    root = web.container.read(tree_views.get, ADMIN, tree_id)["root"]["project"]["id"]
    token = web.container.write(tokens.create_for_project, ADMIN, root, "t", None)["token"]
    with web.page(token) as mine:
        assert mine.subscribe(f"tree:{tree_id}")["op"] == "subscribed"
        assert mine.subscribe(f"tree:{foreign}")["error"]["code"] == "notfound"
        assert mine.subscribe("feed")["error"]["code"] == "forbidden"
    for _ in range(2):
        web.end(*web.build())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"op": "shout", "topic": "feed"}'])
def test_nonsense_is_answered_and_the_socket_stays(web: Web, text: str) -> None:
    with web.page() as page:
        page.socket.send(text)
        assert page.hear()["error"]["code"] == "badrequest"
        assert page.subscribe("agents")["op"] == "subscribed"


def test_after_unsubscribing_nothing_comes(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")
        page.say(op="unsubscribe", topic="agents")
        page.subscribe("feed")
        web.container.bell.after_commit([("agents", {"version": 0}), ("feed", {"version": 0})], False, False)
        assert page.hear()["topic"] == "feed"


def test_a_page_watches_a_bounded_number_of_topics(web: Web) -> None:
    tree_id = web.tree()
    build_id, holder = web.build()
    with web.page() as page:
        for step in range(1, 101):
            page.say(op="subscribe", topic=f"build:{build_id}:log", step=1, **{"from": 0})
            assert page.hear(), step
        assert page.subscribe(f"tree:{tree_id}")["op"] == "subscribed"
    web.end(build_id, holder)


def test_an_oversized_message_closes_the_socket(web: Web) -> None:
    with web.page() as page:
        page.socket.send("x" * 10_000)
        assert page.closed()[0] == 1009


def test_without_credentials_there_is_no_socket(web: Web) -> None:
    for token, status in (("dcu_nonsense", 401), ("", 401)):
        with web.handshake(Authorization=f"Bearer {token}") as socket:
            assert status_of(socket) == status


def test_another_sites_page_gets_no_socket(web: Web) -> None:
    own = f"http://127.0.0.1:{web.port}"
    for origin, status in (("https://evil.test", 403), ("null", 403), (f"{own}0", 403), (own, 101)):
        with web.handshake(Origin=origin) as socket:
            assert status_of(socket) == status


def test_above_the_cap_a_page_is_sent_to_polling(web: Web) -> None:
    with ExitStack() as open_pages:
        for _ in range(LIVE_CAP):
            # pages of earlier tests may be about to leave
            until(lambda: _taken(web, open_pages), "a free place")
        assert web.told_to_poll()
    with ExitStack() as open_pages:
        until(lambda: _taken(web, open_pages), "a free place")


def _taken(web: Web, open_pages: ExitStack) -> bool:
    """Whether one more page found a place; it stays open as long as `open_pages`."""
    with ExitStack() as one:
        page = one.enter_context(web.page())
        try:
            page.subscribe("agents")
        except (ConnectionClosed, OSError):  # closed before, or while it asks
            return False
        open_pages.push(one.pop_all())
        return True


def test_a_slow_reader_is_dropped_and_others_hear_all(web: Web) -> None:
    with web.handshake() as slow, web.page() as other:
        assert status_of(slow) == 101
        slow.sendall(masked_frame({"op": "subscribe", "topic": "feed"}))
        other.subscribe("feed")
        filler = "x" * 100_000
        for number in range(200):
            web.container.bell.after_commit([("feed", {"version": 0, "number": number, "filler": filler})], False, False)
            assert other.hear()["number"] == number
        # with its reason: unread frames over the limit, or a send that has waited too long
        until(lambda: "live_reader_" in (web.data / "web.log").read_text(), "the drop")
        assert other.subscribe("agents")["op"] == "subscribed"


def test_a_revoked_token_ends_the_socket(web: Web) -> None:
    name = web.name()
    web.container.write(projects.create, ADMIN, {"name": name})
    token = web.container.write(tokens.create_for_project, ADMIN, name, "short", None)
    with web.page(token["token"]) as page:
        web.container.write(tokens.revoke, ADMIN, name, token["id"])
        assert page.closed(30) == (1008, "signed out")


def test_a_stopping_process_says_goodbye_at_once(web: Web) -> None:
    with web.page() as page:
        page.subscribe("agents")
        began = time.monotonic()
        stopping = threading.Thread(target=web.process.stop)
        stopping.start()
        assert page.closed() == (1001, "the server restarts")
        stopping.join()
        assert time.monotonic() - began < 8
    web.process = web.start()
