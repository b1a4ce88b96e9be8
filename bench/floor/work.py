"""The floor's RQ job: writes that a node is triggered, and hands it to the agent. `python -m bench.floor.work` is a worker."""

import os
from functools import lru_cache

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bench.database import Durable
from bench.floor import ledger

AGENT = "floor:agent"


@lru_cache(maxsize=1)
def _connected() -> tuple[Durable, "Redis"]:
    return Durable(os.environ["BENCH_DATABASE"]), Redis.from_url(os.environ["BENCH_REDIS"])


def trigger(tree: int, node: int) -> None:
    """One node to its agent."""
    database, redis = _connected()
    with database.writing() as connection:
        ledger.note(connection, tree, [node], "triggered")
    redis.lpush(AGENT, f"{tree} {node}")


def main() -> None:
    """Works until it is told to stop."""
    redis = _connected()[1]
    queue = Queue("floor", connection=redis, serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer, log_job_description=False)
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main()
