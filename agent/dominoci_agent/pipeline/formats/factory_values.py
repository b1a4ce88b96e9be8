"""The values of `.factory/*.hcl`: texts, lists and tables of texts, and what is said when something else stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import Problems, Where
from dominoci_agent.pipeline.formats.hcl import Attribute, Block, Body, Node
from dominoci_agent.pipeline.formats.template import Template

Check = Callable[[str], str | None]
Variables = dict[str, tuple[Template, Where]]


def expect(body: Body, what: str, attributes: tuple[str, ...], blocks: tuple[str, ...], problems: Problems) -> None:
    """Note every attribute and block that may not stand in `what`."""
    expected = ", ".join([*attributes, *(f"{name} {{ }}" for name in blocks if name not in attributes)])
    for name, attribute in body.attributes.items():
        if name not in attributes:
            problems.add(attribute.where, f'unknown attribute "{name}" in {what}; expected {expected}')
    for block in body.blocks:
        if block.type not in blocks:
            problems.add(block.where, f'unknown block "{block.type}" in {what}; expected {expected}')


def at_most_one(body: Body, kind: str, problems: Problems) -> list[Block]:
    """The first block of that kind, if there is one; the others are noted."""
    found = [block for block in body.blocks if block.type == kind]
    for again in found[1:]:
        problems.add(again.where, f"{kind} is given twice; the first is at {found[0].where}")
    return found[:1]


def variables(block: Block, problems: Problems) -> Variables:
    """The values of a `variables { NAME = value }` block; what is no value is noted."""
    if block.labels:
        problems.add(block.where, f"{block.type} takes no name; expected {block.type} {{ NAME = … }}")
    for inner in block.body.blocks:
        problems.add(inner.where, f'unknown block "{inner.type}" in {block.type}; expected NAME = "value"')
    nodes = {name: attribute.node for name, attribute in block.body.attributes.items()}
    return {name: (value, nodes[name].where) for name, value in strings(nodes, block.type, problems).items()}


def strings(nodes: Mapping[str, Node], what: str, problems: Problems) -> dict[str, Template]:
    """A table of texts by the names of variables."""
    result = {}
    for name, node in nodes.items():
        note(values.variable(name, f"a name in {what}"), node.where, problems)
        value = _scalar(node)
        if value is None:
            problems.add(node.where, f'"{name}" in {what} must be a string, a number, true or false')
        else:
            result[name] = value
    return result


def _scalar(node: Node) -> Template | None:
    value = node.value
    if isinstance(value, bool):
        return Template(("true" if value else "false",))
    if isinstance(value, int | float):
        return Template((f"{value:g}" if isinstance(value, float) else str(value),))
    return value if isinstance(value, Template) else None


def note(wrong: str | None, where: Where, problems: Problems) -> None:
    """Note what a check of `pipeline.values` says, if it says something."""
    if wrong:
        problems.add(where, wrong)


def text(attribute: Attribute, problems: Problems) -> Template | None:
    """A text that may hold references."""
    value = attribute.node.value
    if isinstance(value, Template) and value.plain != "":
        return value
    problems.add(attribute.where, f'expected {attribute.name} = "text"')
    return None


def templates(attribute: Attribute, check: Check, problems: Problems) -> tuple[Template, ...]:
    """A list of texts that may hold references; those that hold none must pass `check`."""
    result = []
    for node in items(attribute.node, f'{attribute.name} = ["…"]', problems):
        if not isinstance(node.value, Template):
            problems.add(node.where, f"expected a quoted string in {attribute.name}")
            continue
        if node.value.plain is not None:
            note(check(node.value.plain), node.where, problems)
        result.append(node.value)
    return tuple(result)


def items(node: Node, expected: str, problems: Problems) -> list[Node]:
    """The members of a list; `expected` shows how it is written."""
    if isinstance(node.value, list):
        return node.value
    problems.add(node.where, f"expected {expected}")
    return []


def plain(node: Node, problems: Problems) -> str | None:
    """A text without references."""
    found = node.value.plain if isinstance(node.value, Template) else None
    if found is None:
        problems.add(node.where, "expected a quoted string without ${…}")
    return found


def plain_list(node: Node, name: str, problems: Problems, check: Check | None = None) -> tuple[str, ...]:
    """A list of texts without references, each of which must pass `check`."""
    nodes = [(inner, plain(inner, problems)) for inner in items(node, f'{name} = ["…"]', problems)]
    for inner, found in nodes:
        if found is not None and check:
            note(check(found), inner.where, problems)
    return tuple(found for _, found in nodes if found is not None)
