"""What tests of graph files share: reading one that must be good, and a graph that is there."""

from collections.abc import Mapping
from typing import Any

from dominoci.domain.graph_file import fields
from dominoci.domain.graph_file.check import check
from dominoci.domain.graph_file.faults import Fault, Faults
from dominoci.domain.graph_file.model import Edge, GraphFile, Present, PresentDependency, PresentProject
from dominoci.domain.graph_file.parse import parse

NOTHING = Present({}, {})
EXAMPLE = """\
version: 1
projects:
  lib-core:
    repository: https://git.example/lib-core.git   # absent: hosted by the arbiter
    default_branch: trunk
    target: {kind: agent}
  app-web:
    enabled: false
    start_deadline: 30m
    target: {kind: webhook, url: https://ci.example/hook, secret: {env: APP_WEB_SECRET}}
    upstreams:
      lib-core:
        join: each
        branches: [main, "release/*", "!release/old"]
        parameters: {CORE_COMMIT: "${parent.commit}"}
        ref: same
"""


def read(text: str, only: str | None = None, present: Present = NOTHING, *, prune: bool = False) -> tuple[GraphFile, list[Fault]]:
    """The file and all of its faults."""
    faults = Faults()
    file = parse(text, only, faults)
    check(file, present, prune, faults)
    return file, faults.in_order()


def good(text: str, only: str | None = None, present: Present = NOTHING) -> GraphFile:
    """A file that must have no faults."""
    file, faults = read(text, only, present)
    assert faults == []
    return file


def there(names: Mapping[str, Mapping[str, Any]], edges: Mapping[Edge, Mapping[str, Any]] | None = None) -> Present:
    """A graph that is there: own repositories unless told otherwise, and default rules."""
    own = fields.defaults(fields.PROJECT)
    rules = fields.defaults(fields.DEPENDENCY)
    urls = {name: None if more.get("repository_url") else f"http://here/{name}" for name, more in names.items()}
    return Present(
        {name: PresentProject(f"id-{name}", {**own, **more}, urls[name], frozenset()) for name, more in names.items()},
        {edge: PresentDependency(f"id-{edge}", {**rules, **more}) for edge, more in (edges or {}).items()},
    )
