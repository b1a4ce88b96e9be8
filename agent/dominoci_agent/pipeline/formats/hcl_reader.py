"""Reading HCL with python-hcl2.

Its tree is walked here rather than turned into a dict by it, because the dict has no lines, lets a repeated attribute win
silently and puts a backslash before every quote of a heredoc.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from hcl2.api import parses_to_tree
from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where
from dominoci_agent.pipeline.formats.hcl import Attribute, Block, Body, Node, Value
from dominoci_agent.pipeline.formats.template import Ref, Template, heredoc, reference, unescape

MAX_FILE = 64 * 1024
MAX_DEPTH = 24

# Some runs take the parser's regular expressions time quadratic in their length (60 kB of blank lines in a heredoc: 16 s),
# so they are refused before it sees them. Nobody writes them.
_HOSTILE = re.compile(r"\s{400}|(?:-[0-9]){30}|(?:[0-9]{1,8}[-+*/%]){64}|(?:\.\w{1,8}){64}")


def warm() -> None:
    """Build or load the parser's tables (0.1 to 2 s once a process), so that the first build need not wait for them."""
    parses_to_tree('warm { a = ["b"] }')


def parse(text: str, file: str) -> Body:
    """Read one file. DefinitionError with file and line when it is too big, no HCL, or uses what no definition needs
    (operators, functions, template directives)."""
    _refuse_hostile(text, file)
    try:
        tree = parses_to_tree(text)
        return _Reader(file).body(tree.children[0], 0)
    except UnexpectedInput as error:
        raise DefinitionError(Problem(Where(file, _line_of(error, text)), _syntax_message(error))) from None
    except LarkError as error:
        raise DefinitionError(Problem(Where(file, 1), f"not readable as HCL: {type(error).__name__}")) from None
    except RecursionError:
        raise DefinitionError(Problem(Where(file, 1), "nested too deeply")) from None


def _refuse_hostile(text: str, file: str) -> None:
    size = len(text.encode())
    if size > MAX_FILE:
        raise DefinitionError(Problem(Where(file, 1), f"the file has {size} bytes; at most {MAX_FILE} are read"))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DefinitionError(Problem(Where(file, line), "there is a NUL character"))
    hostile = _HOSTILE.search(text)
    if hostile:
        line = text.count("\n", 0, hostile.start()) + 1
        message = "400 blank characters, 64 operators or 30 dashes in a row: write it shorter"
        raise DefinitionError(Problem(Where(file, line), message))


def _line_of(error: UnexpectedInput, text: str) -> int:
    line = getattr(error, "line", -1)
    return line if isinstance(line, int) and line > 0 else text.count("\n") + 1


def _syntax_message(error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken):
        token = error.token
        if token.type == "$END":
            return 'the file ends too early: a "}", "]" or quote is missing'
        if token.startswith("<<"):
            return "the heredoc is never closed: its word must stand alone on the last line"
        return f"unexpected {_shown(token)} in column {token.column}; {_expected(error.accepts or error.expected)}"
    if isinstance(error, UnexpectedCharacters):
        return f"unexpected character in column {error.column}; {_expected(error.allowed or ())}"
    return "the file ends too early"


def _shown(token: Token) -> str:
    line = token.split("\n")[0].strip()
    return f"'{line[:30]}'" if line else "end of line"


_READABLE = {
    "EQ": "'='", "LBRACE": "'{'", "RBRACE": "'}'", "LSQB": "'['", "RSQB": "']'", "COMMA": "','",
    "DBLQUOTE": "a quoted string", "NAME": "a name", "INT_LITERAL": "a number",
}  # fmt: skip


def _expected(terminals: object) -> str:
    names = set(terminals) if isinstance(terminals, (set, frozenset, list, tuple)) else set()
    known = [text for terminal, text in _READABLE.items() if terminal in names]
    return "expected " + (" or ".join(known) if known else "a block or an attribute on a line of its own")


class _Reader:
    """Walks the parser's tree of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[str, Callable[[Tree[Token], int], Value]] = {
            "string": lambda tree, _depth: self.string(tree),
            "heredoc_template": lambda tree, _depth: self.heredoc(tree, trim=False),
            "heredoc_template_trim": lambda tree, _depth: self.heredoc(tree, trim=True),
            "get_attr_expr_term": lambda tree, _depth: Template((self.ref(tree),)),
            "tuple": self.list,
            "object": self.object,
            "int_lit": lambda tree, _depth: self.number(tree),
            "float_lit": lambda tree, _depth: self.number(tree),
            "literal_value": lambda tree, _depth: {"true": True, "false": False}.get(str(tree.children[0])),
        }

    def where(self, element: Tree[Token] | Token) -> Where:
        line = element.line if isinstance(element, Token) else getattr(element.meta, "line", 1)
        return Where(self.file, line or 1)

    def fail(self, element: Tree[Token] | Token, message: str) -> DefinitionError:
        return DefinitionError(Problem(self.where(element), message))

    def body(self, tree: Any, depth: int) -> Body:
        if depth > MAX_DEPTH:
            raise self.fail(tree, f"nested more than {MAX_DEPTH} deep")
        body = Body(self.where(tree))
        for child in tree.children:
            if child.data == "attribute":
                self.attribute(body, child, depth)
            elif child.data == "block":
                body.blocks.append(self.block(child, depth))
        return body

    def attribute(self, body: Body, tree: Tree[Token], depth: int) -> None:
        name, where = self.name(tree.children[0]), self.where(tree)
        first = body.attributes.get(name)
        if first:
            raise self.fail(tree, f'"{name}" is set twice; the first is at {first.where}')
        if any(other.where.line == where.line for other in body.attributes.values()):
            raise self.fail(tree, f'"{name}" must stand on a line of its own: HCL allows one argument in a one-line block')
        body.attributes[name] = Attribute(name, self.node(tree.children[-1], depth + 1), where)

    def block(self, tree: Tree[Token], depth: int) -> Block:
        heads = [child for child in tree.children[:-1] if isinstance(child, Tree) and child.data != "new_line_or_comment"]
        heads, body = [head for head in heads if head.data != "body"], _only_body(tree)
        names = [self.label(head) for head in heads]
        return Block(names[0], tuple(names[1:]), self.body(body, depth + 1), self.where(tree))

    def label(self, tree: Tree[Token]) -> str:
        if tree.data != "string":
            return self.name(tree)
        return self.plain(tree, "a block's name")

    def plain(self, tree: Tree[Token], what: str) -> str:
        text = self.string(tree).plain
        if text is None:
            raise self.fail(tree, f"{what} must be written out, without ${{…}}")
        return text

    def name(self, tree: Any) -> str:
        return str(tree.children[0] if isinstance(tree, Tree) else tree)

    def node(self, tree: Any, depth: int) -> Node:
        """One value. Parentheses are refused with everything else that would have to be computed."""
        if depth > MAX_DEPTH:
            raise self.fail(tree, f"nested more than {MAX_DEPTH} deep")
        inner = [child for child in tree.children if isinstance(child, Tree)] if tree.data == "expr_term" else []
        read = self.values.get(str(inner[0].data)) if len(inner) == 1 and len(tree.children) == 1 else None
        if read is None:
            raise self.fail(tree, self.not_a_value(inner[0] if len(inner) == 1 else tree))
        return Node(read(inner[0], depth), self.where(inner[0]))

    def not_a_value(self, tree: Tree[Token]) -> str:
        if tree.data == "identifier":
            return f'"{self.name(tree)}" is no value; expected a quoted string, a number, true, false, a list or an object'
        return "expected a quoted string, a number, true, false, a list or an object; expressions are not supported"

    def number(self, tree: Tree[Token]) -> int | float:
        text = self.name(tree)
        if len(text) > 18:
            raise self.fail(tree, "a number of more than 18 digits")
        return int(text) if tree.data == "int_lit" else float(text)

    def list(self, tree: Tree[Token], depth: int) -> list[Node]:
        return [self.node(child, depth + 1) for child in _expressions(tree)]

    def object(self, tree: Tree[Token], depth: int) -> dict[str, Node]:
        result: dict[str, Node] = {}
        for element in tree.children:
            if not isinstance(element, Tree) or element.data != "object_elem":
                continue
            name = self.key(element.children[0])
            if name in result:
                raise self.fail(element, f'"{name}" is set twice; the first is at {result[name].where}')
            result[name] = self.node(element.children[-1], depth + 1)
        return result

    def key(self, tree: Any) -> str:
        """An object's key: a bare name or a quoted string."""
        inner = tree.children[0]
        while isinstance(inner, Tree) and inner.data in ("expr_term", "object_elem_key") and len(inner.children) == 1:
            inner = inner.children[0]
        if isinstance(inner, Tree) and inner.data == "string":
            return self.plain(inner, "a key")
        if isinstance(inner, Token) or inner.data in ("identifier", "keyword", "literal_value"):
            return self.name(inner)
        raise self.fail(tree, "expected a name or a quoted string as key")

    def string(self, tree: Tree[Token]) -> Template:
        return Template(tuple(self.parts(tree)))

    def parts(self, tree: Tree[Token]) -> Iterator[str | Ref]:
        for part in tree.children:
            if not isinstance(part, Tree):
                continue
            (content,) = part.children
            if isinstance(content, Tree):
                yield self.interpolation(content)
            elif content.type in ("ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
                yield str(content)[1:]
            elif "\n" in content:
                raise self.fail(content, "a quoted string must end on its line; use a heredoc (<<-END) for several lines")
            else:
                yield unescape(str(content), self.where(content))

    def interpolation(self, tree: Tree[Token]) -> Ref:
        if tree.data != "interpolation":
            raise self.fail(tree, 'template directives ("%{…}") are not supported; write %%{ for the two characters')
        expression = tree.children[1]
        inner = expression.children[0] if isinstance(expression, Tree) and len(expression.children) == 1 else expression
        if not isinstance(inner, Tree) or inner.data not in ("get_attr_expr_term", "identifier"):
            raise self.fail(tree, "only ${var.NAME} and ${domino.NAME} are supported; write $${…} for the shell")
        return self.ref(inner)

    def ref(self, tree: Tree[Token]) -> Ref:
        words = [str(token) for token in tree.scan_values(lambda token: isinstance(token, Token) and token.type == "NAME")]
        return reference(".".join(words), self.where(tree))

    def heredoc(self, tree: Tree[Token], *, trim: bool) -> Template:
        token = tree.children[0]
        return heredoc(str(token), self.where(token), trim=trim)


def _only_body(tree: Tree[Token]) -> Any:
    return next(child for child in tree.children if isinstance(child, Tree) and child.data == "body")


def _expressions(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree) and child.data != "new_line_or_comment")
