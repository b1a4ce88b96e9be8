"""What a reporter is told: its place in the tree, and the events right after it."""

from collections.abc import Sequence
from typing import Any

from dominoci.domain.tree import sub_id_key
from dominoci.infra.models.trees import Event
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import views
from dominoci.store import trees


def opened_view(uow: UnitOfWork, event: Event) -> dict[str, Any]:
    """The same for an event, as it stands now."""
    children = [(child.project_name, child.sub_id, child.state) for child in trees.children(uow.session, event.id)]
    return told(uow, event, children)


def told(uow: UnitOfWork, event: Event, children: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """The answer for an event with these children: (project, sub id, state) each."""
    listed = [{"project": project, "sub_id": sub_id, "state": state} for project, sub_id, state in children]
    listed.sort(key=lambda child: sub_id_key(child["sub_id"]))
    url = views.tree_url(uow.settings, event.tree_id)
    return {"tree_id": event.tree_id, "sub_id": event.sub_id, "url": url, "children": listed}
