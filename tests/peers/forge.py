"""A Gitea of the tests: its own process on loopback, with SQLite in a folder, and what a person and a runner do with it."""

import base64
import getpass
import json
import os
import secrets
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx

from tests.bed.process import Server, free_port
from tests.peers.build import Build

ADMIN: Final = "root-of-gitea"
PASSWORD: Final = "a password of the tests"
README: Final = {"README.md": "hello\n"}
SETTINGS: Final = """\
RUN_MODE = prod
RUN_USER = {user}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = {folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {static}
OFFLINE_MODE = true
DISABLE_SSH = true

[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db

[security]
INSTALL_LOCK = true
SECRET_KEY = {secret}

[service]
DISABLE_REGISTRATION = true
REGISTER_EMAIL_CONFIRM = false

[webhook]
ALLOWED_HOST_LIST = loopback

[repository]
DEFAULT_BRANCH = main

[log]
MODE = console
LEVEL = Warn

[indexer]
ISSUE_INDEXER_TYPE = db

[queue]
TYPE = channel

[cron]
ENABLED = false
"""


class Gitea:
    """A context manager. Accounts all have the same password; `api` is the address of the REST API, `token` the admin's."""

    def __init__(self, build: Build, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._port = free_port()
        self._program, self._folder, self._settings = build.program, folder, folder / "app.ini"
        self.url = f"http://127.0.0.1:{self._port}"
        self.api = f"{self.url}/api/v1"
        known = {"user": getpass.getuser(), "folder": folder, "port": self._port, "static": build.static}
        self._settings.write_text(SETTINGS.format(**known, secret=secrets.token_hex(32)))
        self._env = {"PATH": os.environ["PATH"], "HOME": str(folder), "USER": getpass.getuser()}
        self._server = Server([*self._command, "web"], folder / "gitea.log", self._env)
        self._client = httpx.Client(trust_env=False, timeout=30)
        self.token = ""

    def __enter__(self) -> "Gitea":
        self._server.start(self._answers)
        self._cli("admin", "user", "create", "--admin", *self._person(ADMIN))
        wanted = {"name": "tests", "scopes": ["all"]}
        self.token = self.ask("POST", f"/users/{ADMIN}/tokens", auth=(ADMIN, PASSWORD), json=wanted)["sha1"]
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.stop()

    # ---- its API and its database

    def ask(self, method: str, path: str, *, auth: tuple[str, str] | None = None, **more: Any) -> Any:
        """What its REST API answers the admin, or whom `auth` names; AssertionError for a refusal."""
        headers = {} if auth else {"Authorization": f"token {self.token}"}
        answer = self._client.request(method, f"{self.api}{path}", auth=auth, headers=headers, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def deliveries(self, hook: int) -> list[dict[str, Any]]:
        """What came of the deliveries of a webhook, as its settings page shows it, the oldest first: `event`, `request`,
        `response`. The API does not tell, so it is read from the database."""
        wanted = "event_type, request_content, response_content"
        # a delivery is marked before it is sent; both texts are there once it was answered
        over = "is_delivered AND request_content <> '' AND response_content <> ''"
        query = f"SELECT {wanted} FROM hook_task WHERE hook_id = ? AND {over} ORDER BY id"
        with closing(sqlite3.connect(f"file:{self._folder}/gitea.db?mode=ro", uri=True, timeout=20)) as database:
            rows = database.execute(query, (hook,)).fetchall()
        return [{"event": event, "request": json.loads(sent), "response": json.loads(came)} for event, sent, came in rows]

    def statuses(self, path: str, commit: str) -> list[dict[str, Any]]:
        """What stands on a commit, the oldest first. Sorted here: its own orders go by the second, or turned about (1.26)."""
        found: list[dict[str, Any]] = self.ask("GET", f"/repos/{path}/commits/{commit}/statuses")
        return sorted(found, key=lambda status: int(status["id"]))

    # ---- what people do

    def user(self, name: str, email: str) -> None:
        """A new account."""
        self._cli("admin", "user", "create", *self._person(name, email))

    def organisation(self, name: str, member: str) -> None:
        """A new organisation, with one member besides the admin who owns it."""
        self.ask("POST", "/orgs", json={"username": name})
        (owners,) = self.ask("GET", f"/orgs/{name}/teams")
        self.ask("PUT", f"/teams/{owners['id']}/members/{member}")

    def application(self, redirect_uri: str) -> tuple[str, str]:
        """A new OAuth2 application: its client id and secret."""
        body = {"name": "DominoCI", "redirect_uris": [redirect_uri], "confidential_client": True}
        made = self.ask("POST", "/user/applications/oauth2", json=body)
        return made["client_id"], made["client_secret"]

    def repository(self, name: str, files: Mapping[str, str] = README, *, private: bool = False) -> str:
        """A new repository of the admin with these files on `main`; answers its path, owner/name."""
        self.ask("POST", "/user/repos", json={"name": name, "private": private, "default_branch": "main"})
        self.commit(f"{ADMIN}/{name}", files)
        return f"{ADMIN}/{name}"

    def commit(self, path: str, files: Mapping[str, str], branch: str = "main") -> str:
        """One more commit by the API, which pushes as anybody does; answers its id."""
        encoded = {name: base64.b64encode(text.encode()).decode() for name, text in files.items()}
        changes = [{"operation": "create", "path": name, "content": content} for name, content in encoded.items()]
        made = self.ask("POST", f"/repos/{path}/contents", json={"files": changes, "branch": branch, "message": "change"})
        return str(made["commit"]["sha"])

    def webhook(self, path: str, url: str, secret: str, *events: str, content_type: str = "json") -> int:
        """A new webhook of a repository; answers its id."""
        config = {"url": url, "secret": secret, "content_type": content_type}
        body = {"type": "gitea", "active": True, "events": list(events), "config": config}
        return int(self.ask("POST", f"/repos/{path}/hooks", json=body)["id"])

    # ----

    @property
    def _command(self) -> list[str]:
        return [str(self._program), "--config", str(self._settings)]

    def _person(self, name: str, email: str = "") -> list[str]:
        told = ["--username", name, "--password", PASSWORD, "--email", email or f"{name}@example.test"]
        return [*told, "--must-change-password=false"]

    def _cli(self, *arguments: str) -> str:
        # flags of the whole program go before its commands
        argv = [*self._command, *arguments]
        done = subprocess.run(argv, env=self._env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"gitea {' '.join(arguments[:3])}: {done.stdout}{done.stderr}"
        return done.stdout

    def _answers(self) -> bool:
        try:
            return self._client.get(f"{self.url}/api/healthz").status_code == 200
        except httpx.TransportError:
            return False
