"""The document's own workflow, unchanged, on two agents with a real Docker engine and docker-compose: its five jobs, its compose
files in the repository, its routes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bed.docker import TINY, Engine
from tests.integration.flow_bed import FlowBed
from tests.unit.agent.test_flow_format import DOCUMENTED

pytestmark = pytest.mark.services


def compose(command: str) -> str:
    """A compose file of one service."""
    return f'version: "3"\nservices:\n  main:\n    image: {TINY}\n    init: true\n    command: ["sh", "-ec", "{command}"]\n'


FILES = {
    ".flow.yml": DOCUMENTED,
    "hello.c": "int main;\n",
    "git-compose.yml": compose("cp /source/hello.c /workspace; ! echo x 2>/dev/null > /source/x"),
    "build-compose.yml": compose(
        "mkdir -p out .domino/variables; cp hello.c out/hello; echo 1.4 > .domino/variables/VERSION; echo built"
    ).replace("init: true", "init: true\n    working_dir: /workspace"),
    "qa-deploy-compose.yml": compose("test $$VERSION = 1.4; cp /workspace/out/hello /workspace/deployed"),
    "integration-compose.yml": compose("cat /workspace/deployed"),
    "email-compose.yaml": compose("echo mail about $$DOMINO_PROJECT"),
}


@pytest.fixture
def bed(tmp_path: Path, docker_engine: Engine) -> Iterator[FlowBed]:
    made = FlowBed(tmp_path)
    for name in ("one", "two"):
        settings = {"DOMINOCI_AGENT_DOCKER_HOST": docker_engine.host, "DOMINOCI_AGENT_PULL": "never"}
        made.agent(name, "dominoci_agent.cli run", **settings)
    yield made
    made.close()


def test_the_documents_workflow_runs_unchanged(bed: FlowBed) -> None:
    run_id = bed.push(FILES)
    run = bed.wait(run_id, within_s=240)
    jobs = bed.jobs(run_id)
    logs = {name: bed.logs(one["build_id"]) for name, one in jobs.items() if one["build_id"]}
    assert run["state"] == "success", logs
    states = {name: one["state"] for name, one in jobs.items()}
    assert states == {
        "git": "success", "build": "success", "deploy": "success", "integration-tests": "success", "email": "skipped",
    }  # fmt: skip
    assert "int main;" in logs["integration-tests"]
    assert bed.history(run_id) == ["integration-tests", "deploy", "build", "git", "The run begins"]
