"""Text that somebody else wrote, as one line that does nothing: no control characters, no terminal escapes, no letters that turn
the direction of reading or cannot be seen."""

import re
from typing import Final

from dominoci.domain.log_text import plain

# bidirectional controls and marks, zero-width characters, invisible operators, fillers and tags of Unicode
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_SPACES: Final = re.compile("[\\s\u2028\u2029]+")
_NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str | None, longest: int = 300) -> str:
    """`text` as one visible line of at most `longest` characters; empty for None. What is cut ends in an ellipsis."""
    if not text:
        return ""
    # escapes end with their line, and every line break is a space: nothing may be hidden behind one
    bare = " ".join(plain(line) for line in text[: 20 * longest].splitlines())
    clean = _SPACES.sub(" ", _NO_TEXT.sub(" ", _UNSEEN.sub("", bare))).strip()
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def cut_bytes(text: str, longest: int) -> str:
    """`text` in at most `longest` bytes of UTF-8, no character cut in two."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= longest else raw[: longest - 3].decode("utf-8", "ignore").rstrip() + "…"
