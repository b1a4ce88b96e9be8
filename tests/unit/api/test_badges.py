"""Badges: what they show and to whom, how they are cached, and the snippets with which they are put into pages."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.plans import scans, watching
from tests.unit.api.conformance import conform
from tests.unit.api.people import person
from tests.unit.api.site import PUBLIC, TestSite

BADGE = "/api/v1/projects/{project}/badge"


def told(site: TestSite, path: str) -> tuple[str, str]:
    """Label and message of a badge."""
    said = conform(site.anyone.get(path), "GET", "/badge/{project}.json")
    return said["label"], said["message"]


def report(site: TestSite, project: str, status: str, branch: str) -> None:
    """What a pipeline of the project says at its end."""
    body = {"status": status, "metadata": {"branch": branch}}
    assert site.post("/events", body, site.project_token(project)).status_code in (200, 201)


def test_a_badge_shows_the_last_result_of_a_project_and_of_each_branch(site: TestSite) -> None:
    site.project("core", visibility="public")
    assert told(site, "/badge/core.json") == ("core", "no result")
    report(site, "core", "SUCCESS", "main")
    report(site, "core", "FAILED", "release/1")
    report(site, "core", "SUCCESS", "topic")
    assert told(site, "/badge/core.json") == ("core", "passing")
    assert told(site, "/badge/core.json?branch=main") == ("core @ main", "passing")
    assert told(site, "/badge/core.json?branch=release/1") == ("core @ release/1", "failing")
    assert told(site, "/badge/core.json?branch=never") == ("core @ never", "no result")
    report(site, "core", "FAILED", "main")
    report(site, "core", "SUCCESS", "topic")
    assert told(site, "/badge/core.json?branch=main") == ("core @ main", "failing")
    picture = site.anyone.get("/badge/core.svg?branch=main")
    assert picture.mimetype == "image/svg+xml"
    assert ">failing</text>" in picture.text


def test_a_badge_shows_the_newest_tree_that_a_project_set_off(site: TestSite) -> None:
    tree = site.tree("core", "net")
    for name in ("core", "net"):
        site.call("PATCH", f"/api/v1/projects/{name}", json={"visibility": "public"})
    assert told(site, "/badge/core.json?kind=tree") == ("core tree", "running")
    assert told(site, "/badge/core.json?kind=tree&branch=main") == ("core tree @ main", "running")
    assert told(site, "/badge/core.json?kind=tree&branch=other") == ("core tree @ other", "no tree")
    assert told(site, "/badge/net.json?kind=tree") == ("net tree", "no tree")
    body = {"status": "FAILED", "tree_id": tree, "sub_id": "1.1", "attempt": 1}
    assert site.post("/results", body, site.project_token("net")).status_code == 201
    assert told(site, "/badge/core.json?kind=tree") == ("core tree", "failing")


def test_what_does_not_exist_and_what_is_private_look_alike(site: TestSite) -> None:
    site.project("secret")
    site.project("other")
    site.project("gone", visibility="public")
    assert site.call("DELETE", "/api/v1/projects/gone").status_code == 204
    foreign = key_of(site, "other")
    for form in ("svg", "json"):
        nowhere = site.anyone.get(f"/badge/nowhere.{form}")
        assert (nowhere.status_code, "unknown project" in nowhere.text) == (200, True)
        for path in ("secret.{}", "secret.{}?key=wrong", f"secret.{{}}?key={foreign}", "gone.{}", "secret.{}?kind=tree"):
            answer = site.anyone.get(f"/badge/{path.format(form)}")
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, nowhere.data, nowhere.headers["ETag"])


def key_of(site: TestSite, project: str) -> str:
    """The key in the addresses of a private project's badges."""
    found = conform(site.get(f"/projects/{project}/badge"), "GET", BADGE)
    assert found["needs_key"] is True
    return str(re.findall(r"[?&]key=([A-Za-z0-9_-]{32})$", found["json_url"])[0])


def test_a_private_badge_is_shown_to_whoever_has_its_key_until_the_key_is_rotated(site: TestSite) -> None:
    project = site.project("secret")
    report(site, "secret", "SUCCESS", "main")
    key = key_of(site, "secret")
    assert told(site, f"/badge/secret.json?key={key}") == ("secret", "passing")
    assert told(site, f"/badge/{project['id']}.json?key={key}") == ("secret", "passing")
    assert site.anyone.get(f"/badge/secret.svg?key={key}").headers["Cache-Control"] == "private, max-age=30"
    assert key_of(site, "secret") == key
    rotated = conform(site.post("/projects/secret/badge-key", None), "POST", "/api/v1/projects/{project}/badge-key")
    assert key not in rotated["svg_url"]
    assert told(site, f"/badge/secret.json?key={key}") == ("dominoci", "unknown project")
    assert told(site, f"/badge/secret.json?key={key_of(site, 'secret')}") == ("secret", "passing")
    noted = site.get("/projects/secret/audit").get_json()["items"][0]
    assert (noted["action"], noted["after"]) == ("project.badge_key", {"badge_version": 2})
    assert key not in str(noted)


def test_a_badge_is_cached_by_its_etag_and_may_stand_in_any_page(site: TestSite) -> None:
    site.project("core", visibility="public")
    first = site.anyone.get("/badge/core.svg")
    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    same = site.anyone.get("/badge/core.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    report(site, "core", "FAILED", "main")
    assert site.anyone.get("/badge/core.svg", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert site.anyone.head("/badge/core.svg").status_code == 200


def test_a_badge_asks_the_database_once_and_reads_no_whole_table(site: TestSite) -> None:
    site.project("core", visibility="public")
    report(site, "core", "FAILED", "main")
    engine, counts = site.container.database.engine, {}
    for query in ("", "?branch=main", "?kind=tree", "?kind=tree&branch=main", "?branch=other"):
        with watching(engine) as seen:
            site.anyone.get(f"/badge/core.svg{query}")
        asked = [one for one in seen if one.text.startswith("SELECT")]
        counts[query] = len(asked)
        assert scans(engine, asked) == {}
    assert counts == {"": 1, "?branch=main": 1, "?kind=tree": 1, "?kind=tree&branch=main": 1, "?branch=other": 3}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(("style=round", 422), ("kind=build", 422), ("branch=", 422), ("more=1", 422), ("branch=a%00b", 422), ("key=", 422)),
        *((f"branch={'x' * 201}", 422), ("token=x", 400)),
    ],
)
@pytest.mark.parametrize("form", ["svg", "json"])
def test_wrong_questions_are_refused_in_words(site: TestSite, form: str, query: str, status: int) -> None:
    answer = site.anyone.get(f"/badge/core.{form}?{query}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_a_person_who_may_see_a_public_project_gets_its_addresses_and_a_viewer_of_a_private_one_does_not(site: TestSite) -> None:
    site.project("open", visibility="public")
    site.project("secret")
    sam = person(site, "sam").client
    shown = conform(sam.get("/api/v1/projects/open/badge"), "GET", BADGE)
    assert (shown["needs_key"], shown["path"]) == (False, "/badge/open.svg")
    assert sam.get("/api/v1/projects/secret/badge").status_code == 404
    site.call("PUT", "/api/v1/projects/secret/members/sam", json={"role": "viewer"})
    assert sam.get("/api/v1/projects/secret/badge").status_code == 403


SNIPPETS = {
    "markdown": re.compile(r"\[!\[.*\]\((?P<picture>[^()\s]+)\)\]\((?P<page>[^()\s]+)\)"),
    "rst": re.compile(r"\.\. image:: (?P<picture>\S+)\n   :target: (?P<page>\S+)\n   :alt: .*"),
    "html": re.compile(r'<a href="(?P<page>[^"<>\s]+)"><img src="(?P<picture>[^"<>\s]+)" alt="[^"<>]*"></a>'),
}


@pytest.mark.parametrize("branch", ["main", "feature/a+b&c=d#1", "it's](x)<b>\"", "`*_[x]_*`", "ä€😀"])
@pytest.mark.parametrize("language", SNIPPETS)
def test_a_snippet_is_one_link_to_a_picture_that_is_there_whatever_the_branch_is_called(
    site: TestSite, language: str, branch: str
) -> None:
    site.project("core", visibility="public")
    report(site, "core", "SUCCESS", branch)
    asked: dict[str, Any] = {"branch": branch, "style": "flat-square", "kind": "result"}
    found = asked_for(site, asked)
    whole = SNIPPETS[language].fullmatch(found["snippets"][language])
    assert whole, found["snippets"][language]
    picture = html.unescape(whole["picture"]).removeprefix(PUBLIC)
    assert picture == found["path"]
    shown = site.anyone.get(picture)
    assert (shown.status_code, ">passing</text>" in shown.text) == (200, True)
    assert html.unescape(whole["page"]) == found["page_url"]


def asked_for(site: TestSite, query: dict[str, Any]) -> dict[str, Any]:
    """`GET /projects/core/badge`."""
    client: FlaskClient = site.anyone
    headers = {"Authorization": f"Bearer {site.user_token()}"}
    answer: TestResponse = client.get("/api/v1/projects/core/badge", query_string=query, headers=headers)
    return dict(conform(answer, "GET", BADGE))
