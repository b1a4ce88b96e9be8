"""RQ functions: they get nothing, because the database says what is to be done."""

from functools import lru_cache

from dominoci import bootstrap
from dominoci.config import Settings
from dominoci.services import dispatch


@lru_cache(maxsize=1)
def container() -> bootstrap.Container:
    """The worker's container, built once a process."""
    return bootstrap.build(Settings.from_env())


def drain() -> int:
    """Sends what is due in the outbox, and beside it what webhooks, people and Elasticsearch are to be told."""
    shared = container()
    for sender in shared.senders:
        sender.begin()
    return dispatch.drain(shared.transactions, shared.adapters, shared.repositories, shared.statuses)
