"""How the arbiter is doing, and its settings, as admins see them."""

from datetime import UTC, datetime

import pytest

from dominoci.services import system
from tests.unit.api.conformance import conform
from tests.unit.api.people import person
from tests.unit.api.site import ADMIN, TestSite


def test_a_site_whose_scheduler_never_ran_says_so(site: TestSite) -> None:
    shown = conform(site.get("/system"), "GET", "/api/v1/system")
    assert (shown["scheduler"]["silent"], shown["scheduler"]["last_seen_at"]) == (True, None)
    assert (shown["database"]["kind"], shown["database"]["revision"]) == ("SQLite", None)
    assert shown["redis"] == {"up": True, "text": "up"}
    assert 0 < shown["disk"]["free"] < shown["disk"]["total"]


def test_that_redis_is_down_is_told_with_what_it_means(site: TestSite) -> None:
    shown = site.container.read(system.view, ADMIN, {}, redis_up=False)
    assert shown["redis"] == {"up": False, "text": "down: nothing is lost, work is slower"}


def test_a_turn_of_the_scheduler_is_seen(site: TestSite) -> None:
    site.container.upkeep.prepare()
    site.container.upkeep.tick()
    scheduler = site.get("/system").get_json()["scheduler"]
    ago = datetime.now(UTC) - datetime.fromisoformat(scheduler["last_seen_at"])
    assert not scheduler["silent"]
    assert abs(ago.total_seconds()) < 30
    assert {one["name"]: one["every_s"] for one in scheduler["timers"]}["sweep"] == 3600


def test_what_waits_is_counted_and_its_age_told(site: TestSite) -> None:
    site.tree("core", "net", "app")
    outbox = site.get("/system").get_json()["outbox"]
    assert (outbox["pending"], outbox["leased"], outbox["dead"], outbox["lapsed_leases"]) == (1, 0, 0, 0)
    assert outbox["oldest_due_s"] >= 0


SECRETS = {"DATABASE_URL": "mysql+pymysql://u:hunter2@db/x", "DOMINOCI_SECRET_KEY": "hunter2"}


def test_settings_say_where_they_come_from_and_keep_secrets(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SECRETS, "DOMINOCI_LEASE_S": "30"}.items():
        monkeypatch.setenv(name, value)
    answer = site.get("/system/settings")
    shown = {one["name"]: one for one in conform(answer, "GET", "/api/v1/system/settings")["items"]}
    assert "hunter2" not in answer.text
    for name in SECRETS:
        assert (shown[name]["value"], shown[name]["is_set"], shown[name]["source"]) == (None, True, "environment")
    assert (shown["DOMINOCI_LEASE_S"]["value"], shown["DOMINOCI_LEASE_S"]["source"]) == ("30", "environment")
    assert (shown["DOMINOCI_POLL_CAP"]["value"], shown["DOMINOCI_POLL_CAP"]["source"]) == ("16", "default")
    assert "DOMINOCI_TOKEN" not in shown


@pytest.mark.parametrize("path", ["/system", "/system/settings"])
def test_it_is_for_admins(site: TestSite, path: str) -> None:
    assert person(site, "eve").client.get(f"/api/v1{path}").status_code == 403
