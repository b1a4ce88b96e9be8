"""From the text of a graph file to what it says, with every fault that the text alone shows."""

from typing import Any, Final

from dominoci.domain.graph_file import fields, values
from dominoci.domain.graph_file.faults import START, Faults, Mark, Wrong
from dominoci.domain.graph_file.fields import Secret
from dominoci.domain.graph_file.model import Edge, GraphFile, WantedDependency, WantedProject
from dominoci.domain.graph_file.nodes import Node, Scalar, compose, shown
from dominoci.domain.names import MAX_LENGTH, name_problem

VERSION: Final = 1
MOST_PROJECTS: Final = 2000
MOST_UPSTREAMS: Final = 500
_WHOLE: Final = ("version", "projects")
_OWN: Final = ("version", "upstreams", "prune")


def parse(text: str, only: str | None, faults: Faults) -> GraphFile:
    """What the file says as far as it can be read; what cannot is in `faults`. `only`: the project whose repository carries the
    file, which names its upstreams then and nothing else."""
    read = _Reading(only, faults)
    node = compose(text, faults)
    try:
        if node is not None:
            read.document(node)
        elif not faults.in_order():
            raise Wrong(START, f"The file is empty; it begins with: version: {VERSION}")
    except Wrong as e:
        faults.note(e)
    return read.file()


class _Reading:
    """Walks the document and gathers what it says."""

    def __init__(self, only: str | None, faults: Faults) -> None:
        self._only = only
        self._faults = faults
        self._projects: dict[str, WantedProject] = {}
        self._dependencies: dict[Edge, WantedDependency] = {}
        self._prune = False

    def file(self) -> GraphFile:
        return GraphFile(self._projects, self._dependencies, self._only, self._prune)

    def document(self, node: Node) -> None:
        readers: dict[str, values.Reader] = {
            "version": self._version,
            "projects": self._all,
            "upstreams": lambda part, _: self._upstreams(self._only or "", part),
            "prune": values.flag,
        }
        wanted = _WHOLE if self._only is None else _OWN
        given = {key.text: key.mark for key, _ in values.pairs(node, "a graph file")}
        found, _ = values.table(node, readers, self._faults, "a graph file")
        if "version" not in given:
            self._faults.add(node.mark, f"A graph file begins with: version: {VERSION}")
        for key in sorted(given.keys() & readers.keys() - set(wanted)):
            self._faults.add(given[key], _misplaced(key, self._only))
        self._prune = bool(found.get("prune"))

    def _version(self, node: Node, _faults: Faults) -> None:
        if not isinstance(node, Scalar) or node.text != str(VERSION):
            raise Wrong(node.mark, f"Expected version: {VERSION}, the only one that there is.")

    def _all(self, node: Node, _faults: Faults) -> None:
        given = values.pairs(node, "projects")
        if len(given) > MOST_PROJECTS:
            raise Wrong(node.mark, f"Expected at most {MOST_PROJECTS} projects, not {len(given)}.")
        for key, value in given:
            self._checked_name(key)
            try:
                self._project(key, value)
            except Wrong as e:
                self._faults.note(e)

    def _checked_name(self, key: Scalar) -> None:
        if problem := name_problem(key.text):
            self._faults.add(key.mark, f"The name {shown(key.text)} {problem}.")

    def _project(self, key: Scalar, node: Node) -> None:
        readers: dict[str, values.Reader] = {field.key: field.read for field in fields.PROJECT}
        readers["upstreams"] = lambda part, _: self._upstreams(key.text, part)
        # a project with faults is known nevertheless, so that those who name it as their upstream have none
        self._projects[key.text] = WantedProject(key.text, fields.defaults(fields.PROJECT), {}, key.mark)
        found, marks = values.table(node, readers, self._faults, "a project")
        settings = fields.defaults(fields.PROJECT) | _stored(fields.PROJECT, found)
        target = dict(settings["target"])
        secrets = {name: target.pop(name) for name in list(target) if isinstance(target[name], Secret)}
        self._projects[key.text] = WantedProject(key.text, {**settings, "target": target}, secrets, key.mark, marks)

    def _upstreams(self, project: str, node: Node) -> None:
        given = values.pairs(node, "upstreams")
        if len(given) > MOST_UPSTREAMS:
            raise Wrong(node.mark, f"Expected at most {MOST_UPSTREAMS} upstreams, not {len(given)}.")
        for key, value in given:
            if not 1 <= len(key.text) <= MAX_LENGTH:
                self._checked_name(key)
                continue
            self._dependency((project, key.text), value, key.mark)

    def _dependency(self, edge: Edge, node: Node, mark: Mark) -> None:
        readers = {field.key: field.read for field in fields.DEPENDENCY}
        rules = fields.defaults(fields.DEPENDENCY)
        try:
            found, _ = values.table(node, readers, self._faults, "an upstream")
            rules |= _stored(fields.DEPENDENCY, found)
        except Wrong as e:
            self._faults.note(e)
        self._dependencies[edge] = WantedDependency(edge, rules, mark)


def _stored(known: tuple[fields.Field, ...], found: dict[str, Any]) -> dict[str, Any]:
    return {field.stored: found[field.key] for field in known if field.key in found}


def _misplaced(key: str, only: str | None) -> str:
    if only is not None:
        return f"The file of a single project ({only}) names its upstreams; {key} belongs into the graph's own file."
    return f"{key} stands at the top only in the file of a single project (apply it with --project NAME)."
