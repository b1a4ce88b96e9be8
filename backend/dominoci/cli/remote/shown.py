"""What remote commands print: tables on a terminal, columns split by tabs elsewhere, or the API's JSON. Whatever projects
wrote (messages, names, reasons) reaches the terminal as plain text only."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

NOTHING = "-"
STYLES: Mapping[str, str] = {
    "success": "green",
    "passed": "green",
    "running": "cyan",
    "triggered": "cyan",
    "queued": "cyan",
    "waiting": "dim",
    "skipped": "dim",
    "filtered": "dim",
    "failed": "bold red",
    "blocked": "red",
    "undeliverable": "bold red",
    "timed_out": "bold yellow",
    "cancelled": "yellow",
    "added": "green",
    "changed": "yellow",
    "removed": "red",
}
Row = Sequence[Any]


def inert(text: str) -> str:
    """`text` as one line that no terminal obeys: escapes, bidi marks and line ends become a replacement character or a space."""
    return "".join(c if c.isprintable() else " " if c in "\n\r\t" else "\ufffd" for c in text)


def cell(value: Any) -> str:
    """A value in a table: `-` where there is none, yes or no, a list with commas."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return inert(", ".join(map(str, value)))
    return inert(str(value))


def moment(text: str | None) -> str:
    """A moment of the API without its fraction of a second: 2026-11-21 10:00:00Z."""
    return f"{text[:10]} {text[11:19]}Z" if text else NOTHING


def first_line(text: str | None, longest: int = 60) -> str | None:
    """The first line of a commit's message, cut."""
    line = (text or "").strip().partition("\n")[0]
    return f"{line[: longest - 1]}…" if len(line) > longest else line or None


def print_json(document: Any) -> None:
    """The API's document, in ASCII: what projects wrote into it stays escaped."""
    click.echo(json.dumps(document, indent=2))


def print_table(head: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows under a head; words that name a state are coloured on a terminal."""
    texts = [[cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in (head, *texts):
            click.echo("\t".join(line))
    elif texts:
        terminal().print(drawn(head, texts))


def print_facts(facts: Mapping[str, Any]) -> None:
    """One thing, a line each for what is known of it."""
    known = {name: text for name, value in facts.items() if (text := cell(value)) != NOTHING}
    width = max(map(len, known), default=0)
    for name, text in known.items():
        click.echo(f"{name.ljust(width)}  {text}")


def print_more(page: Mapping[str, Any]) -> None:
    """Says on stderr how to see the rest of a list, if there is more."""
    if cursor := page.get("next_cursor"):
        click.echo(f"there are more: --cursor {cursor}", err=True)


def terminal() -> Any:
    """The terminal as rich knows it; nothing is read as markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def drawn(head: Sequence[str], texts: Iterable[Sequence[str]]) -> "Table":
    """A table for a terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for line in texts:
        table.add_row(*(Text(text, STYLES.get(text, "")) for text in line))
    return table
