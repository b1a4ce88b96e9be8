"""What GitHub answers to a workflow_dispatch: the run's id, or one of many 422s."""

import json
import re
from typing import Final

from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Exchange, ExchangeFailed
from dominoci.vendors.github_wire import coded

_UNEXPECTED: Final = re.compile(r"Unexpected inputs provided: (\[.*\])")


class UnexpectedInputs(ExchangeFailed):
    """The workflow declares none of `names`. `tells_runs`: this server would have told the id of the run."""

    def __init__(self, names: tuple[str, ...], workflow: str, ref: str, exchange: Exchange, *, tells_runs: bool) -> None:
        fix = "declare it under on.workflow_dispatch.inputs"
        super().__init__(f"{workflow} on {ref} has no input {', '.join(names)[:300]}: {fix}.", exchange=exchange, retry=False)
        self.names, self.tells_runs = names, tells_runs


def run_named(answer: Answer) -> tuple[int | None, str | None]:
    """The run's id and page in the answer to a dispatch; nothing where the answer cannot be read: the run was started anyhow."""
    try:
        told = json.loads(answer.body) if answer.status == 200 else {}
    except (ValueError, RecursionError):
        told = {}
    number, page = (told.get("workflow_run_id"), told.get("html_url")) if isinstance(told, dict) else (None, None)
    known = isinstance(number, int) and not isinstance(number, bool) and number > 0
    return number if known else None, page if isinstance(page, str) else None


def undeclared(words: str) -> tuple[str, ...]:
    """The inputs in `Unexpected inputs provided: ["a", "b"]`."""
    found = _UNEXPECTED.search(words)
    try:
        names = json.loads(found[1]) if found else []
    except (ValueError, RecursionError):
        return ()
    return tuple(str(name) for name in names)


def unfit(words: str, workflow: str, ref: str) -> str:
    """GitHub's 422s to a dispatch, each with its fix."""
    fixes = {
        "does not have 'workflow_dispatch' trigger": f"add `workflow_dispatch:` under `on:` of {workflow} on {ref}",
        "No ref found": f"there is no branch or tag {ref}: correct the dependency's ref or the project's default branch",
        "Required input": "give that input a default, or the dependency a parameter of its name",
        "disabled workflow": f"enable {workflow} on the repository's Actions page",
        "Provided value": "the workflow allows other values: correct the dependency's parameter",
    }
    fix = next((fix for sign, fix in fixes.items() if sign.lower() in words.lower()), f"look at {workflow} on {ref}")
    return f"GitHub does not start the workflow ({coded(422, words)}): {fix}."
