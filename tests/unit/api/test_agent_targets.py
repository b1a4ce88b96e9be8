"""What a project asks of the agents that build it: labels and a priority, by API, graph file and command line."""

from pathlib import Path
from typing import Any

import pytest

from dominoci.cli.remote.projects import _body
from dominoci.domain.errors import Invalid
from dominoci.services import targets
from dominoci.services.access import Principal
from tests.unit.api.site import ADMIN, TestSite, container

PERSON = Principal("user", "u", "ada")


def change(site: TestSite, token: str | None = None, **target: Any) -> Any:
    """A change of the target of the project `core`."""
    return site.call("PATCH", "/api/v1/projects/core", token, json={"target": {"kind": "agent", **target}})


@pytest.fixture
def core(site: TestSite) -> TestSite:
    """A site with a project that agents build."""
    site.project("core", target={"kind": "agent"}, repository_url=None)
    return site


def test_a_target_shows_its_labels_and_its_priority(core: TestSite) -> None:
    assert core.get("/projects/core").get_json()["target"]["labels"] == []
    assert change(core, labels=["linux", "gpu"], priority=-5).status_code == 200
    shown = core.get("/projects/core").get_json()["target"]
    assert (shown["labels"], shown["priority"]) == (["linux", "gpu"], -5)


@pytest.mark.parametrize(
    "target",
    [
        {"labels": "gpu"},
        {"labels": [""]},
        {"labels": [f"l{n}" for n in range(21)]},
        {"priority": 101},
        {"priority": -101},
        {"priority": "1"},
        {"kind": "webhook", "url": "https://ci.test/hook", "labels": ["gpu"]},
    ],
    ids=str,
)
def test_what_no_agent_can_be_asked_for_is_refused(core: TestSite, target: dict[str, Any]) -> None:
    refused = change(core, **target)
    assert refused.status_code == 422
    assert [field for field in refused.get_json()["errors"] if field.startswith("target.")]


def test_an_admin_limits_the_priorities_that_others_give(tmp_path: Path) -> None:
    made = container(tmp_path, max_priority=10)
    for who, priority in ((PERSON, 10), (ADMIN, 11)):
        made.read(targets.check_priority, who, {"kind": "agent", "priority": priority})
    with pytest.raises(Invalid) as refused:
        made.read(targets.check_priority, PERSON, {"kind": "agent", "priority": 11})
    assert "at most 10 here" in refused.value.errors["target.priority"][0]
    made.database.engine.dispose()


def test_a_graph_file_says_them_too_and_an_export_gives_them_back(core: TestSite) -> None:
    file = "version: 1\nprojects:\n  core:\n    target: {kind: agent, labels: [linux, gpu], priority: 7}\n"
    applied = core.post("/graph/apply", {"file": file})
    assert applied.status_code == 200, applied.text
    assert core.get("/projects/core").get_json()["target"]["priority"] == 7
    exported = core.get("/graph/export").text
    assert "priority: 7" in exported
    assert "- linux\n" in exported
    wrong = core.post("/graph/apply", {"file": file.replace("priority: 7", "priority: 700")})
    assert wrong.status_code == 422
    assert "from -100 to 100" in wrong.text


def test_the_command_line_takes_labels_as_a_list_and_a_priority_as_a_number() -> None:
    pairs = ("labels=linux, gpu", "priority=-3", "pipeline=build")
    names = ("target_url", "target_secret_file", "target_pipeline", "repository", "branch", "visibility", "owners", "contact")
    more = ("on_new_event", "start_deadline", "finish_deadline", "accept_event_token")
    blank: dict[str, Any] = dict.fromkeys((*names, *more))
    body = _body({**blank, "target_fields": pairs, "target_secrets": (), "target_kind": "agent"})
    assert body == {"target": {"kind": "agent", "labels": ["linux", "gpu"], "priority": -3, "pipeline": "build"}}
