"""Every page of the API: what the application routes, and how each is asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence

from flask import Flask

# pages that are asked for in more than one way, or must be told something; {root} and the like are filled in
WAYS: Mapping[str, Sequence[str]] = {
    "/projects": ("", "?q=service-0012"),
    "/trees": ("", "?state=failed", "?state=running", "?project={root}", "?cursor={tree}"),
    "/builds": ("", "?project={built}", "?cursor={build}", "?state=success", "?branch=main"),
    "/graph": (),  # reads every dependency, because it tells every dependency
    "/combos": ("", "?project={project}", "?commit={commit}"),
    "/combos/last": ("?project={root}&project={built}",),
    "/combos/compare": ("?a={combo}&b={combo}",),
    "/activity": ("?project={root}&project={built}",),
    "/home": ("", "?scope=everything"),
    "/search": ("?q=service-0012", "?q={commit}", "?q={tree}", "?q=%2317", "?q=nothing-like-it"),
    "/deliveries": ("", "?state=retrying"),
    "/users": ("", "?q=ada"),
    "/people": ("", "?q=ada"),
    "/trees/<tree>/why": ("?project={project}",),
    "/jobs": ("", "?folder=/", "?project={built}", "?q=hello"),
    "/folders": ("", "?q=tools"),
}
# bytes, documents, files of the whole graph, and what has an id that nothing here knows
NOT_PAGES = (
    *("/log", "/artifacts/", "/cache/", "/workspace", "/openapi.json", "/live", "/graph/export"),
    *("<dependency>", "<agent>", "<owner>", "<webhook>", "<notification>", "<trigger>"),
)


def rules(app: Flask) -> Iterator[str]:
    """The pages of an application, as their paths below /api/v1 with arguments in brackets."""
    for rule in app.url_map.iter_rules():
        path = rule.rule.removeprefix("/api/v1")
        if path != rule.rule and "GET" in (rule.methods or ()) and not any(part in path for part in NOT_PAGES):
            yield path


def paths(rule: str, places: Mapping[str, str]) -> dict[str, str]:
    """The path of each way to ask for a page, by rule and way. `places` names what there is: root, project, built, build, tree,
    sub, combo, commit, job, number, folder, key. Raises KeyError for what is not among it."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
    return {rule + way: f"{path}{way}".format(**places) for way in WAYS.get(rule, ("",))}
