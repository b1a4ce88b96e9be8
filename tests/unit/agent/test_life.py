"""However and whenever a build is ended from outside: the right state and reason, at once, and nothing of it is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dominoci_agent.loop import Agent
from dominoci_agent.runtime.leftovers import sweep
from tests.fakes.arbiter import Answer, Call, FakeArbiter, git
from tests.unit.agent.definition import one_step
from tests.waiting import until

Start = Callable[..., Agent]



def job(step: str, hooks: str = "") -> str:
    """A job of one step."""
    return f"{hooks}\nstages: [{{title: s, steps: [{{title: t, {step}}}]}}]\n"


FILLED = 'command: "mkdir -p out && echo x > out/held"'
LONG = 'command: "echo ready; sleep 600"'
LONG_HOOK = '{}: echo ready; sleep 600'

# phase -> what is built, and the path (its beginning) at which the arbiter falls silent
PHASES = {
    "fetch": (job("command: true"), "/git/fetch.git/info/refs"),
    "check-out": (job("command: true"), "/git/check-out.git/git-upload-pack"),
    "inputs": (job("command: true"), "/files/held"),
    "step": (job(LONG), ""),
    "artifact": (job(f"{FILLED}, artifacts: [out/held]"), "/api/v1/builds/artifact/artifacts/"),
    "restore": (job(f"{FILLED}, cache: {{key: held, paths: [out]}}"), "/api/v1/builds/restore/cache/"),
    "save": (job(f"{FILLED}, cache: {{key: held, paths: [out]}}"), "/api/v1/builds/save/cache/"),
    "hook": (job("command: true", LONG_HOOK.format("onStart")), ""),
    "last-hook": (job("command: false", LONG_HOOK.format("onFailure")), ""),
}


class Silence:
    """An arbiter that does not answer what would bring a phase to its end."""

    def __init__(self, arbiter: FakeArbiter) -> None:
        self.arbiter, self.over = arbiter, threading.Event()
        self.reached: set[str] = set()
        self.big = b"nothing"
        arbiter.faults.append(self.hold)

    def hold(self, call: Call) -> Answer | None:
        for phase, (_, path) in PHASES.items():
            if not path or not call.path.startswith(path):
                continue
            # the fetches before the checkout ask for other objects
            if (phase == "check-out" and self.big not in call.body) or (phase == "save" and call.method != "PUT"):
                continue
            with self.arbiter.changed:
                self.reached.add(phase)
                self.arbiter.changed.notify_all()
            self.over.wait(30)
            return Answer(503)
        return None

    def held(self) -> bool:
        """Whether every build is where it shall be ended."""
        logs = {phase: b"".join(self.arbiter.builds[phase].logs.values()) for phase in PHASES}
        return self.reached | {phase for phase, log in logs.items() if b"ready" in log} == set(PHASES)

    def everywhere(self, **claim: Any) -> None:
        """A build in each phase, whose id is the phase, all for one agent."""
        for phase, (text, _) in PHASES.items():
            self.arbiter.push({".domino/job.yml": text, "big": "x" * 99}, phase)
        self.big = git(self.arbiter.repository, "rev-parse", "check-out:big").encode()
        for phase, (_, path) in PHASES.items():
            repository = f"/git/{phase}.git" if path.startswith("/git/") else "/git/p1.git"
            # a mirror of its own: builds of one repository wait for each other's fetches
            if repository != "/git/p1.git":
                (self.arbiter.folder / f"git/{phase}.git").symlink_to(self.arbiter.repository)
            wanted = {"project": "net", "name": "held", "url": "/files/held", "sha256": "00" * 32}
            self.arbiter.queue(
                id=phase,
                ref=phase,
                branch=phase,
                token=f"dcb_{phase}",
                repository={"url": repository, "password": f"dcb_{phase}"},
                inputs=[wanted] if phase == "inputs" else [],
                **claim,
            )


def nothing_left(agent: Agent, work: Path) -> None:
    """No build, no process, no folder."""
    until(lambda: not agent.busy and not list((work / "builds").iterdir()), "everything is gone")
    assert sweep(f"{agent.tools.work.id}.") == 0


@pytest.fixture
def silence(arbiter: FakeArbiter) -> Any:
    made = Silence(arbiter)
    yield made
    made.over.set()


def test_a_build_is_cancelled_in_every_phase(arbiter: FakeArbiter, start_agent: Start, tmp_path: Path, silence: Silence) -> None:
    arbiter.lease_s = 0.6
    agent = start_agent(DOMINOCI_AGENT_SLOTS=str(len(PHASES)))
    silence.everywhere()
    arbiter.wait_for(silence.held)
    for phase in PHASES:
        arbiter.cancel(phase)
    ends = {phase: arbiter.finished(phase, 8) for phase in PHASES}
    assert {phase: (end["state"], end["reason"]["code"]) for phase, end in ends.items()} == dict.fromkeys(
        PHASES, ("cancelled", "cancelled")
    )
    assert {step["state"] for end in ends.values() for step in end["steps"]} <= {"success", "failed", "cancelled", "skipped"}
    nothing_left(agent, tmp_path / "work")
    assert arbiter.caches == {}
    silence.over.set()
    arbiter.push({".domino/job.yml": job("command: true")})
    assert arbiter.finished(arbiter.queue())["state"] == "success"


def test_a_builds_own_limit_holds_in_every_phase(
    arbiter: FakeArbiter, start_agent: Start, tmp_path: Path, silence: Silence
) -> None:
    agent = start_agent(DOMINOCI_AGENT_SLOTS=str(len(PHASES)))
    arbiter.lease_s = 0.6
    silence.everywhere()
    arbiter.wait_for(silence.held)
    for build in agent.builds:
        build.lease.deadline = time.monotonic()
    ends = {phase: arbiter.finished(phase, 10) for phase in PHASES}
    assert {phase: (end["state"], end["reason"]["code"]) for phase, end in ends.items()} == dict.fromkeys(
        PHASES, ("timed_out", "build_timeout")
    )
    nothing_left(agent, tmp_path / "work")


def test_an_agent_that_stops_hands_every_build_back(
    arbiter: FakeArbiter, start_agent: Start, tmp_path: Path, silence: Silence
) -> None:
    agent = start_agent(DOMINOCI_AGENT_SLOTS=str(len(PHASES)))
    silence.everywhere()
    arbiter.wait_for(silence.held)
    agent.stop()
    assert agent.ended.wait(8)
    handed_back = ["the agent is shutting down"]
    assert {phase: arbiter.builds[phase].released for phase in PHASES} == dict.fromkeys(PHASES, handed_back)
    assert [phase for phase in PHASES if arbiter.builds[phase].result] == []
    nothing_left(agent, tmp_path / "work")


def test_a_build_that_waits_for_anothers_fetch_can_be_cancelled(
    arbiter: FakeArbiter, start_agent: Start, silence: Silence
) -> None:
    arbiter.lease_s = 0.6
    agent = start_agent()
    arbiter.push({".domino/job.yml": job("command: true")})
    (arbiter.folder / "git/fetch.git").symlink_to(arbiter.repository)
    first, second = (
        arbiter.queue(id=name, token=name, repository={"url": "/git/fetch.git", "password": name}) for name in ("one", "two")
    )
    arbiter.wait_for(lambda: "fetch" in silence.reached and agent.busy == 2)
    for build in (second, first):
        arbiter.cancel(build)
        assert arbiter.finished(build, 8)["state"] == "cancelled"


def test_a_step_that_failed_is_never_run_again(arbiter: FakeArbiter, start_agent: Start, tmp_path: Path) -> None:
    start_agent()
    lost: list[Answer | str] = [Answer(503), "drop", Answer(502)]
    arbiter.faults.append(lambda call: lost.pop(0) if lost and call.method == "POST" and "/builds/" in call.path else None)
    arbiter.push({".factory/a.hcl": one_step(f"echo run >> {tmp_path}/runs; exit 7")})
    assert arbiter.finished(arbiter.queue())["reason"]["text"].endswith("exit code 7.")
    assert (tmp_path / "runs").read_text() == "run\n"


def test_a_fetch_that_fails_for_a_moment_is_tried_again(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    trouble = [Answer(503), Answer(500)]
    arbiter.faults.append(lambda call: trouble.pop(0) if trouble and call.path.startswith("/git/") else None)
    arbiter.push({".factory/a.hcl": one_step("true")})
    assert arbiter.finished(arbiter.queue())["state"] == "success"
    assert trouble == []


def test_an_upload_is_tried_again_but_not_for_ever(
    arbiter: FakeArbiter, start_agent: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dominoci_agent.client.arbiter.UPLOAD_TRIES", 3)
    start_agent()
    trouble = [Answer(503), Answer(500)]
    arbiter.faults.append(lambda call: trouble.pop(0) if trouble and "/artifacts/" in call.path else None)
    arbiter.push({".factory/a.hcl": one_step("echo x > x", 'artifacts = ["x"]')})
    assert arbiter.finished(arbiter.queue())["state"] == "success"
    trouble += [Answer(503)] * 3
    found = arbiter.finished(arbiter.queue())
    assert (found["state"], found["reason"]["code"]) == ("failed", "infrastructure")
    assert "x could not be uploaded: HTTP 503" in found["reason"]["text"]


def test_a_build_that_needs_what_the_agent_has_not_is_handed_back_before_its_first_step(
    arbiter: FakeArbiter, start_agent: Start, tmp_path: Path
) -> None:
    start_agent()
    text = one_step(f"touch {tmp_path}/canary", 'image = "debian"')
    arbiter.push({".factory/a.hcl": text})
    trusted = arbiter.queue()
    arbiter.wait_for(lambda: arbiter.builds[trusted].released)
    assert arbiter.builds[trusted].needs == ["docker"]
    assert arbiter.builds[trusted].released[0] == "this agent has no docker executor"
    # the fake gives it out again and again; a real arbiter knows by now who can run it
    arbiter.builds[trusted].state = "gone"
    arbiter.push({".factory/a.hcl": one_step(f"touch {tmp_path}/canary")})
    strangers = arbiter.queue(trusted=False)
    arbiter.wait_for(lambda: arbiter.builds[strangers].released)
    arbiter.builds[strangers].state = "gone"
    assert arbiter.builds[strangers].needs == ["docker"]
    assert not (tmp_path / "canary").exists()


PARAMETERS = """
parameters: [{title: CHANNEL, required: true}, {title: LEVEL, default: low}]
stages: [{title: s, steps: [{title: t, command: "echo $CHANNEL $LEVEL"}]}]
"""


def test_a_build_gets_its_parameters_and_is_not_begun_without_a_required_one(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    arbiter.push({".domino/job.yml": PARAMETERS})
    good, bad = arbiter.queue(variables={"CHANNEL": "nightly"}), arbiter.queue()
    assert arbiter.finished(good)["state"] == "success"
    assert arbiter.log(good, 1) == b"nightly low\n"
    assert arbiter.build(good)["pipelines"][0]["parameters"] == [
        {"name": "CHANNEL", "required": True, "default": None}, {"name": "LEVEL", "required": False, "default": "low"},
    ]  # fmt: skip
    found = arbiter.finished(bad)
    assert (found["state"], found["reason"]["code"]) == ("failed", "definition_invalid")
    assert "CHANNEL" in found["reason"]["text"]
    assert [step["state"] for step in found["steps"]] == ["skipped"]
