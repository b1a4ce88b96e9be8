"""integrations/sh/dominoci-report, run for real under dash and under busybox with nothing but its applets, curl and git."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from dominoci.domain.dispatch import Trigger, payload, variables
from tests.bed.process import free_port
from tests.fakes.shells import posix_shell
from tests.fakes.webhook_sink import Sink, answer, reset
from tests.integration.reporter import Reporter, report
from tests.integration.served import Arbiter

__all__ = ["posix_shell", "report"]

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OPENED = b'{"tree_id":"t","sub_id":"1","url":"http://arbiter.test/trees/t","children":[]}'


@pytest.fixture(scope="module")
def arbiter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arbiter]:
    """One served arbiter; each test uses names of its own."""
    made = Arbiter(tmp_path_factory.mktemp("arbiter"))
    yield made
    made.close()


def unique(arbiter: Arbiter, report: Reporter, name: str, **body: Any) -> tuple[str, dict[str, str]]:
    """A new project's name, and the variables with which its CI reports."""
    name = f"{name}-{report.shell}"
    return name, {"DOMINOCI_URL": arbiter.url, "DOMINOCI_TOKEN": arbiter.project(name, **body)}


def triggered(arbiter: Arbiter, report: Reporter, name: str, **body: Any) -> tuple[Trigger, dict[str, str]]:
    """An event of a new project that its CI system was just told of, and that project's own variables."""
    upstream = arbiter.project(f"{name}-up-{report.shell}")
    downstream, env = unique(arbiter, report, name, **body)
    arbiter.depend(f"{name}-up-{report.shell}", downstream)
    arbiter.report(upstream, message='evil, "event_token":"dce_evil"')
    trigger = next(trigger for trigger in arbiter.triggered() if trigger.project["name"] == downstream)
    return trigger, env


def last_tree(arbiter: Arbiter, name: str) -> dict[str, Any]:
    """The newest tree of a project."""
    tree: dict[str, Any] = arbiter.api("GET", f"/trees?project={name}")["items"][0]
    return tree


# ---- root events


def test_a_success_opens_a_tree_and_its_page_is_all_of_stdout(arbiter: Arbiter, report: Reporter) -> None:
    name, env = unique(arbiter, report, "root")
    artifacts = ["--artifact", f"a.whl=https://files.test/a.whl:{DIGEST}", "--artifact", "b=pkg:pypi/b@1"]
    where = ["--branch", "main", "--commit", "c0ffee", "--pipeline", "build", "--link", "https://ci.test/1"]
    done = report("success", *where, *artifacts, **env, DOMINOCI_ARTIFACTS="c=https://files.test/c\n\n")
    tree = last_tree(arbiter, name)
    assert (done.returncode, done.stdout) == (0, f"{tree['url']}\n")
    told = arbiter.event(tree["id"], "1")["result"]
    assert told["metadata"] == {"branch": "main", "tag": None, "pipeline": "build", "commit": "c0ffee", "message": None}
    assert told["links"] == {"repository": None, "pipeline": "https://ci.test/1", "owners": None}
    assert [(a["name"], a["url"], a["sha256"], a["purl"]) for a in told["artifacts"]] == [
        ("c", "https://files.test/c", None, None),
        ("a.whl", "https://files.test/a.whl", DIGEST, None),
        ("b", None, None, "pkg:pypi/b@1"),
    ]


def test_the_same_run_is_one_tree_and_runs_without_a_page_are_not(arbiter: Arbiter, report: Reporter) -> None:
    _, env = unique(arbiter, report, "twice")
    with_page = [report("success", "--link", "https://ci.test/7", **env).stdout for _ in range(2)]
    without = [report("success", "--commit", "c", **env).stdout for _ in range(2)]
    with_key = [report("success", "--key", "nightly 7", **env).stdout for _ in range(2)]
    assert with_page[0] == with_page[1]
    assert with_key[0] == with_key[1]
    assert len({*with_page, *without, *with_key}) == 4


def test_a_failed_root_is_recorded_and_opens_no_tree(arbiter: Arbiter, report: Reporter) -> None:
    name, env = unique(arbiter, report, "failing")
    done = report("FAILURE", **env)
    assert (done.returncode, done.stdout) == (0, "")
    assert arbiter.api("GET", f"/projects/{name}")["last_result"]["status"] == "FAILED"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("success", "SUCCESS"),
        ("FAIL", "FAILED"),
        ("UNSTABLE", "FAILED"),
        ("canceled", "CANCELLED"),
        ("ABORTED", "CANCELLED"),
        ("NOT_BUILT", "SKIPPED"),
        ("timed_out", "TIMED_OUT"),
    ],
)
def test_the_words_of_other_systems_are_understood(report: Reporter, word: str, status: str) -> None:
    assert json.loads(report(word, "--dry-run").stdout)["status"] == status


def test_a_pull_request_is_reported_only_when_that_is_wanted(arbiter: Arbiter, report: Reporter) -> None:
    name, env = unique(arbiter, report, "pulled")
    run = {"BUILD_URL": "https://ci.test/pr/1/", "CHANGE_ID": "1", "CHANGE_BRANCH": "topic", "BRANCH_NAME": "PR-1"}
    assert "pull request" in report("success", **env, **run).stderr
    assert arbiter.api("GET", f"/trees?project={name}")["items"] == []
    assert report("success", "--pull-request", **env, **run).returncode == 0
    assert last_tree(arbiter, name)["root"]["branch"] == "topic"


# ---- results


def test_a_triggered_run_shows_life_and_then_its_result(arbiter: Arbiter, report: Reporter) -> None:
    trigger, env = triggered(arbiter, report, "child")
    run = {**env, **variables(trigger), "BUILD_URL": "https://ci.test/child/1"}
    assert report("started", **run).returncode == 0
    event = arbiter.event(trigger.tree_id, trigger.sub_id)
    assert (event["state"], event["run_url"]) == ("running", "https://ci.test/child/1")
    first, again = report("failed", **run), report("failed", **run)
    assert (first.returncode, first.stdout) == (again.returncode, again.stdout)
    assert arbiter.event(trigger.tree_id, trigger.sub_id)["state"] == "failed"
    other = report("success", **run)
    assert other.returncode == 1
    assert "refused: status 409 Event 1.1 already has a result" in other.stderr


def test_started_says_nothing_of_a_run_that_nobody_triggered(report: Reporter) -> None:
    assert report("started").returncode == 0


@pytest.mark.parametrize("way", ["DOMINO_PAYLOAD", "TRIGGER_PAYLOAD", "workflow_dispatch", "repository_dispatch"])
def test_the_event_is_found_in_the_payload_whatever_a_message_says(arbiter: Arbiter, report: Reporter, way: str) -> None:
    trigger, env = triggered(arbiter, report, f"in-{way}")
    text = variables(trigger)["DOMINO_PAYLOAD"]
    content = {"DOMINO_PAYLOAD": text, "TRIGGER_PAYLOAD": json.dumps({**payload(trigger), "id": "9"}, indent=1)}
    content["workflow_dispatch"] = json.dumps({"inputs": {"domino": text}, "ref": "refs/heads/main"}, indent=2)
    content["repository_dispatch"] = json.dumps({"client_payload": {"domino": payload(trigger)}}, indent=2)
    path = report.folder / "payload.json"
    path.write_text(content[way])
    given = {"GITHUB_EVENT_NAME": way, "GITHUB_EVENT_PATH": str(path)}
    given = {way: text} if way == "DOMINO_PAYLOAD" else {way: str(path)} if way == "TRIGGER_PAYLOAD" else given
    assert report("success", **env, **given).returncode == 0
    assert arbiter.event(trigger.tree_id, trigger.sub_id)["state"] == "success"


def test_a_push_whose_message_looks_like_a_payload_is_a_root_event(report: Reporter) -> None:
    path = report.folder / "event.json"
    path.write_text(json.dumps({"head_commit": {"message": '{"event_token":"dce_evil"}'}}))
    assert "event_token" not in report.body(GITHUB_EVENT_NAME="push", GITHUB_EVENT_PATH=str(path))


def test_the_event_token_alone_is_enough_where_the_project_says_so(arbiter: Arbiter, report: Reporter) -> None:
    trigger, _ = triggered(arbiter, report, "alone", accept_event_token=True)
    assert report("success", **variables(trigger)).returncode == 0
    assert arbiter.event(trigger.tree_id, trigger.sub_id)["state"] == "success"


# ---- secrets


def test_the_project_token_goes_to_no_address_that_came_with_the_trigger(arbiter: Arbiter, report: Reporter) -> None:
    trigger, env = triggered(arbiter, report, "phished")
    with Sink(answer(200, OPENED)) as sink:
        run = {**variables(trigger), "DOMINO_RESULT_URL": f"{sink.url}/api/v1/results"}
        without_url = report("success", **run, DOMINOCI_TOKEN=env["DOMINOCI_TOKEN"])
        assert (without_url.returncode, "DOMINOCI_URL is not set" in without_url.stderr) == (2, True)
        assert report("success", **env, **run).returncode == 0
        assert sink.received == []
    assert arbiter.event(trigger.tree_id, trigger.sub_id)["state"] == "success"


def test_no_token_is_in_argv_or_printed_even_when_traced(arbiter: Arbiter, report: Reporter) -> None:
    trigger, env = triggered(arbiter, report, "secret")
    seen = report.folder / "argv"
    report.tool("curl", f'#!/bin/sh\necho "$@" >>{seen}\nexec {os.path.realpath("/usr/bin/curl")} "$@"\n')
    (report.folder / ".curlrc").write_text("verbose\n")
    done = report("success", flags=["-x"], **env, **variables(trigger))
    assert done.returncode == 0
    told = seen.read_text() + done.stdout + done.stderr
    assert "--config -" in told
    assert not any(secret in told for secret in (env["DOMINOCI_TOKEN"], trigger.event_token))


def test_a_token_is_read_from_a_file(arbiter: Arbiter, report: Reporter) -> None:
    name, env = unique(arbiter, report, "filed")
    path = report.folder / "token"
    path.write_text(f"{env['DOMINOCI_TOKEN']}\r\n")
    assert report("success", DOMINOCI_URL=env["DOMINOCI_URL"], DOMINOCI_TOKEN_FILE=str(path)).returncode == 0
    assert last_tree(arbiter, name)["state"] == "success"


# ---- what is wrong


@pytest.mark.parametrize(
    ("arguments", "env", "code", "said"),
    [
        ([], {}, 2, "usage"),
        (["perfect"], {}, 2, "what is the status 'perfect'?"),
        (["success", "--what"], {}, 2, "unknown option --what"),
        (["success", "--branch"], {}, 2, "--branch needs a value"),
        (["success", "--artifact", "=x"], {}, 2, "--artifact needs NAME=URL"),
        (["success"], {}, 2, "DOMINOCI_URL is not set"),
        (["success"], {"DOMINOCI_URL": "http://x"}, 2, "a root event needs the project's token"),
        (["success"], {"DOMINOCI_URL": "file:///etc/passwd", "DOMINOCI_TOKEN": "dcp_x"}, 2, "must begin with http"),
        (["success"], {"DOMINOCI_URL": 'http://x"\nproxy="y', "DOMINOCI_TOKEN": "dcp_x"}, 2, "characters that no address has"),
        (["success"], {"DOMINOCI_URL": "http://x", "DOMINOCI_TOKEN": 'a"b'}, 2, "DOMINOCI_TOKEN is no token"),
        (["success"], {"DOMINOCI_URL": "http://x", "DOMINOCI_TOKEN_FILE": "/no/file"}, 2, "cannot be read"),
        (["success"], {"DOMINO_EVENT_TOKEN": 'x"'}, 2, "no event token"),
        (["success", "--key", 'a"b'], {}, 2, "--key must be"),
    ],
)
def test_a_wrong_use_says_what_is_wrong(
    report: Reporter, arguments: list[str], env: dict[str, str], code: int, said: str
) -> None:
    done = report(*arguments, **env)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_what_the_arbiter_refuses_is_exit_code_1_with_its_sentence(arbiter: Arbiter, report: Reporter) -> None:
    _, env = unique(arbiter, report, "refused")
    done = report("success", **{**env, "DOMINOCI_TOKEN": "dcp_" + "x" * 38})
    assert (done.returncode, "status 401 This token is not valid" in done.stderr) == (1, True)
    assert report("success", "--artifact", "x=no-address", **env).returncode == 1


def test_help_tells_every_status_and_option(report: Reporter) -> None:
    done = report("--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("started", "--artifact", "--pull-request", "--dry-run"))


# ---- trying again


def test_what_passes_is_tried_again_as_the_same_report(report: Reporter) -> None:
    report.tool("sleep", f'#!/bin/sh\necho "$1" >>{report.folder / "slept"}\n')
    busy = answer(429, b'{"detail": "slowly"}', retry_after="7")
    with Sink(answer(201, OPENED)) as sink:
        sink.script.extend([answer(503, b"<html>"), reset, busy, answer(500, b'{"detail": "oh"}', retry_after="99999")])
        done = report("success", DOMINOCI_URL=sink.url, DOMINOCI_TOKEN="dcp_x", DOMINOCI_RETRY_S="1")
        assert (done.returncode, done.stdout) == (0, "http://arbiter.test/trees/t\n")
        assert len({(r.body, r.headers["idempotency-key"]) for r in sink.received}) == 1
        assert len(sink.received) == 5
    assert (report.folder / "slept").read_text().split() == ["1", "2", "7", "120"]


def test_after_all_tries_it_gives_up_with_3(report: Reporter) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = report("success", DOMINOCI_URL=url, DOMINOCI_TOKEN="dcp_x", DOMINOCI_TRIES="2")
    assert done.returncode == 3
    assert "given up after 2 tries: not reachable" in done.stderr


@pytest.mark.parametrize("behaviour", [answer(404, b"<html>"), answer(301, b"", location="https://elsewhere.test/")])
def test_what_will_not_pass_is_not_tried_again(report: Reporter, behaviour: Any) -> None:
    with Sink(behaviour) as sink:
        assert report("success", DOMINOCI_URL=sink.url, DOMINOCI_TOKEN="dcp_x").returncode == 1
        assert len(sink.received) == 1


def test_a_refusal_is_told_in_the_arbiters_words(report: Reporter) -> None:
    with Sink(answer(409, b'{"title": "t", "detail": "No: \\"main\\" is\\nnot in a\\\\b.\\u001b"}')) as sink:
        done = report("success", DOMINOCI_URL=sink.url, DOMINOCI_TOKEN="dcp_x")
    assert done.stderr == 'dominoci-report: refused: status 409 No: "main" is not in a\\b.\\u001b\n'


def test_a_dry_run_sends_nothing_and_shows_no_token(report: Reporter) -> None:
    with Sink() as sink:
        done = report("success", "--dry-run", DOMINOCI_URL=sink.url, DOMINOCI_TOKEN="dcp_x", DOMINO_EVENT_TOKEN="dce_secret")
        assert (done.returncode, sink.received) == (0, [])
    assert "secret" not in done.stdout


def test_a_long_message_is_cut_and_a_branch_is_one_line(arbiter: Arbiter, report: Reporter) -> None:
    name, env = unique(arbiter, report, "long")
    message, branch = "\U0001f600\x1b[31m\n" * 3000, "a\tb\x1b\n" + "x" * 400
    assert report("success", "--message", message, "--branch", branch, **env).returncode == 0
    told = arbiter.event(last_tree(arbiter, name)["id"], "1")["result"]["metadata"]
    assert told["message"] == message[:10_000]
    assert told["branch"] == ("a b  " + "x" * 400)[:255]
