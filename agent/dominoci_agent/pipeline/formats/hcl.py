"""HCL as blocks, attributes and values that know their lines; what they mean is the business of the format.

`hcl_reader` makes them of text. It is imported where a text is read: most processes of the arbiter never read HCL, and need not
hold its parser.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dominoci_agent.pipeline.errors import Where
from dominoci_agent.pipeline.formats.template import Template

Value = Template | int | float | bool | None | list["Node"] | dict[str, "Node"]


@dataclass(frozen=True)
class Node:
    """A value and its place."""

    value: Value
    where: Where


@dataclass(frozen=True)
class Attribute:
    """`name = value`."""

    name: str
    node: Node
    where: Where


@dataclass
class Body:
    """What stands between braces, or in a file."""

    where: Where
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """`type "label" { body }`."""

    type: str
    labels: tuple[str, ...]
    body: Body
    where: Where
