"""The graphs that are measured: node 0 is the root, reported from outside; every other node has one parent."""

from collections.abc import Mapping

Shape = Mapping[int, list[int]]  # children by node


def chain(length: int) -> Shape:
    """A row of `length` nodes behind the root."""
    return {node: [node + 1] for node in range(length)}


def fan_out(width: int) -> Shape:
    """`width` children of the root."""
    return {0: list(range(1, width + 1))}


def binary_tree(nodes: int) -> Shape:
    """A full binary tree of so many nodes, the root among them."""
    return {node: [n for n in (2 * node + 1, 2 * node + 2) if n < nodes] for node in range(nodes // 2)}


def size(shape: Shape) -> int:
    """How many nodes run: all but the root."""
    return sum(len(children) for children in shape.values())


def edges(shape: Shape) -> list[tuple[int, int]]:
    """(parent, child) pairs."""
    return [(parent, child) for parent, children in shape.items() for child in children]
