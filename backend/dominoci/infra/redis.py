"""Redis: the bell (RQ) and the loudspeaker (pub/sub). Both may be lost at any moment: the database holds the truth."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from dominoci.domain.times import rfc3339

log = structlog.get_logger()
QUEUE = "dominoci"
CHANNEL = "dominoci:live"
AGENTS_CHANNEL = "dominoci:agents"
DRAIN = "dominoci.tasks.drain"
# after an error Redis is left alone for a moment, so that its being down does not slow every commit
REST_S = 1.0


def connect(url: str, *, timeout_s: float | None = 2.0) -> "Redis":
    """A client for `url` (redis://, rediss:// or unix://); `timeout_s` None waits for ever (subscribers)."""
    return Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=2.0)


class Bell:
    """Rings the worker and tells live pages, after commit. Failing is logged and forgotten: the scheduler rings again."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        self._rest_until = 0.0

    def after_commit(self, messages: Iterable[tuple[str, dict[str, Any]]], ring: bool, wake_agents: bool) -> bool:
        """Sends what one transaction decided; True when Redis took it all."""
        if time.monotonic() < self._rest_until:
            return False
        try:
            self._send(list(messages), wake_agents)
            if ring:
                self._queue.enqueue(DRAIN, result_ttl=0, failure_ttl=60, ttl=60)
        except RedisError as e:
            self._rest_until = time.monotonic() + REST_S
            log.warning("redis_down", error=type(e).__name__)
            return False
        return True

    def _send(self, messages: list[tuple[str, dict[str, Any]]], wake_agents: bool) -> None:
        if not messages and not wake_agents:
            return
        pipeline = self._redis.pipeline(transaction=False)
        if wake_agents:
            pipeline.publish(AGENTS_CHANNEL, "1")
        for topic, message in messages:
            pipeline.publish(CHANNEL, json.dumps({"topic": topic, **message}, default=rfc3339))
        pipeline.execute()

    def ping(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False


class Subscriber:
    """One thread a process that hears everything published and hands it to `listener(channel, data)`; reconnects by itself."""

    def __init__(self, url: str, listener: Callable[[str, bytes], None]) -> None:
        self._url, self._listener = url, listener
        self._thread = threading.Thread(target=self._run, name="redis-subscriber", daemon=True)

    def start(self) -> None:
        """Starts listening."""
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._listen()
            except RedisError as e:
                log.warning("redis_subscriber_again", error=type(e).__name__)
            time.sleep(0.5)

    def _listen(self) -> None:
        with connect(self._url, timeout_s=None) as redis, redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(CHANNEL, AGENTS_CHANNEL)
            # whatever was missed while we were away: everybody looks again
            self._listener(AGENTS_CHANNEL, b"1")
            for message in pubsub.listen():
                self._listener(message["channel"].decode(), message["data"])
