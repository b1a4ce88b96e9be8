"""One agent as people see and steer it, and what a waiting build says of the agents."""

from typing import Any

import pytest

from tests.unit.api.site import TestSite


@pytest.fixture
def token(site: TestSite) -> str:
    """The token of the one agent."""
    return site.agent_token()


def agent_of(site: TestSite) -> dict[str, Any]:
    """The one agent, closely."""
    (agent,) = site.get("/agents").get_json()["items"]
    return dict(site.get(f"/agents/{agent['id']}").get_json())


def queued(site: TestSite, name: str = "built") -> str:
    """The id of a build that waits."""
    if site.get(f"/projects/{name}").status_code == 404:
        site.project(name, target={"kind": "agent"}, repository_url=None)
    return str(site.post(f"/projects/{name}/builds", {}).get_json()["id"])


def claim(site: TestSite, token: str) -> Any:
    """What the agent gets: a build, or None."""
    return site.post("/agents/claim", {}, token).get_json(silent=True)


def test_an_agent_shows_what_it_holds_and_held(site: TestSite, token: str) -> None:
    build = queued(site)
    claim(site, token)
    shown = agent_of(site)
    assert (shown["state"], shown["draining"]) == ("busy", False)
    assert [held["project"] for held in shown["builds"]] == ["built"]
    assert [lease["build_id"] for lease in shown["leases"]] == [build]
    assert [last["id"] for last in shown["last_builds"]] == [build]


def test_a_draining_agent_takes_nothing_until_it_may_again(site: TestSite, token: str) -> None:
    queued(site)
    place = f"/api/v1/agents/{agent_of(site)['id']}"
    assert site.call("PATCH", place, json={"draining": True}).get_json()["state"] == "draining"
    assert claim(site, token) is None
    assert site.call("PATCH", place, json={"draining": False}).get_json()["state"] == "idle"
    assert claim(site, token) is not None


def test_draining_is_audited_once(site: TestSite, token: str) -> None:
    place = f"/api/v1/agents/{agent_of(site)['id']}"
    for _ in range(2):
        site.call("PATCH", place, json={"draining": True})
    (row,) = site.get("/audit?action=agent.drained").get_json()["items"]
    assert (row["before"], row["after"]) == ({"draining": False}, {"draining": True})


def test_a_revoked_agent_is_gone_and_its_build_waits_again(site: TestSite, token: str) -> None:
    build = queued(site)
    held = claim(site, token)
    agent = agent_of(site)
    assert site.call("DELETE", f"/api/v1/agents/{agent['id']}").status_code == 204
    assert site.get("/agents").get_json()["items"] == []
    assert site.post("/agents/claim", {}, token).status_code == 401
    assert site.post(f"/builds/{build}/heartbeat", {}, held["token"]).status_code == 401
    shown = site.get(f"/builds/{build}").get_json()
    assert (shown["state"], shown["reason"]["text"]) == ("queued", "agent a was revoked; build #1 was put back")
    (row,) = site.get("/audit?action=agent.revoked").get_json()["items"]
    assert row["before"]["builds"] == ["built #1"]


def test_an_unknown_agent_is_404(site: TestSite) -> None:
    assert site.get("/agents/nope").status_code == 404
    assert site.call("PATCH", "/api/v1/agents/nope", json={"draining": True}).status_code == 404
    assert site.call("DELETE", "/api/v1/agents/nope").status_code == 404


def waits(site: TestSite, build: str) -> str:
    """Why this build waits."""
    return str(site.get(f"/builds/{build}").get_json()["waiting"]["text"])


def test_a_waiting_build_says_that_there_is_no_agent(site: TestSite) -> None:
    assert waits(site, queued(site)) == "no agent is registered"


def test_a_waiting_build_says_that_no_agent_takes_builds(site: TestSite, token: str) -> None:
    site.call("PATCH", f"/api/v1/agents/{agent_of(site)['id']}", json={"draining": True})
    assert waits(site, queued(site)) == "none of 1 agent takes builds: 1 draining"


def test_a_waiting_build_says_how_many_are_before_it(site: TestSite, token: str) -> None:
    first, second, third = (queued(site) for _ in range(3))
    assert waits(site, first) == "an agent is about to take it"
    claim(site, token)
    assert waits(site, second) == "1 of 1 slot of 1 agent are taken; it is the next"
    assert waits(site, third) == "1 of 1 slot of 1 agent are taken; 1 build before it"
    assert site.get(f"/builds/{first}").get_json()["waiting"] is None


def test_builds_are_listed_by_state_branch_and_project(site: TestSite, token: str) -> None:
    first = queued(site)
    other = queued(site, "other")
    claim(site, token)

    def listed(query: str) -> list[str]:
        return [build["id"] for build in site.get(f"/builds?{query}").get_json()["items"]]

    assert listed("state=running") == [first]
    assert listed("state=queued") == [other]
    assert listed("branch=main") == [other, first]
    assert listed("branch=main&project=other&state=running") == []
    assert site.get("/builds?state=odd").status_code == 422


def test_an_agent_tells_what_it_has_become_able_to_do(site: TestSite, token: str) -> None:
    told = {"labels": ["gpu"], "executors": ["docker", "local"], "slots": 4, "version": "2.0"}
    assert site.post("/agents/claim", told, token).status_code == 204
    shown = agent_of(site)
    assert {name: shown[name] for name in told} == told
    actions = [entry["action"] for entry in site.get("/audit").get_json()["items"]]
    assert site.post("/agents/claim", told, token).status_code == 204  # the same again is no news
    assert site.post("/agents/claim", {}, token).status_code == 204
    assert {name: agent_of(site)[name] for name in told} == told
    assert [entry["action"] for entry in site.get("/audit").get_json()["items"]] == actions
    assert actions[0] == "agent.changed"
    assert site.post("/agents/claim", {"name": "other"}, token).status_code == 422
