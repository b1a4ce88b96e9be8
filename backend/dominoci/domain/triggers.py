"""Triggers of jobs: which kinds there are, and what each is told."""

from collections.abc import Mapping
from typing import Any, Final

WEBHOOK, SCHEDULE, POLL = "webhook", "schedule", "poll"
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    WEBHOOK: ("ref", "branches"),
    SCHEDULE: ("ref", "cron", "zone", "missed"),
    POLL: ("branches", "every_s"),
}
KINDS: Final = tuple(FIELDS)
DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    WEBHOOK: {"ref": None, "branches": []},
    SCHEDULE: {"ref": None, "zone": "UTC", "missed": "once"},
    POLL: {"branches": [], "every_s": 300},
}
EVERY_S: Final = (60, 86_400)  # how often a repository may be asked

# what came of a turn
STARTED, NOTHING, SKIPPED, FAILED = "started", "nothing", "skipped", "failed"
OUTCOMES: Final = (STARTED, NOTHING, SKIPPED, FAILED)


def configured(kind: str, given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a trigger of this kind is to do: what it was told `before` (None: nothing yet, then the defaults) with what is given
    now."""
    told = {**(DEFAULTS[kind] if before is None else before), **given}
    return {name: told[name] for name in FIELDS[kind] if name in told}


def faults(kind: str, given: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the fields that were `given`, as sentences by field, as far as it takes no calendar."""
    known = {name for names in FIELDS.values() for name in names}
    wrong = {name: f"A trigger of kind {kind} has no such field." for name in given if name in known and name not in FIELDS[kind]}
    lacking = {"cron": "A schedule needs a cron expression."} if kind == SCHEDULE and not config.get("cron") else {}
    return wrong | lacking
