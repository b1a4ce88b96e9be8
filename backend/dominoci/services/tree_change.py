"""One transaction's changes to one tree: every move of an event goes through here, so that each is a compare-and-set, has its
stored reason, is counted, and reaches the live pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dominoci.domain.errors import NotFound
from dominoci.domain.ids import new_id
from dominoci.domain.reasons import CUT, Reason
from dominoci.domain.reports import Report
from dominoci.domain.states import EventState, TreeState, fold, sources_of
from dominoci.infra.models.trees import Change, Event, Tree
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import notifications, search_documents, views, webhook_messages
from dominoci.store import outbox, settling, statements, trees

Move = tuple[Event, EventState, Reason, Mapping[str, Any]]  # an event, its new state, why, and further columns
MIRROR_EVERY = timedelta(seconds=20)
LIVE_LIMIT = 300  # more changed events than this at once, and the page is told to fetch the tree anew


@dataclass
class TreeChange:
    """A locked tree and what this transaction does to it; `finish` must be called once, at the end."""

    uow: UnitOfWork
    tree: Tree
    moved: dict[str, Event] = field(default_factory=dict)
    edges: list[tuple[str, str, str, str | None]] = field(default_factory=list)  # from, to, outcome, what a filter said
    history: list[dict[str, Any]] = field(default_factory=list)
    reported: dict[str, Report] = field(default_factory=dict)  # by the id of the event whose result it is
    opened: int = 0  # how many more events than before are not final

    @classmethod
    def of(cls, uow: UnitOfWork, tree_id: str) -> "TreeChange":
        """Locks the tree. Raises NotFound."""
        tree = trees.lock(uow.session, tree_id)
        if tree is None:
            raise NotFound("There is no such tree.")
        return cls(uow, tree)

    def move(self, event: Event, target: EventState, reason: Reason, **values: Any) -> bool:
        """Changes one event's state if its row allows the transition; False when it does not, and then nothing has changed."""
        source = EventState(event.state)
        new = {"state": target.value, "reason_code": reason.code, "reason_params": dict(reason.params), **values}
        if not trees.move_event(self.uow.session, event, sources_of(target), new):
            return False
        self._note(event, source, target, reason)
        return True

    def move_many(self, moves: Sequence[Move]) -> None:
        """Moves many events at once, each with a reason and further values. All must stand, under this lock, in a state that
        allows it: what is asked of the caller here is asked of the row by `move`."""
        sources = [EventState(event.state) for event, *_ in moves]
        decisions = []
        for event, target, reason, values in moves:
            new = {"state": target.value, "reason_code": reason.code, "reason_params": dict(reason.params), **values}
            decisions.append((event, new))
        settling.decide(self.uow.session, decisions)
        for source, (event, target, reason, _) in zip(sources, moves, strict=True):
            self._note(event, source, target, reason)

    def remark(self, event: Event, reason: Reason) -> None:
        """A fact about an event that does not change its state."""
        state = EventState(event.state)
        self._note(event, state, state, reason)

    def _note(self, event: Event, source: EventState, target: EventState, reason: Reason) -> None:
        self.moved[event.id] = event
        self.opened += source.final - target.final
        row = {"id": new_id(), "event_id": event.id, "at": self.uow.now, "from_state": source.value}
        self.history.append({**row, "to_state": target.value, "code": reason.code, "params": dict(reason.params)})

    @property
    def unfinished(self) -> int:
        """How many events are not final, by now."""
        return self.tree.unfinished + self.opened

    def finish(self, *, mirror: bool = True) -> None:
        """Writes the history, folds the tree's state when nothing is left open, and publishes after commit. Without `mirror`
        nothing new is to be shown on the root's commit."""
        trees.add_many(self.uow.session, Change, self.history)
        unfinished = self.unfinished
        counted, ended = {"version": self.tree.version + 1, "unfinished": unfinished}, self.tree.finished_at
        statements.change(self.uow.session, self.tree, **counted, **self._fold(unfinished))
        if unfinished <= 0 < unfinished - self.opened:
            self._make_way()
        if mirror and self.tree.mirrors:
            self._mirror()
        self._tell(ended)
        self._publish()

    def _tell(self, ended: datetime | None) -> None:
        """`ended` is when the tree had ended before this change."""
        finished = self.tree.finished_at is not None and self.tree.finished_at != ended
        opened = self.tree.version == 1
        told = webhook_messages.Told(self.tree, self.moved, self.history, self.reported, opened=opened, finished=finished)
        webhook_messages.tell_change(self.uow, told)
        notifications.tell_change(self.uow, told)
        search_documents.tell_change(self.uow, told)

    def _mirror(self) -> None:
        """The root's commit is to show how the tree stands: soon, and at its end at once."""
        first, ended = self.tree.version == 1, self.tree.state != TreeState.RUNNING.value
        at = self.uow.now if first or ended else self.uow.now + MIRROR_EVERY
        outbox.add_once(self.uow.session, outbox.MIRROR, trees.root_id(self.uow.session, self.tree.id), self.uow.now, at)
        if at == self.uow.now:
            self.uow.ring()

    def _make_way(self) -> None:
        """The tree has just ended: one of its lane that was held may go."""
        if held := trees.held_in_lane(self.uow.session, self.tree):
            outbox.add(self.uow.session, outbox.RELEASE, [(held, 1)], self.uow.now)
            self.uow.ring()

    def _fold(self, unfinished: int) -> dict[str, Any]:
        """The tree's state and when it finished."""
        if unfinished > 0:
            return {"state": TreeState.RUNNING.value, "finished_at": None}
        state = TreeState.FAILED if self.tree.reason_code in CUT else fold(self._states())
        stays = self.tree.state == state.value and self.tree.finished_at is not None
        freed = {"held": False, "reason_code": None, "reason_params": None} if self.tree.held else {}
        return {"state": state.value, "finished_at": self.tree.finished_at if stays else self.uow.now, **freed}

    def _states(self) -> Iterable[EventState]:
        """In which states the tree's events are; asked of the database only when there are some that did not move just now."""
        if len(self.moved) == self.tree.event_count:
            return [EventState(event.state) for event in self.moved.values()]
        return [EventState(state) for state in trees.state_counts(self.uow.session, [self.tree.id])[self.tree.id]]

    def _publish(self) -> None:
        message: dict[str, Any] = {"version": self.tree.version, "tree": views.tree_state(self.tree)}
        if len(self.moved) <= LIVE_LIMIT and len(self.edges) <= 3 * LIVE_LIMIT:
            message["events"] = [views.node(event) for event in self.moved.values()]
            message["edges"] = self._edge_views()
        self.uow.publish(f"tree:{self.tree.id}", message)
        if self.tree.state != TreeState.RUNNING.value or self.tree.version == 1:
            self.uow.publish("feed", {"version": 0, "tree": {"id": self.tree.id, "state": self.tree.state}})

    def _edge_views(self) -> list[dict[str, Any]]:
        sub_ids = {event.id: event.sub_id for event in self.moved.values()}
        unknown = {id_ for parent, child, *_ in self.edges for id_ in (parent, child)} - sub_ids.keys()
        sub_ids |= trees.sub_ids(self.uow.session, unknown)
        return [
            {"from": sub_ids[parent], "to": sub_ids[child], "outcome": outcome, "reason": reason}
            for parent, child, outcome, reason in self.edges
        ]
