"""A change of a tree is a compare-and-set: what the row does not allow leaves no trace."""

import pytest
from sqlalchemy import select, update

from dominoci.domain.errors import NotFound
from dominoci.domain.reasons import Reason
from dominoci.domain.states import EventState
from dominoci.infra.models.trees import Change, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.tree_change import TreeChange
from tests.world import World


@pytest.fixture
def tree_id(world: World) -> str:
    """core and net, of which net is queued."""
    world.depend("core", "net")
    return str(world.report("core")["tree_id"])


def net(uow: UnitOfWork) -> Event:
    """The event of net."""
    return uow.session.scalars(select(Event).where(Event.project_name == "net")).one()


def test_a_move_that_the_row_does_not_allow_changes_nothing_and_says_so(world: World, tree_id: str) -> None:
    def late(uow: UnitOfWork) -> bool:
        change, event = TreeChange.of(uow, tree_id), net(uow)
        elsewhere = update(Event).where(Event.id == event.id).values(state="failed")
        uow.session.execute(elsewhere.execution_options(synchronize_session=False))
        return change.move(event, EventState.RUNNING, Reason("started", {}))

    def state(uow: UnitOfWork) -> tuple[str, int, int]:
        changes = uow.session.scalars(select(Change).where(Change.event_id == net(uow).id)).all()
        return net(uow).state, uow.session.get_one(Tree, tree_id).unfinished, len(changes)

    before = world.read(state)
    assert world.write(late) is False
    assert world.read(state) == ("failed", *before[1:])


def test_an_unknown_tree_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.write(TreeChange.of, "nobody")
