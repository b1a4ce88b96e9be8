"""What a User-Agent header says, in the few words by which somebody knows their own browser again."""

import re
from typing import Final

# the first that fits counts: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari
_BROWSERS: Final = (
    ("Edge", r"\bEdg[A-Za-z]*/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS|HeadlessChrome)/"),
    ("Safari", r"\bSafari/"),
    ("curl", r"^curl/"),
)
_SYSTEMS: Final = (
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac(?:intosh| OS X)\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def browser(user_agent: str) -> str:
    """`Firefox on Linux`; what is not known is left out, down to `Unknown browser`."""
    name = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return f"{name or 'Unknown browser'}{f' on {system}' if system else ''}"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in table if re.search(pattern, text)), None)
