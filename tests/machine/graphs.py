"""Small graphs, at random: diamonds, chains, forks, mixed joins, filters."""

from dataclasses import dataclass

from hypothesis import strategies as st

BRANCHES = ("main", "dev")
BOTH = frozenset(BRANCHES)
# the plain rule often: a filter ends most trees early
RULES = (*[("all", BOTH)] * 5, ("all", frozenset({"main"})), ("all", frozenset({"dev"})), ("each", BOTH))
RULES_OF_PROJECTS = ("parallel", "supersede", "queue", "coalesce")
EACH_AT_MOST = 2  # more of them multiply into trees that only take time


@dataclass(frozen=True)
class DrawnEdge:
    """A dependency by the names of its ends."""

    up: str
    down: str
    join: str
    branches: frozenset[str]
    ref: str


@dataclass(frozen=True)
class Drawn:
    """Projects by name, with the kind of their target and their rule for new events, and edges without a cycle."""

    kinds: dict[str, str]
    rules: dict[str, str]
    edges: list[DrawnEdge]


@st.composite
def drawn_graphs(draw: st.DrawFn) -> Drawn:
    """Up to seven projects; each but the first depends on some of those before it. Names say nothing about the order."""
    names = draw(st.permutations("abcdefg"))[: draw(st.integers(2, 7))]
    kinds = {name: draw(st.sampled_from(["webhook", "webhook", "agent"])) for name in names}
    rules = {name: draw(st.sampled_from(RULES_OF_PROJECTS)) for name in names}
    edges: list[DrawnEdge] = []
    for n, down in enumerate(names[1:], start=1):
        parents = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=3, unique=True))
        for up in parents:
            join, branches = draw(st.sampled_from(RULES))
            multiplied = sum(edge.join == "each" for edge in edges)
            edges.append(DrawnEdge(names[up], down, join if multiplied < EACH_AT_MOST else "all", branches, draw(REFS)))
    return Drawn(kinds, rules, edges)


REFS = st.sampled_from(["main", "main", "v1"])


def filters(branches: frozenset[str]) -> dict[str, object]:
    """Filters that let reports of these branches pass: by what they include or by what they exclude."""
    if branches == BOTH:
        return {}
    if "main" in branches:
        return {"branches": {"include": ["ma*"]}}
    return {"branches": {"exclude": ["main"]}}
