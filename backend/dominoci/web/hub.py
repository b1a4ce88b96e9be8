"""Everything published, fanned out to the sockets of this process: one Redis subscriber, one frame for all, bounded queues."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from dominoci.infra.redis import AGENTS_CHANNEL, CHANNEL, Subscriber

log = structlog.get_logger()
MOST_FRAMES = 500
MOST_CHARACTERS = 2 << 20


@dataclass(frozen=True)
class Frame:
    """A published message as it is sent; all sockets share it. `version` is the topic's, 0 where it has none."""

    topic: str
    version: int
    text: str


class Mailbox:
    """What one socket is still to be sent, and its alarm clock. Filled by the hub's thread, emptied by the socket's."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
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
        self._wake()

    def take(self) -> list[Frame]:
        """All that waits."""
        with self._lock:
            frames, self._characters = list(self._frames), 0
            self._frames.clear()
            return frames


class Hub:
    """Which mailbox wants which topic."""

    def __init__(self, redis_url: str) -> None:
        self._subscriber = Subscriber(redis_url, self.heard)
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
        with self._lock:
            mailboxes = list(self._wanted.get(frame.topic, ()))
        for mailbox in mailboxes:
            mailbox.put(frame)

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
