"""Locking a build together with what its end may change, always in one order: tree, run, build."""

from dataclasses import dataclass

from dominoci.infra.models.builds import Build
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.tree_change import TreeChange
from dominoci.store import builds
from dominoci.store.statements import Columns


@dataclass(frozen=True)
class Locked:
    """A locked build; the run that it is a job of; and the tree that the build (or its run) gives an event's result to."""

    row: Build
    run: Build | None
    change: TreeChange | None


def lock(uow: UnitOfWork, build_id: str) -> Locked | None:
    """The build, locked; None when there is none. To be called before anything else is locked in the transaction."""
    place = builds.place(uow.session, build_id)
    outer = builds.place(uow.session, place.parent_id) if place and place.parent_id else place
    if place is None or outer is None:
        return None
    change = TreeChange.of(uow, outer.tree_id) if _is_of_event(outer) else None
    run = builds.lock(uow.session, place.parent_id) if place.parent_id else None
    row = builds.lock(uow.session, build_id)
    return Locked(row, run, change) if row else None


def _is_of_event(place: Columns) -> bool:
    """Whether the build was started by an event of a tree, and not only linked to the root event that it opened."""
    return bool(place.tree_id and place.event_id and place.cause == "event")
