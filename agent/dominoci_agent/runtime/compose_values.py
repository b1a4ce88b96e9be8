"""The values of a compose file: its variables filled in, and what can be written in two ways brought to one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePath

from dominoci_agent.pipeline.errors import Problems, Where
from dominoci_agent.pipeline.formats.nodes import Items, Node, Scalar, Table
from dominoci_agent.runtime.below import open_below

# compose-spec, "Interpolation": $$ is a dollar, then $NAME, ${NAME}, and ${NAME:-default} with its kin
_VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<rule>:?[-+?])(?P<word>[^{}$]*))?\}|(?P<wrong>))"
)
_MAX_ENV_FILE = 64 * 1024


class Values:
    """Reads nodes with the variables of a build; what is wrong goes to `problems`."""

    def __init__(self, variables: Mapping[str, str], problems: Problems) -> None:
        self.variables, self.problems = variables, problems

    def read(self, node: Node) -> object:
        """The value as Python has it, all the way down. A plain word stays what it was without its variables."""
        if isinstance(node, Table):
            return {key.text: self.read(value) for key, value in node.pairs}
        if isinstance(node, Items):
            return [self.read(item) for item in node.items]
        if "$" not in node.text:
            return node.value
        return Scalar(self.text(node), node.plain, node.where).value

    def text(self, node: Node) -> str:
        """A single value as text."""
        if not isinstance(node, Scalar):
            self.problems.add(node.where, "expected a single value")
            return ""
        return _VARIABLE.sub(lambda found: self._filled(found, node.where), node.text)

    def _filled(self, found: re.Match[str], where: Where) -> str:
        if found["dollar"]:
            return "$"
        name, rule, word = found["plain"] or found["name"], found["rule"] or "", found["word"] or ""
        if name is None:
            self.problems.add(where, "a $ that begins no variable must be written as $$")
            return ""
        given = self.variables.get(name)
        there = given is not None and (given != "" or not rule.startswith(":"))
        if rule.endswith("?") and not there:
            self.problems.add(where, f"the variable {name} is not set: {word or 'it is required'}")
        if rule.endswith("+"):
            return word if there else ""
        return given or "" if there or not rule.endswith("-") else word

    def pairs(self, node: Node) -> dict[str, str | None]:
        """A mapping, or a list of NAME=VALUE; None for a name alone."""
        if isinstance(node, Table):
            return {
                key.text: None if isinstance(value, Scalar) and value.value is None else self.text(value)
                for key, value in node.pairs
            }
        if not isinstance(node, Items):
            self.problems.add(node.where, "expected a mapping, or a list of NAME=VALUE")
            return {}
        split = [self.text(item).partition("=") for item in node.items]
        return {name: value if equals else None for name, equals, value in split}


def env_file(home: Path, inner: PurePath) -> dict[str, str]:
    """NAME=VALUE lines of a file below `home`; # begins a comment, quotes around a whole value are taken off. OSError,
    UnicodeDecodeError."""
    with os.fdopen(open_below(home, inner), "rb") as stream:
        lines = stream.read(_MAX_ENV_FILE).decode().splitlines()
    found = {}
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            found[name.strip()] = value[1:-1] if quoted else value
    return found
