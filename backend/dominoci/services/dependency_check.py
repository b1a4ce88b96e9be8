"""Trying the filters of a dependency on what its upstream project has reported, before they are saved."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.errors import Invalid, NotFound
from dominoci.domain.filters import filters_from_json, first_miss
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, visible_project, writable_project
from dominoci.store import successes

LAST = 20


def would_trigger(uow: UnitOfWork, who: Principal, key: str, upstream: str, filters: Mapping[str, Any]) -> dict[str, int]:
    """How many of the upstream's last successes (`reports`) the filters let pass (`would_trigger`).

    Raises Invalid, naming `upstream`, for one that the caller may not see.
    """
    writable_project(uow, who, key)
    try:
        seen = visible_project(uow, who, upstream)
    except NotFound as e:
        raise Invalid("The upstream project is not known.", {"upstream": [e.detail]}) from e
    wanted = filters_from_json(filters)
    told = successes.newest(uow.session, seen.id, LAST)
    return {"reports": len(told), "would_trigger": sum(first_miss(wanted, metadata) is None for metadata in told)}
