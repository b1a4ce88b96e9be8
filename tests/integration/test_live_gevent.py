"""The live socket on gunicorn's gevent worker with MariaDB: what it promises on threads, it keeps there too."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from dominoci.services import projects
from tests.bed.mariadb import MariaDB
from tests.integration import test_api_live as threads
from tests.integration.live_web import ADMIN, Web

pytestmark = pytest.mark.services
VIEWERS = 40

# the same tests, with the `web` of this module
test_changes_of_a_tree = threads.test_changes_of_a_tree_come_with_versions_that_follow_each_other
test_a_log = threads.test_a_log_is_replayed_followed_and_ended_without_gap_or_repeat
test_after_redis_is_back = threads.test_after_redis_is_back_messages_come_again
test_without_credentials = threads.test_without_credentials_there_is_no_socket
test_another_sites_page = threads.test_another_sites_page_gets_no_socket
test_an_oversized_message = threads.test_an_oversized_message_closes_the_socket
test_a_slow_reader = threads.test_a_slow_reader_is_dropped_and_others_hear_all


@pytest.fixture(scope="module")
def web(mariadb: MariaDB) -> Iterator[Web]:
    """Served by greenlets."""
    url = mariadb.create_database()
    made = Web(DOMINOCI_WEB_WORKER_CLASS="gevent", DATABASE_URL=url, DOMINOCI_LIVE_CAP=str(VIEWERS))
    yield made
    made.close()
    mariadb.drop_database(url)


def test_many_viewers_of_one_log_read_the_same_and_one_more_is_sent_to_polling(web: Web) -> None:
    build_id, holder = web.build()
    lines = "".join(f"line {number} é\n" for number in range(3000)).encode()
    with ExitStack() as stack:
        pages = [stack.enter_context(web.page()) for _ in range(VIEWERS)]
        for n, page in enumerate(pages):
            page.subscribe(f"build:{build_id}:log", step=1, **{"from": 0})
            web.log(build_id, holder, lines[n * 100 : (n + 1) * 100])  # some come while it grows
        web.log_in_chunks(build_id, holder, lines[VIEWERS * 100 :])
        assert web.told_to_poll()
        web.end(build_id, holder)
        with ThreadPoolExecutor(VIEWERS) as pool:
            read = list(pool.map(lambda page: page.hear_log(lambda _, message: bool(message["eof"]))[0], pages))
    assert {text.encode() for text in read} == {lines}


def test_what_waits_in_the_database_stops_nobody_else(web: Web) -> None:
    """Pages are answered while another request waits for a lock, although they all share one thread."""
    name = web.name()
    web.container.write(projects.create, ADMIN, {"name": name})
    address = f"http://127.0.0.1:{web.port}/api/v1/projects/{name}/builds"
    headers = {"Authorization": f"Bearer {web.token}"}
    connection = web.container.database.engine.connect()
    with ThreadPoolExecutor(1) as pool, connection:
        with connection.begin():
            connection.exec_driver_sql("SELECT id FROM projects FOR UPDATE")
            waiting = pool.submit(httpx.post, address, headers=headers, json={}, timeout=30)
            with web.page() as page:
                assert page.subscribe("agents")["op"] == "subscribed"
            assert not waiting.done()
        assert waiting.result().status_code == 201
    web.build()


def test_gevent_is_refused_where_it_would_stand_still() -> None:
    for env, said in (
        ({"DATABASE_URL": ""}, "needs MySQL or MariaDB"),
        ({"DATABASE_URL": "mysql+pymysql://u:p@h/d", "DOMINOCI_STORAGE_URL": "s3://b/p"}, "s3://"),
    ):
        argv = [sys.executable, "-m", "dominoci.cli", "web"]
        done = subprocess.run(
            argv, env={"DOMINOCI_WEB_WORKER_CLASS": "gevent", **env}, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert said in done.stderr, json.dumps(done.stderr)
