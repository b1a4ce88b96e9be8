"""The rest of the model: what goes out, own agents, the clock, and edits of the graph."""

from collections.abc import Mapping

from tests.machine.facts import FINAL, Build, Dependency, Errand, Event, Project, Told
from tests.machine.trees import FINISH, START, Trees, withdraw

LEASE, LEASES, TRIES = 20, 5, 10  # seconds, how often a build is leased, how often something is sent
PATIENCE = 10  # seconds that a busy CI system asks for


class Model(Trees):
    """Every rule, as a function from facts to facts."""

    # ---- sending

    def due(self) -> list[Errand]:
        """What a drain does now. A trigger of which nobody waits for the result is not sent any more."""
        due = [errand for errand in self.errands if errand.state == "pending" and errand.at <= self.now]
        for errand in due:
            if errand.kind == "trigger" and (errand.attempt != errand.event.attempt or errand.event.state in FINAL):
                errand.state = "done"
        return [errand for errand in due if errand.state == "pending"]

    def take(self) -> None:
        """A drain took what is due, and died."""
        for errand in self.due():
            errand.state, errand.at = "leased", self.now + LEASE

    def drain(self, answers: Mapping[str, str], known: bool) -> list[Errand]:
        """Does what is due, and what follows from that; answers what was done. `known`: CI systems know of earlier sends."""
        done: list[Errand] = []
        while due := self.due():
            for errand in sorted(due, key=lambda errand: errand.tree is not None):
                if errand.tree is None:
                    found = known and errand.ambiguous and errand.kind == "trigger"
                    self._sent(errand, "accepted" if found else answers[errand.event.project.name])
                    continue
                errand.state = "done"
                if errand.kind == "release":
                    self.release(errand.tree)
                else:
                    self.cancel(errand.tree.events)
            done += due
        return done

    def _sent(self, errand: Errand, answer: str) -> None:
        """It was accepted, or refused, or nobody knows; it is tried again where that helps."""
        event = errand.event
        errand.tries += 1
        if answer == "accepted":
            errand.state = "done"
            if errand.kind == "trigger" and event.state == "queued":
                event.state, event.deadline = "triggered", self.now + (START if event.project.tells_starts else FINISH)
        elif answer == "refused" or errand.tries == TRIES:
            errand.state = "dead"
            if errand.kind == "trigger" and event.state in ("queued", "triggered"):
                self._end(event, "undeliverable")
        else:
            errand.at, errand.ambiguous = self.now + PATIENCE, errand.ambiguous or answer == "silent"

    def return_errands(self) -> None:
        """Those of drains that died are due again; nobody knows whether they were done."""
        for errand in self.errands:
            if errand.state == "leased" and errand.at < self.now:
                errand.state, errand.at, errand.ambiguous = "pending", self.now, True

    # ---- own agents

    @property
    def builds(self) -> list[Build]:
        """Of all attempts."""
        return [build for event in self.events for build in event.builds.values()]

    def claim(self, build: Build) -> None:
        """An agent took a build."""
        build.state, build.leases, build.until = "running", build.leases + 1, self.now + LEASE
        build.holder = build.leases
        self.started(build.event, build.attempt)

    def end_build(self, build: Build, lease: int, told: Told) -> int:
        """The end of a build, told by whoever holds this lease of it."""
        if build.holder != lease:
            return 401
        if build.state != "running":
            return 200 if build.told == told else 409
        self._end_build(build, told)
        return 201

    def _end_build(self, build: Build, told: Told) -> None:
        """It is the result of its event, unless that has one, or waits again, or was given up and the build only stopped."""
        build.state, build.told, event = told.status.lower(), told, build.event
        stopped = told.status == "CANCELLED" and event.state in FINAL
        if event.ran and build.attempt == event.attempt and build.attempt not in event.told and not stopped:
            self.accept(event, told)

    def beat(self, build: Build, lease: int) -> int:
        """A sign of life of an agent."""
        if build.holder != lease or build.state != "running":
            return 401 if build.holder != lease else 409
        build.until = self.now + LEASE
        return 200

    def give_back(self, build: Build, lease: int) -> int:
        """An agent hands a build back."""
        if build.holder != lease or build.state != "running":
            return 401 if build.holder != lease else 409
        self._put_back(build)
        return 200

    def _put_back(self, build: Build) -> None:
        """Its agent is gone: it waits for another, unless it was to stop, or has had its tries."""
        event = build.event
        if build.stop or build.leases == LEASES:
            self._end_build(build, Told("CANCELLED" if build.stop else "FAILED", event.ref, "", "the arbiter"))
            return
        build.state, build.holder = "queued", 0
        if event.state == "running" and event.attempt == build.attempt:
            event.state, event.deadline = "queued", self.now + START

    def cancel_build(self, build: Build) -> int:
        """Somebody cancels a build: one that waits ends, and so does its event if it still waits for that."""
        was = build.state
        withdraw(build)
        if was == "queued":
            build.state = "running"
            self._end_build(build, Told("CANCELLED", build.event.ref, "", "the arbiter"))
        return 200

    # ---- the clock

    def give_up(self) -> None:
        """Past its deadline: what never started is undeliverable, what did has timed out."""
        for event in self.events:
            if event.deadline is not None and event.deadline < self.now:
                self._close(event)
                if build := event.builds.get(event.attempt):
                    withdraw(build)
                self._end(event, "undeliverable" if event.state == "queued" else "timed_out")

    def return_builds(self) -> None:
        """Those of agents that fell silent."""
        for build in self.builds:
            if build.state == "running" and build.until < self.now:
                self._put_back(build)

    def release_lanes(self) -> None:
        """Lanes in which all are held and nobody was told."""
        for tree in self.trees:
            if tree.held:
                self.release(tree)

    # ---- edits

    def tells_start(self, event: Event, attempt: int) -> int:
        """A pipeline tells that it started. From now on its project's starts can be waited for."""
        status = self.started(event, attempt)
        event.project.tells_starts |= status == 200
        return status

    def depend(self, edge: Dependency) -> int:
        """A new edge of the graph."""
        after = {edge.down}
        while more := {d.down for d in self.graph if d.up in after} - after:
            after |= more
        if edge.up in after or any(d.up is edge.up and d.down is edge.down for d in self.graph):
            return 409
        self.graph.append(edge)
        return 201

    def remove(self, edge: Dependency) -> int:
        """An edge less."""
        self.graph.remove(edge)
        return 204

    def delete(self, project: Project) -> int:
        """What trees still had to run of it is cancelled; new trees do not know it."""
        project.deleted = True
        self.graph = [d for d in self.graph if project not in (d.up, d.down)]
        for tree in self.trees:
            self.cancel(event for event in tree.events if event.project is project)
        for build in self.builds:
            if build.event.project is project:
                withdraw(build)
        return 204
