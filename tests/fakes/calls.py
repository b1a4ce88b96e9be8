"""What reaches the small arbiter, and what goes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.fakes.wire_bed import Json


@dataclass
class Call:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    gone: Callable[[], bool] = lambda: False  # whether the caller has hung up

    @property
    def json(self) -> Json:
        """The body as an object."""
        return dict(json.loads(self.body or b"{}"))


@dataclass
class Answer:
    """What goes back."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


# (call) -> an answer instead of the usual one, None to let it through, or "drop": do it, but never answer
Fault = Callable[[Call], "Answer | str | None"]
