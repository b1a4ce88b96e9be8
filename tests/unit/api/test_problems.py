"""Every refusal is a problem document, whoever refuses."""

import io
import json

import pytest
from werkzeug.test import TestResponse

from dominoci.domain.errors import (
    BadRequest,
    Conflict,
    DominoError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from tests.unit.api.site import TestSite


def problem(answer: TestResponse, status: int) -> dict[str, object]:
    """The problem in `answer`, which must be one, and of this status."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    found: dict[str, object] = json.loads(answer.text)
    assert {"type", "title", "status", "detail"} <= set(found)
    assert found["status"] == status
    return found


REFUSALS = [
    BadRequest("a"),
    Unauthorized("b"),
    Forbidden("c"),
    NotFound("d"),
    Conflict("e", cycle=["x", "y", "x"]),
    Gone("f"),
    TooLarge("g"),
    Invalid("h", {"name": ["is odd"]}),
    TooMany("i", retry_after=7),
    Unavailable("j", retry_after=9),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda e: type(e).__name__)
def test_each_of_our_errors_has_its_status_title_and_detail(site: TestSite, refusal: DominoError) -> None:
    def refuse() -> str:
        raise refusal

    site.app.view_functions["health.healthz"] = refuse
    refuse.__dict__["callers"] = ("anyone",)
    answer = site.anyone.get("/healthz")
    found = problem(answer, refusal.status)
    assert (found["title"], found["detail"]) == (refusal.title, refusal.detail)
    assert answer.headers.get("Retry-After") == ({"i": "7", "j": "9"}.get(refusal.detail))
    assert found.get("cycle") == refusal.extra.get("cycle")
    assert found.get("errors") == getattr(refusal, "errors", None)


def test_a_mistake_of_ours_is_a_500_that_tells_nothing(site: TestSite) -> None:
    def crash() -> str:
        raise RuntimeError("secret detail")

    site.app.view_functions["health.healthz"] = crash
    crash.__dict__["callers"] = ("anyone",)
    answer = site.anyone.get("/healthz")
    problem(answer, 500)
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"]


def test_an_unknown_address_is_404(site: TestSite) -> None:
    problem(site.anyone.get("/api/v1/nothing"), 404)


def test_a_wrong_method_is_405_and_names_the_right_ones(site: TestSite) -> None:
    answer = site.call("DELETE", "/api/v1/projects")
    problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_an_unknown_thing_is_404(site: TestSite) -> None:
    problem(site.get("/projects/nothing"), 404)
    problem(site.get("/trees/nothing"), 404)
    problem(site.get("/builds/nothing"), 404)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\xed\xa0\x80"}',
        b"[" * 100_000,
        b'{"start_deadline_s": ' + b"9" * 5000 + b"}",
        "\ufeff{}".encode(),
    ],
    ids=["cut off", "not UTF-8", "NaN", "surrogate bytes", "nested 100,000 deep", "5,000 digits", "byte order mark"],
)
def test_what_is_not_json_is_400(site: TestSite, body: bytes) -> None:
    problem(site.call("POST", "/api/v1/projects", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_json_that_is_no_object_is_422(site: TestSite, body: object) -> None:
    problem(site.post("/projects", body), 422)


def test_a_key_that_stands_twice_is_422_and_named(site: TestSite) -> None:
    body = b'{"name": "a", "name": "b"}'
    found = problem(site.call("POST", "/api/v1/projects", data=body, content_type="application/json"), 422)
    assert found["errors"] == {"name": ["Stands twice in one object."]}


def test_a_body_that_is_not_said_to_be_json_is_415(site: TestSite) -> None:
    problem(site.call("POST", "/api/v1/projects", data=b'{"name": "a"}', content_type="text/plain"), 415)


def test_a_compressed_body_is_415(site: TestSite) -> None:
    headers = {"Content-Encoding": "gzip"}
    problem(site.call("POST", "/api/v1/projects", data=b"x", content_type="application/json", headers=headers), 415)


def test_a_body_over_one_mebibyte_is_413(site: TestSite) -> None:
    body = b'{"name": "' + b"a" * (1 << 20) + b'"}'
    problem(site.call("POST", "/api/v1/projects", data=body, content_type="application/json"), 413)


@pytest.mark.parametrize(("size", "status"), [((1 << 20) - 1, 422), (1 << 20, 413), (3 << 20, 413)])
def test_a_body_that_says_no_length_is_bounded_all_the_same(site: TestSite, size: int, status: int) -> None:
    body = b'{"x": "' + b"a" * (size - 9) + b'"}'
    chunked = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}
    problem(site.call("POST", "/api/v1/projects", environ_overrides=chunked), status)


def test_an_unknown_field_is_422_and_named(site: TestSite) -> None:
    found = problem(site.post("/projects", {"name": "a", "colour": "red"}), 422)
    assert found["errors"] == {"colour": ["Unknown field."]}


def test_an_unknown_nested_field_is_named_by_its_path(site: TestSite) -> None:
    site.project("a")
    body = {"upstream": "a", "filters": {"branches": {"include": ["x", 5], "odd": []}}}
    errors = problem(site.post("/projects/a/dependencies", body), 422)["errors"]
    assert isinstance(errors, dict)
    assert set(errors) == {"filters.branches.include.1", "filters.branches.odd"}


@pytest.mark.parametrize("query", ["?colour=red", "?limit=5&colour=red"])
def test_an_unknown_query_field_is_422_and_named(site: TestSite, query: str) -> None:
    found = problem(site.get(f"/projects{query}"), 422)
    assert found["errors"] == {"colour": ["Unknown field."]}


def test_a_route_without_query_fields_takes_none(site: TestSite) -> None:
    found = problem(site.get("/me?colour=red"), 422)
    assert found["errors"] == {"colour": ["Unknown field."]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a" * 101),
        ("name", "12345"),
        ("name", "x.svg"),
        ("name", 5),
        ("name", "a\x00b"),
        ("name", "\ud800"),
        ("start_deadline_s", "60"),
        ("start_deadline_s", 60.0),
        ("start_deadline_s", True),
        ("start_deadline_s", -1),
        ("start_deadline_s", 10**30),
        ("accept_event_token", "yes"),
        ("accept_event_token", 1),
        ("visibility", "secret"),
        ("repository_url", "file:///etc/passwd"),
        ("repository_url", "ext::sh -c id"),
        ("repository_url", "--upload-pack=x"),
        ("repository_url", "https://user:password@git.test/x"),
        ("owners_url", "javascript:alert(1)"),
        ("owners_url", "https://"),
        ("default_branch", "a\nb"),
        ("target", {"kind": "jenkins"}),
        ("target", {"kind": "webhook"}),
        ("target", {"kind": "webhook", "url": "https://ci.test", "pipeline": "x"}),
        ("target", {"kind": "agent", "url": "https://ci.test"}),
        ("target", "agent"),
    ],
)
def test_a_value_of_the_wrong_type_length_or_form_is_422_and_named(site: TestSite, field: str, value: object) -> None:
    errors = problem(site.post("/projects", {"name": "a", field: value}), 422)["errors"]
    assert isinstance(errors, dict)
    assert {key.split(".")[0] for key in errors} == {field}


@pytest.mark.parametrize("url", ["https://git.test/x.git", "ssh://git@git.test:22/x", "git@git.test:group/x.git"])
def test_the_usual_spellings_of_a_repository_are_taken(site: TestSite, url: str) -> None:
    assert site.project("a", repository_url=url)["repository_url"] == url


@pytest.mark.parametrize("moment", ["2026-11-21T10:00:00", "tomorrow", "0001-01-01T00:00:00+14:00", 5])
def test_a_moment_needs_a_zone_and_a_likely_year(site: TestSite, moment: object) -> None:
    site.project("a")
    problem(site.post("/projects/a/tokens", {"name": "ci", "expires_at": moment}), 422)
