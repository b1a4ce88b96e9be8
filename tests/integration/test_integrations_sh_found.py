"""What the sh reporter finds out by itself, and how it becomes JSON."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.shells import Shell, posix_shell
from tests.integration.door import IDENTITY
from tests.integration.reporter import Reporter, report

__all__ = ["posix_shell", "report"]


def test_git_says_what_nobody_else_does(report: Reporter) -> None:
    def git(*arguments: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(report.folder), **IDENTITY}
        return subprocess.run(["git", *arguments], cwd=report.folder, env=env, capture_output=True, text=True, check=True).stdout

    git("init", "-q", "-b", "trunk")
    git("commit", "-q", "--allow-empty", "-m", 'Say "hi" \\ ü\n\nIn two parts.')
    git("remote", "add", "origin", "https://ci:secret@git.test/x.git")
    body = report.body()
    assert body["metadata"] == {
        "branch": "trunk",
        "tag": None,
        "commit": git("rev-parse", "HEAD").strip(),
        "pipeline": None,
        "message": 'Say "hi" \\ ü\n\nIn two parts.',
    }
    assert body["links"]["repository"] == "https://git.test/x.git"


JENKINS = {"JENKINS_URL": "https://j.test/", "BUILD_URL": "https://j.test/job/x/4/", "JOB_NAME": "team/x", "GIT_COMMIT": "abc"}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_COMMIT_SHA": "def",
    "CI_COMMIT_MESSAGE": "Fix it",
    "CI_PIPELINE_URL": "https://gl.test/g/x/-/pipelines/5",
    "CI_PROJECT_URL": "https://gl.test/g/x",
}
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "012",
    "GITHUB_WORKFLOW": "build",
    "GITHUB_SERVER_URL": "https://gh.test",
    "GITHUB_REPOSITORY": "o/x",
    "GITHUB_RUN_ID": "6",
}


@pytest.mark.parametrize(
    ("env", "branch", "tag", "commit", "pipeline", "link"),
    [
        ({**JENKINS, "GIT_BRANCH": "origin/main"}, "main", None, "abc", "team/x", JENKINS["BUILD_URL"]),
        ({**JENKINS, "BRANCH_NAME": "main", "JOB_NAME": "team/x/main"}, "main", None, "abc", "team/x", JENKINS["BUILD_URL"]),
        ({**JENKINS, "BRANCH_NAME": "v1", "TAG_NAME": "v1", "JOB_NAME": "x/v1"}, None, "v1", "abc", "x", JENKINS["BUILD_URL"]),
        ({**GITLAB, "CI_COMMIT_BRANCH": "main"}, "main", None, "def", None, GITLAB["CI_PIPELINE_URL"]),
        ({**GITLAB, "CI_COMMIT_TAG": "v1", "CI_PIPELINE_NAME": "p"}, None, "v1", "def", "p", GITLAB["CI_PIPELINE_URL"]),
        ({**GITHUB, "GITHUB_REF_NAME": "main"}, "main", None, "012", "build", "https://gh.test/o/x/actions/runs/6"),
        (
            {**GITHUB, "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1", "GITHUB_RUN_ATTEMPT": "2"},
            *(None, "v1", "012", "build", "https://gh.test/o/x/actions/runs/6/attempts/2"),
        ),
    ],
)
def test_the_variables_of_each_system_are_known(
    report: Reporter, env: dict[str, str], branch: str, tag: str, commit: str, pipeline: str, link: str
) -> None:
    body = report.body(**env)
    told = {key: value for key, value in body["metadata"].items() if key != "message"}
    assert told == {"branch": branch, "tag": tag, "commit": commit, "pipeline": pipeline}
    assert body["links"]["pipeline"] == link


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://user:secret@git.test/x.git", "https://git.test/x.git"),
        ("https://git.test/a@b", "https://git.test/a@b"),
        ("git@git.test:x.git", None),
        ("file:///srv/x", None),
        ("https://git.test/a b", None),
        ("https://git.test/" + "x" * 2000, None),
    ],
)
def test_a_link_is_one_that_a_browser_may_follow_and_holds_no_password(
    report: Reporter, given_url: str, kept: str | None
) -> None:
    assert report.body("--repository", given_url)["links"]["repository"] == kept


# ---- JSON


@settings(max_examples=60)
@given(raw=st.one_of(st.binary(max_size=60), st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_any_message_becomes_json_that_says_the_same(posix_shell: Shell, raw: bytes) -> None:
    message = raw.replace(b"\0", b"")
    with tempfile.TemporaryDirectory() as folder:
        said = Reporter(posix_shell, Path(folder)).body("--message", message)["metadata"]["message"]
    assert said == (message.decode("utf-8", "replace") or None)
