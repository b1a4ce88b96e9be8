"""What the page is to show: seeded trees of several sizes, some of whose events have ended, and builds with long logs."""

import json
import random
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from bench.arbiter import Arbiter, root_report
from bench.line import Line
from bench.plant import copy_dependencies, copy_projects
from bench.records import Records
from bench.stack import Stack
from bench.web import HOST
from dominoci.domain.credentials import mint_event
from dominoci.domain.keys import KeyRing

TREES = (1, 41, 500, 1_000, 5_000)
LOGS = (0, 10_000, 100_000, 1_000_000)
FOUND_IN = 100_000
SEED = 13
TOLD = 150  # so many events of a tree, or three in five of a smaller one, have ended
FAILED = 2  # the last of them; more, or earlier ones, would have nearly all of a tangled tree skipped
PAUSE_S = 0.2
PATIENCE = 50  # pauses without anything to report before a tree is taken as it is
CHUNK = 1 << 20
WORDS = ("collect", "compile", "resolve", "link", "unpack", "verify", "test_join", "test_fold")
FOUND_EVERY = 1_000  # lines


@dataclass
class Fixtures:
    """Where it is: tree ids by number of events, the build whose steps have these logs by number of lines, one with a single log
    of `FOUND_IN` lines, and an agent's token with which one more build, that waits, can be claimed and written to."""

    trees: dict[int, str] = field(default_factory=dict)
    build: str = ""
    steps: dict[int, int] = field(default_factory=dict)
    single: str = ""
    agent_token: str = ""


def plant(stack: Stack, sink_url: str) -> Fixtures:
    """All of it. `stack` runs without an agent of its own."""
    arbiter = Arbiter(stack.port, stack.token)
    made = Fixtures()
    with Records(stack.database_url) as records:
        for size in TREES:
            made.trees[size] = _tree(stack, arbiter, records, sink_url, size)
    _builds(stack, arbiter, made)
    return made


def _tree(stack: Stack, arbiter: Arbiter, records: Records, sink_url: str, size: int) -> str:
    target = {"kind": "webhook", "url": sink_url}
    root, child = arbiter.project(target), arbiter.project(target, accept_event_token=True)
    if size > 1:
        model = arbiter.depend(root, child).rpartition("/")[2]
        with records.writing() as connection:
            names = [f"team{n % 12:02}-{WORDS[n % 5]}-{size}-{n:04}" for n in range(size - 2)]
            nodes = [root, child, *copy_projects(connection, child, names)]
            pairs = [(nodes[up], nodes[down]) for up, down in edges(size) if down > 1]
            copy_dependencies(connection, model, pairs)
    answer = Line(stack.port, arbiter.project_token(root)).post("/api/v1/events", root_report())
    tree = str(json.loads(answer)["tree_id"])
    _fall(stack, arbiter, tree, min(TOLD, size * 3 // 5))
    return tree


def edges(size: int) -> Iterator[tuple[int, int]]:
    """A random graph of so many nodes in some tens of ranks, its root 0: each has one to three parents, all before it."""
    dice = random.Random(SEED)
    for node in range(1, size):
        before = range(node // 2, max(node * 4 // 5, node // 2 + 1))
        for parent in dice.sample(before, min(len(before), dice.choice((1, 1, 1, 2, 2, 3)))):
            yield parent, node


def _fall(stack: Stack, arbiter: Arbiter, tree: str, most: int) -> None:
    """Reports the results of what has been triggered, until there are `most` of them."""
    keys = KeyRing(((stack.folder / "data" / "secret.key").read_text().strip(),))
    told, idle = 0, 0
    while told < most and idle < PATIENCE:
        nodes = arbiter.ask("GET", f"/trees/{tree}/graph")["nodes"]
        ready = [node["sub_id"] for node in nodes if node["state"] == "triggered"][: most - told]
        for sub_id in ready:
            told += 1
            result = {"status": "FAILED" if told > most - FAILED else "SUCCESS", "metadata": {"branch": "main"}}
            Line(stack.port, mint_event(keys, tree, sub_id, 1)).post("/api/v1/results", result)
        idle = 0 if ready else idle + 1
        if not ready:
            time.sleep(PAUSE_S)


def _builds(stack: Stack, arbiter: Arbiter, made: Fixtures) -> None:
    root = arbiter.project({"kind": "webhook", "url": "http://127.0.0.1:9/"})
    arbiter.depend(root, arbiter.project({"kind": "agent"}))
    report = Line(stack.port, arbiter.project_token(root))
    enrolment = arbiter.ask("POST", "/agents/enrolments")["token"]
    agent = Arbiter(stack.port, enrolment).ask("POST", "/agents/register", {"name": "bench", "slots": 8})
    made.agent_token = agent["token"]
    made.steps = {lines: n for n, lines in enumerate(LOGS, start=1)}
    made.build = _build(stack, report, made.agent_token, LOGS)
    made.single = _build(stack, report, made.agent_token, (FOUND_IN,))
    report.post("/api/v1/events", root_report())


def _build(stack: Stack, report: Line, agent_token: str, logs: Sequence[int]) -> str:
    """A build that has ended, with a step for each of these numbers of lines; its id."""
    report.post("/api/v1/events", root_report())
    claimed = Arbiter(stack.port, agent_token).ask("POST", "/agents/claim", {})
    build, path = Arbiter(stack.port, claimed["token"]), f"/builds/{claimed['id']}"
    steps = [_step(n, lines) for n, lines in enumerate(logs, start=1)]
    build.ask("POST", f"{path}/state", {"commit": "c" * 40, "steps": steps})
    for n, lines in enumerate(logs, start=1):
        _write(stack, f"/api/v1{path}/steps/{n}/log", claimed["token"], lines)
    build.ask("POST", f"{path}/result", {"status": "SUCCESS", "metadata": {"branch": "main"}})
    return str(claimed["id"])


def _step(n: int, lines: int) -> Mapping[str, object]:
    return {"n": n, "pipeline": "build", "stage": "test", "name": f"{lines} lines", "state": "success"}


def log_lines() -> Iterator[str]:
    """An endless log: coloured here and there, with one line in a thousand that a search finds."""
    for n, word in enumerate(cycle(WORDS), start=1):
        if n % FOUND_EVERY == 0:
            yield f"\x1b[31mERROR\x1b[0m module_{n}.py:88 assertion failed"
        else:
            yield f"\x1b[2m{n:07}\x1b[0m {word} module_{n % 977}.py \x1b[32mPASSED\x1b[0m"


def _write(stack: Stack, path: str, token: str, lines: int) -> None:
    content = "".join(f"{line}\n" for line in islice(log_lines(), lines)).encode()
    for at in range(0, len(content), CHUNK):
        request = urllib.request.Request(
            f"http://{HOST}:{stack.port}{path}?offset={at}",
            content[at : at + CHUNK],
            {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"},
            method="PUT",
        )
        urllib.request.urlopen(request).close()  # noqa: S310
