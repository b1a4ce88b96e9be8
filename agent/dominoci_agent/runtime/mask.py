"""Keeps known secrets out of logs, also when one is split over two reads, encoded, or has several lines.

Best effort, and said so in the documentation: a step that reverses its secret or prints it one letter a line is not
stopped by this.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = b"***"
MIN_LENGTH = 4
_MIN_LINE = 8


class Mask:
    """The patterns of one build; immutable, shared by its steps."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {form for secret in secrets for form in _forms(secret)}
        # longest first: a secret that begins with another one must not leave its tail behind
        self.patterns = sorted(found, key=lambda form: (-len(form), form))
        self.regex = re.compile(b"|".join(map(re.escape, self.patterns))) if self.patterns else None

    def stream(self) -> MaskedStream:
        """A filter for one stream of bytes."""
        return MaskedStream(self)

    def text(self, text: str) -> str:
        """A whole text with every secret replaced."""
        return self.regex.sub(MASK, text.encode()).decode(errors="replace") if self.regex else text


class MaskedStream:
    """Feed it bytes as they come; it gives back what is safe to show, and keeps what may be half a secret."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What can be shown after `data` came in."""
        regex = self._mask.regex
        if regex is None:
            return data
        text = self._held + data
        keep_from = self._possible_start(text)
        shown: list[bytes] = []
        at = 0
        for match in regex.finditer(text):
            if match.start() >= keep_from:
                break
            shown += (text[at : match.start()], MASK)
            at = match.end()
        # a whole secret may reach over the place from which something must be held back
        keep_from = max(keep_from, at)
        shown.append(text[at:keep_from])
        self._held = text[keep_from:]
        return b"".join(shown)

    def close(self) -> bytes:
        """The rest, when no more will come."""
        held, self._held = self._held, b""
        return self._mask.regex.sub(MASK, held) if self._mask.regex else held

    def _possible_start(self, text: bytes) -> int:
        """The first place from which the rest of `text` is the beginning, and not the whole, of a pattern."""
        earliest = len(text)
        for pattern in self._mask.patterns:
            at = max(0, len(text) - len(pattern) + 1)
            while (at := text.find(pattern[:1], at, earliest)) >= 0:
                if pattern.startswith(text[at:]):
                    earliest = at
                    break
                at += 1
        return earliest


def _forms(secret: str) -> Iterator[bytes]:
    for text in {secret, secret.strip(), *_lines(secret)}:
        if len(text) >= MIN_LENGTH:
            yield text.encode()
            yield quote(text, safe="").encode()
            yield quote_plus(text).encode()
            yield from _base64_forms(text.encode())


def _lines(secret: str) -> list[str]:
    """The lines of a key file on their own: programs print them with other line ends or indented."""
    lines = [line.strip() for line in secret.splitlines()]
    return [line for line in lines if len(line) >= _MIN_LINE] if len(lines) > 1 else []


def _base64_forms(value: bytes) -> Iterator[bytes]:
    """What base64 makes of `value` when 0, 1 or 2 bytes (mod 3) stand before it; letters that depend on its
    neighbours are left out."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        first = (before * 8 + 5) // 6
        last = (before + len(value)) * 8 // 6
        core = encoded[first:last]
        if len(core) >= 6:
            yield core
            yield core.replace(b"+", b"-").replace(b"/", b"_")
