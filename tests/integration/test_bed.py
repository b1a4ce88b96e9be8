"""The test bed is what it says: durable, private, and gone afterwards."""

import os
import subprocess
import sys
from pathlib import Path

from redis import Redis
from sqlalchemy import create_engine, text

from tests.bed.mariadb import MariaDB
from tests.bed.valkey import Valkey
from tests.waiting import until

REPOSITORY = Path(__file__).parents[2]


def test_what_was_committed_survives_kill_9_of_mariadb(mariadb: MariaDB, mariadb_url: str) -> None:
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n INT)"))
        connection.execute(text("INSERT INTO kept VALUES (7)"))
    engine.dispose()
    mariadb.kill()
    mariadb.start()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM kept")).scalar() == 7
    engine.dispose()


def test_databases_do_not_see_each_other(mariadb: MariaDB) -> None:
    urls = [mariadb.create_database() for _ in range(2)]
    engines = [create_engine(url) for url in urls]
    with engines[0].begin() as connection:
        connection.execute(text("CREATE TABLE own (n INT)"))
    with engines[1].connect() as connection:
        assert connection.execute(text("SHOW TABLES")).all() == []
    for engine, url in zip(engines, urls, strict=True):
        engine.dispose()
        mariadb.drop_database(url)


def test_valkey_loses_everything_when_it_is_killed(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as client:
        client.set("a", "1")
    valkey.kill()
    valkey.start()
    with Redis.from_url(valkey.url) as client:
        assert client.get("a") is None


def test_chromium_runs(chromium: str) -> None:
    said = subprocess.run([chromium, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "Chrom" in said


def test_a_server_of_the_bed_dies_with_the_tests_that_started_it() -> None:
    script = (
        "import os, sys; from tests.bed.valkey import Valkey\n"
        "server = Valkey(); server.start(); print(server._server.pid, server._folder, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout is not None
        pid, folder = tests.stdout.readline().split()
        tests.kill()
    until(lambda: not _alive(int(pid)), "Valkey is gone")
    subprocess.run(["rm", "-rf", folder], check=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
