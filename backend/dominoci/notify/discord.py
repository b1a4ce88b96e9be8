"""How a notice is written for Discord: one embed, after https://docs.discord.com/developers/resources/webhook#execute-webhook.

Embeds read Markdown, so every character of it is escaped; `allowed_mentions` lets nobody be called, whatever a text says."""

import re
from collections.abc import Mapping
from typing import Any, Final

from dominoci.notify.wording import BAD, GOOD, Notice

LONGEST_TITLE, LONGEST_VALUE, MOST_FIELDS = 256, 1024, 25
_COLOURS: Final = {BAD: 0xE03131, GOOD: 0x2F9E44}
_GREY: Final = 0x868E96
_MARKUP: Final = re.compile(r"([\\*_~`|<>\[\]():#@-])")


def written(notice: Notice) -> Mapping[str, Any]:
    """The body of the POST."""
    embed: dict[str, Any] = {"title": escaped(notice.headline, LONGEST_TITLE), "color": _COLOURS.get(notice.mood, _GREY)}
    embed["fields"] = [{"name": what, "value": escaped(text, LONGEST_VALUE)} for what, text in notice.lines[:MOST_FIELDS]]
    if notice.links:
        embed["url"] = notice.links[0][1]
        embed["description"] = " · ".join(f"[{what}]({_closed(address)})" for what, address in notice.links)
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def escaped(text: str, longest: int) -> str:
    """`text` as Markdown shows it word for word, in at most `longest` characters: cut before it is escaped, or the cut would
    leave a backslash alone."""
    said = _MARKUP.sub(r"\\\1", text)
    while len(said) > longest:
        text = text[: max(1, len(text) - (len(said) - longest) - 1)].rstrip("…") + "…"
        said = _MARKUP.sub(r"\\\1", text)
    return said


def _closed(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29")
