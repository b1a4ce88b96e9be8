"""Strings with `${var.NAME}` and `${domino.NAME}` in them: read once, filled in for each build."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where

SCOPES = ("var", "domino")

_REFERENCE = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)\.([A-Za-z_][A-Za-z0-9_-]*)")
_HEREDOC_TOKEN = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Ref:
    """`${scope.name}` at its place."""

    scope: str
    name: str
    where: Where

    def __str__(self) -> str:
        return f"${{{self.scope}.{self.name}}}"


Lookup = Callable[[Ref], str]


@dataclass(frozen=True)
class Template:
    """Text and references in turn."""

    parts: tuple[str | Ref, ...]

    @property
    def plain(self) -> str | None:
        """The text when there is no reference in it, else None."""
        return "".join(map(str, self.parts)) if not any(self.refs) else None

    @property
    def refs(self) -> Iterator[Ref]:
        """Every reference in it."""
        return (part for part in self.parts if isinstance(part, Ref))

    def fill(self, lookup: Lookup) -> str:
        """The text with every reference answered by `lookup`, whose DefinitionError passes through."""
        return "".join(part if isinstance(part, str) else lookup(part) for part in self.parts)


def reference(text: str, where: Where) -> Ref:
    """`var.NAME` or `domino.NAME`; DefinitionError for anything else, with what to write for the shell."""
    found = _REFERENCE.fullmatch(text.strip())
    if not found or found[1] not in SCOPES:
        message = f"${{{text.strip()[:40]}}} is unknown; expected ${{var.NAME}} or ${{domino.NAME}}; write $${{…}} for the shell"
        raise DefinitionError(Problem(where, message))
    return Ref(found[1], found[2], where)


def unescape(text: str, where: Where) -> str:
    r"""The value of a quoted string's text: `\n \r \t \" \\ \uXXXX \UXXXXXXXX`; DefinitionError for other escapes."""

    def one(match: re.Match[str]) -> str:
        escape = match[1]
        if escape in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[escape]
        if escape[0] in "uU" and len(escape) > 1 and int(escape[1:], 16) <= 0x10FFFF:
            return chr(int(escape[1:], 16))
        raise DefinitionError(Problem(where, f'"\\{escape[0]}" is no escape; write "\\\\{escape[0]}" for a backslash'))

    return _ESCAPE.sub(one, text)


def heredoc(token: str, where: Where, *, trim: bool) -> Template:
    """The value of `<<NAME … NAME` as the lexer gives it. `trim` (`<<-`): the smallest indentation goes from each line.
    Backslashes and quotes stand for themselves."""
    lines = token.replace("\r\n", "\n").split("\n")
    closing = len(lines) - 1
    while not lines[closing].strip():
        closing -= 1
    content = lines[1:closing]
    if trim:
        indent = min((len(line) - len(line.lstrip(" \t")) for line in content if line.strip()), default=0)
        content = [line[indent:] for line in content]
    text = "\n".join(content) + ("\n" if content else "")
    return Template(tuple(_heredoc_parts(text, where)))


def _heredoc_parts(text: str, where: Where) -> Iterator[str | Ref]:
    at = 0
    for mark in _HEREDOC_TOKEN.finditer(text):
        if mark.start() < at:
            continue
        yield text[at : mark.start()]
        here = Where(where.file, where.line + 1 + text.count("\n", 0, mark.start()))
        if mark[0] in ("$${", "%%{"):
            yield mark[0][1:]
            at = mark.end()
        elif mark[0] == "%{":
            raise DefinitionError(Problem(here, 'template directives ("%{…}") are not supported; write %%{'))
        else:
            end = text.find("}", mark.end())
            yield reference(text[mark.end() : end if end >= 0 else mark.end() + 40], here)
            at = end + 1
    yield text[at:]
