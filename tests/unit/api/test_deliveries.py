"""Failed deliveries over all trees: what was given up, what is tried again, and sending many again at once."""

from collections.abc import Sequence
from typing import Any

import pytest

from dominoci.services import dispatch
from tests.fakes.adapters import Answer, ScriptedSystem, busy, refuse
from tests.unit.api.conformance import conform
from tests.unit.api.people import person
from tests.unit.api.site import TestSite


@pytest.fixture
def ci() -> ScriptedSystem:
    """The CI system of all projects."""
    return ScriptedSystem()


def drain(site: TestSite, ci: ScriptedSystem) -> None:
    """Sends what is due."""
    dispatch.drain(site.container.transactions, {ci.kind: ci})


def star(site: TestSite, ci: ScriptedSystem, answers: dict[str, Sequence[Answer]]) -> str:
    """A tree whose root sets off these projects; each answers so when it is triggered."""
    site.project("core")
    for name, told in answers.items():
        site.project(name)
        site.depend("core", name)
        ci.answers[name].extend(told)
    opened = site.post("/events", {"status": "SUCCESS", "metadata": {"commit": "c" * 40}}, site.project_token("core"))
    drain(site, ci)
    return str(opened.get_json()["tree_id"])


def listed(site: TestSite, state: str = "dead") -> list[dict[str, Any]]:
    """The failed deliveries in this state."""
    items: list[dict[str, Any]] = conform(site.get(f"/deliveries?state={state}"), "GET", "/api/v1/deliveries")["items"]
    return items


def state_of(site: TestSite, tree: str, sub: str) -> str:
    """An event's state."""
    return str(site.get(f"/trees/{tree}/events/{sub}").get_json()["state"])


def test_what_was_given_up_tells_who_what_how_often_and_why(site: TestSite, ci: ScriptedSystem) -> None:
    tree = star(site, ci, {"net": [refuse], "app": []})
    [dead] = listed(site)
    assert (dead["project"]["name"], dead["tree_id"], dead["sub_id"], dead["tries"]) == ("net", tree, "1.2", 1)
    assert (dead["reading"], dead["status"], dead["url"]) == ("HTTP 404: no such hook", 200, "https://ci.test/hook")
    assert (dead["root"]["project"]["name"], dead["root"]["commit"]) == ("core", "c" * 40)
    assert dead["next_try_at"] is None
    assert listed(site, "retrying") == []


def test_what_is_tried_again_tells_when(site: TestSite, ci: ScriptedSystem) -> None:
    star(site, ci, {"net": [busy]})
    assert listed(site) == []
    [again] = listed(site, "retrying")
    assert (again["state"], again["reading"], again["tries"]) == ("retrying", "HTTP 503", 1)
    assert again["next_try_at"] > again["last_try_at"]


def test_they_come_in_pages(site: TestSite, ci: ScriptedSystem) -> None:
    star(site, ci, {name: [refuse] for name in ("a", "b", "c")})
    first = site.get("/deliveries?limit=2").get_json()
    rest = site.get(f"/deliveries?limit=2&cursor={first['next_cursor']}").get_json()
    names = [one["project"]["name"] for one in first["items"] + rest["items"]]
    assert (sorted(names), rest["next_cursor"]) == (["a", "b", "c"], None)


def test_many_are_sent_again_at_once_and_counted(site: TestSite, ci: ScriptedSystem) -> None:
    tree = star(site, ci, {name: [refuse] for name in ("a", "b", "c")})
    ids = [one["id"] for one in listed(site)]
    told = conform(site.post("/deliveries/redeliver", {"ids": ids}), "POST", "/api/v1/deliveries/redeliver")
    assert told == {"count": 3, "refused": [], "text": "3 deliveries are sent again"}
    drain(site, ci)
    assert [state_of(site, tree, f"1.{n}") for n in (1, 2, 3)] == ["triggered"] * 3
    assert listed(site) == []
    assert len(site.get("/audit?action=event.redelivered").get_json()["items"]) == 3


def test_one_that_cannot_be_sent_again_does_not_keep_the_others_from_it(site: TestSite, ci: ScriptedSystem) -> None:
    star(site, ci, {"a": [refuse], "b": [refuse]})
    by_name = {one["project"]["name"]: one["id"] for one in listed(site)}
    site.call("DELETE", "/api/v1/projects/a")
    ids = [by_name["a"], "no-such-id", by_name["b"], by_name["b"]]
    told = site.post("/deliveries/redeliver", {"ids": ids}).get_json()
    assert told["count"] == 1
    assert {one["id"]: one["because"] for one in told["refused"]} == {
        by_name["a"]: "Project a was deleted: nothing can be delivered to it.",
        "no-such-id": "There is no such delivery.",
    }
    assert told["text"].startswith("1 delivery is sent again; 2 could not be: Project a was deleted")


def test_what_was_run_again_since_is_no_concern_any_more(site: TestSite, ci: ScriptedSystem) -> None:
    tree = star(site, ci, {"net": [refuse, refuse]})
    [first] = listed(site)
    site.post(f"/trees/{tree}/events/1.1/rerun", {})
    assert listed(site) == []
    drain(site, ci)
    [second] = listed(site)
    assert (second["attempt"], second["id"] != first["id"]) == (2, True)


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["x"] * 101}, {"ids": [1]}, {"ids": "x"}, {"ids": ["x" * 37]}])
def test_a_list_that_cannot_be_is_422(site: TestSite, body: dict[str, Any]) -> None:
    assert site.post("/deliveries/redeliver", body).status_code == 422


def test_they_are_for_admins(site: TestSite) -> None:
    eve = person(site, "eve")
    assert eve.client.get("/api/v1/deliveries").status_code == 403
    assert eve.write("/deliveries/redeliver", {"ids": ["x"]}).status_code == 403
