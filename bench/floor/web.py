"""The floor's arbiter: takes a tree and results, and rings for the children. Each node has one parent, so there are no joins."""

import os
import time
from collections.abc import Sequence

from flask import Flask, request
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import insert

from bench.database import Durable
from bench.floor import ledger

QUEUE, TRIGGER = "floor", "bench.floor.work.trigger"


def create_app() -> Flask:
    """The two routes over the database and the Redis that BENCH_DATABASE and BENCH_REDIS name."""
    app = Flask(__name__)
    database = Durable(os.environ["BENCH_DATABASE"])
    ledger.metadata.create_all(database.engine)
    queue = Queue(QUEUE, connection=Redis.from_url(os.environ["BENCH_REDIS"]), serializer=JSONSerializer)
    graphs: dict[int, dict[str, list[int]]] = {}

    def ring(tree: int, nodes: Sequence[int]) -> None:
        jobs = [Queue.prepare_data(TRIGGER, (tree, node), result_ttl=0) for node in nodes]
        if jobs:
            queue.enqueue_many(jobs)

    @app.post("/trees")
    def open_tree() -> tuple[dict[str, int], int]:
        children = request.get_json()["children"]
        with database.writing() as connection:
            made = connection.execute(insert(ledger.trees).values(children=children, at=time.time()))
            tree = int(made.inserted_primary_key[0])  # type: ignore[index]  # a table with one key
            ledger.note(connection, tree, children["0"], "queued")
        graphs[tree] = children
        ring(tree, children["0"])
        return {"tree": tree}, 201

    @app.post("/results")
    def result() -> tuple[dict[str, int], int]:
        told = request.get_json()
        tree, node = told["tree"], told["node"]
        ready = graphs[tree].get(str(node), [])
        with database.writing() as connection:
            ledger.note(connection, tree, [node], "success", told["started"])
            ledger.note(connection, tree, ready, "queued")
        ring(tree, ready)
        return {"tree": tree}, 201

    return app
