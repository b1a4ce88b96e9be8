"""The real arbiter as a `WireBed`: the whole app on SQLite, served over HTTP, with a hosted repository."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from dominoci.app import create_app
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import build_reports, builds, projects, repositories, sessions, tokens
from dominoci.services.repositories import Repository
from dominoci.store import builds as build_rows
from tests.fakes.wire_bed import Json, git
from tests.unit.api.site import ADMIN, container


class RealBed:
    """The handles that the contract needs, on the real services."""

    def __init__(self, data: Path) -> None:
        self.container = container(data)
        self.container.write(sessions.ensure_admin)
        self._server = make_server("127.0.0.1", 0, create_app(self.container), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.project: str = self.container.write(projects.create, ADMIN, {"name": "wire"})["id"]
        repository = Repository(self.project, "wire", "main")
        repositories.ensure(self.container.transactions, self.container.hosting, repository)

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
        self.container.database.engine.dispose()

    def enrolment(self) -> str:
        """A fresh enrolment token."""
        return str(self.container.write(tokens.enrol_agent, ADMIN)["token"])

    def push(self, files: Mapping[str, str], branch: str = "main") -> str:
        """Commits to the hosted repository without its hook."""
        work = self.container.settings.data / "author"
        git(self.container.settings.data, "init", "--quiet", f"--initial-branch={branch}", str(work))
        for name, content in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(content)
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "-m", "Change things")
        bare = self.container.hosting.folder(self.project)
        git(bare, "fetch", "--quiet", str(work), f"+refs/heads/{branch}:refs/heads/{branch}")
        return git(work, "rev-parse", "HEAD")

    def queue(self, **claim: Any) -> str:
        """A build of `main` by hand."""
        assert not claim, "the real arbiter says itself what a claim says"
        return str(self.container.write(builds.start, ADMIN, "wire", None, {})["id"])

    def cancel(self, build: str) -> None:
        """As a user would."""
        self.container.write(builds.cancel, ADMIN, build)

    def lapse(self, build: str) -> None:
        """The lease ends, and the scheduler puts the build back."""

        def end(uow: UnitOfWork) -> None:
            row = build_rows.build(uow.session, build)
            assert row is not None
            row.lease_until = uow.now - timedelta(seconds=1)

        self.container.write(end)
        self.container.write(build_reports.put_back, build, "lease_lost", "the test said so")

    def build(self, build: str) -> Json:
        """As the API shows it."""
        shown: Json = self.container.read(builds.get, ADMIN, build)
        return shown

    def log(self, build: str, step: int) -> bytes:
        """The raw log of a step."""
        place, path, _ = self.container.read(builds.log_place, ADMIN, build, step)
        return self.container.files.read(place, path, 0, 1 << 20)

    def artifact(self, build: str, name: str) -> bytes:
        """An artifact's content."""
        place, _ = self.container.read(builds.artifact_place, ADMIN, build, name)
        with self.container.files.open_artifact(place, name) as file:
            return file.read()
