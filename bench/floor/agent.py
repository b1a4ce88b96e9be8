"""The floor's agent: a thread for each slot takes a node, runs `true`, and reports. `python -m bench.floor.agent PORT SLOTS`."""

import json
import os
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection

from redis import Redis

AGENT = "floor:agent"


def _serve(port: int) -> None:
    redis = Redis.from_url(os.environ["BENCH_REDIS"], socket_timeout=None)
    arbiter = HTTPConnection("127.0.0.1", port)
    while True:
        taken = redis.brpop([AGENT], timeout=0)
        assert isinstance(taken, list | tuple)
        tree, node = taken[1].split()
        started = time.time()
        subprocess.run(["true"], check=True)
        body = json.dumps({"tree": int(tree), "node": int(node), "started": started})
        _post(arbiter, body)


def _post(arbiter: HTTPConnection, body: str) -> None:
    for last in (False, True):
        try:
            arbiter.request("POST", "/results", body, {"Content-Type": "application/json"})
            answer = arbiter.getresponse()
            answer.read()
            assert answer.status == 201, answer.status
            return
        except OSError:
            # an idle connection that the server has closed: once more, on a new one
            arbiter.close()
            if last:
                raise


def main() -> None:
    """Runs until it is killed."""
    port, slots = int(sys.argv[1]), int(sys.argv[2])
    threads = [threading.Thread(target=_serve, args=(port,), daemon=True) for _ in range(slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
