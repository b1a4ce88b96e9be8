"""Job definitions: the document's own form in YAML and JSON, the order of hooks, parameters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dominoci_agent.pipeline.definition import load_files, load_text
from dominoci_agent.pipeline.formats.job import load
from dominoci_agent.pipeline.formats.json_nodes import read_json
from dominoci_agent.pipeline.formats.nodes import plain, read_yaml
from dominoci_agent.pipeline.model import Cache, Parameter, Pipeline, When, missing_parameters

# the structure of job-server's document, letter by letter
DOCUMENTED = """{
  "title": "",
  "onStart": "...cmd...",
  "onSuccess": "...cmd...",
  "onFailure": "...cmd...",
  "stages": [
    {
      "title": "",
      "onStart": "...cmd...",
      "onSuccess": "...cmd...",
      "onFailure": "...cmd...",
      "steps": [
        {
          "title": "",
          "command": "...cmd...",
          "ignoreExitCode": false
        }
      ]
    }
  ],
  "parameters": [
    {
      "title": "",
      "required": true
    }
  ]
}
"""


def read(text: str, **given_values: str) -> Pipeline:
    """The job of a text, with these parameters."""
    (found,) = load(text, "job.yml").pipelines(["job"], {}, given_values)
    return found


@pytest.mark.parametrize("file", [".domino/job.json", ".domino/job.yml", ".domino/job.yaml"])
def test_the_documents_structure_loads_unchanged(file: str) -> None:
    definition = load_files({file: DOCUMENTED})
    (job,) = definition.pipelines(["job"], {})
    (stage,) = job.stages
    assert [(step.when, step.command) for step in stage.steps] == [
        (when, "...cmd...") for when in (When.ON_START, When.IN_ORDER, When.ON_SUCCESS, When.ON_FAILURE)
    ]  # fmt: skip
    assert [hook.when for hook in job.hooks] == [When.ON_START, When.ON_SUCCESS, When.ON_FAILURE]
    assert (job.parameters, [str(warning) for warning in definition.warnings]) == (
        (),
        [f"{file}:22: a parameter with an empty title is ignored"],
    )


def test_stages_follow_each_other_and_equal_or_missing_titles_stay_apart() -> None:
    job = read(
        "stages: [{title: a, steps: [{command: x}]}, {steps: [{command: y}]}, {title: a, steps: [{title: t, command: z}]}]"
    )
    assert [(stage.name, stage.depends_on) for stage in job.stages] == [("a", ()), ("stage 2", ("a",)), ("a (2)", ("stage 2",))]
    assert [step.name for stage in job.stages for step in stage.steps] == ["step 1", "step 1", "t"]


def test_a_title_is_shown_as_one_clean_line() -> None:
    (stage,) = read('stages: [{title: "../a\\nb\\e[31m", steps: [{command: x}]}]').stages
    assert stage.name == "../a b[31m"


def test_an_exit_code_may_be_ignored() -> None:
    job = read("stages: [{steps: [{command: x, ignoreExitCode: true}, {command: y}]}]")
    assert [step.ignore_exit_code for step in job.stages[0].steps] == [True, False]


def test_settings_hold_for_all_inside_and_the_innermost_wins() -> None:
    job = read(
        "image: debian\nenvironment: {A: job, B: job}\nonStart: hello\nstages:\n  - timeout: 5m\n    environment: {B: stage}\n"
        "    cache: {key: npm, paths: [node_modules]}\n    artifacts: ['*.log']\n    secrets: [KEY]\n"
        "    steps: [{command: x, image: node, environment: {C: step}, timeout: 9}]\n"
    )
    (stage,) = job.stages
    before, step, after = stage.steps
    cache = Cache("npm", ("node_modules",))
    assert (before.restore, after.save, step.cache) == ((cache,), (cache,), ())
    assert (stage.timeout_s, stage.artifacts, before.image) == (300, ("*.log",), "debian")
    assert (dict(step.environment), step.image, step.timeout_s) == ({"A": "job", "B": "stage", "C": "step"}, "node", 9)
    assert (step.secrets, job.hooks[0].image) == (("KEY",), "debian")


PARAMETERS = "stages: [{steps: [{command: x, environment: {C: own}}]}]\nonFailure: f\nparameters:\n"
PARAMETERS += "  - {title: A, required: true}\n  - {title: B, default: 2}\n  - {title: C, default: outer}\n  - {title: D}\n"


def test_parameters_become_the_environment_of_every_step() -> None:
    job = read(PARAMETERS, A="1", OTHER="x")
    assert job.parameters == (Parameter("A", True), Parameter("B", default="2"), Parameter("C", default="outer"), Parameter("D"))
    assert dict(job.stages[0].steps[0].environment) == {"A": "1", "B": "2", "C": "own"}
    assert dict(job.hooks[0].environment) == {"A": "1", "B": "2", "C": "outer"}


def test_a_required_parameter_without_a_value_is_missing() -> None:
    assert missing_parameters([read(PARAMETERS)], {}) == ["A"]
    assert missing_parameters([read(PARAMETERS)], {"A": ""}) == []


def test_a_given_text_is_json_when_it_begins_like_it() -> None:
    assert load_text("job", '\n{\t"stages": [{"steps": [{"command": "a"}]}]}').places["job"].line == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_python_reads_it(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    if "\\u0000" not in text:
        assert plain(read_json(text, "f")) == json.loads(text)


@given(JSON)
def test_yaml_reads_simple_json_alike(value: object) -> None:
    text = json.dumps(value, ensure_ascii=True)
    if "\\ud" not in text and "\\u0000" not in text:
        assert plain(read_yaml(text, "f")) == value
