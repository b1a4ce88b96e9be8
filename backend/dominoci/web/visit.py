"""One live socket from handshake to close: what its page subscribes to, and what it is told (docs/live.md)."""

import json
import time
from collections.abc import Callable
from typing import Any

import structlog
from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]

from dominoci.bootstrap import Container
from dominoci.domain.errors import BadRequest, DominoError, NotFound, Unauthorized, Unavailable
from dominoci.infra.files import Place
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, builds, veil
from dominoci.services.access import Principal
from dominoci.web.closing import CLOSING
from dominoci.web.hub import Frame, Hub, Mailbox
from dominoci.web.outlet import Outlet, text_frame
from dominoci.web.tail import Replaced, Tail

log = structlog.get_logger()
PING_S = 15.0
RECHECK_S = 5.0  # versions and logs are looked up this often: a message that Redis lost costs no more
LONGEST_S = 60.0  # looks of a process with very many sockets are at most this far apart
MOST_TOPICS = 100
MOST_WAITING = 1000
GOING_AWAY, POLICY = 1001, 1008
FEED = "feed"
UNVERSIONED = ("agents", FEED)


class Visit:
    """Runs in its request's thread; only the mailbox is touched by others, and the tails of logs while they are live."""

    def __init__(
        self,
        ws: Server,
        outlet: Outlet,
        container: Container,
        hub: Hub,
        who: Principal,
        credentials: Callable[[UnitOfWork], Principal | None],
    ) -> None:
        self._ws, self._outlet, self._container, self._hub, self._who = ws, outlet, container, hub, who
        self._credentials = credentials
        self._mailbox = Mailbox(ws.event.set)
        self._joined: set[str] = set()
        self._versions: dict[str, int] = {}
        self._veiled: set[str] = set()  # trees of which the visitor may not see everything
        self._tails: dict[tuple[str, int], Tail] = {}

    def serve(self) -> None:
        """Until either side closes."""
        now = time.monotonic()
        every = {self._recheck: RECHECK_S, self._ping: PING_S, self._check: PING_S}
        due = {task: now + seconds for task, seconds in every.items()}
        self._hub.enter(self._mailbox)
        try:
            while self._ws.connected and not self._must_end():
                # cleared before anything is read, so that nothing that comes meanwhile waits for the next turn
                self._ws.event.wait(0.0 if self._behind() else max(0.0, min(due.values()) - time.monotonic()))
                self._ws.event.clear()
                self._hear()
                self._outlet.flush()  # after hearing, which clears the event too: also that of a frame that was begun
                self._speak()
                for task in [task for task, at in due.items() if time.monotonic() >= at]:
                    begun = time.monotonic()
                    task()
                    pause = every[task] if task == self._ping else self._hub.pace(every[task], time.monotonic() - begun)
                    due[task] = begun + min(pause, LONGEST_S)
        except ConnectionClosed:
            pass
        except OSError as e:
            log.info("live_reader_lost", error=type(e).__name__)
        finally:
            self._hub.exit(self._mailbox, self._joined)
            for tail in self._tails.values():
                tail.log.leave(tail)

    def _behind(self) -> bool:
        return any(tail.behind for tail in self._tails.values())

    def _must_end(self) -> bool:
        if CLOSING.is_set():
            self._ws.close(GOING_AWAY, "the server restarts")
        elif self._mailbox.overrun:
            log.info("live_reader_too_slow")
            self._ws.close(POLICY, "too slow: more was waiting than is kept in memory")
        elif len(self._ws.input_buffer) > MOST_WAITING:
            self._ws.close(POLICY, "too many messages at once")
        else:
            return False
        return True

    def _ping(self) -> None:
        self._send({"op": "ping"})

    def _check(self) -> None:
        """Whether the visitor is still signed in."""
        try:
            valid = self._container.read(self._credentials) is not None
        except Unauthorized:
            valid = False
        except Unavailable:
            return
        if not valid:
            self._ws.close(POLICY, "signed out")

    # ---- what the page asks for

    def _hear(self) -> None:
        while (message := self._ws.receive(timeout=0)) is not None:
            wish: dict[str, Any] = {"topic": None}
            try:
                wish = read_wish(message)
                self._obey(wish)
            except DominoError as e:
                self._refuse(wish["topic"], e, wish.get("step"))
            self._join()

    def _obey(self, wish: dict[str, Any]) -> None:
        topic, step = wish["topic"], wish["step"]
        if wish["op"] == "unsubscribe":
            self._forget(topic, step)
        elif len(self._versions) + len(self._tails) >= MOST_TOPICS:
            raise BadRequest(f"One page watches at most {MOST_TOPICS} topics.")
        elif topic.endswith(":log"):
            self._follow(topic, step or 1, wish["from"])
        else:
            self._subscribe(topic)

    def _subscribe(self, topic: str) -> None:
        self._versions[topic] = self._version(topic)
        if topic.startswith("tree:") and self._container.read(veil.of_tree, self._who, topic.removeprefix("tree:")).names:
            self._veiled.add(topic)
        self._join()
        # joined first, read again second: what is published in between is heard, or contained in the version
        self._announce(topic, self._version(topic))

    def _announce(self, topic: str, version: int) -> None:
        self._versions[topic] = version
        self._send({"topic": topic, "op": "subscribed", "version": version})

    def _version(self, topic: str) -> int:
        """The present version of a topic that the visitor may see; the same right as for the topic's REST page."""
        kind, _, key = topic.partition(":")
        if kind == "tree" and key:
            return self._container.read(lambda uow: access.visible_tree(uow, self._who, key).version)
        if kind == "build" and key:
            return self._container.read(lambda uow: builds.visible_build(uow, self._who, key).version)
        if topic in UNVERSIONED:
            access.require_user(self._who)
            return 0
        raise NotFound("There is no such topic.")

    def _follow(self, topic: str, step: int, offset: int) -> None:
        # heard first, read second: the end of the build comes as a message, or is known by then
        self._hear_of(_build_of(topic))
        place, path, complete = self._log_place(topic, step)
        self._forget(topic, step)
        log = self._hub.pump.log(topic, step, self._container.files.log_file(place, path))
        self._tails[topic, step] = Tail(log, offset, complete, self._outlet.offer, self._mailbox.wake)
        self._send({"topic": topic, "op": "subscribed", "step": step, "version": 0})

    def _log_place(self, topic: str, step: int) -> tuple[Place, str, bool]:
        build_id = topic.removeprefix("build:").removesuffix(":log")
        return self._container.read(builds.log_place, self._who, build_id, step)

    def _forget(self, topic: str, step: int | None = None) -> None:
        self._versions.pop(topic, None)
        for key in [key for key in self._tails if key[0] == topic and step in (None, key[1])]:
            tail = self._tails.pop(key)
            tail.log.leave(tail)

    def _join(self) -> None:
        """Hears exactly the topics that are needed; of a log its build, because its end is the end of the log."""
        wanted = {*self._versions, *(_build_of(topic) for topic, _ in self._tails)}
        for topic in wanted - self._joined:
            self._hear_of(topic)
        for topic in self._joined - wanted:
            self._hub.leave(topic, self._mailbox)
        self._joined = wanted

    def _hear_of(self, topic: str) -> None:
        self._joined.add(topic)
        self._hub.join(topic, self._mailbox)

    # ---- what the page is told

    def _speak(self) -> None:
        heard: dict[str, int] = {}
        for frame in self._mailbox.take():
            heard[frame.topic] = max(frame.version, heard.get(frame.topic, 0))
            if frame.topic in self._versions:
                self._versions[frame.topic] = max(self._versions[frame.topic], frame.version)
                self._tell(frame)
        for tail in list(self._tails.values()):
            version = heard.get(_build_of(tail.log.topic))
            if version is not None or tail.behind:
                self._send_tail(tail, version)

    def _tell(self, frame: Frame) -> None:
        """A frame is the same for all sockets: who may not see everything in it is told that there is something new, no more."""
        if frame.topic in self._veiled:
            self._announce(frame.topic, self._versions[frame.topic])
        elif frame.topic == FEED and not self._who.is_admin:
            self._outlet.send(frame.bare)
        else:
            self._outlet.send(frame.wire)

    def _send_tail(self, tail: Tail, version: int | None = None) -> None:
        """Sends what a log has grown by. It may be complete since its build has this `version`: one look into the database, for
        all who follow it."""
        log = tail.log
        try:
            if version is not None:
                tail.complete = log.complete(version, lambda: self._log_place(log.topic, log.step)[2])
            for frame in tail.frames():
                self._outlet.send(frame)
        except Replaced:
            gone = NotFound("The log is shorter than that: the build has started anew.")
            self._end_tail(tail, gone)
        except Unavailable:
            tail.behind = False
        except DominoError as e:
            self._end_tail(tail, e)
        if tail.ended:
            self._forget(log.topic, log.step)
            self._join()

    def _end_tail(self, tail: Tail, error: DominoError) -> None:
        tail.ended = True
        self._refuse(tail.log.topic, error, tail.log.step)

    def _recheck(self) -> None:
        """The database knows what a lost message would have said. A page that hears of a higher version fetches its snapshot."""
        for topic, known in list(self._versions.items()):
            try:
                if topic not in UNVERSIONED and (version := self._version(topic)) > known:
                    self._announce(topic, version)
            except Unavailable:
                return
            except DominoError as e:
                self._forget(topic)
                self._refuse(topic, e)
        for tail in list(self._tails.values()):
            self._look_after(tail)
        self._join()

    def _look_after(self, tail: Tail) -> None:
        """Whether the log may still be seen, and what of it a lost message would have brought."""
        try:
            tail.complete = self._log_place(tail.log.topic, tail.log.step)[2]
        except Unavailable:
            return
        except DominoError as e:
            self._end_tail(tail, e)
            self._forget(tail.log.topic, tail.log.step)
        else:
            self._send_tail(tail)

    def _refuse(self, topic: str | None, error: DominoError, step: int | None = None) -> None:
        message = {"topic": topic, "error": {"code": type(error).__name__.lower(), "detail": error.detail}}
        self._send(message if step is None else {**message, "step": step})

    def _send(self, message: dict[str, Any]) -> None:
        self._outlet.send(text_frame(json.dumps(message)))


def _build_of(log_topic: str) -> str:
    return log_topic.removesuffix(":log")


def read_wish(message: str | bytes) -> dict[str, Any]:
    """A message of the page, checked: op, topic, step (or None) and from. Raises BadRequest."""
    try:
        wish = json.loads(message)
        op, topic, step, offset = wish["op"], wish["topic"], wish.get("step"), wish.get("from", 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise BadRequest("A message is a JSON object with op and topic.") from e
    if op not in ("subscribe", "unsubscribe") or not isinstance(topic, str) or len(topic) > 200:
        raise BadRequest("op is subscribe or unsubscribe, topic is a text.")
    if not (_whole(offset, 1 << 53) and (step is None or _whole(step, 1 << 31))):
        raise BadRequest("step and from are whole numbers.")
    return {"op": op, "topic": topic, "step": step, "from": offset}


def _whole(value: Any, limit: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < limit
