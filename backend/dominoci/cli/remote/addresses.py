"""What people give for a tree: its id, the beginning of the id, or the address of its page."""

from dominoci.cli.common import CannotRun, Failed
from dominoci.cli.remote.arbiter import Arbiter

FULL = 36
SHORTEST = 8


def tree_of(arbiter: Arbiter, text: str) -> str:
    """The tree's id. Raises CannotRun for what cannot be one, Failed when no tree or more than one begins like it."""
    given = text.partition("/trees/")[2] or text
    wanted = given.partition("/")[0].partition("?")[0].partition("#")[0].strip().lower()
    if len(wanted) == FULL:
        return wanted
    if len(wanted) < SHORTEST or not set(wanted) <= set("0123456789abcdef-"):
        raise CannotRun(f"{text!r} is no tree: give its id, {SHORTEST} or more of its first characters, or its address")
    return _completed(arbiter, wanted)


def _completed(arbiter: Arbiter, beginning: str) -> str:
    found = [str(tree["id"]) for tree in arbiter.get("search", q=beginning)["trees"] if tree["id"].startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Failed(f"more than one tree begins with {beginning}: {', '.join(found)}")
    raise Failed(f"no tree begins with {beginning}")
