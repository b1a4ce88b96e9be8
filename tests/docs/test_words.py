"""What the docs name is there: commands with their flags, settings, routes, files; and what they quote is what the app says."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
import pytest

from dominoci.cli import main
from dominoci.config import SETTINGS
from dominoci.domain.permission import ROLES
from dominoci.domain.reasons import sentence
from dominoci_agent.cli import main as agent_main
from tests.docs.pages import BY_NAME, DOCS, PAGES, Page

REPOSITORY: Final = DOCS.parent
PROGRAMS: Final[Mapping[str, click.Command]] = {"dominoci": main, "dominoci-agent": agent_main}
SHELLS: Final = ("sh", "")
ENDS_A_COMMAND: Final = {"|", "||", "&&", ";", "&", ")", "done", "case", ">", ">>"}
SETTING: Final = re.compile(r"\b(?:DOMINOCI_[A-Z_]*[A-Z]|DATABASE_URL|REDIS_URL)\b")
ROUTE: Final = re.compile(
    r"""(?:(?:GET|POST|PUT|PATCH|DELETE)[ ]|\$DOMINOCI_URL|127\.0\.0\.1:8080|\bapi[ ]"?)(/[^\s`|"')]*)|(/api/v1/[^\s`|"')]*)"""
)
OTHERS: Final = ("/git/", "/trees/", "/builds/", "/setup", "/login", "/help", "/badge")  # pages and doors
UNDESCRIBED: Final = {"/api/v1/live", "/api/v1/openapi.json", "/api/v1", "/api/v1/"}
# where other variables that begin with DOMINOCI_ are read
READERS: Final = ("integrations/sh/dominoci-report", "integrations/github", "docker-compose.yml", "agent/dominoci_agent")
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def command_lines(page: Page) -> Iterator[list[str]]:
    """Every call of a program of ours in the page: its words, from the program's name on."""
    lines = [line for block in page.of(*SHELLS) for line in block.text.replace("\\\n", " ").splitlines()]
    for text in [*lines, *page.inline]:
        lexer = shlex.shlex(text.replace("$(", " ; ").removeprefix("$ "), posix=True, punctuation_chars=";|&()<>")
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:  # a quote that ends in another line
            continue
        for at, word in enumerate(words):
            first = at == 0 or words[at - 1] in {";", "|", "&&", "(", "web", "exec", "ExecStart="} or "=" in words[at - 1]
            if first and word.rpartition("/")[2] in PROGRAMS:
                rest = words[at + 1 :]
                end = next((n for n, one in enumerate(rest) if one in ENDS_A_COMMAND or one.startswith(";")), len(rest))
                yield [word.rpartition("/")[2], *rest[:end]]


def unknown(words: list[str]) -> str | None:
    """What of a call is not there; None when all is."""
    command, at = PROGRAMS[words[0]], 1
    while isinstance(command, click.Group) and at < len(words) and (below := command.commands.get(words[at].partition("|")[0])):
        command, at = below, at + 1
    commands = [command]
    if isinstance(command, click.Group):
        if at < len(words) and not words[at].startswith(("-", "…")) and "list" not in command.commands:
            return words[at]
        commands += [one for name, one in command.commands.items() if name == "list"]  # what a group does without a command
    known = {"--help", "-h"}.union(*(flags_of(one) for one in commands))
    flags = [word.partition("=")[0].strip("[]") for word in words[at:] if re.match(r"\[?-{1,2}[a-z]", word)]
    return next((flag for flag in flags if flag not in known), None)


def flags_of(command: click.Command) -> set[str]:
    """Every spelling of every option."""
    return {name for option in command.params for name in (*option.opts, *option.secondary_opts)}


@pages
def test_every_command_that_is_named_exists_with_its_flags(page: Page) -> None:
    missing = {" ".join(words): what for words in command_lines(page) if (what := unknown(words))}
    assert not missing, page.name


def test_wrong_commands_would_be_noticed() -> None:
    assert unknown(["dominoci", "trigger", "lib", "--watsh"]) == "--watsh"
    assert unknown(["dominoci", "agnet", "enrol"]) == "agnet"
    assert unknown(["dominoci", "token", "mint"]) == "mint"
    assert len(list(command_lines(BY_NAME["getting-started.md"]))) > 5


def elsewhere() -> set[str]:
    """Variables that scripts and the agent read."""
    found: set[str] = set()
    for place in (REPOSITORY / reader for reader in READERS):
        for file in place.rglob("*") if place.is_dir() else [place]:
            if file.suffix in {".py", ".sh", ".yml", ""} and file.is_file():
                found.update(SETTING.findall(file.read_text("utf-8")))
    return found


@pages
def test_every_setting_that_is_named_exists(page: Page) -> None:
    known = {setting.name for setting in SETTINGS} | elsewhere()
    named = set(SETTING.findall(page.path.read_text("utf-8")))
    assert {name for name in named if name.removesuffix("_FILE") not in known and name not in known} == set(), page.name


@pages
def test_every_route_that_is_named_exists(page: Page) -> None:
    described = json.loads((DOCS / "openapi.json").read_text("utf-8"))["paths"]
    # the path of a job or a folder has slashes
    spelled = [re.sub(r"\\\{(job|folder)\\\}", ".+", re.escape(path)) for path in described]
    patterns = [re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", path)) for path in spelled]
    for short, whole in ROUTE.findall(page.path.read_text("utf-8")):
        path = (whole or short).partition("?")[0].partition("#")[0].rstrip(".,;:*")
        if path in UNDESCRIBED or "…" in path or path.startswith(("/api/v1$", *OTHERS)):
            continue
        full = [path, f"/api/v1{path}"]
        assert any(pattern.fullmatch(one) for pattern in patterns for one in full), f"{page.name}: {path}"


@pages
def test_snippets_can_be_read(page: Page) -> None:
    for block in page.of("json"):
        json.loads(block.text)
    for block in page.of("python"):
        compile(block.text, f"{page.name}:{block.line}", "exec")


def test_the_snippets_for_other_systems_are_those_that_are_tested() -> None:
    """The reporters' tests run the files of integrations/; the pages repeat parts of them."""
    jenkinsfiles = [REPOSITORY / "integrations/jenkins" / f"Jenkinsfile{kind}.example" for kind in ("", ".parameters")]
    for block, path in zip(BY_NAME["connect-jenkins.md"].of("groovy"), jenkinsfiles, strict=True):
        bare = [re.sub(r"\s*//.*", "", line).strip() for line in block.text.splitlines()]
        known = path.read_text("utf-8")
        assert [line for line in bare if line and line not in known and not line.startswith(("environment", "post"))] == []
    workflows = "".join(file.read_text("utf-8") for file in (REPOSITORY / "integrations/github").glob("example-*.yml"))
    shown = "".join(block.text for block in BY_NAME["connect-github.md"].of("yaml"))
    assert [line for line in map(str.strip, shown.splitlines()) if line not in workflows] == []


# ---- troubleshooting.md

PARENT: Final = {"project": "net", "sub_id": "1.1", "state": "running"}
RULE: Final = {"field": "branch", "value": "main", "rule": "include", "patterns": ["release/*"], "parent": "core"}
TAG: Final = {"field": "tag", "value": None, "rule": "include", "patterns": ["v*"], "parent": "core"}
FAILED: Final = {"project": "ui", "sub_id": "1.3", "state": "failed"}
SKIPPED: Final = {"project": "app", "sub_id": "1.4", "state": "skipped", "root": FAILED}
UNHEARD: Final = "it was delivered, but no start was reported within 3600 s"
# facts that make the quoted sentences
FACTS: Final[Mapping[str, list[dict[str, Any]]]] = {
    "not_success": [{"status": "FAILED"}],
    "project_disabled": [{"project": "lib"}],
    "opened_nothing": [{}],
    "loop_bound": [{"project": "lib", "sub_id": "1.2"}],
    "project_newer": [{"project": "app"}],
    "dependency_newer": [{"upstream": "lib"}],
    "dependency_off": [{"upstream": "lib"}],
    "project_off": [{"project": "app"}],
    "upstream_not_in_tree": [{"upstream": "ui"}],
    "no_dependency": [{"project": "app"}],
    "filtered": [{"rules": [RULE]}, {"rules": [TAG]}],
    "upstream_failed": [{"parents": [SKIPPED]}],
    "reported_skipped": [{"because": "nothing changed"}],
    "superseded": [{"tree": "019aa5f0"}],
    "waiting": [{"parents": 1, "names": [PARENT]}],
    "held": [{"tree": "019aa5f0", "rule": "queue"}],
    "never_started": [
        {"because": UNHEARD},
        {"because": "its CI system could not be reached within 3600 s"},
        {"because": "no agent took the build within 3600 s"},
    ],
    "no_agent": [{}],
    "no_agent_matches": [{"needs": ["gpu"], "agents": 7}],
    "no_agent_takes": [{"agents": 2, "silent": 1, "draining": 1}],
    "all_busy": [{"agents": 1, "slots": 2, "busy": 2, "before": 3}],
    "lease_lost": [{"agent": "a-03", "number": 7}],
    "timed_out": [{"seconds": 21600}],
    "delivery_failed": [
        {"error": "Refused with 403.", "tries": 1},
        {"error": "Refused with 404.", "tries": 1},
        {"error": "No connection to https://ci.example came about.", "tries": 10},
        {"error": "The name ci.example could not be looked up.", "tries": 10},
    ],
}
NAMES: Final = re.compile(r"\b(?:a-03|app|lib|private|ci\.example|SUCCESS|3600 s)\b|#?\d[\d.]*\b|…")


def quoted() -> Iterator[tuple[str, str]]:
    """Every sentence in quotes of troubleshooting.md, with the reason's code behind it (or nothing)."""
    for line in BY_NAME["troubleshooting.md"].prose:
        for text, code in re.findall(r'"([^"]{8,})"(?: `(\w+)`)?', line):
            yield text.replace("`", ""), code


def test_troubleshooting_quotes_the_reasons_as_they_are_said() -> None:
    said = {code: {text for text, beside in quoted() if beside == code} for code in FACTS}
    for code, facts in FACTS.items():
        patterns = [re.escape(text).replace("…", ".+") for text in said[code]]
        for params in facts:
            told = sentence(code, params)
            assert any(re.fullmatch(pattern, told) for pattern in patterns), f"{told}: {said[code]}"
        assert len(facts) == len(patterns), code
    assert {code for _, code in quoted()} - {""} == set(FACTS)


def test_troubleshooting_quotes_other_words_as_they_stand_in_the_code() -> None:
    folders = ("backend/dominoci", "agent/dominoci_agent", "frontend/src")
    files = [f for folder in folders for kind in ("*.py", "*.tsx", "*.ts") for f in (REPOSITORY / folder).rglob(kind)]
    source = "\n".join(file.read_text("utf-8") for file in files if "static" not in file.parts).replace("`", "")
    for text in (text for text, code in quoted() if not code):
        for part in (part.strip(" ()") for part in NAMES.split(text)):
            if len(part.split()) > 1:
                assert part in source, text


def test_permissions_names_every_role_and_every_kind_of_token() -> None:
    text = BY_NAME["permissions.md"].path.read_text("utf-8")
    kinds = {"dcu_", "dcp_", "dce_", "dca_", "dcb_"}
    assert all(f"`{kind}…`" in text for kind in kinds)
    (head,) = [line for line in BY_NAME["permissions.md"].prose if line.startswith("| may |")]
    assert [cell.strip() for cell in head.strip("|").split("|")][1:] == list(ROLES)
