"""What the tests of flows share: a run on the services, told and claimed as agents do it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dominoci.domain import credentials
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, agents, build_reports, builds, flows, tokens
from dominoci.services.access import Principal
from dominoci.store.paging import Page
from tests.world import USER, World

Answer = dict[str, Any]
COMMIT = "c" * 40


def job(name: str, *, success: Sequence[str] = (), fail: Sequence[str] = (), **more: Any) -> Answer:
    """A job of a plan."""
    return {"name": name, "success": list(success), "fail": list(fail), "labels": [], "needs": [], **more}


# a feeds b and c side by side, both lead to d; whatever fails is told by mail
DIAMOND = [
    job("a", success=["b", "c"], fail=["mail"]),
    job("b", success=["d"], fail=["mail"]),
    job("c", success=["d"], fail=["mail"]),
    job("d", fail=["mail"]),
    job("mail"),
]


class Flow:
    """One run of one project, and agents that take its jobs."""

    def __init__(self, world: World, stages: Sequence[Answer], **project: Any) -> None:
        self.world = world
        if "flow" not in world.projects:
            world.project("flow", **{"target": {"kind": "agent"}, **project})
        self.agent = world.write(self._agent)
        self.run = world.write(builds.start, USER, "flow", "main", {"CHANNEL": "nightly"})["id"]
        self.plan(stages)

    @classmethod
    def of_event(cls, world: World, stages: Sequence[Answer]) -> "Flow":
        """The run of an event that waits already."""
        flow = cls.__new__(cls)
        flow.world, flow.agent = world, world.write(cls._agent)
        flow.run = world.read(builds.listing, USER, {"project": "flow"}, Page())["items"][0]["id"]
        flow.plan(stages)
        return flow

    @staticmethod
    def _agent(uow: UnitOfWork) -> Principal:
        enrolment = access.authenticate(uow, tokens.enrol_agent(uow, USER)["token"])
        return Principal("agent", agents.register(uow, enrolment, {"name": "a"})["id"], "a")

    def claim(self) -> Answer | None:
        """The next build for an agent."""
        found: Answer | None = self.world.write(agents.claim, self.agent)
        return found

    def plan(self, stages: Sequence[Answer]) -> None:
        """Claims the run, and hands it over."""
        claimed = self.claim()
        assert claimed
        assert (claimed["id"], claimed["job"]) == (self.run, None)
        self.lease = claimed
        body = {"commit": COMMIT, "message": "m", "pipeline": "release", "stages": list(stages)}
        self.told = body
        self.world.write(flows.plan, self.holder(claimed), self.run, body)

    @staticmethod
    def holder(claimed: Mapping[str, Any]) -> Principal:
        """Who has the lease of a claimed build."""
        assert credentials.kind_of(claimed["token"]) == "dcb"
        return Principal("build", claimed["id"])

    def take(self, *names: str) -> dict[str, Answer]:
        """Claims all that waits, which must be these jobs."""
        found = {}
        while claimed := self.claim():
            found[claimed["job"]["name"]] = claimed
        assert sorted(found) == sorted(names)
        return found

    def end(self, claimed: Mapping[str, Any], status: str = "SUCCESS", **more: Any) -> None:
        """The result of a claimed job."""
        self.world.write(build_reports.finish, self.holder(claimed), claimed["id"], {"status": status, **more})

    def view(self) -> Answer:
        """The run, as people see it."""
        found: Answer = self.world.read(builds.get, USER, self.run)
        return found

    def jobs(self) -> dict[str, str]:
        """The states of the run's jobs."""
        return {one["name"]: one["state"] for one in self.view()["jobs"]}
