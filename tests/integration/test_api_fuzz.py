"""Whatever is sent to whichever route by whomever: never a 500, and every answer is as documented."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from dominoci.api.routes import describe
from tests.unit.api.site import TestSite

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# the demo makes repositories beside the request; a claim may wait
LEFT_OUT = {"/api/v1/demo", "/api/v1/agents/claim"}
OPERATIONS = [
    (path, method)
    for path, methods in describe()["paths"].items()
    for method in methods
    if method != "parameters" and path not in LEFT_OUT
]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """An app with something in it to be found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    site = TestSite(tmp_path_factory.mktemp("fuzz"))
    site.tree("core", "net", "app")
    yield site
    site.close()
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def schema(fuzzed: TestSite) -> Any:
    """The API as schemathesis knows it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.app)


@pytest.fixture(scope="module")
def callers(fuzzed: TestSite) -> list[dict[str, str]]:
    """The credentials of every kind of caller; of nobody, none."""
    _, build = fuzzed.build_token("fuzzed")
    tokens = [fuzzed.user_token(), fuzzed.project_token("core"), fuzzed.agent_token(), fuzzed.enrolment_token(), build]
    # the client without a network does not unpack answers
    plain = {"Accept-Encoding": "identity"}
    return [plain, *({**plain, "Authorization": f"Bearer {token}"} for token in tokens)]


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_no_request_is_too_much(schema: Any, callers: list[dict[str, str]], path: str, method: str) -> None:
    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=6, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
    def fuzz(case: "schemathesis.Case[Any]") -> None:
        for headers in callers:
            case.call_and_validate(headers=headers, checks=CHECKS)

    fuzz()
