"""The graph that is there as a file: applying it again changes nothing. Secrets are left out, which keeps what is stored."""

from collections.abc import Iterable, Set
from typing import Any, Final

import yaml

from dominoci.domain.graph_file.fields import DEPENDENCY, PROJECT, Field
from dominoci.domain.graph_file.model import Present, Settings
from dominoci.domain.graph_file.parse import VERSION

_HEAD: Final = (
    "# docs/graph-as-code.md explains this format. Secrets are not in it: where it names none, what is stored is kept.\n"
)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # which of the two is known at run time
    def ignore_aliases(self, data: Any) -> bool:
        """Every value is written out: aliases are not read back."""
        return True


def write(present: Present, names: Set[str] | None = None) -> str:
    """The projects with these names (None: all) with their upstreams, in the order of their names."""
    wanted = sorted(name for name in present.projects if names is None or name in names)
    upstreams: dict[str, dict[str, Any]] = {name: {} for name in wanted}
    for project, upstream in sorted(present.dependencies):
        if project in upstreams:
            rules = _said(DEPENDENCY, present.dependencies[project, upstream].rules)
            upstreams[project][upstream] = rules
    found = {name: _project(present.projects[name].settings, upstreams[name]) for name in wanted}
    document = {"version": VERSION, "projects": found}
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return _HEAD + text


def _project(settings: Settings, upstreams: dict[str, Any]) -> dict[str, Any]:
    return _said(PROJECT, settings) | ({"upstreams": upstreams} if upstreams else {})


def _said(fields: Iterable[Field], stored: Settings) -> dict[str, Any]:
    """What must be said: everything that is not as it would be anyway."""
    return {f.key: f.spell(stored[f.stored]) for f in fields if stored[f.stored] != f.default}
