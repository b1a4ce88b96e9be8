"""Rules: what is sent and how it is answered, what own agents do, and what the clock brings."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dominoci.services import access, agents, build_reports, builds
from dominoci.services.access import Principal
from tests.machine import agreement
from tests.machine.facts import Build
from tests.machine.play import PICKS, STATUSES, Play, pick
from tests.machine.subject import ANSWERS, Died, die
from tests.machine.trees import FINISH, START
from tests.world import USER

SENDS = st.lists(st.sampled_from(["accepted", "accepted", "died", "refused", "busy", "silent"]), min_size=1, max_size=3)
TIMERS = ("leases", "deadlines", "bell", "lanes")


class Working(Play):
    """The worker, the agents and the scheduler."""

    @precondition(lambda self: self.model.due())
    @rule(answers=SENDS, known=st.booleans())
    def drain(self, answers: list[str], known: bool) -> None:
        """A worker does what is due. The CI systems answer in turn, and when asked know of earlier sends or not."""
        self.send(answers, known, self.world.drain)

    def send(self, answers: Sequence[str], known: bool, drain: Callable[[], object]) -> None:
        """One drain."""
        kinds = {errand.kind for errand in self.model.due()}
        if "supersede" in kinds:  # it races with triggers of its tree: only where all are accepted is it the same in any order
            answers = ["accepted"]
        names = sorted(project.name for project in self.model.projects)
        given = {name: answers[n % len(answers)] for n, name in enumerate(names)}
        if "died" in answers:  # all of them, or what another thread has done by then would be a matter of chance
            given = dict.fromkeys(given, "accepted" if "release" in kinds else "died")
        dies, fate, self.fate = "died" in given.values(), self.fate, None
        self.ci.order({name: die if dies else ANSWERS[answer] for name, answer in given.items()}, known and not dies)
        try:
            drain()
        except Died:
            self.died = True
            if fate != "before":
                self.model.take()
        else:
            sure = {id(errand) for errand in self.model.errands if errand.ambiguous}
            done = self.model.drain(given, known)
            agreement.sent(self.ci, done, sure, self.ids, self.deliveries)
        finally:
            self.transactions.fate.clear()

    # ---- own agents

    @precondition(lambda self: self.agents)
    @rule(number=PICKS)
    def claim(self, number: int) -> None:
        """An agent asks for work."""
        queued = [build for build in self.model.builds if build.state == "queued"]
        status, claimed = self.serve(lambda: (200, self.world.write(agents.claim, pick(self.agents, number))))
        if status is None or not queued:
            assert claimed is None
            return
        build = agreement.claimed(self.world, self.ids, queued, claimed)
        self.model.claim(build)
        if claimed:
            self.held.append((build, build.leases, claimed["id"], claimed["token"]))
            told = json.loads(claimed["variables"]["DOMINO_PAYLOAD"])
            agreement.given(told["parents"], build.event, build.attempt)

    @precondition(lambda self: self.held)
    @rule(number=PICKS, status=STATUSES, again=st.booleans())
    def end_build(self, number: int, status: str, again: bool) -> None:
        """An agent tells the end of a build that it holds, held, or has ended before."""
        build, lease, build_id, token = pick(self.held, number)
        told = replace(build.told, by="agent") if build.told and again else self.tell(status, by="agent")
        body = {"status": told.status, "metadata": {"branch": told.branch, "commit": told.commit}}
        self.both(
            lambda: self.world.write(build_reports.finish, self._holder(token), build_id, body)[0],
            lambda: self.model.end_build(build, lease, told),
        )

    @precondition(lambda self: self.held)
    @rule(number=PICKS, what=st.sampled_from(["beats", "gives back", "is cancelled"]))
    def handle_build(self, number: int, what: str) -> None:
        """An agent prolongs a lease, or hands the build back; or somebody cancels one."""
        build, lease, build_id, token = pick(self.held, number)
        if what == "beats":
            self.both(
                lambda: self.world.write(build_reports.heartbeat, self._holder(token), build_id) and 200,
                lambda: self.model.beat(build, lease),
            )
        elif what == "gives back":
            self.both(
                lambda: self.world.write(build_reports.release, self._holder(token), build_id, "it stops") or 200,
                lambda: self.model.give_back(build, lease),
            )
        else:
            self._cancel_build(pick(self.model.builds, number))

    def _holder(self, token: str) -> Principal:
        holder: Principal = self.world.read(access.authenticate, token)
        return holder

    def _cancel_build(self, build: Build) -> None:
        build_id = agreement.build_id(self.world, self.ids[self.model.tree_of(build.event)], build)
        self.both(
            lambda: self.world.write(builds.cancel, USER, build_id) and 200,
            lambda: self.model.cancel_build(build),
        )

    # ---- the clock

    @rule(seconds=st.sampled_from([15, 25, 25, START + 1, FINISH + 1]), order=st.permutations(TIMERS), answers=SENDS)
    def tick(self, seconds: int, order: Sequence[str], answers: Sequence[str]) -> None:
        """Time passes, and the scheduler does what is due, in any order."""
        self.world.clock.advance(seconds=seconds)
        self.model.now += seconds
        upkeep, model = self.world.upkeep, self.model
        turns = {
            "leases": lambda: self._turn(upkeep.return_leases, model.return_builds),
            "deadlines": lambda: self._turn(upkeep.enforce_deadlines, model.give_up),
            "lanes": lambda: self._turn(upkeep.release_lanes, model.release_lanes),
            "bell": lambda: self._bell(answers),
        }
        for name in order:
            turns[name]()

    def _turn(self, turn: Callable[[], object], say: Callable[[], object]) -> None:
        """One timer's turn; what died in it is done by the next scheduler."""
        self.fate = None
        try:
            turn()
        except Died:
            self.died = True
            turn()
        finally:
            self.transactions.fate.clear()
        say()

    def _bell(self, answers: Sequence[str]) -> None:
        """The scheduler rings for what was missed; it sends by itself when nobody can hear that."""
        self._turn(lambda: None, self.model.return_errands)
        rings, due = self.world.bell.rings, bool(self.model.due())
        if self.world.bell.deaf and due:
            self.send(answers, False, self.world.upkeep.ring_again)
        else:
            self.world.upkeep.ring_again()
            assert self.world.bell.deaf or self.world.bell.rings > rings or not due
