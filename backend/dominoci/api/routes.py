"""All routes of the API, and the document that describes them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from flask import Flask

import dominoci
from dominoci.api import (
    account,
    activity,
    agent_control,
    agents,
    audit,
    build_logs,
    build_reports,
    builds,
    caches,
    cdevents,
    combos,
    connections,
    consents,
    definitions,
    deliveries,
    demo,
    dependencies,
    document,
    examples,
    flows,
    graph_file,
    health,
    home,
    hooks,
    identities,
    identity,
    invitations,
    issuers,
    members,
    numbers,
    owners,
    project_graph,
    project_tokens,
    projects,
    reports,
    repository_access,
    search,
    session,
    system,
    tree_actions,
    trees,
    trust,
    users,
    vendor_hooks,
    webhooks,
)
from dominoci.api.parsing import SECURITY_SCHEMES
from dominoci.api.problems import ProblemApi

TOPICS = (
    *(session, identities, invitations, account, users, deliveries, system),
    *(members, owners, consents, trust, issuers, identity, repository_access),
    *(projects, project_tokens, dependencies, reports, cdevents, webhooks, trees, tree_actions, combos, search),
    *(connections, numbers, activity, home),
    *(graph_file, project_graph, definitions, audit),
    *(builds, build_logs, flows, agents, agent_control, build_reports, caches, hooks, vendor_hooks, demo, health),
)
DESCRIPTION = "The arbiter between CI systems. Errors are RFC 9457 problem documents; times are RFC 3339 in UTC."
CONFIG: dict[str, Any] = {
    "API_TITLE": "DominoCI",
    "API_VERSION": dominoci.__version__,
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {"description": DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "components": {"securitySchemes": SECURITY_SCHEMES},
        "servers": [{"url": "/"}],
    },
}


def register(app: Flask) -> dict[str, Any]:
    """Adds every route of the API to `app`, and answers the OpenAPI document that describes them."""
    app.config.update(CONFIG)
    api = ProblemApi(app)
    for topic in TOPICS:
        api.register_blueprint(topic.blp)
    found = _described(deepcopy(api.spec.to_dict()))
    document.serve(app, found)
    return found


def describe() -> dict[str, Any]:
    """The document alone, without an app that could serve requests."""
    app = Flask("dominoci", static_folder=None)
    app.config["STATIC_ROOT"] = Path()
    return register(app)


def _described(found: dict[str, Any]) -> dict[str, Any]:
    """Defaults of request bodies go into the descriptions: client generators take a field with a default for one that must
    always be sent. (Those of queries stay.)"""
    for operation in (one for path in found["paths"].values() for one in path.values() if isinstance(one, dict)):
        first, stop, rest = operation["summary"].partition(". ")
        operation["summary"] = first.rstrip(".")
        if stop:
            operation["description"] = rest
    for schema in found["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            default = field.pop("default", None)
            if default is not None:
                field["description"] = " ".join([*filter(None, [field.get("description")]), f"Default: {json.dumps(default)}."])
    examples.add(found)
    return found
