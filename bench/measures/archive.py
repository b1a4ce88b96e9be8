"""P10: every page of the API over a long history: server times, and whether any statement reads a whole table."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from bench import history, pages, plans
from bench.bed import Bed
from bench.figures import Figure, percentile
from bench.history import History
from bench.inside import Inside
from bench.measures import graph
from bench.table import Goal, Row, plain

EVENTS, FEW = 1_000_000, 200_000
ASKED = 6  # so often each page in each run, about another project, tree and event each time
SEED = 10
GROUPS = {"tree page": "/trees/<tree>", "project page": "/projects/<project>", "lists and searches": "/"}


def measure(bed: Bed) -> list[Row]:
    """The graph of P9, with a history; each page is asked run after run, and all that the arbiter sends is explained."""
    dice = random.Random(SEED)
    with bed.inside("archive") as inside:
        graph.plant(inside, graph.random_edges(dice))
        made = history.make(inside, bed.sink_url, EVENTS if bed.full else FEW)
        rules = list(pages.rules(inside.app))
        with plans.watching(inside.engine) as seen:
            unanswered = _try(inside, rules, _places(inside, made, dice))
            _work(inside, made)
        found = plans.scans(inside.engine, seen)
        runs = [_ask(inside, [rule for rule in rules if rule not in unanswered], made, dice) for _ in range(bed.runs)]
    bed.notes += [f"P10: not asked: {rule}: {why}" for rule, why in unanswered.items()]
    bed.notes += _slowest(runs)
    bed.notes += [f"P10: reads a whole table ({line}): {' '.join(text.split())[:200]}" for text, line in found.items()]
    sent = len({each.text for each in seen})
    return [*_rows(runs, made), Row("P10 whole tables read", str(len(found)), f"{sent} statements", "-", "none", not found)]


def _places(inside: Inside, made: History, dice: random.Random) -> dict[str, str]:
    """One project, tree, event and build to ask about, of a random time; what they are called in paths and ways."""
    which, n = dice.randrange(history.TREES), dice.randint(1, made.copies)
    tree = made.tree(which, n)
    passed = [each for each in inside.ask("GET", f"/trees/{tree}")["events"] if each["state"] == "success"]
    event, built = dice.choice(passed), dice.choice([each for each in passed if each["build_id"]])
    combo = f"{tree}:{event['sub_id']}:{event['attempt']}"
    result = inside.ask("GET", f"/trees/{tree}/events/{event['sub_id']}")["result"]
    return {
        "root": made.roots[which],
        "project": dice.choice([made.roots[which], event["project"]["id"]]),
        "built": built["project"]["id"],
        "build": built["build_id"],
        "tree": tree,
        "sub": event["sub_id"],
        "combo": combo,
        "commit": result["metadata"]["commit"],
    }


def _try(inside: Inside, rules: Sequence[str], places: Mapping[str, str]) -> dict[str, str]:
    """Asks each page once; which of them do not answer, and why. A page that this bench does not know how to ask shall show."""
    refused = {}
    for rule in rules:
        try:
            for path in pages.paths(rule, places).values():
                inside.ask("GET", path)
        except (RuntimeError, KeyError) as e:
            refused[rule] = f"{type(e).__name__} {e}"[:200]
    return refused


def _work(inside: Inside, made: History) -> None:
    """What writes: one more tree from its report to its end, and a round of the scheduler's timers."""
    history.play(inside, inside.project_token(made.roots[0]), history.agent(inside))
    inside.container.upkeep.prepare()
    inside.container.upkeep.tick()


def _ask(inside: Inside, rules: Sequence[str], made: History, dice: random.Random) -> dict[str, list[float]]:
    """Milliseconds of each answer, by page and way."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(ASKED):
        places = _places(inside, made, dice)
        for rule in rules:
            for page, path in pages.paths(rule, places).items():
                taken[page].append(inside.timed("GET", path).seconds * 1e3)
    return taken


def _group(page: str) -> str:
    return next(name for name, beginning in GROUPS.items() if page.startswith(beginning))


def _rows(runs: Sequence[dict[str, list[float]]], made: History) -> list[Row]:
    """The slowest page of each group, by its own 95th percentile."""
    rows = []
    for group in GROUPS:
        worst = [max(percentile(ms, 0.95) for page, ms in run.items() if _group(page) == group) for run in runs]
        name = f"P10 {group}, p95, {made.events:,} events"
        rows.append(plain(name, Figure.of(worst, "ms"), Goal(100, unit=" ms")))
    badge = any("badge" in page for page in runs[0])
    return rows if badge else [*rows, Row("P10 badge (no such route yet)", "-", "-", "-")]


def _slowest(runs: Sequence[dict[str, list[float]]]) -> list[str]:
    """The slowest pages."""
    shown = {page: median(percentile(run[page], 0.95) for run in runs) for page in runs[0]}
    ordered = sorted(shown, key=lambda page: -shown[page])
    told = ", ".join(f"{page} {shown[page]:.0f}" for page in ordered[:10])
    return [f"P10: slowest of {len(shown)} pages, p95 ms: {told}"]
