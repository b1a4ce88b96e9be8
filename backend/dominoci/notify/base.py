"""What every channel is: something that takes a notice, and says what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from dominoci.notify.wording import Notice


@dataclass(frozen=True)
class Address:
    """Where a message goes: what may be shown of it, and what may not. `progress` is what the tries of this message before have
    left to know."""

    shown: Mapping[str, Any]
    secret: Mapping[str, Any] = field(default_factory=dict, repr=False)
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What came of one send. `reading` is a sentence that may be shown; `again` whether another try can help, after at least
    `retry_after_s` seconds; `progress` is for that try's `Address`."""

    taken: bool
    reading: str
    again: bool = False
    retry_after_s: float | None = None
    duration_ms: int = 0
    progress: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """A way to people. Implementations hold no state; any thread may call. `fields` are those of a destination that it
    takes."""

    fields: ClassVar[tuple[str, ...]]

    @property
    def kind(self) -> str:
        """What rules name it by."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    def check(self, address: Address) -> None:
        """Raises Refused, with a sentence, for a place that nothing would ever be sent to. Names are looked up: not within a
        transaction."""
        ...

    def send(self, notice: Notice, to: Address) -> Sent:
        """One message, over within 16 seconds. Raises nothing: a failure is in the answer."""
        ...
