"""The OpenAPI document: valid, complete, and the committed one is today's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from dominoci.api.document import plain_page, serve
from dominoci.api.gate import table
from dominoci.api.routes import describe
from tests.unit.api.site import TestSite

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"
KOALA = "/job/"  # its refusals are as its own document spells them
UNDOCUMENTED = ("/login/", "/git/", "/assets/", "/api/docs", "/api/v1/openapi.json", "/api/v1/live", "/<page:path>")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by method and path."""
    paths = document["paths"].items()
    return {(method.upper(), path): op for path, ops in paths for method, op in ops.items() if method != "parameters"}


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_the_committed_document_is_current(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text("utf-8")) == document, "run: dominoci docs"


def test_every_route_of_the_api_is_described(site: TestSite, document: dict[str, Any]) -> None:
    described = {(method, path.replace("{", "<").replace("}", ">")) for method, path in operations(document)}
    rules = {(method, re.sub(r"<(?:int|path):(\w+)>", r"<\1>", rule)) for method, rule in table(site.app) if rule != "/"}
    assert {key for key in rules if not key[1].startswith(UNDOCUMENTED)} == described


def test_every_refusal_is_described_as_a_problem_document(document: dict[str, Any]) -> None:
    for key, operation in operations(document).items():
        refusals = {status: answer for status, answer in operation["responses"].items() if status[0] not in "23"}
        assert "default" in refusals, key
        for status, answer in refusals.items():
            ref = answer.get("$ref", "")
            named = document["components"]["responses"].get(ref.rpartition("/")[2], answer)
            own = key[1].startswith(KOALA) or (key, status) == (("GET", "/readyz"), "503")
            assert own or "application/problem+json" in named["content"]


def test_every_body_and_every_answer_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    for key, operation in operations(document).items():
        answers = [answer for status, answer in operation["responses"].items() if status[0] == "2"]
        for part in (operation.get("requestBody", {}), *answers):
            for content in (c for kind, c in part.get("content", {}).items() if kind == "application/json"):
                schema = {**content["schema"], "components": document["components"]}
                faults = [fault.message for fault in OAS31Validator(schema).iter_errors(content["example"])]
                assert faults == [], key


def test_routes_for_signed_in_people_name_session_and_csrf(document: dict[str, Any]) -> None:
    assert operations(document)["GET", "/api/v1/projects"]["security"] == [{"bearer": []}, {"session": []}]
    assert operations(document)["POST", "/api/v1/projects"]["security"] == [{"bearer": []}, {"session": [], "csrf": []}]
    assert operations(document)["POST", "/api/v1/session"]["security"] == []


def test_every_field_of_an_answer_is_required_so_that_clients_get_exact_types(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Me", "Project", "Dependency", "Tree", "TreeGraph", "EventDetail", "Why", "Build", "Agent", "Demo"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


def test_request_bodies_refuse_unknown_fields_and_show_no_defaults(document: dict[str, Any]) -> None:
    """Client generators take a field with a default for one that must be sent."""
    for key, operation in operations(document).items():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media == "application/json":
                schema = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                assert schema["additionalProperties"] is False, key
                assert not any("default" in field for field in schema["properties"].values()), key


def test_the_document_is_served_to_anyone(site: TestSite, document: dict[str, Any]) -> None:
    assert site.anyone.get("/api/v1/openapi.json").get_json() == document


def test_its_page_is_the_apps_reference_where_the_app_has_been_built(document: dict[str, Any], tmp_path: Path) -> None:
    app = Flask("docs", static_folder=None)
    app.config["STATIC_ROOT"] = tmp_path
    serve(app, lambda: document)
    plain = app.test_client().get("/api/docs")
    assert (plain.status_code, plain.text) == (200, plain_page(document))
    assert "script" not in plain.headers["Content-Security-Policy"]
    (tmp_path / "index.html").write_text("built")
    assert app.test_client().get("/api/docs").location == "/help/api-reference"


def test_without_the_app_the_page_lists_every_operation(document: dict[str, Any]) -> None:
    page = plain_page(document)
    assert all(f"{method} {path}" in page for method, path in operations(document))
