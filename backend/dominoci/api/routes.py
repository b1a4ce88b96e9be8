"""All routes of the API, and the document that describes them."""

import json
from copy import deepcopy
from typing import Any

from flask import Flask

import dominoci
from dominoci.api import (
    account,
    activity,
    agent_control,
    agents,
    audit,
    badges,
    build_logs,
    build_reports,
    builds,
    caches,
    cdevents,
    chat,
    combos,
    connections,
    consents,
    definitions,
    deliveries,
    demo,
    dependencies,
    document,
    examples,
    factory_ci,
    flows,
    folders,
    graph_file,
    health,
    home,
    hooks,
    identities,
    identity,
    invitations,
    issuers,
    jobs,
    keys,
    koala,
    members,
    notifications,
    numbers,
    owners,
    project_graph,
    project_tokens,
    projects,
    reports,
    repository_access,
    repository_hooks,
    search,
    session,
    system,
    tree_actions,
    trees,
    triggers,
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
    *(projects, project_tokens, dependencies, reports, cdevents, webhooks, notifications, trees, tree_actions, combos, search),
    *(connections, numbers, activity, home, badges, chat),
    *(graph_file, project_graph, definitions, audit, folders, jobs, keys, triggers, koala),
    *(builds, build_logs, flows, agents, agent_control, build_reports, caches, hooks, vendor_hooks, repository_hooks, factory_ci),
    *(demo, health),
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


def register(app: Flask) -> None:
    """Adds every route of the API to `app`, and of the OpenAPI document that describes them."""
    app.config.update(CONFIG)
    api = ProblemApi(app)
    for topic in TOPICS:
        api.add_routes(topic.blp)
    document.serve(app, describe)


def describe() -> dict[str, Any]:
    """The OpenAPI document. It takes a second, and an app of its own: most processes are never asked for it."""
    app = Flask("dominoci", static_folder=None)
    app.config.update(CONFIG)
    api = ProblemApi(app)
    for topic in TOPICS:
        api.register_blueprint(topic.blp)
    return _described(deepcopy(api.spec.to_dict()))


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
