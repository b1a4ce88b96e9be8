"""The whole web app on a new SQLite database, called without a network: what the tests of the API stand on."""

import shutil
import tempfile
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from dominoci import bootstrap
from dominoci.app import create_app
from dominoci.bootstrap import Container
from dominoci.config import Settings
from dominoci.infra.models import Base
from dominoci.services import projects, sessions, tokens
from dominoci.services.access import Principal
from tests.fakes.bell import SilentBell

PUBLIC = "http://arbiter.test"
ADMIN = Principal("user", "", "the test", is_admin=True)


def container(data: Path, **settings: Any) -> Container:
    """A container on an empty SQLite database, with a bell that nobody hears."""
    chosen = {"public_url": PUBLIC, "secret_keys": ("k",), "redis_url": f"unix://{data / 'no.sock'}", **settings}
    (data / "test.sqlite").write_bytes(_empty_database())
    made = bootstrap.build(Settings(data=data, database_url=f"sqlite:///{data / 'test.sqlite'}", **chosen))
    bell = SilentBell()
    return replace(made, bell=bell, transactions=replace(made.transactions, bell=bell))


@lru_cache(maxsize=1)
def _empty_database() -> bytes:
    """A SQLite file with all tables: a copy is made sooner than the tables are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "empty.sqlite")
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


class TestSite:
    """An app, and clients that are signed in or hold a token. The client of `anyone` has neither."""

    __test__ = False

    def __init__(self, data: Path, **settings: Any) -> None:
        self.container = container(data, **settings)
        self.app = create_app(self.container)
        self._views = dict(self.app.view_functions)
        self._tokens: dict[str, str] = {}
        self.container.write(sessions.ensure_admin)

    def empty(self) -> None:
        """As new: making an app takes longer than most tests."""
        shutil.rmtree(self.container.settings.data / "jobs", ignore_errors=True)
        with self.container.database.writing() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
            session.commit()
        self.app.view_functions.update(self._views)
        self._tokens.clear()
        self.container.write(sessions.ensure_admin)

    def close(self) -> None:
        """Gives the database's connections back."""
        self.container.database.engine.dispose()

    @property
    def anyone(self) -> FlaskClient:
        """A client without credentials."""
        return self.app.test_client()

    def user_token(self) -> str:
        """A token of the user admin."""
        if "admin" not in self._tokens:
            self._tokens["admin"] = self.container.write(tokens.create_for_user, "admin", "test")["token"]
        return self._tokens["admin"]

    def project_token(self, name: str) -> str:
        """A token of this project."""
        if name not in self._tokens:
            self._tokens[name] = self.container.write(tokens.create_for_project, ADMIN, name, "test", None)["token"]
        return self._tokens[name]

    def hook_token(self, name: str) -> str:
        """A token of this project's post-receive hook."""
        return str(self.container.write(tokens.trigger_token, self.container.read(projects.get, ADMIN, name)["id"]))

    def call(self, method: str, path: str, token: str | None = None, **kwargs: Any) -> TestResponse:
        """One request with a bearer token: admin's unless given."""
        headers = {"Authorization": f"Bearer {token or self.user_token()}", **kwargs.pop("headers", {})}
        return self.app.test_client().open(path, method=method, headers=headers, buffered=True, **kwargs)

    def get(self, path: str, token: str | None = None) -> TestResponse:
        """A GET below /api/v1."""
        return self.call("GET", f"/api/v1{path}", token)

    def post(self, path: str, body: Any, token: str | None = None, **kwargs: Any) -> TestResponse:
        """A POST of JSON below /api/v1."""
        return self.call("POST", f"/api/v1{path}", token, json=body, **kwargs)

    def put(self, path: str, body: Any, token: str | None = None) -> TestResponse:
        """A PUT of JSON below /api/v1."""
        return self.call("PUT", f"/api/v1{path}", token, json=body)

    def patch(self, path: str, body: Any, token: str | None = None) -> TestResponse:
        """A PATCH of JSON below /api/v1."""
        return self.call("PATCH", f"/api/v1{path}", token, json=body)

    def project(self, name: str, **body: Any) -> dict[str, Any]:
        """A new project; run by a webhook unless told otherwise."""
        target = {"kind": "webhook", "url": "https://ci.test/hook"}
        made = self.post("/projects", {"name": name, "repository_url": f"https://git.test/{name}", "target": target, **body})
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def depend(self, upstream: str, downstream: str, **body: Any) -> dict[str, Any]:
        """`downstream` depends on `upstream` from now on."""
        made = self.post(f"/projects/{downstream}/dependencies", {"upstream": upstream, **body})
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def tree(self, *names: str) -> str:
        """A tree whose root is the first of these new projects, and each of which the next depends on; answers its id."""
        for name in names:
            self.project(name)
        for upstream, downstream in pairwise(names):
            self.depend(upstream, downstream)
        told = self.post("/events", {"status": "SUCCESS", "metadata": {"branch": "main"}}, self.project_token(names[0]))
        return str(told.get_json()["tree_id"])

    def browser(self) -> "Browser":
        """A browser in which admin has signed in."""
        link = self.container.write(sessions.login_link, "admin")
        return Browser(self.app.test_client(), link.partition("code=")[2])

    def build_token(self, project: str = "built") -> tuple[str, str]:
        """The id of a running build of a new project on our own agents, and the token of its lease."""
        self.project(project, target={"kind": "agent"}, repository_url=None)
        self.post(f"/projects/{project}/builds", {})
        claimed = self.post("/agents/claim", {}, self.agent_token()).get_json()
        return claimed["id"], claimed["token"]

    def enrolment_token(self) -> str:
        """A token with which an agent may register."""
        return str(self.post("/agents/enrolments", None).get_json()["token"])

    def agent_token(self) -> str:
        """The token of a newly registered agent."""
        told = self.post("/agents/register", {"name": "a"}, self.enrolment_token())
        assert told.status_code == 201, told.text
        return str(told.get_json()["token"])


class Browser:
    """A client that holds the session cookie, and knows the token that its page would send."""

    def __init__(self, client: FlaskClient, code: str) -> None:
        self.client = client
        self.signed_in = client.post("/api/v1/session/code", json={"code": code})
        self.csrf = str((self.signed_in.get_json() or {}).get("csrf_token"))

    def write(self, path: str, body: Any, **headers: str) -> TestResponse:
        """A POST as a page sends it, with these headers on top; an empty one is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"X-CSRF-Token": self.csrf, "Origin": "http://arbiter.test", **named}
        return self.client.post(f"/api/v1{path}", json=body, headers={k: v for k, v in given.items() if v})
