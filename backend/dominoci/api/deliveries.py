"""Deliveries over all trees: what was given up, what is tried again."""

from typing import Any

from dominoci.api.context import read, site, who
from dominoci.api.gate import allow
from dominoci.api.paging import page_of
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.deliveries import FailedDelivery, FailedQuery, Redeliver, Redelivered
from dominoci.services import deliveries

blp = Routes("deliveries", "Deliveries over all trees that failed; for admins. Those of one event stand below the event.")


@blp.get("/deliveries")
@allow("admin")
@blp.arguments(FailedQuery, location="query")
@blp.response(200, list_of(FailedDelivery))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Deliveries that were given up, or are tried again; newest first."""
    return read(deliveries.listing, query["state"], page_of(query))


@blp.post("/deliveries/redeliver")
@allow("admin")
@blp.arguments(Redeliver)
@blp.response(200, Redelivered)
def redeliver(body: dict[str, Any]) -> dict[str, Any]:
    """Sends many given-up deliveries again. Those that cannot be are named with the reason; the others are sent all the same."""
    return deliveries.redeliver(site().container.transactions, who(), body["ids"])
