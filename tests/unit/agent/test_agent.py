"""A whole agent against a fake arbiter: from the claim to the result, and everything that comes between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dominoci_agent.build import Build
from dominoci_agent.loop import Agent
from dominoci_agent.runtime.stop import Stop
from tests.fakes.arbiter import Answer, Call, FakeArbiter, git
from tests.unit.agent.definition import one_step, pipeline, stage
from tests.waiting import until

Start = Callable[..., Agent]
Json = dict[str, Any]


def build(arbiter: FakeArbiter, text: str, files: dict[str, str] | None = None, **claim: Any) -> Json:
    """Push a definition, have it built, and what is known of the build then."""
    arbiter.push({".factory/a.hcl": text, **(files or {})})
    return arbiter.finished(arbiter.queue(**claim))


def first_log(arbiter: FakeArbiter) -> str:
    return arbiter.log("b1", 1).decode()


def started(arbiter: FakeArbiter, build_id: str = "b1") -> Callable[[], bool]:
    """Whether a step of the build has said `ready`."""
    return lambda: b"ready" in b"".join(arbiter.builds[build_id].logs.values())


LONG = one_step("echo ready; sleep 600")


def test_a_build_runs_and_everything_about_it_is_told(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    found = build(
        arbiter, pipeline("a", "b<a") + stage("a", "cat hello.txt") + stage("b", "false", "true"), {"hello.txt": "hi\n"}
    )
    assert found["state"] == "failed"
    assert found["reason"] == {"code": "step_failed", "text": "Stage b, step r1: exit code 1."}
    assert (found["message"], len(found["commit"])) == ("Change things", 40)
    shape = [{"name": name, "depends_on": after, "success": [], "fail": []} for name, after in (("a", []), ("b", ["a"]))]
    told = {"selected": True, "reason": "It has no filter.", "routed": False, "parameters": []}
    assert found["pipelines"] == [{"name": "build", **told, "stages": shape}]
    assert [(step["n"], step["stage"], step["name"], step["state"], step["exit_code"]) for step in found["steps"]] == [
        (1, "a", "r1", "success", 0), (2, "b", "r1", "failed", 1), (3, "b", "r2", "skipped", None),
    ]  # fmt: skip
    assert found["steps"][0]["started_at"].endswith("Z")
    assert first_log(arbiter) == "hi\n"


def test_a_step_knows_its_build_and_nothing_of_the_agent(
    arbiter: FakeArbiter, start_agent: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_AGENT", "x")
    monkeypatch.setenv("DOMINOCI_AGENT_TOKEN", "x")
    start_agent()
    variables = {"DOMINO_TREE_ID": "t1", "CHANNEL": "nightly", "DOMINO_EVENT_TOKEN": "dce_very_secret"}
    variables["DOMINO_IDENTITY"] = "eyJh.eyJz.very-secret"
    build(arbiter, one_step("env; echo tree=${domino.tree_id}; pwd"), variables=variables)
    lines = first_log(arbiter).splitlines()
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    commit = arbiter.build("b1")["commit"]
    expected = {
        "CI": "true", "CHANNEL": "nightly", "tree": "t1", "DOMINO_TREE_ID": "t1", "DOMINO_BRANCH": "main", "DOMINO_TAG": "",
        "DOMINO_COMMIT": commit, "DOMINO_BUILD_NUMBER": "1", "DOMINO_PROJECT": "core",
        "DOMINO_BUILD_URL": f"{arbiter.url}/builds/b1", "DOMINO_WORKSPACE": lines[-1], "DOMINO_EVENT_TOKEN": "***",
        "DOMINO_IDENTITY": "***",
    }  # fmt: skip
    assert {name: environment[name] for name in expected} == expected
    assert not [name for name in environment if "AGENT" in name]
    assert Path(environment["HOME"]).name == "home"


def test_secrets_are_given_and_masked(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    text = one_step("echo $KEY; printf hun; sleep 0.3; echo ter2-long; test $KEY = hunter2-long", 'secrets = ["KEY"]')
    assert build(arbiter, text, secrets={"KEY": "hunter2-long"})["state"] == "success"
    assert first_log(arbiter) == "***\n***\n"


def test_the_token_of_the_build_is_masked_too(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    token = "dcb_0123456789abcdef"
    build(arbiter, one_step(f"echo {token}"), token=token, repository={"url": "/git/p1.git", "password": token})
    assert first_log(arbiter) == "***\n"


def test_a_definition_error_is_the_reason(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    found = build(arbiter, "\nstage {\n}\n")
    assert found["state"] == "failed"
    assert found["reason"]["code"] == "definition_invalid"
    assert found["reason"]["text"].startswith(".factory/a.hcl:2: expected stage")


def test_a_repository_without_definition_is_told(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    arbiter.push({"README": "x"})
    assert "no definition" in arbiter.finished(arbiter.queue())["reason"]["text"]


ONLY_DOCS = '  filter {\n    include { paths = ["docs/**"] }\n  }\n'


def test_a_build_whose_filters_let_nothing_through_is_skipped_with_the_reason(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    text = pipeline("a", rule=ONLY_DOCS) + stage("a", "true")
    base = arbiter.push({".factory/a.hcl": text, "docs/x": "1"})
    commit = arbiter.push({"src/x": "2"})
    found = arbiter.finished(arbiter.queue(commit=commit, base_commit=base))
    assert (found["state"], found["steps"]) == ("skipped", [])
    assert found["pipelines"][0]["selected"] is False
    assert found["reason"]["text"] == 'build: "src/x" does not pass the path filter (include docs/**).'
    sent = arbiter.sent_objects()
    contents = {path: git(arbiter.repository, "rev-parse", f"{commit}:{path}") for path in (".factory/a.hcl", "docs/x", "src/x")}
    assert [path for path, entry in contents.items() if entry in sent] == [".factory/a.hcl"]


def test_a_build_may_name_its_pipelines(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    text = pipeline("a", name="one", rule=ONLY_DOCS) + pipeline("a", name="two") + stage("a", "true")
    found = build(arbiter, text, pipelines=["one"])
    assert [step["pipeline"] for step in found["steps"]] == ["one"]
    found = arbiter.finished(arbiter.queue(pipelines=["three"]))
    assert found["reason"]["code"] == "pipeline_unknown"


@pytest.mark.parametrize(("there", "built"), [("feature/x", "feature/x"), ("feature/y", "main")])
def test_a_build_with_a_fallback_tells_which_ref_it_is(arbiter: FakeArbiter, start_agent: Start, there: str, built: str) -> None:
    start_agent()
    firsts: list[Json] = []

    def note(call: Call) -> None:
        if call.path.endswith("/state"):
            firsts.append(call.json)

    arbiter.faults.append(note)
    definition = one_step("echo ${domino.ref} $DOMINO_BRANCH")
    arbiter.push({".factory/a.hcl": definition}, there)
    found = build(arbiter, definition, ref="feature/x", branch="feature/x", ref_fallback="main")
    assert (found["state"], found["ref"], firsts[0]["ref"]) == ("success", built, built)
    assert first_log(arbiter) == f"{built} {built}\n"
    result = arbiter.builds["b1"].result
    assert result
    assert (result["metadata"]["branch"], result["metadata"]["tag"]) == (built, None)


def test_a_build_without_a_fallback_says_nothing_of_its_ref(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    assert build(arbiter, one_step("true"))["ref"] is None
    missing = arbiter.finished(arbiter.queue(ref="feature/x", branch="feature/x"))
    assert (missing["state"], missing["reason"]["code"]) == ("failed", "infrastructure")


def test_artifacts_go_up_and_the_inputs_of_a_child_come_down(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    text = one_step("cat $DOMINO_INPUTS/net/net.tar > own.txt", 'artifacts = ["own.txt"]')
    with_file = {"project": "net", "sub_id": "1.1", "name": "net.tar", "url": "/files/net.tar", "size": 7}
    arbiter.faults.append(lambda call: Answer(200, b"content") if call.path == "/files/net.tar" else None)
    found = build(arbiter, text, inputs=[{**with_file, "sha256": sha256(b"content").hexdigest()}])
    assert found["state"] == "success"
    assert arbiter.artifact("b1", "own.txt") == b"content"
    gone = arbiter.finished(arbiter.queue(inputs=[{**with_file, "url": "/nowhere", "sha256": "00" * 32}]))
    assert gone["reason"]["code"] == "infrastructure"
    bad = arbiter.finished(arbiter.queue(inputs=[{**with_file, "sha256": "00" * 32}]))
    assert bad["state"] == "failed"
    assert "net/net.tar" in bad["reason"]["text"]


def test_an_input_is_waited_for_while_the_arbiter_is_away(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    answers = [Answer(503), Answer(502), Answer(200, b"content")]
    arbiter.faults.append(lambda call: answers.pop(0) if call.path == "/files/net.tar" else None)
    wanted = {"project": "net", "name": "net.tar", "url": "/files/net.tar", "sha256": sha256(b"content").hexdigest()}
    assert build(arbiter, one_step("test -s $DOMINO_INPUTS/net/net.tar"), inputs=[wanted])["state"] == "success"


def test_a_refused_artifact_fails_its_step(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    arbiter.faults.append(lambda call: Answer(413, {"detail": "too large"}) if "/artifacts/" in call.path else None)
    found = build(arbiter, one_step("touch x", 'artifacts = ["x"]'))
    assert found["state"] == "failed"
    assert "x was refused: too large" in found["reason"]["text"]


def test_a_cancelled_build_ends_its_steps_and_says_so(arbiter: FakeArbiter, start_agent: Start) -> None:
    arbiter.lease_s = 0.3
    start_agent()
    arbiter.push({".factory/a.hcl": LONG})
    arbiter.queue()
    arbiter.wait_for(started(arbiter))
    assert arbiter.build("b1")["commit"]
    arbiter.cancel("b1")
    found = arbiter.finished("b1")
    assert (found["state"], found["reason"]["code"]) == ("cancelled", "cancelled")
    assert (found["steps"][0]["state"], found["steps"][0]["signal"]) == ("cancelled", "SIGTERM")


def test_a_build_that_takes_too_long_is_timed_out(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    found = build(arbiter, one_step("sleep 600"), timeout_s=0.5)
    assert found["state"] == "timed_out"


def test_a_build_whose_lease_is_lost_is_killed_and_nothing_more_is_said(arbiter: FakeArbiter, start_agent: Start) -> None:
    arbiter.lease_s = 0.3
    agent = start_agent()
    arbiter.push({".factory/a.hcl": LONG})
    arbiter.queue()
    arbiter.wait_for(started(arbiter))
    arbiter.lapse("b1")
    until(lambda: not agent.busy, "the build has ended")
    assert arbiter.builds["b1"].result is None
    assert arbiter.builds["b1"].released == []
    assert arbiter.builds["b1"].steps[1]["finished_at"] is None
    assert build(arbiter, one_step("true"))["state"] == "success"


def test_an_arbiter_that_is_silent_for_a_whole_lease_has_given_the_build_to_somebody_else(
    arbiter: FakeArbiter, start_agent: Start
) -> None:
    arbiter.lease_s = 0.6
    agent = start_agent()
    arbiter.push({".factory/a.hcl": LONG})
    arbiter.queue()
    arbiter.wait_for(started(arbiter))
    arbiter.faults.append(lambda call: Answer(503) if "/builds/" in call.path else None)
    until(lambda: not agent.busy, "the build has ended")
    arbiter.faults.clear()
    assert arbiter.builds["b1"].result is None


def test_a_result_is_told_although_the_arbiter_is_away_for_a_moment(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    trouble: list[Answer | str] = [Answer(502), "drop", Answer(503)]
    arbiter.faults.append(lambda call: trouble.pop(0) if trouble and call.path.endswith("/result") else None)
    assert build(arbiter, one_step("echo hi"))["state"] == "success"


def test_a_log_is_whole_through_lost_answers(arbiter: FakeArbiter, start_agent: Start) -> None:
    start_agent()
    count = [0]

    def sometimes(call: Call) -> Answer | str | None:
        if "/log" not in call.path:
            return None
        count[0] += 1
        return ("drop", Answer(503), None)[count[0] % 3]

    arbiter.faults.append(sometimes)
    build(arbiter, one_step("for i in 1 2 3 4 5 6; do seq $i$i 20000; sleep 0.12; done"))
    expected = "".join(f"{number}\n" for first in (11, 22, 33, 44, 55, 66) for number in range(first, 20_001))
    assert first_log(arbiter) == expected


def test_a_report_that_the_arbiter_does_not_understand_does_not_leave_the_build_open(
    arbiter: FakeArbiter, start_agent: Start
) -> None:
    start_agent()
    refuse = [True]

    def not_understood(call: Call) -> Answer | None:
        return Answer(422, {"detail": "what?"}) if call.path.endswith("/result") and refuse.pop() else None

    arbiter.faults.append(lambda call: not_understood(call) if refuse else None)
    found = build(arbiter, one_step("true"))
    assert found["state"] == "failed"
    assert "what?" in found["reason"]["text"]


def test_pages_of_a_proxy_in_place_of_answers_end_no_build(arbiter: FakeArbiter, start_agent: Start) -> None:
    page, trouble = Answer(200, b"<html>Please sign in</html>"), ["heartbeat", "state", "result"]

    def odd(call: Call) -> Answer | None:
        name = call.path.rpartition("/")[2]
        if name not in trouble:
            return None
        trouble.remove(name)
        return page

    arbiter.lease_s = 0.3
    arbiter.faults.append(odd)
    start_agent()
    arbiter.push({".factory/a.hcl": LONG})
    queued = arbiter.queue()
    arbiter.wait_for(lambda: arbiter.builds[queued].heartbeats >= 2 and started(arbiter)())
    arbiter.cancel(queued)
    assert arbiter.finished(queued)["state"] == "cancelled"
    assert trouble == []


@pytest.mark.parametrize("scarce", ["descriptor", "build-", "lease-"])
def test_an_agent_that_cannot_begin_a_build_hands_it_back_and_goes_on(
    scarce: str, arbiter: FakeArbiter, start_agent: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, lacking = threading.Thread.start, ["once"]

    class Scarce(Stop):
        def __init__(self) -> None:
            if scarce == "descriptor" and lacking:
                lacking.clear()
                raise OSError(24, "Too many open files")
            super().__init__()

    def start_if_possible(thread: threading.Thread) -> None:
        if thread.name.startswith(scarce) and lacking:
            lacking.clear()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_if_possible)
    monkeypatch.setattr("dominoci_agent.loop.Build", lambda claim, tools: Build(claim, tools, Scarce()))
    start_agent(DOMINOCI_AGENT_SLOTS="1")
    assert build(arbiter, one_step("true"))["state"] == "success"
    assert arbiter.builds["b1"].released[0].startswith("the agent could not begin it: ")


def test_as_many_builds_run_side_by_side_as_there_are_slots(arbiter: FakeArbiter, start_agent: Start, tmp_path: Path) -> None:
    start_agent(DOMINOCI_AGENT_SLOTS="2")
    gate = tmp_path / "gate"
    arbiter.push({".factory/a.hcl": one_step(f"echo ready; while ! test -e {gate}; do sleep 0.02; done")})
    builds = [arbiter.queue() for _ in range(3)]
    arbiter.wait_for(lambda: started(arbiter, "b1")() and started(arbiter, "b2")())
    threading.Event().wait(0.1)
    assert arbiter.builds["b3"].state == "queued"
    gate.touch()
    assert {arbiter.finished(one)["state"] for one in builds} == {"success"}


def test_a_workspace_is_gone_after_its_build_also_what_was_made_read_only(
    arbiter: FakeArbiter, start_agent: Start, tmp_path: Path
) -> None:
    start_agent()
    build(arbiter, one_step("mkdir -p a/b; touch a/b/c; chmod 500 a/b a"))
    until(lambda: not list((tmp_path / "work/builds").iterdir()), "the workspace is gone")


def test_an_enrolment_token_may_come_later_than_the_agent(arbiter: FakeArbiter, start_agent: Start, tmp_path: Path) -> None:
    file = tmp_path / "token"
    start_agent(DOMINOCI_AGENT_TOKEN_FILE=str(file), DOMINOCI_AGENT_TOKEN="")
    threading.Event().wait(0.3)
    assert arbiter.agents == {}
    file.write_text(arbiter.enrolment() + "\n")
    assert build(arbiter, one_step("true"))["state"] == "success"


def test_an_agent_registers_and_keeps_its_token_to_itself(arbiter: FakeArbiter, start_agent: Start, tmp_path: Path) -> None:
    start_agent(DOMINOCI_AGENT_LABELS="linux, big", DOMINOCI_AGENT_SLOTS="3")
    kept = tmp_path / "work/agent.json"
    until(kept.exists, "the token is kept")
    (told,) = arbiter.agents.values()
    assert (told["name"], told["labels"], told["slots"], told["executors"]) == ("tester", ["linux", "big"], 3, ["local"])
    assert kept.stat().st_mode & 0o777 == 0o600


def test_an_agent_that_the_arbiter_forgot_registers_again(arbiter: FakeArbiter, start_agent: Start) -> None:
    token = arbiter.enrolment()
    start_agent(DOMINOCI_AGENT_TOKEN=token)
    until(lambda: arbiter.agents, "the agent has registered")
    arbiter.enrolments.add(token)
    arbiter.agents.clear()
    # its long poll ends with this build, the next one is refused
    build(arbiter, one_step("true"))
    until(lambda: arbiter.agents, "the agent has registered again")
    assert build(arbiter, one_step("true"))["state"] == "success"
