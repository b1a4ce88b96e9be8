"""Whether the process is alive, whether it can work, and figures for Prometheus."""

from typing import Any

from flask import Response
from marshmallow import fields
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from dominoci.api.context import site
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import Answer
from dominoci.services import health

blp = Routes("health", "For load balancers and monitoring.", url_prefix="/")


class Health(Answer):
    """The process answers."""

    status = fields.String()


class Readiness(Answer):
    """What the process stands on: `disk` has room, `storage` answers. Without Redis everything goes on, only slower."""

    database = fields.Boolean()
    redis = fields.Boolean()
    disk = fields.Boolean()
    storage = fields.Boolean()


@blp.get("/healthz")
@allow("anyone")
@blp.response(200, Health)
def healthz() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@blp.get("/readyz")
@allow("anyone", refuses=(503,))
@blp.response(200, Readiness)
@blp.alt_response(503, schema=Readiness, description="Not ready: what is false is missing")
def readyz() -> tuple[dict[str, Any], int]:
    """Whether database, Redis and the store of files can be reached, and whether there is room on the disk."""
    found = health.readiness(site().container.transactions)
    return found, 200 if all(found.values()) else 503


@blp.get("/metrics")
@allow("anyone")
@blp.response(200, {"type": "string"}, content_type="text/plain")
def metrics() -> Response:
    """Figures in Prometheus' text format."""
    ours = "".join(_family(name, states) for name, states in health.gauges(site().container.transactions).items())
    return Response(generate_latest(REGISTRY) + ours.encode(), content_type=CONTENT_TYPE_LATEST)


def _family(name: str, states: dict[str, int]) -> str:
    lines = [f'dominoci_{name}{{state="{state}"}} {count}\n' for state, count in sorted(states.items())]
    return f"# HELP dominoci_{name} How many stand in which state.\n# TYPE dominoci_{name} gauge\n{''.join(lines)}"
