"""A run of a workflow with routes on several real agents that share no folder: over the arbiter's doors alone."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.flow_bed import FlowBed, wait_for

pytestmark = pytest.mark.services
BIG = 300_000


def workflow(*jobs: dict[str, Any]) -> str:
    """A `.flow.yml` of these jobs (JSON is YAML)."""
    return json.dumps({"workflows": [{"workflow": {"name": "release", "jobs": [{"job": job} for job in jobs]}}]})


def job(name: str, command: str, **more: Any) -> dict[str, Any]:
    """A job that runs a shell command in its workspace."""
    service = {"image": "none", "command": f"cd $DOMINO_WORKSPACE; {command}"}
    return {"name": name, "action": {"services": {"main": service}}, **more}


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[FlowBed]:
    made = FlowBed(tmp_path)
    yield made
    made.close()


def meeting(folder: Path, name: str, other: str) -> str:
    """A command that goes on once both jobs run: they do run side by side."""
    return f"touch {folder}/{name}; while ! test -e {folder}/{other}; do sleep 0.05; done"


def test_jobs_side_by_side_on_two_agents_are_merged_and_every_state_can_be_looked_at(bed: FlowBed, tmp_path: Path) -> None:
    variable = "mkdir -p .domino/variables; echo 1.4 > .domino/variables/VERSION"
    get = f"cp -r $DOMINO_SOURCE/src . ; head -c {BIG} /dev/urandom > big.bin; sha256sum big.bin > sum; {variable}"
    check = 'test "$VERSION" = 1.4; sha256sum -c sum; test -e left/made -a -e right/made; ! test -e .domino/variables'
    flow = workflow(
        job("git", get, success=["left", "right"], fail=["mail"]),
        job("left", f"{meeting(tmp_path, 'l', 'r')}; mkdir left; echo l > left/made"),
        job("right", f"{meeting(tmp_path, 'r', 'left-ended')}; mkdir right; echo r > right/made", success=["deploy"]),
        job("deploy", check, fail=["mail"]),
        job("mail", "false"),
    )
    for name in ("one", "two"):
        bed.agent(name, DOMINOCI_LFS_OVER="100000")
    run_id = bed.push({".flow.yml": flow, "src/main.c": "int main;\n"})
    bed.job_is(run_id, "left", "success")
    (tmp_path / "left-ended").touch()
    run = bed.wait(run_id)
    jobs = bed.jobs(run_id)
    assert run["state"] == "success", bed.logs(jobs["deploy"]["build_id"])
    assert {name: one["state"] for name, one in jobs.items()} == {
        "git": "success", "left": "success", "right": "success", "deploy": "success", "mail": "skipped",
    }  # fmt: skip
    assert {jobs["left"]["agent"]["name"], jobs["right"]["agent"]["name"]} == {"one", "two"}
    log = bed.history(run_id)
    assert (log[:2], sorted(log[2:4]), log[4:]) == (["deploy", "Merge right"], ["left", "right"], ["git", "The run begins"])
    _look_at(bed, run_id)


def _look_at(bed: FlowBed, run_id: str) -> None:
    shown = bed.arbiter.api("GET", f"/builds/{run_id}/workspace?job=git")
    names = {one["name"]: (one["kind"], one["size"], one["large"]) for one in shown["entries"]}
    assert names["big.bin"] == ("file", BIG, True)
    assert names["src"] == ("folder", None, False)
    assert "left" not in names
    assert shown["variables"] == {"VERSION": "1.4"}
    below = bed.arbiter.api("GET", f"/builds/{run_id}/workspace?path=left")
    assert [one["path"] for one in below["entries"]] == ["left/made"]
    headers = {"Authorization": f"Bearer {bed.arbiter.token}"}
    base = f"{bed.arbiter.url}/api/v1/builds/{run_id}/workspace"
    file = httpx.get(f"{base}/file", params={"path": "src/main.c", "job": "deploy"}, headers=headers, trust_env=False)
    assert (file.status_code, file.text) == (200, "int main;\n")
    for wrong, status in (("../../etc/passwd", 422), ("a/./b", 422), ("nothing", 404), ("src", 404)):
        assert httpx.get(f"{base}/file", params={"path": wrong}, headers=headers, trust_env=False).status_code == status, wrong
    packed = httpx.get(f"{base}/archive", params={"job": "git"}, headers=headers, trust_env=False)
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        sizes = {member.name: member.size for member in archive.getmembers()}
    assert sizes["big.bin"] == BIG
    assert set(sizes) == {"big.bin", "src/main.c", "sum"}


def test_agents_that_are_killed_after_a_job_between_two_and_in_one_do_not_end_the_run(bed: FlowBed, tmp_path: Path) -> None:
    slow = f"echo begun >> log; touch {tmp_path}/runs; while ! test -e {tmp_path}/go; do sleep 0.05; done; echo done >> log"
    flow = workflow(
        job("told", "echo told >> log", success=["first"]),
        job("first", "echo first >> log", success=["second"]),
        job("second", slow, success=["third"], labels=["other"]),
        job("third", "test \"$(cat log | tr '\\n' ' ')\" = 'told first begun done '", labels=["other"]),
    )
    silent = bed.agent("silent", DIES_BEFORE_RESULT="1")
    run_id = bed.push({".flow.yml": flow})
    assert silent.process.wait(60) == -9
    assert bed.jobs(run_id)["told"]["state"] == "running"
    between = bed.agent("between")
    bed.job_is(run_id, "first", "success")
    between.kill()
    during = bed.agent("during", DOMINOCI_AGENT_LABELS="other")
    wait_for(tmp_path / "runs")
    during.kill()
    (tmp_path / "go").touch()
    bed.agent("last", DOMINOCI_AGENT_LABELS="other")
    run = bed.wait(run_id)
    assert run["state"] == "success", bed.said()
    assert {name: one["agent"]["name"] for name, one in bed.jobs(run_id).items()} == {
        "told": "between", "first": "between", "second": "last", "third": "last",
    }  # fmt: skip
    assert bed.history(run_id) == ["third", "second", "first", "told", "The run begins"], "told ran once"


def test_a_conflict_fails_the_job_and_the_run_and_names_the_paths(bed: FlowBed, tmp_path: Path) -> None:
    flow = workflow(
        job("left", f"{meeting(tmp_path, 'l', 'r')}; mkdir out; echo left > out/same", fail=["mail"]),
        job("right", f"{meeting(tmp_path, 'r', 'l')}; mkdir out; echo right > out/same", fail=["mail"]),
        job("mail", "cat out/same"),
    )
    for name in ("one", "two"):
        bed.agent(name)
    run_id = bed.push({".flow.yml": flow})
    run = bed.wait(run_id)
    jobs = bed.jobs(run_id)
    assert sorted(one["state"] for one in jobs.values()) == ["failed", "success", "success"]
    assert run["state"] == "failed"
    assert "out/same" in run["reason"]["text"]
    lost = next(one for one in jobs.values() if one["state"] == "failed")
    assert "out/same" in bed.logs(lost["build_id"])
    kept = bed.arbiter.api("GET", f"/builds/{lost['build_id']}/workspace?path=out")
    assert [one["path"] for one in kept["entries"]] == ["out/same"]
