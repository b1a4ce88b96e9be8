"""What a person may choose about the page, and how a browser is named."""

import pytest

from dominoci.domain.browsers import browser
from dominoci.domain.preferences import chosen


def test_what_was_never_chosen_or_is_no_word_any_more_is_at_its_default() -> None:
    assert chosen(None) == {"theme": "system", "density": "comfortable", "times": "relative", "keys": "on", "wheel": "pan"}
    assert chosen({"theme": "dark", "times": "beats", "wings": "on"})["theme"] == "dark"
    assert chosen({"times": "beats"})["times"] == "relative"
    assert "wings" not in chosen({"wings": "on"})


MOZILLA = "Mozilla/5.0 (X11; Linux x86_64"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (f"{MOZILLA}; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"{MOZILLA}) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"{MOZILLA}) {WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        (f"Mozilla/5.0 (Linux; Android 16) {WEBKIT} Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) CriOS/142 Mobile Safari/604", "Chrome on iPhone"),
        ("curl/8.11", "curl"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(header: str, words: str) -> None:
    assert browser(header) == words
