"""How a notice is written for Microsoft Teams: an Adaptive Card 1.4 for the Workflows trigger "When a Teams webhook request is
received" (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).

Text blocks read Markdown; text runs in a rich text block do not (https://adaptivecards.io/explorer/TextRun.html), so all words
are runs."""

from collections.abc import Mapping
from typing import Any, Final

from dominoci.notify.wording import BAD, GOOD, Notice

CARD: Final = "application/vnd.microsoft.card.adaptive"
SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
_COLOURS: Final = {BAD: "Attention", GOOD: "Good"}


def written(notice: Notice) -> Mapping[str, Any]:
    """The body of the POST."""
    colour = _COLOURS.get(notice.mood, "Default")
    body = [_block(_run(notice.headline, size="Medium", weight="Bolder", color=colour))]
    body += [_block(_run(f"{what}: ", weight="Bolder"), _run(text)) for what, text in notice.lines]
    actions = [{"type": "Action.OpenUrl", "title": what, "url": address} for what, address in notice.links]
    content = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": "1.4", "body": body, "actions": actions}
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": content}]}


def _block(*runs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **look: str) -> Mapping[str, Any]:
    return {"type": "TextRun", "text": text, **look}
