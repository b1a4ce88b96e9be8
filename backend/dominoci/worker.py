"""The worker process: an RQ SimpleWorker on one queue. It forks nothing, and Redis may be lost (docs/decisions/queue.md)."""

import logging
import signal
import sys
import time
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from dominoci import tasks
from dominoci.infra.redis import QUEUE, connect

log = structlog.get_logger()


def run() -> int:
    """Works until SIGTERM; a lost Redis is waited for."""
    logging.getLogger("rq").setLevel(logging.WARNING)
    settings = tasks.container().settings
    signal.signal(signal.SIGTERM, _leave)
    log.info("worker_ready")
    while True:
        try:
            _work(settings.redis_url)
            return 0
        except RedisError as e:
            # RQ's handler belongs to a worker that is gone: it would take a SIGTERM and forget it
            signal.signal(signal.SIGTERM, _leave)
            log.warning("redis_down", error=type(e).__name__)
            time.sleep(1)


def _work(redis_url: str) -> None:
    # RQ blocks on BRPOP for long: a short socket timeout would be taken for a lost connection
    connection = connect(redis_url, timeout_s=None)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=connection, serializer=JSONSerializer, log_job_description=False)
    try:
        worker.work(logging_level="WARNING", with_scheduler=False)
    except RedisError:
        if worker._stop_requested:
            sys.exit(0)
        raise


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
