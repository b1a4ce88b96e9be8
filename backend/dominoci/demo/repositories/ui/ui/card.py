"""A card that greets somebody."""

from core import greet, wrap

from ui.frame import frame


def card(name, width=24, style="round"):
    """The card's lines; its text is `width` characters wide at most."""
    return frame(wrap(greet(name), width), style)
