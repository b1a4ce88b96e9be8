"""Connection tests ask each CI system once, side by side and for a limited time, and start nothing."""

import threading
from typing import Any, ClassVar

import pytest

from dominoci.adapters.agent import AgentAdapter
from dominoci.adapters.base import Adapter, Finding, Target
from dominoci.domain.errors import Forbidden, TooMany
from dominoci.domain.reports import Metadata
from dominoci.outbound.exchange import ExchangeFailed
from dominoci.services import connections
from dominoci.services.build_queue import DatabaseQueue
from tests.fakes.adapters import EXCHANGE, ScriptedSystem
from tests.world import USER, World

pytestmark = pytest.mark.services
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Checked(ScriptedSystem):
    """A CI system whose hooks answer as their addresses say: `…/broken` does not, `…/hangs` only when it is let go."""

    kind: ClassVar[str] = "webhook"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Target] = []
        self.go_on = threading.Event()

    def check(self, target: Target) -> list[Finding]:
        """What there is to find."""
        self.seen.append(target)
        if target.fields["url"].endswith("hangs"):
            self.go_on.wait(60)
        if target.fields["url"].endswith("raises"):
            raise ExchangeFailed("It answers 500.", exchange=EXCHANGE, retry=True)
        good = not target.fields["url"].endswith("broken")
        return [Finding("address", True, "fine"), Finding("connection", good, "It answers." if good else "Nobody answers.")]


def hook(path: str, **more: str) -> dict[str, str]:
    """A webhook target."""
    return {"kind": "webhook", "url": f"https://ci.test/{path}", **more}


def probed(world: World, ci: Checked, limit_s: float = 20.0, **wanted: str) -> dict[str, Any]:
    """What a test of core's connections answers."""
    adapters: dict[str, Adapter] = {ci.kind: ci, "agent": AgentAdapter(DatabaseQueue(world.transactions))}
    shown: dict[str, Any] = connections.probe(world.transactions, adapters, USER, "core", Metadata(**wanted), limit_s)
    return shown


def test_the_project_and_all_that_it_would_trigger_are_tested_and_nothing_is_started(any_world: World) -> None:
    any_world.project("net", target=hook("net"))
    any_world.project("ui", target=hook("broken"))
    any_world.graph([("core", "net"), ("core", "ui")])
    any_world.depend("core", "nightly", filters={"branches": {"include": ["release/*"]}})
    ci = Checked()
    shown = probed(any_world, ci)
    assert [(one["project"]["name"], one["ok"]) for one in shown["connections"]] == [
        ("core", True),
        ("net", True),
        ("ui", False),
    ]
    assert shown["connections"][2]["findings"][1] == {
        "step": "connection",
        "ok": False,
        "detail": "Nobody answers.",
        "fix": connections.FIXES["connection"],
        "duration_ms": None,
    }
    assert (shown["ok"], shown["text"], shown["untested"]) == (False, "2 of 3 projects can be triggered", 0)
    assert [event["would_run"] for event in shown["events"]] == [True, False, True]
    assert (ci.sent, any_world.bell.rings) == ([], 0)
    assert "nightly" in {one["project"]["name"] for one in probed(any_world, ci, branch="release/1")["connections"]}


def test_projects_with_the_same_target_and_secret_share_one_test(any_world: World) -> None:
    for name, secret in (("a", SECRET), ("b", SECRET), ("c", SECRET[:-4] + "AAAA")):
        any_world.project(name, target=hook("same", secret=secret))
        any_world.depend("core", name)
    ci = Checked()
    shown = probed(any_world, ci)
    assert sorted(target.secrets.get("secret", "") for target in ci.seen) == ["", SECRET[:-4] + "AAAA", SECRET]
    assert len(shown["connections"]) == 4
    assert SECRET not in str(shown)


def test_no_transaction_is_open_while_they_are_asked(any_world: World) -> None:
    """On SQLite a writer would wait for nobody, so the pool is asked: every connection is back."""

    class Watching(Checked):
        def check(self, target: Target) -> list[Finding]:
            self.open = any_world.database.engine.pool.checkedout()  # type: ignore[attr-defined]
            return super().check(target)

    any_world.project("core")
    ci = Watching()
    probed(any_world, ci)
    assert ci.open == 0


def test_who_hangs_is_left_behind_and_told_of(any_world: World) -> None:
    any_world.project("net", target=hook("hangs"))
    any_world.depend("core", "net")
    ci = Checked()
    shown = probed(any_world, ci, limit_s=0.5)
    ci.go_on.set()
    assert [(one["project"]["name"], [f["step"] for f in one["findings"]]) for one in shown["connections"]] == [
        ("core", ["address", "connection"]),
        ("net", ["time"]),
    ]


def test_what_an_adapter_raises_and_a_kind_that_is_not_known_are_findings(any_world: World) -> None:
    any_world.project("net", target=hook("raises"))
    any_world.project("odd", target={"kind": "carrier-pigeon"})
    any_world.graph([("core", "net"), ("core", "odd")])
    shown = {one["project"]["name"]: one["findings"][0] for one in probed(any_world, Checked())["connections"]}
    assert shown["net"]["detail"] == "It answers 500."
    assert (shown["odd"]["step"], shown["odd"]["fix"]) == ("kind", connections.FIXES["kind"])


def test_own_agents_are_asked_for(any_world: World) -> None:
    any_world.project("core", target={"kind": "agent"})
    assert probed(any_world, Checked())["connections"][0]["ok"] is False
    any_world.agent()
    assert probed(any_world, Checked())["ok"] is True


def test_more_projects_than_can_be_tested_are_counted(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_TARGETS", 3)
    any_world.plant([("core", f"n{n}", {}) for n in range(5)])
    shown = probed(any_world, Checked())
    assert (len(shown["connections"]), shown["untested"], shown["ok"]) == (3, 3, False)


def test_a_root_that_is_switched_off_is_tested_alone(any_world: World) -> None:
    any_world.project("core", enabled=False)
    any_world.depend("core", "net")
    shown = probed(any_world, Checked())
    assert (shown["reason"], len(shown["connections"])) == ("core is switched off", 1)


def test_no_more_than_two_tests_run_at_once(any_world: World) -> None:
    any_world.project("core", target=hook("hangs"))
    ci = Checked()
    others = [threading.Thread(target=probed, args=(any_world, ci)) for _ in range(connections.AT_ONCE)]
    for other in others:
        other.start()
    try:
        while len(ci.seen) < len(others):
            others[0].join(0.01)
        with pytest.raises(TooMany):
            probed(any_world, ci)
    finally:
        ci.go_on.set()
        for other in others:
            other.join()
    assert probed(any_world, ci)["ok"] is True


def test_only_people_may_test(any_world: World) -> None:
    any_world.project("core")
    with pytest.raises(Forbidden):
        connections.probe(any_world.transactions, {}, any_world.who("core"), "core", Metadata())
