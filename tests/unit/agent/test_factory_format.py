"""`.factory/*.hcl`: what is read, what is filled in, and what is said about a definition that cannot be run."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.pipeline.errors import DefinitionError
from dominoci_agent.pipeline.formats.factory import load
from dominoci_agent.pipeline.model import Cache, Filter, Refs, Step
from tests.unit.agent.definition import pipeline, read, stage

DOCUMENTED = """
variables { image = "web" }

pipeline "build" {
  filter {
    include {
      branches = ["main", "release/*"]
      paths    = ["src/**"]
    }
    exclude { paths = ["docs/**"] }
  }
  stages = [
    { name = "compile" },
    { name = "test",    depends_on = ["compile"] },
    { name = "package", depends_on = ["compile"] },
    { name = "push",    depends_on = ["test", "package"] },
  ]
}

stage "compile" {
  variables { flags = "-O2" }                    # a stage's variable hides the global one
  run "make"    { command = "make ${var.flags}" }
  run "archive" { file = "ci/archive.sh" }       # made executable; needs a shebang
}
stage "test" {
  run "unit" { command = "run ${var.image} on ${domino.branch}" }
}
stage "package" {
  run "pack" { command = "tar" }
}
stage "push" {
  run "push" { command = "push $${HOME}" }
}
"""


def steps(text: str, **domino: str) -> list[Step]:
    """All steps of the first pipeline, filled in."""
    definition = read(text)
    (found,) = definition.pipelines(sorted(definition.blocks)[:1], domino)
    return [step for one in found.stages for step in one.steps]


def problems(text: str) -> list[str]:
    """What is wrong with a definition, one line each."""
    with pytest.raises(DefinitionError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_the_documented_example_means_what_the_document_says() -> None:
    definition = read(DOCUMENTED)
    assert definition.filters == {
        "build": Filter(Refs(branches=("main", "release/*"), paths=("src/**",)), Refs(paths=("docs/**",)))
    }
    (build,) = definition.pipelines(["build"], {"branch": "main"})
    assert {one.name: one.depends_on for one in build.stages} == {
        "compile": (), "test": ("compile",), "package": ("compile",), "push": ("test", "package"),
    }  # fmt: skip
    assert [step.command for one in build.stages for step in one.steps] == [
        "make -O2", None, "run web on main", "tar", "push ${HOME}",
    ]  # fmt: skip
    assert build.stage("compile").steps[1].file == "ci/archive.sh"


def test_variables_are_in_the_environment_and_the_stage_hides_the_global_one() -> None:
    text = 'variables {\n  a = "1"\n  b = "2"\n}\n' + pipeline("x")
    text += 'stage "x" {\n  variables { a = "own ${var.b}" }\n  run "r" { command = "${var.a}" }\n}\n'
    (step,) = steps(text)
    assert step.command == "own 2"
    assert dict(step.environment) == {"a": "own 2", "b": "2"}


def test_values_of_the_build_replace_global_variables_of_the_same_name() -> None:
    text = 'variables { channel = "stable" }\n' + pipeline("x") + stage("x", "publish ${var.channel}")
    (found,) = read(text).pipelines(["build"], {}, {"channel": "nightly", "other": "1"})
    assert found.stages[0].steps[0].command == "publish nightly\n"


def test_a_heredoc_keeps_quotes_and_backslashes_and_loses_its_indentation() -> None:
    (step,) = steps(
        pipeline("x")
        + 'stage "x" {\n  run "r" {\n    command = <<-END\n      a "b" \\n\n        c $${D} %%{e}\n\n    END\n  }\n}\n'
    )
    assert step.command == 'a "b" \\n\n  c ${D} %{e}\n\n'


def test_a_quoted_string_knows_the_escapes_of_hcl() -> None:
    (step,) = steps(pipeline("x") + 'stage "x" {\n  run "r" { command = "a\\tb\\n\\"c\\" \\\\ \\u00e9 $${X} %%{Y} $Z" }\n}\n')
    assert step.command == 'a\tb\n"c" \\ é ${X} %{Y} $Z'


def test_stages_and_runs_carry_settings_and_the_run_wins() -> None:
    (step,) = steps(
        pipeline("x")
        + """
stage "x" {
  environment = { A = "1", B = 2, "C" = true }
  secrets     = ["TOKEN"]
  timeout     = "5m"
  artifacts   = ["*.log"]
  run "r" {
    command   = "true"
    timeout   = 90
    artifacts = ["dist/${var.name}.tar"]
    secrets   = ["KEY"]
    image     = "debian"
    environment {
      B = "own"
    }
  }
}
variables { name = "app" }
"""
    )
    assert {key: step.environment[key] for key in "ABC"} == {"A": "1", "B": "own", "C": "true"}
    assert (step.timeout_s, step.image, step.artifacts, step.secrets) == (90, "debian", ("dist/app.tar",), ("TOKEN", "KEY"))


def test_a_stage_and_a_run_may_have_caches_and_a_stage_labels() -> None:
    definition = read(
        pipeline("x")
        + """
variables { tool = "npm" }
stage "x" {
  labels = ["linux", "gpu"]
  image  = "node"
  cache {
    key   = "${var.tool}-${domino.branch}"
    paths = ["node_modules"]
    files = ["package-lock.json"]
  }
  cache {
    key   = "second"
    paths = ["dist"]
  }
  run "r" {
    command = "true"
    cache {
      key   = "own"
      paths = [".cache"]
    }
  }
}
"""
    )
    (found,) = definition.pipelines(["build"], {"branch": "feature/x"})
    (only,) = found.stages
    before, run, after = only.steps
    # what a branch is called may not all stand in a key
    kept = (Cache("npm-feature-x", ("node_modules",), ("package-lock.json",)), Cache("second", ("dist",)))
    assert (before.restore, after.save, before.image) == (kept, kept, "node")
    assert (only.labels, run.cache) == (("linux", "gpu"), (Cache("own", (".cache",)),))


def test_all_files_are_one_configuration() -> None:
    definition = load(
        {
            ".factory/b.hcl": stage("x", "echo ${var.who}"),
            ".factory/a.hcl": pipeline("x"),
            ".factory/v.hcl": 'variables { who = "me" }',
        }
    )
    assert definition.pipelines(["build"], {})[0].stages[0].steps[0].command == "echo me\n"


def test_a_name_given_twice_is_an_error_that_names_both_places() -> None:
    with pytest.raises(DefinitionError) as caught:
        load({"a.hcl": pipeline("x") + stage("x", "a"), "b.hcl": "\n" + stage("x", "b") + pipeline("x")})
    assert [str(problem) for problem in caught.value.problems] == [
        'b.hcl:2: stage "x" is given twice; the first is at a.hcl:7',
        'b.hcl:10: pipeline "build" is given twice; the first is at a.hcl:1',
    ]


STAGE_X = '\nstage "x" {\n  run "r" { command = "true" }\n}\n'
ONE_X = '\npipeline "p" {\n  stages = [{ name = "x" }]\n}\n'
STEP = 'stage "x" {{\n  run "r" {{\n    command = "true"\n    {}\n  }}\n}}\n'


def filtered(line: str) -> str:
    """A pipeline whose filter has this in line 3."""
    return f'pipeline "p" {{\n  filter {{\n    {line}\n  }}\n  stages = [{{ name = "x" }}]\n}}\n{STAGE_X}'


def listed(*lines: str) -> str:
    """A pipeline with these as its stages, from line 3 on."""
    return 'pipeline "p" {\n  stages = [\n' + "".join(f"    {line},\n" for line in lines) + "  ]\n}\n" + STAGE_X


# text -> the beginning of the first problem, and words that must be in it
BROKEN = [
    ('pipeline "p" {', "a.hcl:1: ", "ends too early"),
    ('pipeline "p" {\n  stages = \n}\n', "a.hcl:2: ", "unexpected end of line"),
    ('pipeline "p" {\n  stages = [ x ]\n}\n', "a.hcl:2: ", '"x" is no value'),
    ("stage 'x' {}\n", "a.hcl:1: ", "unexpected"),
    ('stage "x" {\n  run "r" { command = "a\n b" }\n}\n', "a.hcl:2: ", "use a heredoc"),
    ('stage "x" {\n  run "r" { command = <<END\na\n }\n}\n', "a.hcl:2: ", "heredoc is never closed"),
    ('stage "x" {\n  run "r" { command = "\\q" }\n}\n', "a.hcl:2: ", "is no escape"),
    ('stage "x" {\n  run "r" { command = "${HOME}" }\n}\n', "a.hcl:2: ", "write $${…} for the shell"),
    ('stage "x" {\n  run "r" { command = "${1 + 1}" }\n}\n', "a.hcl:2: ", "only ${var.NAME}"),
    ('stage "x" {\n  run "r" { command = upper("a") }\n}\n', "a.hcl:2: ", "expressions are not supported"),
    ('stage "x" {\n  run "r" { command = "%{ if true }a%{ endif }" }\n}\n', "a.hcl:2: ", "directives"),
    (pipeline("x") + stage("x", "a", "b\n${HOME}"), "a.hcl:16: ", "${HOME} is unknown"),
    ("x = 1\n", "a.hcl:1: ", 'unknown attribute "x"'),
    ('job "x" {}\n', "a.hcl:1: ", 'unknown block "job"; expected pipeline, stage or variables'),
    ("stage {\n}\n", "a.hcl:1: ", 'expected stage "name"'),
    ('stage "x" "y" {\n}\n', "a.hcl:1: ", 'expected stage "name"'),
    ('stage "../x" {\n}\n', "a.hcl:1: ", "the name of letters"),
    ('stage "${var.x}" {\n}\n', "a.hcl:1: ", "must be written out"),
    ('stage "x" {\n}\n', "a.hcl:1: ", "does nothing"),
    ('stage "x" {\n  run "r" {\n  }\n}\n', "a.hcl:2: ", "has nothing to run"),
    ('stage "x" {\n  run "r" {\n    command = "a"\n    file = "b"\n  }\n}\n', "a.hcl:2: ", "both command and file"),
    ('stage "x" {\n  run "r" { command = ["a"] }\n}\n', "a.hcl:2: ", 'expected command = "text"'),
    ('stage "x" {\n  run "r" { command = "" }\n}\n', "a.hcl:2: ", 'expected command = "text"'),
    ('stage "x" {\n  run "r" { command = "a" }\n  run "r" { command = "b" }\n}\n', "a.hcl:3: ", "the first is at a.hcl:2"),
    (STEP.format("comand = 1"), "a.hcl:4: ", 'unknown attribute "comand" in run "r"; expected command, file, timeout'),
    (STEP.format('command = "x"'), "a.hcl:4: ", '"command" is set twice; the first is at a.hcl:3'),
    (STEP.format("step { }"), "a.hcl:4: ", 'unknown block "step" in run "r"'),
    (STEP.format('timeout = "soon"'), "a.hcl:4: ", "expected timeout in seconds"),
    (STEP.format("timeout = 0"), "a.hcl:4: ", "expected timeout in seconds"),
    (STEP.format("timeout = true"), "a.hcl:4: ", "expected timeout in seconds"),
    (STEP.format('artifacts = "a"'), "a.hcl:4: ", 'expected artifacts = ["…"]'),
    (STEP.format('artifacts = ["[a"]'), "a.hcl:4: ", "never closed"),
    (STEP.format('secrets = ["A-B"]'), "a.hcl:4: ", "cannot be the name of a secret"),
    (STEP.format('environment = { DOMINO_X = "1" }'), "a.hcl:4: ", "not DOMINO_"),
    (STEP.format('environment = { "a b" = "1" }'), "a.hcl:4: ", "cannot be a name"),
    (STEP.format('environment = "x"'), "a.hcl:4: ", "expected environment = {"),
    (STEP.format('environment = { A = ["x"] }'), "a.hcl:4: ", "must be a string"),
    (STEP.format("environment = { A = 1, A = 2 }"), "a.hcl:4: ", "set twice"),
    (STEP.format('command2 = "${var.nope}"'), "a.hcl:4: ", "unknown attribute"),
    ('stage "x" {\n  run "r" { command = "${var.nope}" }\n}\n', "a.hcl:2: ", '${var.nope} is unknown in stage "x"'),
    ('stage "x" {\n  run "r" { command = "${domino.nope}" }\n}\n', "a.hcl:2: ", "${domino.nope} is unknown"),
    ('variables {\n  a = "1"\n  b = "${var.a}"\n}\n', "a.hcl:3: ", "${var.a} is unknown in the global variable"),
    ('variables { a = "1" }\n\nvariables { a = "2" }\n', "a.hcl:3: ", 'variable "a" is given twice; the first is at a.hcl:1'),
    ('variables "x" { a = "1" }\n', "a.hcl:1: ", "takes no name"),
    ('variables { a = "1" b = "2" }\n', "a.hcl:1: ", "line of its own"),
    ('pipeline "p" {\n}\n', "a.hcl:1: ", "runs nothing"),
    ('pipeline "p" {\n  stages = []\n}\n', "a.hcl:2: ", "runs nothing"),
    ('pipeline "p" {\n  stages = ["x"]\n}\n' + STAGE_X, "a.hcl:2: ", "expected a stage as {"),
    (listed('{ name = "x", needs = ["y"] }'), "a.hcl:3: ", 'unknown attribute "needs"'),
    ('pipeline "p" {\n  stages = [\n    { depends_on = ["y"] }\n  ]\n}\n', "a.hcl:2: ", "runs nothing"),
    (ONE_X, "a.hcl:3: ", 'stage "x" is not defined'),
    (listed('{ name = "x", depends_on = ["y"] }'), "a.hcl:3: ", 'depends on "y"'),
    (listed('{ name = "x" }', '{ name = "x" }'), "a.hcl:4: ", "first is at a.hcl:3"),
    ('pipeline "p" {\n  source = "https://x//y?ref=1"\n}\n', "a.hcl:2: ", "expected source = "),
    (filtered('only { }'), "a.hcl:3: ", 'unknown block "only"'),
    (filtered('include { branch = ["a"] }'), "a.hcl:3: ", "expected branches, tags, paths"),
    (filtered('include { paths = [1] }'), "a.hcl:3: ", "expected a quoted string"),
    (filtered('include { paths = ["${var.x}"] }'), "a.hcl:3: ", "without ${…}"),
    (filtered('include { paths = ["[a"] }'), "a.hcl:3: ", "never closed"),
    (filtered("}\n  filter {"), "a.hcl:4: ", "first is at a.hcl:2"),
    ("\n\n\0", "a.hcl:3: ", "NUL"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), BROKEN, ids=[place + words for _, place, words in BROKEN])
def test_a_broken_definition_names_file_and_line_and_what_was_expected(text: str, place: str, words: str) -> None:
    first = problems(text)[0]
    assert first.startswith(place)
    assert words in first


def test_a_cycle_is_named_with_its_path() -> None:
    text = pipeline("a<c", "b<a", "c<b") + stage("a", "1") + stage("b", "2") + stage("c", "3")
    assert problems(text) == ['a.hcl:4: stages of pipeline "build" wait for each other: a -> c -> b -> a']


def test_all_problems_are_shown_at_once() -> None:
    assert len(problems("x = 1\n" + ONE_X + 'stage "y" {\n}\n')) >= 2


def test_the_documented_example_with_crlf_line_ends_is_read_too() -> None:
    crlf = DOCUMENTED.replace("\n", "\r\n")
    assert read(crlf).filters == read(DOCUMENTED).filters


HOSTILE = {
    "big": "#" * 65_537,
    "blank heredoc": "a = <<A\n" + "\n" * 60_000,
    "blank lines": "a = <<A\n" + " \n" * 30_000,
    "brackets": "a = " + "[" * 30_000,
    "nested": "a = " + "[" * 3_000 + "]" * 3_000 + "\n",
    "blocks": "a {\n" * 10_000,
    "pluses": "a = " + "1+" * 20_000 + "1\n",
    "minuses": "a = " + "-1" * 30_000,
    "interpolations": 'a = "' + "${" * 20_000 + '"',
    "escapes": 'a = "' + "$${" * 20_000 + '"',
    "comments": "/*" * 30_000,
    "digits": "a = " + "1" * 60_000 + "\n",
    "parentheses": "a = " + "(" * 30_000,
    "conditions": "a = " + "x ? " * 15_000,
    "dots": "a = x" + ".x" * 30_000 + "\n",
    "words": "a " * 30_000,
    "heredocs": "a = <<A\n<<A\n" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once(name: str) -> None:
    started = time.thread_time()
    found = problems(HOSTILE[name])
    # about 0.7 s at worst; the forms that this guards against took 8 to 25 s
    assert time.thread_time() - started < 4
    assert found[0].startswith("a.hcl:")


def test_very_many_files_and_steps_are_refused() -> None:
    with pytest.raises(DefinitionError, match="at most 64"):
        load({f"{number}.hcl": "" for number in range(65)})
    many = 'stage "x" {\n' + "".join(f'  run "r{n}" {{ command = "a" }}\n' for n in range(1001)) + "}\n"
    assert "at most 1000" in problems(ONE_X + many)[0]


@given(st.text(alphabet='ab"${}[]<>-=\n \\#/%.,1', max_size=60))
def test_any_text_is_read_or_refused_in_good_order(text: str) -> None:
    with suppress(DefinitionError):
        read(text)
