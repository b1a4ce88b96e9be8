"""How often sign-ins may fail, and commands come from one account of a chat. Counted in the database, so that all workers share
it and no Redis is needed (docs/decisions/sign-in.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from math import ceil
from typing import Final

from dominoci.domain import credentials
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.store import sign_in as store

WORDS: Final = "Too many sign-ins failed. Wait, then try again; whoever has lost a password can ask an admin for a login link."


@dataclass(frozen=True)
class Limit:
    """At most `count` within `span`."""

    count: int
    span: timedelta


LIMITS: Final[Mapping[str, Limit]] = {
    "name": Limit(10, timedelta(minutes=15)),
    "address": Limit(100, timedelta(minutes=15)),
    "begin": Limit(200, timedelta(minutes=15)),
    "sign_up": Limit(20, timedelta(hours=1)),
    "noted": Limit(1000, timedelta(hours=1)),
    "command": Limit(30, timedelta(minutes=1)),
    "slack": Limit(1, timedelta(minutes=10)),
}
Kinds = Mapping[str, str | None]


def wait_s(uow: UnitOfWork, what: Kinds) -> int:
    """Seconds until all of `what` (values by kind; None is not counted) may be tried again; 0 when they may now. Reads only."""
    found = [(LIMITS[kind], store.tries(uow.session, key, uow.now)) for kind, key in _keys(what)]
    waits = [tried[1] - uow.now for limit, tried in found if tried and tried[0] >= limit.count]
    return ceil(max(waits, default=timedelta(0)).total_seconds())


def count(uow: UnitOfWork, what: Kinds) -> int:
    """Counts a try before it is made, so that many at once cannot pass together. Answers like `wait_s`: 0 when it may be made."""
    waits = [timedelta(0)]
    for kind, key in _keys(what):
        limit = LIMITS[kind]
        tried, until = store.count_try(uow.session, key, uow.now, limit.span)
        if tried > limit.count:
            waits.append(until - uow.now)
    return ceil(max(waits).total_seconds())


def forgive(uow: UnitOfWork, name: str | None, address: str | None) -> None:
    """After a success: the name begins anew, and the address has one less (what others tried from there still counts)."""
    for kind, key in _keys({"name": name, "address": address}):
        if kind == "name":
            store.forget_tries(uow.session, key)
        else:
            store.uncount_try(uow.session, key)


def _keys(what: Kinds) -> list[tuple[str, str]]:
    # always in one order, so that two transactions never wait for each other
    return [
        (kind, credentials.fingerprint(f"{kind} {network(value) if kind != 'name' else value}"))
        for kind, value in sorted(what.items())
        if value is not None
    ]


def network(address: str) -> str:
    """Whose address it is: of IPv6 the /64, which is what one customer has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(found.exploded)[:19]
