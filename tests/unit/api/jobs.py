"""What tests of jobs share: definitions, and jobs and builds made over the API."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.api.site import TestSite

HELLO = "stages:\n  - title: one\n    steps:\n      - command: echo hello\n"
ASKS = "parameters:\n  - title: WHO\n    required: true\n" + HELLO
GIVEN = {"format": "job", "text": HELLO}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    made = TestSite(tmp_path_factory.mktemp("jobs"))
    yield made
    made.close()


@pytest.fixture
def site(shared: TestSite) -> TestSite:
    shared.empty()
    return shared


def made(site: TestSite, path: str = "tools/hello", **body: Any) -> dict[str, Any]:
    answer = site.post("/jobs", {"path": path, **({} if "file" in body else {"definition": GIVEN}), **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def build(site: TestSite, job: str, **body: Any) -> dict[str, Any]:
    answer = site.post(f"/jobs/{job}/builds", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def push(site: TestSite, project: str) -> Any:
    """A push to a hosted repository, as its hook tells of it."""
    told = {"ref": "refs/heads/main", "before": "0" * 40, "after": "a" * 40}
    project_id = site.get(f"/projects/{project}").get_json()["id"]
    return site.call("POST", f"/hooks/push/{project_id}", site.hook_token(project), json=told)


def folder_of(site: TestSite, build_id: str) -> str:
    """Where a build's files lie, below `jobs/`."""
    from dominoci.store import builds

    return site.container.read(lambda uow: builds.build(uow.session, build_id).folder)  # type: ignore[union-attr]


def claim(site: TestSite) -> dict[str, Any]:
    answer = site.post("/agents/claim", {}, site.agent_token())
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def finish(site: TestSite, claimed: dict[str, Any]) -> dict[str, Any]:
    answer = site.post(f"/builds/{claimed['id']}/result", {"status": "SUCCESS"}, claimed["token"])
    assert answer.status_code < 300, answer.text
    return dict(answer.get_json())
