"""Everything published, fanned out to the sockets of this process: one Redis subscriber, one frame for all, bounded queues."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import structlog

from dominoci.infra.redis import AGENTS_CHANNEL, CHANNEL, Subscriber
from dominoci.web.closing import CLOSING
from dominoci.web.outlet import text_frame
from dominoci.web.pump import Pump

log = structlog.get_logger()
MOST_FRAMES = 500
MOST_CHARACTERS = 2 << 20
STEADY = 20  # so many looks it takes until a change of their duration counts
TENTH = 10


@dataclass(frozen=True)
class Frame:
    """A published message as it is sent; all sockets share it. `version` is the topic's, 0 where it has none."""

    topic: str
    version: int
    text: str

    @cached_property
    def wire(self) -> bytes:
        """As it is sent."""
        return text_frame(self.text)

    @cached_property
    def bare(self) -> bytes:
        """The same without what it tells: for who may only know that there is something new."""
        kinds = json.loads(self.text).keys() & {"tree", "build"}
        return text_frame(json.dumps({"topic": self.topic, "version": self.version, **{kind: {} for kind in kinds}}))


class Mailbox:
    """What one socket is still to be sent, and its alarm clock. Filled by the hub's thread, emptied by the socket's."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self._frames: deque[Frame] = deque()
        self._characters = 0
        self._lock = threading.Lock()
        self.overrun = False

    def put(self, frame: Frame) -> None:
        """One more frame; when too much waits already, the reader is too slow and gets nothing more."""
        with self._lock:
            if len(self._frames) >= MOST_FRAMES or self._characters + len(frame.text) > MOST_CHARACTERS:
                self.overrun = True
            else:
                self._frames.append(frame)
                self._characters += len(frame.text)
        self.wake()

    def take(self) -> list[Frame]:
        """All that waits."""
        with self._lock:
            frames, self._characters = list(self._frames), 0
            self._frames.clear()
            return frames


class Hub:
    """Which mailbox wants which topic; `pump` sends logs, past the mailboxes."""

    def __init__(self, redis_url: str) -> None:
        self._subscriber = Subscriber(redis_url, self.heard)
        self.pump = Pump(self._look_up)
        self._present: set[Mailbox] = set()
        self._look_s = 0.0
        self._wake_agents: Callable[[], None] = lambda: None
        self._wanted: dict[str, set[Mailbox]] = defaultdict(set)
        self._lock = threading.Lock()
        self._listening = False

    def on_agents(self, wake: Callable[[], None]) -> None:
        """`wake` is called whenever a build may wait for an agent."""
        self._wake_agents = wake

    def listen(self) -> None:
        """Starts the one subscriber of this process. Not at import: threads do not survive gunicorn's fork."""
        with self._lock:
            if not self._listening:
                self._listening = True
                self._subscriber.start()
                self.pump.start()

    def heard(self, channel: str, content: bytes) -> None:
        """Called by the subscriber for everything published."""
        if channel == AGENTS_CHANNEL:
            self._wake_agents()
        elif channel == CHANNEL:
            self._pass_on(content)

    def _pass_on(self, content: bytes) -> None:
        try:
            text = content.decode()
            message = json.loads(text)
            frame = Frame(message["topic"], message.get("version") or 0, text)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("live_message_unreadable", size=len(content))
            return
        if frame.topic.endswith(":log"):
            self.pump.grown(frame.topic, str(message.get("step")))
            return
        with self._lock:
            mailboxes = list(self._wanted.get(frame.topic, ()))
        for mailbox in mailboxes:
            mailbox.put(frame)

    def pace(self, least_s: float, took_s: float) -> float:
        """After how many seconds a socket shall look into the database again whose look took so long: where there are many, so
        late that looks of one kind take all together a tenth of the time."""
        self._look_s += (took_s - self._look_s) / STEADY
        return max(least_s, len(self._present) * self._look_s * TENTH)

    def enter(self, mailbox: Mailbox) -> None:
        """A socket was opened."""
        with self._lock:
            self._present.add(mailbox)

    def exit(self, mailbox: Mailbox, topics: Iterable[str]) -> None:
        """It was closed; `topics` are those that it still heard."""
        with self._lock:
            self._present.discard(mailbox)
        for topic in topics:
            self.leave(topic, mailbox)

    def _look_up(self) -> None:
        """When this process is told to stop, every socket says goodbye."""
        if CLOSING.is_set():
            with self._lock:
                present = list(self._present)
            for mailbox in present:
                mailbox.wake()

    def join(self, topic: str, mailbox: Mailbox) -> None:
        """`mailbox` gets what is published on `topic` from now on."""
        with self._lock:
            self._wanted[topic].add(mailbox)

    def leave(self, topic: str, mailbox: Mailbox) -> None:
        """No more of `topic`."""
        with self._lock:
            self._wanted[topic].discard(mailbox)
            if not self._wanted[topic]:
                del self._wanted[topic]
