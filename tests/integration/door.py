"""The git door on a real HTTP server, with a receiver of pushes that a test can look into and disturb."""

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.serving import make_server

from dominoci import bootstrap
from dominoci.bootstrap import Container
from dominoci.config import Settings
from dominoci.infra.models import Base
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, agents, projects, repositories, sessions, tokens
from dominoci.services.access import Principal
from dominoci.services.repositories import Repository
from dominoci.web import git

IDENTITY = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@t"}
ADMIN = Principal("user", "u", "admin", is_admin=True)


@dataclass
class Receiver:
    """Stands where `/hooks/push/<project>` is: keeps what it is told, and answers with the next of `answers`, then 201."""

    told: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def take(self, project: str) -> tuple[dict[str, Any], int]:
        """One POST."""
        self.told.append({**request.get_json(), "project": project, "authorization": request.headers["Authorization"]})
        status = self.answers.pop(0) if self.answers else 201
        number = len(self.told)
        body = {"build": {"id": "b", "number": number, "url": f"http://here/builds/{number}"}}
        return (body if status < 300 else {"detail": "No, because this is a test."}), status


@dataclass
class Door:
    """A served arbiter: its container, its address, and git as a user calls it."""

    container: Container
    url: str
    receiver: Receiver
    home: Path

    def project(self, name: str) -> str:
        """A new hosted project; answers its id."""
        view = self.container.write(projects.create, ADMIN, {"name": name})
        return str(view["id"])

    def repository(self, name: str) -> tuple[str, Path]:
        """A hosted project whose repository is there: its id and the bare repository's folder."""
        project_id = self.project(name)
        repositories.ensure(self.container.transactions, self.container.hosting, Repository(project_id, name, "main"))
        return project_id, self.container.hosting.folder(project_id)

    def user_token(self) -> str:
        """A token for scripts of the user admin."""
        return str(self.container.write(tokens.create_for_user, "admin", "test")["token"])

    def build_token(self, project_id: str) -> str:
        """The token of a running build of the project."""

        def claim(uow: UnitOfWork) -> str:
            from dominoci.services import builds

            enrolment = tokens.enrol_agent(uow, ADMIN)["token"]
            builds.start(uow, ADMIN, project_id, "main", {})
            agent = agents.register(uow, access.authenticate(uow, enrolment), {"name": "a"})
            claimed = agents.claim(uow, Principal("agent", agent["id"], "a"))
            assert claimed is not None
            return str(claimed["token"])

        return self.container.write(claim)

    def address(self, repository: str, token: str | None = None) -> str:
        """The repository's address, with the token as password."""
        login = f"anybody:{token}@" if token else ""
        return f"http://{login}{self.url.removeprefix('http://')}/git/{repository}.git"

    def git(
        self, *arguments: str, at: Path | None = None, env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Git as a user's shell runs it, without that user's configuration."""
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.home), "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *arguments],
            cwd=at or self.home,
            env={**clean, "LC_ALL": "C", **IDENTITY, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def working_copy(self, name: str, **files: str) -> Path:
        """A new local repository with one commit of these files (none: a README)."""
        folder = self.home / name
        assert self.git("init", "-q", "-b", "main", str(folder)).returncode == 0
        self.commit(folder, **(files or {"README": "hello\n"}))
        return folder

    def commit(self, folder: Path, **files: str) -> str:
        """One more commit in a working copy; answers its id."""
        for path, text in files.items():
            (folder / path).write_text(text)
        self.git("add", "-A", at=folder)
        assert self.git("commit", "-q", "-m", "change", at=folder).returncode == 0
        return self.git("rev-parse", "HEAD", at=folder).stdout.strip()


def settings(data: Path, port: int, **more: Any) -> Settings:
    """Settings for a web process on this port, with a Redis that is not there."""
    url = f"http://127.0.0.1:{port}"
    return Settings(
        port=port,
        data=data,
        database_url=f"sqlite:///{data / 'test.sqlite'}",
        redis_url=f"unix://{data / 'no.sock'}",
        public_url=url,
        **more,
    )


class Served:
    """A Flask app on a free port of this machine, in threads, until `close`."""

    def __init__(self, data: Path, make_app: Callable[[Container], Flask], **more: Any) -> None:
        """`more` are settings."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        data.mkdir(parents=True, exist_ok=True)
        self.container = bootstrap.build(settings(data, port, **more))
        Base.metadata.create_all(self.container.database.engine)
        self.container.write(sessions.ensure_admin)
        self.url = f"http://127.0.0.1:{port}"
        self._server = make_server("127.0.0.1", port, make_app(self.container), threaded=True, fd=self._socket.fileno())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._socket.close()
        self.container.database.engine.dispose()


def door_app(container: Container, receiver: Receiver) -> Flask:
    """The door and the receiver, and nothing else."""
    app = Flask("door")
    app.register_blueprint(git.blueprint(container))
    app.post("/hooks/push/<project>")(receiver.take)
    return app
