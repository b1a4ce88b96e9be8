"""How the arbiter itself is doing, for admins: what waits, who works, what there is room for, and the settings in force."""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dominoci
from dominoci import config
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, require_admin
from dominoci.services.upkeep import Upkeep
from dominoci.store import builds, outbox, system

View = dict[str, Any]
SCHEDULER_SILENT_AFTER = timedelta(seconds=30)  # ten turns of the scheduler's fastest timer
REDIS_DOWN = "down: nothing is lost, work is slower"


def view(uow: UnitOfWork, who: Principal, periods: Mapping[str, timedelta], redis_up: bool) -> View:
    """The state of the whole. `periods` says how often each of the scheduler's timers is due."""
    require_admin(who)
    kind, version, revision = system.database(uow.session)
    return {
        "version": dominoci.__version__,
        "outbox": _outbox(uow),
        "builds": builds.count_by_state(uow.session),
        "scheduler": _scheduler(uow, periods),
        "last_send_at": system.last_send(uow.session),
        "database": {"kind": kind, "version": version, "revision": revision},
        "redis": {"up": redis_up, "text": "up" if redis_up else REDIS_DOWN},
        "disk": _disk(uow),
    }


def periods(upkeep: Upkeep) -> dict[str, timedelta]:
    """How often each timer of the scheduler is due."""
    return {name: every for name, (every, _) in upkeep.timers.items()}


def _outbox(uow: UnitOfWork) -> View:
    depth = outbox.depth(uow.session)
    oldest = system.oldest_due(uow.session, uow.now)
    _, lapsed, taken = system.leases(uow.session, uow.now)
    return {
        **{state: depth.get(state, 0) for state in ("pending", "leased", "dead")},
        "oldest_due_at": oldest,
        "oldest_due_s": (uow.now - oldest).total_seconds() if oldest else None,
        "lapsed_leases": lapsed,
        "last_lease_at": taken,
    }


def _scheduler(uow: UnitOfWork, periods: Mapping[str, timedelta]) -> View:
    """A timer is moved on by its period when a scheduler takes the turn: so it tells when that was."""
    due = system.timers(uow.session)
    last = max((at - periods[name] for name, at in due.items() if name in periods), default=None)
    return {
        "last_seen_at": last,
        "silent": last is None or uow.now - last > SCHEDULER_SILENT_AFTER,
        "timers": [{"name": name, "due_at": at, "every_s": _seconds(periods.get(name))} for name, at in sorted(due.items())],
    }


def _seconds(period: timedelta | None) -> float | None:
    return period.total_seconds() if period else None


def _disk(uow: UnitOfWork) -> View:
    """The file system of the data folder, in bytes."""
    usage = shutil.disk_usage(uow.settings.data)
    return {"path": str(uow.settings.data), "total": usage.total, "free": usage.free}


def settings(who: Principal) -> View:
    """The settings in force in this process and where each comes from; of secrets only whether they are set."""
    require_admin(who)
    items = []
    for one in config.effective():
        told = {"name": one.setting.name, "meaning": one.setting.meaning, "default": one.setting.default}
        items.append({**told, "secret": one.setting.secret, "value": one.value, "is_set": one.is_set, "source": one.source})
    return {"items": items, "next_cursor": None}
