"""Whatever is sent to whichever route by whomever: never a 500, and every answer is as documented."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from dominoci.api.routes import describe
from dominoci.config import ChatSettings, KoalaSettings
from dominoci.domain import credentials
from tests.unit.api.site import TestSite

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# the demo makes repositories beside the request; a claim may wait
LEFT_OUT = {"/api/v1/demo", "/api/v1/agents/claim"}
# what is deleted cannot be found any more: that comes last
OPERATIONS = sorted(
    (
        (path, method)
        for path, methods in describe()["paths"].items()
        for method in methods
        if method != "parameters" and path not in LEFT_OUT
    ),
    key=lambda operation: operation[1] == "delete",
)
EXAMPLES = 6
SLOW = {"/api/v1/session": 3}  # a password takes its time to be compared
NOT_OVER_THERE = "/api/v1/projects/{project}/test-connections"  # of a known project it would look for its CI system
JWT_SECRET = "of the koalaCI API"
KOALA_USER = jwt.encode({"alg": "HS256"}, {"user_id": "u"}, OctKey(JWT_SECRET.encode(), JWT_SECRET.encode()))
KOALA = {"Accept-Encoding": "identity", "Authorization": f"Bearer {KOALA_USER}"}
Places = dict[str, list[Any]]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """An app with something in it to be found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    doors = {"koala": KoalaSettings(JWT_SECRET), "chat": ChatSettings(slack_signing_secret="of the Slack app")}
    site = TestSite(tmp_path_factory.mktemp("fuzz"), **doors)
    yield site
    site.close()
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def schema(fuzzed: TestSite) -> Any:
    """The API as schemathesis knows it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fuzzed.app)


@pytest.fixture(scope="module")
def places(fuzzed: TestSite) -> Places:
    """What is there to be found, by the names of the path's parameters."""
    tree = fuzzed.tree("core", "net", "app")
    done = {"status": "SUCCESS", "event_token": _event_token(fuzzed, tree), "metadata": {"branch": "main", "commit": "c" * 40}}
    assert fuzzed.post("/results", done, fuzzed.project_token("net")).status_code == 201
    token = fuzzed.post("/projects/net/tokens", {"name": "to be revoked"}).get_json()["id"]
    dependency = fuzzed.get("/projects/app/dependencies").get_json()["upstream"][0]["id"]
    combos = [combo["id"] for combo in fuzzed.get("/combos").get_json()["items"]]
    ids = {name: fuzzed.get(f"/projects/{name}").get_json()["id"] for name in ("net", "app")}
    definition = {"format": "job", "text": "stages: [{steps: [{command: make}]}]"}
    job = fuzzed.post("/jobs", {"path": "tools/hello", "definition": definition}).get_json()
    return {
        "job": [job["id"], "tools/hello"],
        "folder": [job["folder"]["id"], "tools"],
        "key": ["jobs", "folder_tools", "job_hello", "job_hello_recent", "github_acme_web_branch"],
        "number": [1],
        "project": [ids["app"], ids["net"], "app"],
        "tree": [tree],
        "sub": ["1", "1.1", "1.1.1"],
        "dependency": [dependency],
        "token": [token],
        "combo": combos,
        "n": [1],
    }


def _event_token(site: TestSite, tree: str) -> str:
    return credentials.mint_event(site.container.transactions.keys, tree, "1.1", 1)


@pytest.fixture(scope="module")
def callers(fuzzed: TestSite, places: Places) -> list[dict[str, str]]:
    """The credentials of every kind of caller; of nobody, none."""
    build_id, build = fuzzed.build_token("fuzzed")
    places["build"] = [build_id]
    tokens = [fuzzed.user_token(), fuzzed.project_token("core"), fuzzed.project_token("net"), fuzzed.agent_token()]
    tokens += [fuzzed.enrolment_token(), build, _event_token(fuzzed, places["tree"][0])]
    # the client without a network does not unpack answers
    plain = {"Accept-Encoding": "identity"}
    return [plain, *({**plain, "Authorization": f"Bearer {token}"} for token in tokens)]


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_no_request_is_too_much(
    schema: Any, callers: list[dict[str, str]], places: Places, path: str, method: str
) -> None:
    @given(case=schema[path][method].as_strategy(), found=st.booleans(), number=st.integers(0, 5))
    @settings(
        max_examples=SLOW.get(path, EXAMPLES),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        derandomize=True,
    )
    def fuzz(case: "schemathesis.Case[Any]", found: bool, number: int) -> None:
        if found and path != NOT_OVER_THERE:
            case.path_parameters |= {
                name: places[name][number % len(places[name])] for name in case.path_parameters if places.get(name)
            }
        for headers in [*callers, *([KOALA] if path.startswith("/job/") else [])]:
            case.call_and_validate(headers=headers, checks=CHECKS)

    fuzz()
