"""How a notice is written for Slack (and what takes Slack's format): blocks, after https://docs.slack.dev/reference/block-kit.

What others wrote stands in `plain_text` objects, which know no markup; the one text that is read as markup (`text`, for previews
and screen readers) has the three characters escaped that Slack asks for, so that `<!channel>` is nothing but letters."""

from collections.abc import Mapping
from typing import Any, Final

from dominoci.notify.wording import BAD, GOOD, Notice

LONGEST_TEXT: Final = 2900  # of one text object (Slack: 3000)
_SIGNS: Final = {BAD: ":red_circle:", GOOD: ":large_green_circle:"}


def written(notice: Notice) -> Mapping[str, Any]:
    """The body of the POST."""
    told = "\n".join(f"{what}: {text}" for what, text in notice.lines)
    sign = _SIGNS.get(notice.mood, ":information_source:")
    blocks: list[Mapping[str, Any]] = [{"type": "section", "text": _plain(notice.headline)}]
    if told:
        blocks.append({"type": "section", "text": _plain(told)})
    if notice.links:
        # a button would want an app that answers its click
        links = " · ".join(f"<{address}|{what}>" for what, address in notice.links)
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": f"{sign} {links}"}]})
    preview = escaped(notice.headline)
    return {"text": preview, "blocks": blocks, "link_names": False, "unfurl_links": False, "unfurl_media": False}


def escaped(text: str) -> str:
    """`text` as Slack's markup shows it word for word (https://docs.slack.dev/messaging/formatting-message-text#escaping)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> Mapping[str, Any]:
    cut = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}
