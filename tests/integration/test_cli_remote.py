"""The commands that speak to an arbiter, against a served one."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dominoci.cli import main
from dominoci.cli.remote import COMMANDS
from tests.bed.process import free_port
from tests.fakes.adapters import refuse
from tests.fakes.webhook_sink import Sink, answer
from tests.integration.served import Arbiter

HOSTILE = "\x1b]0;owned\x07 \u202e [red]x[/red]\nsecond line"
UNKNOWN = "0193b5e2-9f00-7abc-8def-0123456789ab"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arbiter]:
    """One served arbiter; each test uses names of its own."""
    made = Arbiter(tmp_path_factory.mktemp("arbiter"))
    yield made
    made.close()


class Command:
    """`dominoci` as a shell runs it, in this process, with a user's token unless told otherwise."""

    def __init__(self, arbiter: Arbiter) -> None:
        self.arbiter = arbiter
        self.env: dict[str, str | None] = {"DOMINOCI_URL": arbiter.url, "DOMINOCI_TOKEN": arbiter.token, "NO_PROXY": "*"}

    def __call__(self, *arguments: str, stdin: str | None = None, **env: str | None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env={**self.env, "DOMINOCI_TOKEN_FILE": None, **env})

    def json(self, *arguments: str, **env: str | None) -> Any:
        """What a command prints with --json; it must succeed."""
        shown = self(*arguments, "--json", **env)
        assert shown.exit_code == 0, shown.output
        return json.loads(shown.stdout)

    def rows(self, *arguments: str) -> list[list[str]]:
        """What a command prints where there is no terminal: cells by lines, without the head."""
        shown = self(*arguments)
        assert shown.exit_code == 0, shown.output
        return [line.split("\t") for line in shown.stdout.splitlines() if "\t" in line][1:]


@pytest.fixture
def run(shared: Arbiter) -> Command:
    return Command(shared)


def tree_of(arbiter: Arbiter, *names: str, **metadata: Any) -> str:
    """A tree whose root is the first of these new projects, and each of which the next depends on."""
    tokens = [arbiter.project(name, accept_event_token=True) for name in names]
    for upstream, downstream in pairwise(names):
        arbiter.depend(upstream, downstream)
    return str(arbiter.report(tokens[0], **metadata)["tree_id"])


def test_projects_are_made_listed_changed_and_deleted(run: Command) -> None:
    given = ["--repository", "https://git.test/lib", "--target-kind", "agent", "--branch", "trunk"]
    made = run.json("projects", "add", "lib", *given)
    assert made["default_branch"] == "trunk"
    assert made == run.arbiter.api("GET", "/projects/lib")
    assert [row[0] for row in run.rows("projects", "--q", "git.test/lib")] == ["lib"]
    assert run("projects", "change", "lib", "--contact", "the team", "--disable").exit_code == 0
    changed = run.json("projects", "show", "lib")
    assert (changed["contact"], changed["enabled"]) == ("the team", False)
    assert "the team" in run("projects", "show", "lib").stdout
    assert run("projects", "delete", "lib", "--yes").stdout == "deleted lib\n"
    assert run("projects", "show", "lib").exit_code == 1


def test_a_list_says_how_to_see_more_of_it(run: Command) -> None:
    for name in ("more-a", "more-b", "more-c"):
        run.arbiter.project(name)
    first = run("projects", "--q", "more-", "--limit", "2")
    cursor = re.fullmatch(r"there are more: --cursor (\S+)\n", first.stderr)
    assert cursor is not None
    rest = run("projects", "--q", "more-", "--limit", "2", "--cursor", cursor[1])
    assert rest.stdout.splitlines()[1].startswith("more-a\t")
    assert rest.stderr == ""


def test_a_webhooks_secret_is_read_from_a_file_and_never_shown(run: Command, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + "QUJD" * 8 + "\n")
    target = ["--target-kind", "webhook", "--target-url", "https://example.com/hook", "--target-secret-file", str(secret)]
    made = run("projects", "add", "hooked", *target, "--json")
    if "cannot be resolved" not in made.output:  # names are looked up when a target is saved; there may be no resolver here
        assert made.exit_code == 0, made.output
        assert json.loads(made.stdout)["target"]["secrets"][0]["name"] == "secret"
    assert "QUJD" not in made.output


def test_a_target_at_gitlab_is_given_field_by_field_and_has_a_secret_for_its_webhook(run: Command, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("glptt-hush\n")
    gitlab = ["--target-kind", "gitlab", "--target", "project=group/app", "--target-secret", f"token={token}"]
    assert "glptt-hush" not in run("projects", "add", "at-gitlab", *gitlab).output
    assert re.search(r"target\s+gitlab group/app\n", run("projects", "show", "at-gitlab").stdout)
    made = json.loads(run("projects", "hook-secret", "at-gitlab", "--json").stdout)
    assert made["url"].endswith("/hooks/gitlab")
    wrong = run("projects", "change", "at-gitlab", "--target-kind", "gitlab", "--target", "project")
    assert (wrong.exit_code, wrong.stderr) == (2, "Error: --target takes NAME=VALUE, not 'project'\n")


def test_a_secret_is_read_from_a_file_listed_without_its_value_and_removed(run: Command, tmp_path: Path) -> None:
    run.arbiter.project("secretive")
    (tmp_path / "value").write_text("npm_hush\n")
    done = run("projects", "secret", "set", "secretive", "NPM_TOKEN", str(tmp_path / "value"))
    assert (done.exit_code, done.output) == (0, "")
    listed = run("projects", "secret", "secretive").stdout.splitlines()
    assert listed[0].split("\t") == ["NAME", "SET", "BY", "USED"]
    assert listed[1].startswith("NPM_TOKEN\t")
    assert "npm_hush" not in run("projects", "secret", "list", "secretive", "--json").output
    assert run("projects", "secret", "remove", "secretive", "NPM_TOKEN").exit_code == 2
    assert run("projects", "secret", "remove", "secretive", "NPM_TOKEN", "--yes").exit_code == 0
    assert run("projects", "secret", "secretive").stdout.splitlines()[1:] == []


def test_nothing_is_deleted_unasked(run: Command) -> None:
    run.arbiter.project("kept")
    shown = run("projects", "delete", "kept")
    assert (shown.exit_code, shown.stderr) == (2, "Error: nobody is there to be asked: say --yes\n")
    assert run("projects", "show", "kept").exit_code == 0


def test_dependencies_are_made_listed_switched_and_removed(run: Command) -> None:
    for name in ("up", "down"):
        run.arbiter.project(name)
    rules = ["--join", "each", "--branch", "main", "--branch", "!wip/*", "--ref", "same", "-p", "CORE=${parent.commit}"]
    made = run.json("deps", "add", "up", "down", *rules)
    assert made["filters"]["branches"] == {"include": ["main"], "exclude": ["wip/*"]}
    assert (made["join"], made["ref"]["use"], made["parameters"]) == ("each", "same", {"CORE": "${parent.commit}"})
    listed = [["up", "down", "each", "yes", "branch main !wip/*", "same", "CORE=${parent.commit}"]]
    assert run.rows("deps", "down") == run.rows("deps", "up") == run.rows("deps", "list", "up") == listed
    assert run.json("deps", "disable", "up", "down")["enabled"] is False
    assert run.json("deps", "enable", "up", "down")["enabled"] is True
    assert run.json("deps", "down") == run.arbiter.api("GET", "/projects/down/dependencies")
    assert run("deps", "remove", "up", "down").exit_code == 0
    assert run.rows("deps", "down") == []
    again = run("deps", "remove", "up", "down")
    assert (again.exit_code, again.stderr) == (1, "Error: down does not depend on up\n")


def test_a_cycle_is_refused_with_its_path(run: Command) -> None:
    tree_of(run.arbiter, "cycle-a", "cycle-b")
    shown = run("deps", "add", "cycle-b", "cycle-a")
    assert (shown.exit_code, shown.stderr.count("\n")) == (1, 1)
    assert "cycle-a" in shown.stderr
    assert "cycle-b" in shown.stderr


def test_a_tree_is_found_shown_and_explained(run: Command) -> None:
    tree_id = tree_of(run.arbiter, "core", "net", "app", message="Fix it")
    assert [row[:3] for row in run.rows("trees", "--project", "core", "--state", "running")] == [[tree_id, "running", "core"]]
    assert [row[0] for row in run.rows("trees", "--project", "core", "--state", "failed")] == []
    events = [["1", "core", "success"], ["1.1", "net", "queued"], ["1.1.1", "app", "waiting"]]
    assert [row[:3] for row in run.rows("tree", "show", tree_id)] == events
    assert [row[:3] for row in run.rows("why", tree_id)] == events
    told = run.json("why", tree_id, "1.1.1")
    assert told == run.arbiter.api("GET", f"/trees/{tree_id}/events/1.1.1/why")
    assert told["sentence"] in run("why", tree_id, "1.1.1").stdout
    run.arbiter.project("stranger")
    not_there = run.json("why", tree_id, "--project", "stranger")
    assert not_there["in_tree"] is False
    assert not_there["sentence"] in run("why", tree_id, "--project", "stranger").stdout


def test_a_tree_is_known_by_its_beginning_and_by_its_page(run: Command) -> None:
    tree_id = tree_of(run.arbiter, "short")
    page = run.arbiter.api("GET", f"/trees/{tree_id}")["url"]
    for given in (tree_id, tree_id.upper(), tree_id[:30], page, f"{page}/events/1?tab=why#x"):
        assert run.json("tree", "show", given)["id"] == tree_id
    tree_of(run.arbiter, "short-2")  # in the same minute: the first 8 characters are those of the clock
    ambiguous = run("tree", "show", tree_id[:8])
    assert (ambiguous.exit_code, "more than one tree" in ambiguous.stderr) == (1, True)
    assert run("tree", "show", "ffffffff").exit_code == 1
    assert run("tree", "show", "0193").exit_code == 2


def test_what_projects_wrote_reaches_no_terminal_as_commands(run: Command) -> None:
    tree_id = tree_of(run.arbiter, "hostile", message=HOSTILE)
    for arguments in (["trees", "--project", "hostile"], ["tree", "show", tree_id], ["tree", "show", tree_id, "--json"]):
        shown = run(*arguments)
        assert "owned" in shown.stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(shown.output)


def test_cancel_then_rerun(run: Command) -> None:
    tree_id = tree_of(run.arbiter, "again", "again-net", "again-app")
    cancelled = run("cancel", tree_id, "1.1", "--branch")
    assert cancelled.exit_code == 0, cancelled.output
    assert run.arbiter.event(tree_id, "1.1")["state"] == "cancelled"
    assert run("rerun", tree_id, "1.1", "--no-downstream").exit_code == 0
    assert run.arbiter.event(tree_id, "1.1")["attempt"] == 2
    acted = run.json("cancel", tree_id)
    assert (acted["tree_id"], acted["state"]) == (tree_id, "cancelled")
    nothing = run("cancel", tree_id)
    assert (nothing.exit_code, nothing.stderr.count("\n")) == (1, 1)
    assert run.json("rerun", tree_id, "--all")["state"] == "running"


def test_an_undeliverable_event_is_sent_again(run: Command) -> None:
    tree_id = tree_of(run.arbiter, "sender", "receiver")
    run.arbiter.ci.answers["receiver"].append(refuse)
    run.arbiter.triggered()
    assert run.arbiter.event(tree_id, "1.1")["state"] == "undeliverable"
    assert run("tree", "watch", tree_id).exit_code == 1
    assert run("redeliver", tree_id, "1.1").exit_code == 0
    assert [trigger.sub_id for trigger in run.arbiter.triggered() if trigger.tree_id == tree_id] == ["1.1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["projects", "lits"],
        ["projects", "change", "x"],
        ["projects", "add", "x", "--target-url", "https://x.test"],
        ["deps"],
        ["deps", "add", "x", "y", "--param", "novalue"],
        ["deps", "add", "x", "y", "--ref", ""],
        ["trees", "--limit", "201"],
        ["rerun", UNKNOWN, "1.1", "--all"],
        ["rerun", UNKNOWN, "--no-downstream"],
        ["cancel", UNKNOWN, "--branch"],
        ["redeliver", UNKNOWN, "1.1", "--timeout", "3"],
        ["why", UNKNOWN, "1", "--project", "x"],
        ["trigger", "x", "--commit", "c"],
        ["trigger", "x", "--event", "--ref", "r"],
        ["trigger", "x", "--event", "--dry-run", "--watch"],
        ["combo", "last", "x"],
        ["combo", "show", f"{UNKNOWN}:1:1", "--branch", "main"],
        ["apply", "-f", "/no/such/file"],
    ],
)
def test_a_wrong_use_is_exit_code_2(run: Command, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["projects", "show", "nobody"],
        ["projects", "show", "../../healthz"],
        ["tree", "show", UNKNOWN],
        ["tree", "watch", UNKNOWN],
        ["why", UNKNOWN, "1"],
        ["cancel", UNKNOWN],
        ["trigger", "nobody"],
        ["combo", "show", "nobody"],
        ["combo", "show", f"{UNKNOWN}:1:1"],
    ],
)
def test_what_is_unknown_is_one_line_and_exit_code_1(run: Command, arguments: list[str]) -> None:
    shown = run(*arguments)
    assert (shown.exit_code, shown.stdout, shown.stderr.count("\n")) == (1, "", 1), shown.output


def test_wrong_fields_are_named(run: Command) -> None:
    shown = run("projects", "add", "123", "--repository", "ext::sh")
    assert shown.exit_code == 1
    assert "name: A name must not be all digits." in shown.stderr
    assert "repository_url: Must be an address" in shown.stderr


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"DOMINOCI_TOKEN": None}, "a token is needed"),
        ({"DOMINOCI_TOKEN": "two words"}, "must be one word"),
        ({"DOMINOCI_TOKEN": "dcu_" + "x" * 38}, "not valid"),
        ({"DOMINOCI_TOKEN_FILE": "/no/such/file"}, "cannot read /no/such/file"),
        ({"DOMINOCI_URL": "ftp://x"}, "must be http://"),
        ({"DOMINOCI_URL": "http://user:secret@x"}, "without user, password"),
    ],
)
def test_a_wrong_setup_is_one_line_and_exit_code_2(run: Command, env: dict[str, str | None], said: str) -> None:
    shown = run("projects", **env)
    assert (shown.exit_code, shown.stderr.count("\n")) == (2, 1)
    assert said in shown.stderr
    assert not any(secret in shown.output for secret in ("two words", "secret@", "x" * 38))


def test_the_token_may_come_from_a_file_or_an_option(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{run.arbiter.token}\n")
    assert run("projects", DOMINOCI_TOKEN=None, DOMINOCI_TOKEN_FILE=str(path)).exit_code == 0
    options = ["--token", run.arbiter.token, "--url", run.arbiter.url]
    assert run("projects", *options, DOMINOCI_TOKEN=None, DOMINOCI_URL=None).exit_code == 0


def test_a_project_token_may_not_do_what_users_do(run: Command) -> None:
    shown = run("projects", DOMINOCI_TOKEN=run.arbiter.project("weak"))
    assert (shown.exit_code, shown.stderr) == (2, "Error: These credentials are not for this address.\n")


def test_an_arbiter_that_is_not_there_is_one_line_and_exit_code_2(run: Command) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    shown = run("projects", DOMINOCI_URL=url)
    assert (shown.exit_code, shown.stderr.count("\n")) == (2, 1)
    assert shown.stderr.startswith(f"Error: cannot reach {url} (")
    assert "DOMINOCI_URL says where" in shown.stderr


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (answer(200, b"<html>"), "did not answer as DominoCI does (200"),
        (answer(404, b"<html>"), "did not answer as DominoCI does (status 404)"),
        (answer(301, b"", location="https://elsewhere.test/"), "redirects to https://elsewhere.test/"),
        (answer(503, b'{"title": "t", "detail": "The database is away."}'), "The database is away."),
        (answer(409, b'{"title": "t", "detail": "\\u001b[31mred"}'), "\ufffd[31mred"),
    ],
)
def test_some_other_server_is_one_line(run: Command, behaviour: Any, said: str) -> None:
    with Sink(behaviour) as sink:
        shown = run("projects", DOMINOCI_URL=sink.url)
        assert (shown.exit_code, shown.stderr.count("\n")) == (1 if "red" in said[-3:] else 2, 1)
        assert said in shown.stderr
        assert sink.received[0].headers["authorization"] == f"Bearer {run.arbiter.token}"


def test_combos_are_shown_locked_and_compared(run: Command, tmp_path: Path) -> None:
    arbiter = run.arbiter
    token = arbiter.project("combo-core")
    arbiter.project("combo-app", accept_event_token=True)
    arbiter.depend("combo-core", "combo-app")
    for commit in ("a" * 40, "b" * 40):
        arbiter.report(token, commit=commit)
        for trigger in arbiter.triggered():
            arbiter.result(trigger, metadata={"commit": "d" * 40, "branch": "main"})
    new, old = [row[0] for row in run.rows("combo", "--project", "combo-app")]
    assert run.rows("combo", "--commit", "a" * 12, "--project", "combo-app")[0][0] == old
    assert run.json("combo", "show", "combo-app") == run.json("combo", "show", new) == arbiter.api("GET", f"/combos/{new}")
    assert [row[:3] for row in run.rows("combo", "show", old)] == [["1", "combo-core", "a" * 40], ["1.1", "combo-app", "d" * 40]]
    assert [row[1] for row in run.rows("combo", "last", "combo-core", "combo-app")] == ["combo-core", "combo-app"]
    assert run.rows("combo", "diff", old, "combo-app")[0][:4] == ["changed", "combo-core", "a" * 40, "b" * 40]
    lock = tmp_path / "lock.env"
    assert run("combo", "lock", "combo-app", "--format", "dotenv", "-o", str(lock)).exit_code == 0
    assert f"COMBO_CORE_COMMIT={'b' * 40}" in lock.read_text()
    assert json.loads(run("combo", "lock", old).stdout)["combo"] == old


def test_a_success_elsewhere_is_reported_with_the_projects_token(run: Command) -> None:
    token = run.arbiter.project("outside")
    run.arbiter.project("outside-app")
    run.arbiter.depend("outside", "outside-app")
    event = ["trigger", "outside", "--event", "--branch", "main", "--commit", "e" * 40, "--link", "https://ci.test/1"]
    would = run(*event, "--dry-run", DOMINOCI_TOKEN=token)
    assert "1.1\toutside-app\tyes" in would.stdout
    assert run.rows("trees", "--project", "outside") == []
    told = run.json(*event, DOMINOCI_TOKEN=token)
    assert [child["project"] for child in told["children"]] == ["outside-app"]
    assert run.json(*event, DOMINOCI_TOKEN=token)["tree_id"] == told["tree_id"]
    assert told["tree_id"] in run(*event, DOMINOCI_TOKEN=token).stdout
    other = run("trigger", "outside-app", "--event", DOMINOCI_TOKEN=token)
    assert (other.exit_code, len(run.rows("trees", "--project", "outside"))) == (1, 1)


def test_help_of_every_remote_command(run: Command) -> None:
    for command in COMMANDS:
        assert run(str(command.name), "--help", DOMINOCI_URL=None, DOMINOCI_TOKEN=None).exit_code == 0
