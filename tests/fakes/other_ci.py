"""Another CI system behind a webhook: it takes every trigger with 202, runs each delivery once, and reports SUCCESS."""

import threading
from collections import defaultdict
from typing import Any

import httpx

from tests.fakes.webhook_sink import Sink, answer


class OtherCI:
    """A sink whose pipelines end when a test says so. Repeats of a delivery are counted, and not run again."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._answers = threading.Event()
        self._answers.set()
        self._reported: set[str] = set()
        sink.otherwise = self._take

    def _take(self, sink: Sink, connection: Any) -> bool:
        # until the sink closes, or answering is allowed again
        while not sink.closing.is_set():
            if self._answers.wait(0.05):
                return answer(202)(sink, connection)
        return False

    def hold_answers(self) -> None:
        """Triggers are taken, and not answered."""
        self._answers.clear()

    def answer(self) -> None:
        """Answers them again, those that were held too."""
        self._answers.set()

    def triggers(self, tree_id: str) -> dict[str, list[str]]:
        """By project: the delivery id of each request that came for it in this tree."""
        found: dict[str, list[str]] = defaultdict(list)
        for request in list(self.sink.received):
            told = request.json()
            if told["tree_id"] == tree_id:
                assert request.headers["webhook-id"] == told["delivery_id"]
                found[told["project"]["name"]].append(told["delivery_id"])
        return dict(found)

    def report(self, tree_id: str) -> None:
        """Reports the end of every pipeline of this tree that has not been told yet. Whatever is not taken with 2xx (the
        arbiter may be down) is left for the next call."""
        for request in list(self.sink.received):
            told = request.json()
            if told["tree_id"] == tree_id and told["delivery_id"] not in self._reported and _reported(told):
                self._reported.add(told["delivery_id"])


def _reported(told: dict[str, Any]) -> bool:
    commit = told["parents"][0]["metadata"].get("commit")
    report = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": commit}}
    try:
        done = httpx.post(
            told["callback"]["result"],
            json=report,
            headers={"Authorization": f"Bearer {told['event_token']}"},
            timeout=5,
            trust_env=False,
        )
    except httpx.TransportError:
        return False
    assert done.is_success or done.status_code >= 500, f"{done.status_code} {done.text}"
    return done.is_success
