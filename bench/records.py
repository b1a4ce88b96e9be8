"""What the arbiter's own rows say of a tree: when it was opened and ended, and where the time of each hop went."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.orm import Session, aliased

from dominoci.infra.models.builds import Build, Step
from dominoci.infra.models.plumbing import DeliveryRow, Outbox
from dominoci.infra.models.trees import Edge, Event, Tree

TREE_S = 300.0


@dataclass(frozen=True)
class Hop:
    """Seconds from the parent's result to the claim of the child's build, and from there to its first step."""

    to_claim_s: float
    to_step_s: float

    @property
    def seconds(self) -> float:
        """The whole hop."""
        return self.to_claim_s + self.to_step_s


class Records:
    """The arbiter's database, read by us: asking over HTTP would cost the processes that are being measured."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of ours, for planting rows while the stack rests."""
        with self._engine.begin() as connection:
            yield connection

    def wait(self, tree_id: str) -> float:
        """Waits for the tree's end; its makespan in seconds. Raises RuntimeError when it did not end in success."""
        limit = time.monotonic() + TREE_S
        while time.monotonic() < limit:
            with Session(self._engine) as session:
                tree = session.get_one(Tree, tree_id)
                if tree.finished_at:
                    self._must_be_green(session, tree)
                    return (tree.finished_at - tree.opened_at).total_seconds()
            time.sleep(0.02)
        raise RuntimeError(f"tree {tree_id} did not end within {TREE_S:.0f} s")

    @staticmethod
    def _must_be_green(session: Session, tree: Tree) -> None:
        if tree.state != "success":
            query = select(Event.sub_id, Event.state, Event.reason_code, Event.reason_params).where(Event.tree_id == tree.id)
            bad = [tuple(row) for row in session.execute(query.where(Event.state != "success").limit(3))]
            raise RuntimeError(f"tree {tree.id} ended {tree.state}: {bad}")

    def hops(self, tree_id: str) -> Sequence[Hop]:
        """Every hop of a tree from a parent that an agent has run."""
        parent, child = aliased(Event), aliased(Event)
        query = (
            select(parent.finished_at, Build.started_at, func.min(Step.started_at, type_=Step.started_at.type))
            .select_from(Edge)
            .join(parent, parent.id == Edge.parent_id)
            .join(child, child.id == Edge.child_id)
            .join(Build, Build.event_id == child.id)
            .join(Step, Step.build_id == Build.id)
            .where(Edge.tree_id == tree_id, parent.position > 0)
            .group_by(child.id, parent.finished_at, Build.started_at)
        )
        with Session(self._engine) as session:
            rows = session.execute(query).tuples().all()
        # all three are there: the tree has ended, and an agent has run both
        return [Hop((c - e).total_seconds(), (s - c).total_seconds()) for e, c, s in rows if e and c and s]

    def build_s(self, build_id: str) -> float:
        """Seconds from the start of a build's first step to the build's end."""
        with Session(self._engine) as session:
            build = session.get_one(Build, build_id)
            first = session.scalars(select(func.min(Step.started_at)).where(Step.build_id == build_id)).one()
            if build.state != "success" or build.finished_at is None or first is None:
                raise RuntimeError(f"build {build_id} ended {build.state}")
            return (build.finished_at - first).total_seconds()

    def steps(self, build_id: str) -> Sequence[tuple[datetime, datetime]]:
        """When each step of a build began and ended, in order."""
        query = select(Step.started_at, Step.finished_at).where(Step.build_id == build_id).order_by(Step.n)
        with Session(self._engine) as session:
            return [(began, ended) for began, ended in session.execute(query) if began and ended]

    def builds_open(self) -> int:
        """How many builds wait or run."""
        query = select(func.count()).where(Build.state.in_(("queued", "running")))
        with Session(self._engine) as session:
            return session.execute(query).scalar_one()

    def builds_ended(self) -> int:
        """How many builds have ended since the beginning."""
        query = select(func.count()).where(Build.finished_at.is_not(None))
        with Session(self._engine) as session:
            return session.execute(query).scalar_one()

    def delivered(self, tree_id: str, wanted: int) -> float:
        """Seconds from a tree's opening to the booking of its last trigger. Raises RuntimeError unless `wanted` are booked."""
        query = select(func.count(), func.max(Event.triggered_at, type_=Event.triggered_at.type)).where(Event.tree_id == tree_id)
        with Session(self._engine) as session:
            booked, last = session.execute(query.where(Event.state == "triggered")).tuples().one()
            if booked != wanted or last is None:
                raise RuntimeError(f"tree {tree_id}: {booked} of {wanted} triggers were delivered")
            return (last - session.get_one(Tree, tree_id).opened_at).total_seconds()

    def a_trigger(self) -> str:
        """The body of a trigger that was sent."""
        with Session(self._engine) as session:
            return str(session.execute(select(DeliveryRow.request).limit(1)).scalar_one()["body"])

    def outbox_open(self) -> int:
        """How many triggers are still to be sent."""
        query = select(func.count()).where(Outbox.state.in_(("pending", "leased")))
        with Session(self._engine) as session:
            return session.execute(query).scalar_one()
