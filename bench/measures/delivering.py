"""P6: webhook triggers that the real worker delivers (claimed, signed, guarded, booked), against a bare httpx loop that sends as
many of the same requests to the same sink from as many threads."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import httpx

from bench.arbiter import root_report
from bench.bed import Bed
from bench.figures import Figure
from bench.line import Line
from bench.plant import copy_dependencies, copy_projects
from bench.table import Goal, Row, plain, ratio
from dominoci.domain.signing import mint_secret
from dominoci.services.dispatch import SENDERS

CHILDREN = 2_000
EACH = 500  # children at each vendor
WITHIN_S = 120.0


def measure(bed: Bed) -> list[Row]:
    """Events with 2,000 webhook children, one at a time."""
    token = _fan(bed)
    _deliver(bed, token)
    ours, bare, spent = [], [], []
    for _ in range(bed.runs):
        before = bed.stack.cpu_s()
        ours.append(_deliver(bed, token))
        spent.append({role: after - before.get(role, 0.0) for role, after in bed.stack.cpu_s().items()})
        bare.append(_send_bare(bed))
    shares = ", ".join(f"{role} {median(s[role] for s in spent) / CHILDREN * 1e3:.2f}" for role in ("worker", "web", "valkey"))
    bed.notes.append(f"P6: CPU ms a trigger by process: {shares}")
    name = f"P6 {CHILDREN:,} children"
    rate, limit = (Figure.of([CHILDREN / seconds for seconds in each], "/s") for each in (ours, bare))
    return [
        *(_vendor(bed, kind, limit) for kind in ("jenkins", "gitlab", "github")),
        ratio("P6 triggers delivered", rate, limit, Goal(0.35, at_least=True)),
        plain(f"{name}, report to last delivery", Figure.of(ours, "s"), Goal(15, unit=" s")),
    ]


def _vendor(bed: Bed, kind: str, limit: Figure) -> Row:
    """The same by the adapter of one vendor, against the same bare loop."""
    server = bed.sink_url.removesuffix("/hook")
    targets: dict[str, dict[str, str]] = {
        "jenkins": {"url": server, "mode": "build", "job": "app", "user": "ci", "api_token": "t"},
        "gitlab": {"url": server, "project": "group/app", "token": "t"},
        "github": {"api_url": server, "repository": "group/app", "workflow": "ci.yml", "token": "t"},
    }
    token = _fan(bed, {"kind": kind, **targets[kind]}, EACH)
    _deliver(bed, token, EACH)
    rate = Figure.of([EACH / _deliver(bed, token, EACH) for _ in range(bed.runs)], "/s")
    return ratio(f"P6 triggers delivered to {kind}", rate, limit, Goal(0.35, at_least=True))


def _fan(bed: Bed, target: Mapping[str, str] | None = None, children: int = CHILDREN) -> str:
    """A root with its children, whose requests are signed unless they have another target; the root's token."""
    root = bed.arbiter.project({"kind": "webhook", "url": bed.sink_url})
    child = bed.arbiter.project(target or {"kind": "webhook", "url": bed.sink_url, "secret": mint_secret()})
    first = bed.arbiter.depend(root, child).rpartition("/")[2]
    with bed.records.writing() as connection:
        others = copy_projects(connection, child, [f"sink-{child[-6:]}-{n:05}" for n in range(children - 1)])
        copy_dependencies(connection, first, [(root, other) for other in others])
    return bed.arbiter.project_token(root)


def _deliver(bed: Bed, token: str, children: int = CHILDREN) -> float:
    """Seconds from the report of one event to the last of its deliveries."""
    bed.stack.settle()
    tree = json.loads(Line(bed.stack.port, token).post("/api/v1/events", root_report()))["tree_id"]
    limit = time.monotonic() + WITHIN_S
    # asked seldom: the answer costs the machine that is being measured
    while bed.records.outbox_open():
        if time.monotonic() > limit:
            raise RuntimeError(f"tree {tree} was not delivered within {WITHIN_S:.0f} s")
        time.sleep(0.25)
    return bed.records.delivered(tree, children)


def _send_bare(bed: Bed) -> float:
    """Seconds for as many requests of the same size, on kept connections."""
    content = bed.records.a_trigger().encode()
    headers = {"content-type": "application/json"}
    limits = httpx.Limits(max_connections=SENDERS, max_keepalive_connections=SENDERS)
    with httpx.Client(limits=limits, trust_env=False) as client, ThreadPoolExecutor(SENDERS) as pool:
        begun = time.perf_counter()
        for answer in pool.map(lambda _: client.post(bed.sink_url, content=content, headers=headers), range(CHILDREN)):
            answer.raise_for_status()
        return time.perf_counter() - begun
