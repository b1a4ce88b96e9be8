"""A private MariaDB: its own folder, a free port of 127.0.0.1, durable as in production, a database for each test."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql

from tests.bed.process import Server, free_port
from tests.bed.programs import MARIADB, find_mariadb

USER, PASSWORD = "dominoci", "test"


class MariaDB:
    """Start it, make databases, kill it, start it again on the same folder; `remove` ends it for good."""

    def __init__(self) -> None:
        paths = [find_mariadb(program) for program in MARIADB]
        assert all(paths), "MariaDB is not installed: python -m tests.bed.missing"
        server, install = (str(path) for path in paths)
        # short: a unix socket's path has at most 107 bytes
        self._folder = Path(tempfile.mkdtemp(prefix="dominoci-mariadb-"))
        self._socket = str(self._folder / "s")
        as_root = ["--user=root"] if os.getuid() == 0 else []
        _install([install, "--no-defaults", f"--datadir={self._folder / 'db'}", *as_root])
        self.port = free_port()  # not sooner: what connects meanwhile may be given it
        self._server = Server(self._command(server, as_root), self._folder / "log")

    def _command(self, server: str, as_root: list[str]) -> list[str]:
        options = {
            "datadir": self._folder / "db",
            "tmpdir": self._folder,  # a server that starts removes all temporary tables it finds, also those of its neighbours
            "socket": self._socket,
            "pid-file": self._folder / "pid",
            "port": self.port,
            "bind-address": "127.0.0.1",
            "max-connections": 300,
            "character-set-server": "utf8mb4",
            "collation-server": "utf8mb4_general_ci",
            "innodb-buffer-pool-size": "64M",
            "innodb-flush-log-at-trx-commit": 1,  # the default, said because promises are tested here
            "performance-schema": "OFF",
        }
        named = [f"--{name}={value}" for name, value in options.items()]
        return [server, "--no-defaults", *named, "--skip-name-resolve", *as_root]

    def start(self) -> None:
        """Starts it and waits until it takes connections."""
        self._server.start(self._answers)
        with self._administration() as cursor:
            for host in ("127.0.0.1", "localhost"):
                cursor.execute(f"CREATE USER IF NOT EXISTS {USER}@'{host}' IDENTIFIED BY '{PASSWORD}'")
                cursor.execute(f"GRANT ALL ON *.* TO {USER}@'{host}'")

    def kill(self) -> None:
        """kill -9."""
        self._server.kill()

    def stop(self) -> None:
        """An orderly end; what was stored stays."""
        self._server.stop()

    def remove(self) -> None:
        """Ends it and removes all it stored."""
        self._server.kill()
        shutil.rmtree(self._folder)

    def create_database(self) -> str:
        """A new empty database; its `mysql+pymysql://` address."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with self._administration() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        return f"mysql+pymysql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}?charset=utf8mb4"

    def drop_database(self, url: str) -> None:
        """Removes what `create_database` made, with whoever still uses it."""
        name = url.rpartition("/")[2].partition("?")[0]
        with self._administration() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (name,))
            for (connection,) in cursor.fetchall():
                cursor.execute(f"KILL {int(connection)}")
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")

    def kill_connections(self) -> int:
        """Cuts every connection of the tests' user; how many there were."""
        with self._administration() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", (USER,))
            found = cursor.fetchall()
            for (connection,) in found:
                cursor.execute(f"KILL {int(connection)}")
        return len(found)

    @contextmanager
    def _administration(self) -> Iterator[Any]:
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            yield cursor

    def _connect(self) -> Any:
        return pymysql.connect(unix_socket=self._socket, user="root", autocommit=True)

    def _answers(self) -> bool:
        # asked by hand first: PyMySQL leaves its socket to the garbage collector when nobody listens
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(self._socket) != 0:
                return False
        with closing(self._connect()):
            return True


def _install(argv: list[str]) -> None:
    done = subprocess.run(
        [*argv, "--auth-root-authentication-method=normal", "--skip-test-db"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"mariadb-install-db failed:\n{done.stdout}{done.stderr}"
