"""Graph files: what is read, and every error with its place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dominoci.api.schemas import dependencies, projects
from dominoci.domain.graph_file import fields
from dominoci.domain.graph_file.faults import MOST_FAULTS, Fault
from dominoci.domain.graph_file.nodes import MAX_BYTES, MAX_DEPTH, MAX_NODES
from dominoci.domain.graph_file.plan import lines, plan
from dominoci.domain.graph_file.values import spelled
from tests.unit.domain.graph_files import EXAMPLE, NOTHING, good, read, there

# ---- reading


def test_the_example_says_what_it_says() -> None:
    file = good(EXAMPLE)
    core, web = file.projects["lib-core"], file.projects["app-web"]
    assert core.settings["default_branch"] == "trunk"
    assert core.settings["repository_url"] == "https://git.example/lib-core.git"
    assert web.settings["start_deadline_s"] == 1800
    assert web.settings["enabled"] is False
    assert web.settings["target"] == {"kind": "webhook", "url": "https://ci.example/hook"}
    assert {name: secret.env for name, secret in web.secrets.items()} == {"secret": "APP_WEB_SECRET"}
    assert file.dependencies["app-web", "lib-core"].rules == {
        **fields.defaults(fields.DEPENDENCY),
        "join": "each",
        "branches": {"include": ["main", "release/*"], "exclude": ["release/old"]},
        "parameters": {"CORE_COMMIT": "${parent.commit}"},
        "ref": {"use": "same", "value": None},
    }


def test_what_the_file_does_not_say_has_its_default() -> None:
    assert good("version: 1\nprojects: {a: }").projects["a"].settings == fields.defaults(fields.PROJECT)


@pytest.mark.parametrize("word", ["no", "on", "1.0", "0x10", "2026-11-21", "true", "1_000"])
def test_a_branch_is_text_whatever_yaml_would_make_of_it(word: str) -> None:
    assert good(f"version: 1\nprojects: {{a: {{default_branch: {word}}}}}").projects["a"].settings["default_branch"] == word


@pytest.mark.parametrize(
    ("written", "patterns"),
    [
        ("main", {"include": ["main"], "exclude": []}),
        ("[]", {"include": [], "exclude": []}),
        ('["!*-wip", main]', {"include": ["main"], "exclude": ["*-wip"]}),
        ('{include: ["!odd"], exclude: [x]}', {"include": ["!odd"], "exclude": ["x"]}),
    ],
)
def test_patterns_are_one_list_or_two(written: str, patterns: dict[str, list[str]]) -> None:
    file = good(f"version: 1\nprojects: {{a: , b: {{upstreams: {{a: {{branches: {written}}}}}}}}}")
    assert file.dependencies["b", "a"].rules["branches"] == patterns


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("6h", 21_600), ("2d", 172_800)])
def test_times_have_units(text: str, seconds: int) -> None:
    file = good(f"version: 1\nprojects: {{a: {{finish_deadline: {text}}}}}")
    assert file.projects["a"].settings["finish_deadline_s"] == seconds


@given(st.integers(1, 30 * 86_400))
def test_a_time_that_was_written_is_read_as_the_same(seconds: int) -> None:
    file = good(f"version: 1\nprojects: {{a: {{finish_deadline: {spelled(seconds)}}}}}")
    assert file.projects["a"].settings["finish_deadline_s"] == seconds


def test_a_repository_of_its_own_names_its_upstreams() -> None:
    file = good("version: 1\nprune: true\nupstreams: {core: {join: each}}", "app", there({"core": {}, "app": {}}))
    assert file.prune
    assert file.projects == {}
    assert file.dependencies["app", "core"].rules["join"] == "each"


# ---- errors


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "The file is empty"),
        ("# nothing\n", 1, 1, "The file is empty"),
        ("projects: {}", 1, 1, "begins with: version: 1"),
        ("version: 2", 1, 10, "Expected version: 1"),
        ("version: 1\nproject: {}", 2, 1, "project is not known in a graph file (did you mean projects?)"),
        ("version: 1\nupstreams: {}", 2, 1, "--project NAME"),
        ("version: 1\nprojects: [a]", 2, 11, "Expected projects as `key: value` lines."),
        ("version: 1\nprojects:\n  bad name:\n", 3, 3, "The name bad name must begin with a letter"),
        ("version: 1\nprojects:\n  a: {}\n  a: {}", 4, 3, "a stands twice; first in line 3."),
        ("version: 1\nprojects:\n  a:\n    defualt_branch: x", 4, 5, "(did you mean default_branch?)"),
        ("version: 1\nprojects: {a: {default_branch: a..b}}", 2, 32, "cannot be the name of a branch"),
        ("version: 1\nprojects: {a: {default_branch: [x]}}", 2, 32, "Expected text, not a list."),
        ("version: 1\nprojects: {a: {enabled: yes}}", 2, 25, "Expected true or false, not yes."),
        ('version: 1\nprojects: {a: {enabled: "true"}}', 2, 25, 'Expected true or false, not "true" in quotes.'),
        ("version: 1\nprojects: {a: {finish_deadline: 31d}}", 2, 33, "from 1s to 30d, not 31d"),
        ("version: 1\nprojects: {a: {finish_deadline: -1}}", 2, 33, "Expected a time such as"),
        ("version: 1\nprojects: {a: {on_new_event: que}}", 2, 30, "(did you mean queue?)"),
        ("version: 1\nprojects: {a: {repository: file:///etc}}", 2, 28, "Must be an address with a host"),
        ("version: 1\nprojects: {a: {repository: 'https://u:pw@h/x'}}", 2, 28, "Must not hold a password"),
        ("version: 1\nprojects: {a: {target: {}}}", 2, 24, "A target needs its kind"),
        ("version: 1\nprojects: {a: {target: {kind: webhook}}}", 2, 24, "A webhook needs an address."),
        ("version: 1\nprojects: {a: {target: {kind: agent, url: https://x.y}}}", 2, 43, "url is not for targets of kind agent."),
        ("version: 1\nprojects: {a: {target: {kind: webhook, url: https://x.y, secret: s3}}}", 2, 66, "never stands in the file"),
        ("version: 1\nprojects: {a: {upstreams: {b: }}}", 2, 28, "There is no project b"),
        ("version: 1\nprojects: {lib: , a: {upstreams: {lob: }}}", 2, 35, "(did you mean lib?)"),
        ("version: 1\nprojects: {a: {upstreams: {a: }}}", 2, 28, "This would close a cycle: a → a."),
        ("version: 1\nprojects: {a: , b: {upstreams: {a: {join: any}}}}", 2, 43, "Expected one of all, each, not any"),
        ('version: 1\nprojects: {a: , b: {upstreams: {a: {branches: ["x\\t"]}}}}', 2, 48, "Expected one line without control"),
        (f"version: 1\nprojects: {{a: , b: {{upstreams: {{a: {{tags: [{'x' * 201}]}}}}}}}}", 2, 44, "text of 1 to 200"),
        ("version: 1\nprojects: {a: , b: {upstreams: {a: {ref: {fix: x}}}}}", 2, 43, "fix is not known in a ref"),
        ('version: 1\nprojects: {a: , b: {upstreams: {a: {parameters: {A: "${x}"}}}}}', 2, 53, "A: ${x} is not known"),
        ("version: 1\nprojects: {a: , b: {upstreams: {a: {parameters: {DOMINO_A: x}}}}}", 2, 50, "DOMINO_"),
        ("version: 1\nprojects: {a: , b: {upstreams: {a: {branches: [*]}}}}", 2, 49, "must be in quotes"),
        ("version: 1\nprojects: {a: , b: {upstreams: {a: {branches: [!x]}}}}", 2, 50, "must be in quotes"),
        ("version: 1\nprojects: {a: &x {}}", 2, 15, "Anchors (&name) are not taken"),
        ("version: 1\nprojects: {a: !!map {}}", 2, 15, "Tags (!name) are not taken"),
        ("version: 1\n---\nversion: 1", 2, 1, "one document"),
        ("%TAG ! x\n---\nversion: 1", 1, 1, "Directives"),
        ("version: 1\n? [a]\n: b", 2, 3, "A key must be a word."),
        ("version: 1\n  projects: {}", 2, 11, "This is not YAML"),
        ("version: 1\nprojects: {a: \x00}", 2, 15, "This character is no text"),
        ("version: 1\nprojects: {a: \ud800}", 2, 15, "This character is no text"),
        ("#" * (MAX_BYTES + 1), 1, 1, "larger than 1 MiB"),
        ("version: 1\nprojects: " + "[" * (MAX_DEPTH + 1), 2, 10 + MAX_DEPTH, f"more than {MAX_DEPTH} levels"),
        ("[" + "a," * MAX_NODES + "]", 1, MAX_NODES * 2, f"more than {MAX_NODES} values"),
    ],
)
def test_an_error_says_where_it_is_and_what_was_expected(text: str, line: int, column: int, message: str) -> None:
    _, faults = read(text)
    assert [(fault.line, fault.column) for fault in faults if message in fault.message] == [(line, column)], faults


def test_all_errors_are_told_at_once() -> None:
    text = """\
version: 1
projects:
  core:
    enabled: maybe
    upstreams: {app: }
  app:
    start_deadline: 99d
    upstreams:
      core: {branches: [""], parameters: {A: "${parent.comit}"}}
      cor:
"""
    _, faults = read(text)
    assert [(fault.line, fault.message.split()[0]) for fault in faults] == [
        (4, "Expected"),
        (5, "This"),
        (7, "Expected"),
        (9, "Expected"),
        (9, "A:"),
        (10, "There"),
    ]


def test_a_file_of_nothing_but_errors_tells_a_bounded_number() -> None:
    _, faults = read("version: 1\nprojects:\n" + "".join(f"  n{n}: x\n" for n in range(1000)))
    assert len(faults) == MOST_FAULTS


def test_a_cycle_is_told_with_its_path_where_the_file_closes_it() -> None:
    present = there({"a": {}, "b": {}, "c": {}}, {("b", "a"): {}, ("c", "b"): {}})
    _, faults = read("version: 1\nupstreams:\n  c:\n", "a", present)
    assert faults == [Fault(3, 3, "This would close a cycle: c → a → b → c.")]


def test_a_dependency_may_turn_round_when_pruning() -> None:
    present = there({"a": {}, "b": {}}, {("b", "a"): {}})
    turned = "version: 1\nprojects: {b: , a: {upstreams: {b: }}}"
    assert read(turned, present=present, prune=True)[1] == []
    assert "close a cycle" in read(turned, present=present)[1][0].message


def test_nothing_can_depend_on_what_pruning_removes() -> None:
    _, (fault,) = read("version: 1\nprojects: {a: {upstreams: {b: }}}", present=there({"a": {}, "b": {}}), prune=True)
    assert "b is not in the file, so it is removed" in fault.message


def test_where_a_repository_lies_cannot_change_sides() -> None:
    present = there({"own": {}, "theirs": {"repository_url": "https://git.test/theirs"}})
    _, faults = read("version: 1\nprojects:\n  own: {repository: https://git.test/own}\n  theirs: {}\n", present=present)
    assert [(f.line, f.message.split(":")[0]) for f in faults] == [
        (3, "own is hosted by the arbiter, which cannot be changed"),
        (4, "theirs is not hosted by the arbiter"),
    ]
    good("version: 1\nprojects: {own: {repository: 'http://here/own'}}", present=present)


WORDS = st.sampled_from(
    [*"[]{},:-?!*&|>%#'\" \n\t~", "version", "1", "projects", "upstreams", "a", "lib-core", "kind", "webhook", "\n  ", "\n    "]
    + [field.key for field in (*fields.PROJECT, *fields.DEPENDENCY)]
)
CUTS = st.builds(
    lambda at, cut, put: EXAMPLE[:at] + put + EXAMPLE[at + cut :],
    st.integers(0, len(EXAMPLE)),
    st.integers(0, 40),
    st.one_of(st.text(max_size=5), WORDS),
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(st.characters(exclude_categories=[])), st.lists(WORDS, max_size=40).map("".join), CUTS), st.booleans())
def test_any_text_is_a_file_or_errors_in_it(text: str, own: bool) -> None:
    file, faults = read(text, "app" if own else None)
    broken = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029")
    assert all(fault.message and 1 <= fault.line <= broken + 2 and fault.column >= 1 for fault in faults)
    if not faults:
        lines(plan(file, NOTHING, False, frozenset()))


def test_a_file_says_all_that_the_api_takes() -> None:
    """A field that the API learns must not be lost on the way through a file. To whom a project belongs is not in it."""
    assert fields.VISIBILITIES == projects.VISIBILITIES
    assert fields.ON_NEW_EVENT == projects.ON_NEW_EVENT
    assert {"name", *(field.stored for field in fields.PROJECT)} == projects.ProjectCreate().fields.keys() - {"owner"}
    assert fields.TARGET.keys() == projects.TargetBody().fields.keys()
    taken = dependencies.DependencyCreate().fields.keys() | dependencies.FiltersBody().fields.keys()
    assert {"upstream", "filters", *(field.stored for field in fields.DEPENDENCY)} == taken


def test_the_examples_of_the_documentation_are_files() -> None:
    text = (Path(__file__).parents[3] / "docs" / "graph-as-code.md").read_text("utf-8")
    whole, own = [part.partition("```")[0] for part in text.split("```yaml\n")[1:]]
    assert set(good(whole).projects) == {"lib-core", "app-web", "docs"}
    assert good(own, "app-web", there({"app-web": {}, "lib-core": {}, "lib-net": {}})).prune


def test_the_documentation_names_every_field() -> None:
    text = (Path(__file__).parents[3] / "docs" / "graph-as-code.md").read_text("utf-8")
    keys = {field.key for field in (*fields.PROJECT, *fields.DEPENDENCY)}
    assert not {key for key in keys if f"`{key}`" not in text}
