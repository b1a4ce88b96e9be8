"""What people do to event trees: cancel, run again, deliver again."""

from typing import Any

from dominoci.api.context import write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.tree_actions import ACTED, Acted, CancelEvent, RerunEvent, RerunTree
from dominoci.services import tree_actions

blp = Routes("tree actions", "Cancel, run again, deliver again. 409 says why something cannot be done now.")


@blp.post("/trees/<tree>/cancel")
@allow("user", refuses=(404, 409))
@blp.response(200, Acted, example=ACTED)
def cancel_tree(tree: str) -> dict[str, Any]:
    """Cancels all that is unfinished of a tree; what runs is cancelled in its own CI system."""
    return write(tree_actions.cancel_tree, tree)


@blp.post("/trees/<tree>/rerun")
@allow("user", refuses=(404, 409))
@blp.arguments(RerunTree, example={"scope": "failed"}, required=False)
@blp.response(200, Acted, example=ACTED)
def rerun_tree(body: dict[str, Any], tree: str) -> dict[str, Any]:
    """Runs again what did not pass, or everything behind the root, on the inputs that were frozen."""
    return write(tree_actions.rerun_tree, tree, body["scope"])


@blp.post("/trees/<tree>/events/<sub>/cancel")
@allow("user", refuses=(404, 409))
@blp.arguments(CancelEvent, example={"scope": "branch"}, required=False)
@blp.response(200, Acted, example=ACTED)
def cancel_event(body: dict[str, Any], tree: str, sub: str) -> dict[str, Any]:
    """Cancels one event; with scope `branch` also what is unfinished behind it."""
    return write(tree_actions.cancel_event, tree, sub, body["scope"])


@blp.post("/trees/<tree>/events/<sub>/rerun")
@allow("user", refuses=(404, 409))
@blp.arguments(RerunEvent, example={"downstream": True}, required=False)
@blp.response(200, Acted, example=ACTED)
def rerun_event(body: dict[str, Any], tree: str, sub: str) -> dict[str, Any]:
    """A new attempt of one event with the very inputs of the last; with `downstream` everything behind it runs anew, too."""
    return write(tree_actions.rerun_event, tree, sub, body["downstream"])


@blp.post("/trees/<tree>/events/<sub>/redeliver")
@allow("user", refuses=(404, 409))
@blp.response(200, Acted, example=ACTED)
def redeliver(tree: str, sub: str) -> dict[str, Any]:
    """Sends the last attempt of an undeliverable event again, under the same delivery id."""
    return write(tree_actions.redeliver, tree, sub)
