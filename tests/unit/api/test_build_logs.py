"""The log of a whole build, and finding in it."""

from typing import Any

import pytest

from tests.unit.api.site import TestSite


def step(n: int, name: str, state: str = "success") -> dict[str, Any]:
    """A step as an agent tells it."""
    return {"n": n, "pipeline": "ci", "stage": "test", "name": name, "state": state}


@pytest.fixture
def build(site: TestSite) -> str:
    """A running build with two steps that wrote something, and one that waits."""
    build, token = site.build_token()
    steps = [step(1, "unit"), step(2, "lint", "running"), step(3, "pack", "waiting")]
    site.post(f"/builds/{build}/state", {"steps": steps}, token)
    for n, content in ((1, b"collected\n\x1b[31mError\x1b[0m: one\n"), (2, b"warning\nan error again")):
        sent = site.call("PUT", f"/api/v1/builds/{build}/steps/{n}/log?offset=0", token, data=content)
        assert sent.status_code == 200, sent.text
    return build


def test_the_whole_log_names_its_steps(site: TestSite, build: str) -> None:
    answer = site.get(f"/builds/{build}/log")
    assert answer.mimetype == "text/plain"
    assert answer.text == (
        "===== 1. ci / test / unit =====\ncollected\n\x1b[31mError\x1b[0m: one\n"
        "===== 2. ci / test / lint =====\nwarning\nan error again\n"
    )


def test_one_steps_log_is_its_bytes_and_nothing_else(site: TestSite, build: str) -> None:
    assert site.get(f"/builds/{build}/log?step=2").text == "warning\nan error again"
    assert site.get(f"/builds/{build}/log?step=3").text == ""
    assert site.get(f"/builds/{build}/log?step=4").status_code == 404


def test_finding_reaches_all_steps(site: TestSite, build: str) -> None:
    found = site.get(f"/builds/{build}/log/search?q=ERROR").get_json()
    assert found == {"count": 2, "steps": [{"n": 1, "count": 1, "lines": [2]}, {"n": 2, "count": 1, "lines": [2]}]}
    assert site.get(f"/builds/{build}/log/search?q=nothing").get_json() == {"count": 0, "steps": []}


def test_a_log_of_an_unknown_build_is_404(site: TestSite) -> None:
    assert site.get("/builds/nope/log").status_code == 404
    assert site.get("/builds/nope/log/search?q=x").status_code == 404


def test_finding_nothing_in_particular_is_refused(site: TestSite, build: str) -> None:
    assert site.get(f"/builds/{build}/log/search?q=").status_code == 422
