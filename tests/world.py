"""A small arbiter without processes: the real services on a real database, driven by the test."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from dominoci.adapters.base import Adapter
from dominoci.config import Settings
from dominoci.domain import credentials
from dominoci.domain.ids import new_id
from dominoci.domain.keys import KeyRing
from dominoci.domain.reports import Artifact, Links, Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.infra.db import Database
from dominoci.infra.models import Base
from dominoci.infra.models.graph import DependencyRow
from dominoci.infra.models.jobs import Folder, Job
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.reporting.statuses import CommitStatuses
from dominoci.services import (
    access,
    agents,
    build_reports,
    dependencies,
    dispatch,
    projects,
    reports,
    results,
    sessions,
    tokens,
    tree_views,
)
from dominoci.services.access import Principal
from dominoci.services.polling import Poller
from dominoci.services.upkeep import Upkeep
from dominoci.store.trees import add_many
from tests import oracle
from tests.fakes.adapters import ScriptedSystem
from tests.fakes.bell import SilentBell
from tests.fakes.branches import ScriptedRefs
from tests.fakes.statuses import ShownStatuses

Answer = tuple[int, dict[str, Any]]

USER = Principal("user", "u", "admin", is_admin=True)
WEBHOOK = {"kind": "webhook", "url": "https://ci.test/hook"}
START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        """Moves on, e.g. `advance(minutes=5)`."""
        self.now += timedelta(**delta)


class World:
    """The services over one database, and the shortest way to projects, dependencies, reports and results."""

    def __init__(self, url: str, data: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.database = Database(url, clock=self.clock)
        Base.metadata.create_all(self.database.engine)
        self.data, self.url = data, url
        self._begin(settings)

    def _begin(self, settings: Mapping[str, Any]) -> None:
        self.clock.now = START
        self.settings = Settings(data=self.data, database_url=self.url, public_url="http://arbiter.test", **settings)
        self.bell = SilentBell()
        self.ci = ScriptedSystem()
        self.branches = ScriptedRefs()
        self.transactions = Transactions(self.database, self.bell, self.settings, KeyRing(("secret",)))
        self.statuses = ShownStatuses()
        self.connect({self.ci.kind: self.ci})
        self.projects: dict[str, str] = {}
        self.write(sessions.ensure_admin)

    def connect(self, adapters: Mapping[str, Adapter]) -> None:
        """From now on these are the ways to CI systems, by kind of target."""
        self.adapters = adapters
        self.poller = Poller(self.transactions, adapters)
        self.upkeep = Upkeep(self.transactions, adapters, self.branches, self.poller)

    def empty(self, **settings: Any) -> None:
        """Begins anew on the same database, with these settings."""
        with self.database.writing() as session:
            for column in (Folder.parent_id, Job.copied_from):  # MariaDB looks at each row of a table by itself
                session.execute(update(column.class_).values({column: None}))
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
            session.commit()
        self._begin(settings)

    def close(self) -> None:
        """Gives the database's connections back."""
        self.database.engine.dispose()

    def write(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """One transaction."""
        return self.transactions.write(work, *args, **kwargs)

    def read(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """One transaction that does not write."""
        return self.transactions.read(work, *args, **kwargs)

    def project(self, name: str, **body: Any) -> str:
        """A project of this name that everybody may see; webhook target unless told otherwise. Answers its id."""
        defaults = {"target": WEBHOOK, "repository_url": f"https://git.test/{name}", "visibility": "public"}
        self.projects[name] = self.write(projects.create, USER, {"name": name, **defaults, **body})["id"]
        return self.projects[name]

    def depend(self, upstream: str, downstream: str, **body: Any) -> dict[str, Any]:
        """`downstream` depends on `upstream` from now on."""
        for name in (upstream, downstream):
            if name not in self.projects:
                self.project(name)
        added: dict[str, Any] = self.write(dependencies.add, USER, downstream, {"upstream": upstream, **body})
        return added

    def graph(self, edges: Iterable[tuple[str, str]]) -> None:
        """Many plain dependencies."""
        for upstream, downstream in edges:
            self.depend(upstream, downstream)

    def plant(self, edges: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Very many dependencies with filters, in one transaction and without a look at cycles."""

        def work(uow: UnitOfWork) -> None:
            rows = []
            for upstream, downstream, filters in edges:
                for name in (upstream, downstream):
                    if name not in self.projects:
                        body = {"name": name, "target": WEBHOOK, "repository_url": f"https://git.test/{name}"}
                        self.projects[name] = projects.create(uow, USER, body)["id"]
                ends = {"upstream_id": self.projects[upstream], "downstream_id": self.projects[downstream]}
                rules = {"join_rule": "all", "enabled": True, "filters": filters, "ref": {}, "parameters": {}}
                rows.append({"id": new_id(), **ends, **rules, "created_at": uow.now})
            add_many(uow.session, DependencyRow, rows)

        self.write(work)

    def who(self, name: str) -> Principal:
        """A project's own credential."""
        return Principal("project", self.projects[name], name)

    def report(self, name: str, status: str = "SUCCESS", *, key: str | None = None, **metadata: Any) -> dict[str, Any]:
        """A root report; answers what the reporter is told."""
        return self.report_answered(name, status, key=key, **metadata)[1]

    def report_answered(
        self, name: str, status: str = "SUCCESS", *, key: str | None = None, token: str | None = None, **metadata: Any
    ) -> Answer:
        """The same with the status of the answer: 201 when it opened something, 200 when it did not. `token` is that of the
        event in whose run the report is made."""
        told = report(status, **{"branch": "main", "commit": "c" * 40, **metadata})
        answer: Answer = self.write(reports.report, self.who(name), told, key, token)
        return answer

    def event_token(self, tree_id: str, sub_id: str, attempt: int = 1) -> str:
        """What an attempt's run has to report with."""
        return credentials.mint_event(self.transactions.keys, tree_id, sub_id, attempt)

    def result(
        self,
        tree_id: str,
        sub_id: str,
        status: str = "SUCCESS",
        *,
        attempt: int = 1,
        project: str | None = None,
        **metadata: Any,
    ) -> Answer:
        """The result of one event, reported by its own project (looked up when it is not said) with its event token."""
        name = project or self.event(tree_id, sub_id)["project"]["name"]
        token = credentials.mint_event(self.transactions.keys, tree_id, sub_id, attempt)
        told = report(status, **{"branch": "main", **metadata})
        answer: Answer = self.write(results.record, self.who(name), token, told, {})
        return answer

    def started(self, tree_id: str, sub_id: str, run_url: str | None = None) -> None:
        """A sign of life of one event's pipeline."""
        name = self.event(tree_id, sub_id)["project"]["name"]
        token = credentials.mint_event(self.transactions.keys, tree_id, sub_id, 1)
        self.write(results.started, self.who(name), token, run_url, {})

    def drain(self) -> int:
        """Sends what is due to the scripted CI system; answers how many rows."""
        return dispatch.drain(self.transactions, self.adapters, self.branches, CommitStatuses({"gitlab": self.statuses}))

    def pass_time(self, **delta: float) -> None:
        """Moves the clock, and lets the scheduler do what is due by it."""
        self.clock.advance(**delta)
        self.upkeep.enforce_deadlines()
        self.upkeep.return_leases()
        self.upkeep.release_lanes()

    def agent(self, name: str = "agent") -> Principal:
        """A registered agent."""
        _, text = self.write(tokens.mint, "dca", None, tokens.ENROLMENT, name)
        told = self.write(agents.register, self.read(access.authenticate, text), {"name": name})
        return Principal("agent", told["id"], name)

    def claim(self, agent: Principal) -> dict[str, Any] | None:
        """What a claim gives this agent now."""
        claimed: dict[str, Any] | None = self.write(agents.claim, agent)
        return claimed

    def tell_build(self, claimed: Mapping[str, Any], **body: Any) -> None:
        """What the agent tells of a build while it runs."""
        self.write(build_reports.state, Principal("build", claimed["id"], "build"), claimed["id"], body)

    def end_build(self, claimed: Mapping[str, Any], status: str = "SUCCESS", **body: Any) -> Answer:
        """What the agent tells at the end of a build that it holds."""
        holder = Principal("build", claimed["id"], "build")
        answer: Answer = self.write(build_reports.finish, holder, claimed["id"], {"status": status, **body})
        return answer

    def last_result(self, name: str) -> dict[str, Any]:
        """A project's last result, as lists and badges show it."""
        shown: dict[str, Any] = self.read(projects.get, USER, self.projects[name])["last_result"]
        return shown

    def check(self, tree_id: str) -> None:
        """AssertionError when the rows of a tree contradict each other."""
        self.read(oracle.check, tree_id)

    def tree(self, tree_id: str) -> dict[str, Any]:
        """A tree as the API shows it."""
        shown: dict[str, Any] = self.read(tree_views.get, USER, tree_id)
        return shown

    def event(self, tree_id: str, sub_id: str) -> dict[str, Any]:
        """One event as the API shows it."""
        shown: dict[str, Any] = self.read(tree_views.event, USER, tree_id, sub_id)
        return shown

    def by_project(self, tree_id: str) -> Mapping[str, dict[str, Any]]:
        """The tree's events by project name, for trees in which each project stands once."""
        return {event["project"]["name"]: event for event in self.tree(tree_id)["events"]}


def report(status: str, *, link: str | None = None, artifacts: tuple[Artifact, ...] = (), **metadata: Any) -> Report:
    """A report with the least in it."""
    return Report(ResultStatus(status), Metadata(**metadata), Links(pipeline=link), artifacts)
