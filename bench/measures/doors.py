"""The doors that anybody may knock at, under load: badges in readmes, and GitHub's webhooks, which shall be answered in 2 s."""

from collections.abc import Callable

from bench import load
from bench.arbiter import Arbiter
from bench.bed import Bed
from bench.figures import Figure, percentile
from bench.line import Line
from bench.measures.accept import press_bare
from bench.stack import Stack
from bench.table import Goal, Row, plain
from tests.fakes import github_events as github

SECONDS = 3.0
CONNECTIONS = 16
BADGE_MS, HOOK_MS = 100, 2000


def measure(bed: Bed) -> list[Row]:
    """Badges of a project with a result; pushes that start a build each, and one delivery again and again."""
    url = bed.fresh("doors")
    # without an agent: it would look for the repositories at GitHub
    with Stack(bed.room("doors"), database_url=url, agent=False) as stack:
        arbiter = Arbiter(stack.port, stack.token)
        doors = {
            "badge": (_badge(stack, arbiter), BADGE_MS),
            "GitHub push, a build each": (_pushes(arbiter, "octo-org/app", fresh=True), HOOK_MS),
            "GitHub push, told before": (_pushes(arbiter, "octo-org/again", fresh=False), HOOK_MS),
        }
        bare = Figure.of([press_bare(bed, SECONDS).rate for _ in range(bed.runs)], "/s")
        rows = []
        for name, (request, goal) in doors.items():
            done = [load.press(stack.port, request, seconds=SECONDS, connections=CONNECTIONS) for _ in range(bed.runs)]
            slow = Figure.of([percentile(each.took, 0.99) * 1e3 for each in done], "ms")
            rows.append(plain(f"P10 {name}, {CONNECTIONS} at a time, p99", slow, Goal(goal, unit=" ms")))
            rates = Figure.of([each.rate(200) for each in done], "/s")
            bed.notes.append(f"P10: {name}: {rates}; the bare route that stores a row {bare}")
    return rows


def _badge(stack: Stack, arbiter: Arbiter) -> Callable[[], bytes]:
    project = arbiter.project({"kind": "webhook", "url": "http://127.0.0.1:9/"}, visibility="public")
    told = {"status": "SUCCESS", "metadata": {"branch": "main", "commit": "a" * 40}}
    Line(stack.port, arbiter.project_token(project)).post("/api/v1/events", told)
    path = f"/badge/{arbiter.ask('GET', f'/projects/{project}')['name']}.svg"
    return lambda: load.get(path)


def _pushes(arbiter: Arbiter, name: str, *, fresh: bool) -> Callable[[], bytes]:
    """Pushes to one repository; where they are not `fresh`, always the same delivery."""
    project = arbiter.project({"kind": "agent"}, repository_url=f"https://github.com/{name}")
    secret = arbiter.ask("POST", f"/projects/{project}/hook-secret")["secret"]
    counted = iter(range(1, 1 << 40))

    def request() -> bytes:
        raw = github.encoded(github.push("refs/heads/main", f"{next(counted):040x}", repository=github.repository(name)))
        headers = github.headers("push", raw, secret, None if fresh else "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        del headers["Content-Type"]  # the load's own
        return load.post("/hooks/github", raw, headers)

    return request
