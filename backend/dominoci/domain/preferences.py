"""What a person may choose about the page: every choice is one of a few words, the first of which is the default."""

from collections.abc import Mapping
from typing import Any, Final

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "times": ("relative", "local", "utc"),
    "keys": ("on", "off"),
    "wheel": ("pan", "zoom"),
}


def chosen(stored: Mapping[str, Any] | None) -> dict[str, str]:
    """Every choice: what is stored where it is still one of the words, else the default."""
    told = stored or {}
    return {name: told[name] if told.get(name) in words else words[0] for name, words in CHOICES.items()}
