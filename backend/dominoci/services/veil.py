"""What is left of a tree for somebody who may not see all of its projects: boxes without a name, and reasons that name nobody."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dominoci.domain.reasons import Reason, sentence
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services.access import Principal, sight
from dominoci.store import trees
from dominoci.store.statements import Columns

View = dict[str, Any]
PRIVATE = "a private project"
BOX = frozenset({"sub_id", "state", "parents", "join", "critical"})  # what is told of an event whose project is hidden
NAMING = frozenset({"project", "parent", "upstream", "root"})  # the parameters of reasons that may hold a project's name


@dataclass(frozen=True)
class Veil:
    """The projects of one tree that are not to be seen, by id and by the names they have in it."""

    ids: Collection[str]
    names: Collection[str]

    def hides(self, project_id: str) -> bool:
        """Whether nothing may be told of this project but that there is one."""
        return project_id in self.ids

    def ref(self, project_id: str, name: str) -> View | None:
        """The project as views refer to it; None where it is hidden."""
        return None if self.hides(project_id) else {"id": project_id, "name": name}

    def box(self, project_id: str, view: View) -> View:
        """The view of an event; of one that is hidden only that it is there, where, and its state."""
        return {key: value if key in BOX else None for key, value in view.items()} if self.hides(project_id) else view

    def params(self, params: Mapping[str, Any]) -> View:
        """A reason's parameters without the names of hidden projects."""
        if not self.names:
            return dict(params)
        shown = {key: self._param(key, value) for key, value in params.items()}
        # what a filter looked at is the hidden parent's branch or tag
        return {**shown, "value": "…"} if shown.get("parent") == PRIVATE and "value" in shown else shown

    def _param(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return PRIVATE if key in NAMING and value in self.names else value
        if isinstance(value, Mapping):
            return self.params(value)
        if isinstance(value, list):
            return [self._param(key, one) for one in value]
        return value

    def reason(self, code: str | None, params: Mapping[str, Any] | None) -> View | None:
        """A stored reason with its sentence."""
        return Reason(code, self.params(params or {})).view() if code else None

    def sentence(self, code: str, params: Mapping[str, Any] | None) -> str:
        """A stored reason's sentence."""
        return sentence(code, self.params(params or {}))


NOTHING_HIDDEN = Veil((), ())


def names_in(value: Any, naming: bool = False) -> set[str]:
    """The names of projects in a reason's parameters, or in a list of such."""
    if isinstance(value, str):
        return {value} if naming else set()
    if isinstance(value, Mapping):
        return set().union(*(names_in(part, key in NAMING) for key, part in value.items()))
    return set().union(*(names_in(part) for part in value)) if isinstance(value, list) else set()


def of_tree(uow: UnitOfWork, who: Principal, tree_id: str) -> Veil:
    """What `who` may not see of a tree."""
    return NOTHING_HIDDEN if who.is_admin else of_names(uow, who, trees.project_names(uow.session, tree_id))


def of(uow: UnitOfWork, who: Principal, events: Iterable[Event | Columns]) -> Veil:
    """What `who` may not see of these events of a tree (`project_id`, `project_name`)."""
    return NOTHING_HIDDEN if who.is_admin else of_names(uow, who, ((event.project_id, event.project_name) for event in events))


def of_names(uow: UnitOfWork, who: Principal, named: Iterable[tuple[str, str]]) -> Veil:
    """The same for projects by id and name; one may have had several names."""
    known = set(named)
    seen = sight(uow, who, {id_ for id_, _ in known})
    hidden = [(id_, name) for id_, name in known if id_ not in seen]
    return Veil(frozenset(id_ for id_, _ in hidden), frozenset(name for _, name in hidden)) if hidden else NOTHING_HIDDEN
