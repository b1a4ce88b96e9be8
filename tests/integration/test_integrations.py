"""What integrations/ holds for Jenkins, GitLab and GitHub, run with each system's variables against the real API: as a root event
and as the result of an event that was triggered."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dominoci.domain.dispatch import Trigger, payload, variables
from tests.checks.reporter_copies import main as copies
from tests.fakes import github_runner, jenkins_runner
from tests.fakes.gitlab_runner import Pipeline, Ran
from tests.fakes.shells import Shell, posix_shell
from tests.integration.served import Arbiter

__all__ = ["posix_shell"]

REPOSITORY = Path(__file__).parents[2]
INTEGRATIONS = REPOSITORY / "integrations"
STEP = INTEGRATIONS / "jenkins" / "vars" / "dominoReport.groovy"
JENKINSFILE = INTEGRATIONS / "jenkins" / "Jenkinsfile.example"
RESOURCE = INTEGRATIONS / "jenkins" / "resources" / "dominoci" / "dominoci-report"
GITLAB = (INTEGRATIONS / "gitlab" / "dominoci.gitlab-ci.yml").read_text("utf-8")
ACTION = INTEGRATIONS / "github"
MESSAGE = 'Fix "$(id)" and `id` \\ for ${HOME}\n\nü'


@pytest.fixture(scope="module")
def arbiter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arbiter]:
    """One served arbiter; each test uses names of its own."""
    made = Arbiter(tmp_path_factory.mktemp("arbiter"))
    yield made
    made.close()


class Domino:
    """A project `down` that depends on `up`, as its CI system sees it."""

    def __init__(self, arbiter: Arbiter, shell: Shell, work: Path, name: str) -> None:
        self.arbiter, self.shell, self.work = arbiter, shell, work
        self.name = f"{name}-{shell}"
        self._upstream = arbiter.project(f"{self.name}-up")
        self.token = arbiter.project(self.name)
        arbiter.depend(f"{self.name}-up", self.name)

    @property
    def env(self) -> dict[str, str]:
        """What every job has, and nothing of the machine's own environment."""
        return {"PATH": self.shell.path, "HOME": str(self.work), "no_proxy": "*", "DOMINOCI_RETRY_S": "0", "DOMINOCI_TRIES": "2"}

    def triggered(self) -> Trigger:
        """The project's CI system has just been told to run."""
        self.arbiter.report(self._upstream, message='"event_token":"dce_evil"')
        return next(t for t in self.arbiter.triggered() if t.project["name"] == self.name)

    def root(self) -> Mapping[str, Any]:
        """What the project's newest root event told."""
        trees = self.arbiter.api("GET", f"/trees?project={self.name}")["items"]
        result: Mapping[str, Any] = self.arbiter.event(trees[0]["id"], "1")["result"]
        return result

    def state(self, trigger: Trigger) -> str:
        """Where a triggered event stands."""
        return str(self.arbiter.event(trigger.tree_id, trigger.sub_id)["state"])


@pytest.fixture
def domino(arbiter: Arbiter, posix_shell: Shell, tmp_path: Path, request: pytest.FixtureRequest) -> Domino:
    name = "".join(c if c.isalnum() else "-" for c in request.node.originalname + request.node.name.partition("[")[2])
    return Domino(arbiter, posix_shell, tmp_path, name[-60:].strip("-"))


def test_every_copy_of_the_reporter_is_the_reporter() -> None:
    assert copies(REPOSITORY, write=False) == 0, "run: python -m tests.checks.reporter_copies --write"


# ---- Jenkins


def jenkins(domino: Domino, status: str, **env: str) -> str:
    """The build's last step; answers what its log says."""
    given = {
        **domino.env,
        **{"BUILD_URL": "https://j.test/job/x/4/", "JOB_NAME": "x", "GIT_BRANCH": "origin/main"},
        **{"DOMINOCI_REPORTER": str(RESOURCE), "DOMINOCI_STATUS": status, "DOMINOCI_URL": domino.arbiter.url},
        **{"DOMINOCI_ARTIFACTS": "lib.whl=https://j.test/lib.whl", "DOMINOCI_TOKEN": domino.token},
        **env,
    }
    done = jenkins_runner.sh(jenkins_runner.script_of(STEP), domino.shell.argv, given, domino.work)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_jenkins_gives_the_script_all_that_it_reads() -> None:
    given = jenkins_runner.variables_of(STEP)
    assert given == {"DOMINOCI_REPORTER", "DOMINOCI_STATUS", "DOMINOCI_URL", "DOMINOCI_ARTIFACTS"}
    assert "variable: 'DOMINOCI_TOKEN'" in STEP.read_text("utf-8")


def test_a_jenkins_build_of_its_own_is_a_root_event(domino: Domino) -> None:
    jenkins(domino, "SUCCESS")
    told = domino.root()
    assert (told["metadata"]["branch"], told["metadata"]["pipeline"]) == ("main", "x")
    assert told["links"]["pipeline"] == "https://j.test/job/x/4/"
    assert [artifact["name"] for artifact in told["artifacts"]] == ["lib.whl"]


@pytest.mark.parametrize(("result", "state"), [("SUCCESS", "success"), ("UNSTABLE", "failed"), ("ABORTED", "cancelled")])
def test_a_jenkins_build_that_was_triggered_sends_its_result(domino: Domino, result: str, state: str) -> None:
    trigger = domino.triggered()
    env = jenkins_runner.contributed(JENKINSFILE, payload(trigger))
    assert env["DOMINO_EVENT_TOKEN"] == trigger.event_token
    started = jenkins(domino, "STARTED", **env)
    assert domino.state(trigger) == "running"
    ended = jenkins(domino, result, **env)
    assert domino.state(trigger) == state
    assert not any(secret in started + ended for secret in (domino.token, trigger.event_token))


@pytest.mark.parametrize("kind", ["", ".parameters"])
def test_the_jenkinsfile_reports_in_its_post_section(kind: str) -> None:
    text = JENKINSFILE.with_name(f"Jenkinsfile{kind}.example").read_text("utf-8")
    post = text[text.index("    post {") :]
    assert "always {" in post
    assert "dominoReport(" in post
    assert text.count("{") == text.count("}")


# ---- GitLab


def gitlab(domino: Domino, script: str, *more: str, **env: str) -> list[Ran]:
    """A pipeline of one job, and of what the include adds."""
    variables = {
        **{"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": "abc", "CI_COMMIT_MESSAGE": MESSAGE},
        **{"CI_PIPELINE_URL": "https://gl.test/x/-/pipelines/5", "CI_PROJECT_URL": "https://gl.test/x"},
        **{"DOMINOCI_URL": domino.arbiter.url, "DOMINOCI_TOKEN": domino.token},
    }
    own = json.dumps({"build": {"script": [script]}})
    return Pipeline([GITLAB, own, *more], domino.shell.argv, {**domino.env, **variables, **env}, domino.work).run()


def test_a_gitlab_pipeline_of_its_own_is_a_root_event(domino: Domino) -> None:
    assert [ran.name for ran in gitlab(domino, "true")] == ["build", "dominoci-success"]
    told = domino.root()
    assert told["metadata"] == {"branch": "main", "tag": None, "pipeline": None, "commit": "abc", "message": MESSAGE}
    assert told["links"]["pipeline"] == "https://gl.test/x/-/pipelines/5"


@pytest.mark.parametrize(("script", "state"), [("true", "success"), ("false", "failed")])
@pytest.mark.parametrize("way", ["variables", "webhook"])
def test_a_gitlab_pipeline_that_was_triggered_sends_its_result(domino: Domino, way: str, script: str, state: str) -> None:
    trigger = domino.triggered()
    posted = domino.work / "TRIGGER_PAYLOAD"
    posted.write_text(json.dumps({**payload(trigger), "id": "21", "variables": {}}))
    env = variables(trigger) if way == "variables" else {"TRIGGER_PAYLOAD": str(posted)}
    names = [ran.name for ran in gitlab(domino, script, **env)]
    assert names == ["dominoci-started", "build", "dominoci-success" if state == "success" else "dominoci-failed"]
    assert domino.state(trigger) == state
    codes = [change["code"] for change in domino.arbiter.event(trigger.tree_id, trigger.sub_id)["history"]]
    assert "started" in codes


@pytest.mark.parametrize(("script", "state"), [("true", "success"), ("false", "failed")])
def test_a_gitlab_job_may_report_for_itself(domino: Domino, script: str, state: str) -> None:
    trigger = domino.triggered()
    never: dict[str, Any] = {"rules": [{"when": "never"}]}
    own = {"build": {"extends": ".dominoci-after"}, "dominoci-success": never, "dominoci-failed": never}
    ran = gitlab(domino, script, json.dumps(own), **variables(trigger))
    assert [job.name for job in ran] == ["dominoci-started", "build"]
    assert domino.state(trigger) == state


def test_a_gitlab_pipeline_does_not_fail_because_of_its_report(domino: Domino) -> None:
    ran = gitlab(domino, "true", DOMINOCI_TOKEN="dcp_wrong")
    assert (ran[-1].name, ran[-1].code) == ("dominoci-success", 1)
    jobs = yaml.safe_load(GITLAB.replace("!reference", ""))
    assert jobs[".dominoci-job"]["allow_failure"] is True
    assert domino.token not in "".join(job.output for job in gitlab(domino, "true"))


# ---- GitHub


def github(domino: Domino, started: Mapping[str, str], status: str, message: str | None = None, **env: str) -> github_runner.Ran:
    """The step of the example's workflow, whose job stands at `status`."""
    workflow = yaml.safe_load((ACTION / "example-workflow.yml").read_text("utf-8"))
    step = workflow["jobs"]["build"]["steps"][-1]
    assert step["if"] == "always()"
    contexts = {"job": {"status": status}, "secrets": {"DOMINOCI_TOKEN": domino.token}}
    given = {name: github_runner.evaluated(text, contexts) for name, text in step["with"].items()}
    run = {
        **{"GITHUB_SHA": "012", "GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch", "GITHUB_WORKFLOW": workflow["name"]},
        **{"GITHUB_SERVER_URL": "https://gh.test", "GITHUB_REPOSITORY": "o/x", "GITHUB_RUN_ID": "6"},
    }
    github = {"event": {"head_commit": {"message": message} if message else None}}
    inputs = {**given, "url": domino.arbiter.url, **{name.lower(): value for name, value in env.items()}}
    return github_runner.run(ACTION, inputs, domino.shell.argv, {**domino.env, **run, **started}, github, domino.work)


def test_a_github_run_of_its_own_is_a_root_event(domino: Domino) -> None:
    pushed = github_runner.event(domino.work, "push", {"head_commit": {"message": MESSAGE}})
    ran = github(domino, pushed, "success", MESSAGE)
    assert ran.code == 0, ran.output
    told = domino.root()
    assert told["metadata"] == {"branch": "main", "tag": None, "pipeline": "domino", "commit": "012", "message": MESSAGE}
    assert told["links"]["pipeline"] == "https://gh.test/o/x/actions/runs/6"
    assert ran.outputs["url"].startswith(f"{domino.arbiter.url}/trees/")
    assert domino.token not in ran.output


@pytest.mark.parametrize(("status", "state"), [("success", "success"), ("failure", "failed"), ("cancelled", "cancelled")])
@pytest.mark.parametrize("way", ["workflow_dispatch", "repository_dispatch"])
def test_a_github_run_that_was_triggered_sends_its_result(domino: Domino, way: str, status: str, state: str) -> None:
    trigger = domino.triggered()
    sent: dict[str, dict[str, Any]] = {"workflow_dispatch": {"inputs": {"domino": variables(trigger)["DOMINO_PAYLOAD"]}}}
    sent["repository_dispatch"] = {"client_payload": {"domino": payload(trigger)}}
    ran = github(domino, github_runner.event(domino.work, way, sent[way]), status)
    assert ran.code == 0, ran.output
    assert domino.state(trigger) == state
    assert trigger.event_token not in ran.output


def test_a_github_run_does_not_fail_because_of_its_report_unless_told_to(domino: Domino) -> None:
    pushed = github_runner.event(domino.work, "push", {})
    warned = github(domino, pushed, "success", token="dcp_wrong")
    assert (warned.code, "::warning::DominoCI was not told" in warned.output) == (0, True)
    assert github(domino, pushed, "success", token="dcp_wrong", **{"fail-on-error": "true"}).code == 1


def test_the_action_names_no_context_that_a_composite_action_has_not() -> None:
    text = (ACTION / "action.yml").read_text("utf-8")
    named = {expression.split(".")[0] for expression in github_runner.EXPRESSION.findall(text)}
    assert named <= {"inputs", "github", "steps"}
    descriptions = [about["description"] for about in yaml.safe_load(text)["inputs"].values()]
    assert not any("${{" in description for description in descriptions)
