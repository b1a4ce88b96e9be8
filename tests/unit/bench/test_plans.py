"""How the database carries out what the arbiter asks of it: nothing reads a whole table that grows with the history.

SQLite plans by what indexes there are, not by how much is in a table: a small database tells as much as a large one. MariaDB is
asked by the bench, over a long history (`python -m bench p10 --database mariadb`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import pages
from bench.plans import Statement, scans, watching
from dominoci.services import dispatch
from tests.fakes.adapters import ScriptedSystem
from tests.unit.api.site import TestSite

JOB = "stages: [{steps: [{command: make}]}]"
METADATA = {"branch": "main", "commit": "c" * 40}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    """The app on an empty database."""
    made = TestSite(tmp_path)
    yield made
    made.close()


def places(site: TestSite) -> dict[str, str]:
    """A tree that ran to its end, whose second project our agent builds: what there is to ask about."""
    site.project("core")
    site.project("net")
    site.project("app", target={"kind": "agent"}, repository_url=None)
    site.depend("core", "net")
    site.depend("core", "app")
    tree = site.post("/events", {"status": "SUCCESS", "metadata": METADATA}, site.project_token("core")).get_json()["tree_id"]
    dispatch.drain(site.container.transactions, {"webhook": ScriptedSystem()})
    built = site.post("/agents/claim", {}, site.agent_token()).get_json()
    end(site, f"/builds/{built['id']}/result", built["token"])
    end(site, "/results", site.project_token("net"), tree_id=tree, sub_id="1.2", attempt=1)
    ids = {name: site.get(f"/projects/{name}").get_json()["id"] for name in ("core", "net", "app")}
    projects = {"root": ids["core"], "project": ids["net"], "built": ids["app"]}
    site.post("/jobs", {"path": "tools/hello", "project": "app", "definition": {"format": "job", "text": JOB}})
    site.post("/jobs/tools/hello/builds", {})
    placed = {"job": "tools/hello", "number": "1", "folder": "tools", "key": "job_hello_recent"}
    return {**projects, **placed, "tree": tree, "sub": "1.2", "combo": f"{tree}:1.2:1", "commit": "c" * 40, "build": built["id"]}


def end(site: TestSite, path: str, token: str, **address: Any) -> None:
    """The success of an event or a build."""
    told = site.post(path, {"status": "SUCCESS", "metadata": METADATA, **address}, token)
    assert told.status_code == 201, told.text


def test_no_page_reads_a_whole_table(site: TestSite) -> None:
    known = places(site)
    with watching(site.container.database.engine) as seen:
        for rule in pages.rules(site.app):
            for path in pages.paths(rule, known).values():
                answer = site.get(path)
                assert answer.status_code == 200, f"bench/pages.py does not know how to ask for {rule}: {answer.text}"
    assert scans(site.container.database.engine, seen) == {}


def test_nothing_on_an_events_way_reads_a_whole_table(site: TestSite) -> None:
    with watching(site.container.database.engine) as seen:
        places(site)
        site.container.upkeep.prepare()
        site.container.upkeep.tick()
    assert scans(site.container.database.engine, seen) == {}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("SELECT count(*) FROM events WHERE attempt = 1", True),
        ("SELECT count(*) FROM events AS e WHERE e.attempt = 1", True),
        ("SELECT id FROM events WHERE attempt = 1 ORDER BY id DESC LIMIT 5", True),
        ("UPDATE results SET late = 1 WHERE status = 'FAILED'", True),
        ("SELECT id FROM trees ORDER BY id DESC LIMIT 5", False),
        ("SELECT id FROM events WHERE project_id = 'p'", False),
        ("SELECT count(*) FROM projects", False),
    ],
)
def test_a_whole_table_is_told_from_an_index(site: TestSite, text: str, whole: bool) -> None:
    assert bool(scans(site.container.database.engine, [Statement(text, ())])) is whole
