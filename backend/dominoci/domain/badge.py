"""Badges: what one says of a project or a tree, and how it is drawn. The form is that of shields.io, whose endpoint reads the
same words as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from dominoci.domain.plain_text import one_line

RESULT, TREE = "result", "tree"
KINDS: Final = (RESULT, TREE)
FLAT, FLAT_SQUARE, PLASTIC = "flat", "flat-square", "plastic"
STYLES: Final = (FLAT, FLAT_SQUARE, PLASTIC)
LONGEST: Final = 60  # characters of one half that are drawn

# dark enough for white letters (contrast 4.5 and more)
GREEN, RED, AMBER, BLUE, GREY, LABEL = "2e7d32", "c62828", "8a5a00", "1d5fbf", "6b6f76", "444b55"


@dataclass(frozen=True)
class Badge:
    """What a badge says: `label` left, `message` right, on `color` (six hex digits). `known` is False for what is not there."""

    label: str
    message: str
    color: str = GREY
    known: bool = True


UNKNOWN: Final = Badge("dominoci", "unknown project", known=False)
# words by state, for results (upper case on the wire) and trees alike
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "success": ("passing", GREEN),
    "failed": ("failing", RED),
    "undeliverable": ("undeliverable", RED),
    "timed_out": ("timed out", RED),
    "cancelled": ("cancelled", AMBER),
    "skipped": ("skipped", GREY),
    "running": ("running", BLUE),
}
_NONE_YET: Final = {RESULT: "no result", TREE: "no tree"}


def of_state(kind: str, project: str, branch: str | None, state: str | None) -> Badge:
    """The badge of a project's last result or tree; `state` None: there is none yet."""
    label = " ".join([project, *(["tree"] if kind == TREE else []), *([f"@ {branch}"] if branch else [])])
    message, color = _SAID.get(state.lower(), (state.lower(), GREY)) if state else (_NONE_YET[kind], GREY)
    return Badge(label, message, color)


def endpoint(badge: Badge) -> dict[str, object]:
    """The badge as shields.io's endpoint badge reads it (schema version 1)."""
    said = {"label": _shown(badge.label), "message": _shown(badge.message), "color": badge.color}
    return {"schemaVersion": 1, **said, "labelColor": LABEL, "isError": not badge.known}


def svg(badge: Badge, style: str) -> str:
    """The badge as a picture that needs no font, style sheet or script of anybody's: attributes alone, so that it is drawn under
    the strictest content policy. Every text is escaped."""
    label, message = _shown(badge.label), _shown(badge.message)
    left, right = _width(label) + 10, _width(message) + 10
    halves = [(label, LABEL, 0, left), (message, badge.color, left, right)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f"aria-label={quoteattr(f'{label}: {message}')}><title>{escape(f'{label}: {message}')}</title>"
        + _ground(style, left + right)
        + "".join(f'<rect x="{x}" width="{wide}" height="20" fill="#{color}"/>' for _, color, x, wide in halves)
        + (f'<rect width="{left + right}" height="20" fill="url(#s)"/>' if style != FLAT_SQUARE else "")
        + '</g><g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        + "".join(_text(text, x, wide) for text, _, x, wide in halves)
        + "</g></svg>"
    )


_STOPS: Final = {
    FLAT: '<stop offset="0" stop-color="#fff" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/>',
    PLASTIC: '<stop offset="0" stop-color="#fff" stop-opacity=".5"/><stop offset=".1" stop-color="#aaa" stop-opacity=".1"/>'
    '<stop offset=".9" stop-opacity=".2"/><stop offset="1" stop-opacity=".4"/>',
}
_CORNERS: Final = {FLAT: 3, PLASTIC: 4, FLAT_SQUARE: 0}


def _ground(style: str, width: int) -> str:
    """What the halves are drawn into: rounded corners, and a shine where the style has one."""
    if style == FLAT_SQUARE:
        return "<g>"
    shine = f'<linearGradient id="s" x2="0" y2="100%">{_STOPS[style]}</linearGradient>'
    clip = f'<clipPath id="r"><rect width="{width}" height="20" rx="{_CORNERS[style]}" fill="#fff"/></clipPath>'
    return f'{shine}{clip}<g clip-path="url(#r)">'


def _text(text: str, x: int, wide: int) -> str:
    # the length is given, so that a machine without the font draws it into the same room
    return f'<text x="{x + wide / 2:g}" y="14" textLength="{wide - 10}">{escape(text)}</text>'


def _shown(text: str) -> str:
    return one_line(text, LONGEST)


# advance widths of Verdana at 11 px, in tenths of a pixel, for the characters from space to tilde
_WIDTHS: Final = (
    *(39, 43, 50, 90, 70, 118, 80, 30, 50, 50, 70, 90, 40, 50, 40, 50),  #  !"#$%&'()*+,-./
    *(70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 50, 50, 90, 90, 90, 60, 110),  # 0-9 : ; < = > ? @
    *(75, 75, 77, 85, 70, 63, 85, 83, 46, 50, 76, 61, 93, 82, 87, 66, 87, 76, 75, 68, 81, 75, 109, 75, 68, 75),  # A-Z
    *(50, 50, 50, 90, 70, 70),  # [ \ ] ^ _ `
    *(66, 69, 57, 69, 66, 39, 69, 70, 30, 38, 65, 30, 107, 70, 67, 69, 69, 47, 57, 43, 70, 65, 90, 65, 65, 58),  # a-z
    *(70, 50, 70, 90),  # { | } ~
)


def _width(text: str) -> int:
    """About how many pixels wide a text is."""
    return round(sum(map(_advance, text)) / 10)


def _advance(character: str) -> int:
    at = ord(character) - ord(" ")
    if 0 <= at < len(_WIDTHS):
        return _WIDTHS[at]
    return 110 if east_asian_width(character) in "WF" else 80
