"""What badges say and how they are drawn: inert whatever is in them."""

import re
from xml.etree import ElementTree

import pytest

from dominoci.domain import badge
from dominoci.domain.badge import STYLES, Badge

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>"\' & <x>\u202e\x1b[31m\x00\n'


def texts(drawn: str) -> list[str | None]:
    """What stands on the two halves of a badge."""
    return [one.text for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314 - made here


@pytest.mark.parametrize(
    ("state", "message", "color"),
    [
        ("SUCCESS", "passing", badge.GREEN),
        ("FAILED", "failing", badge.RED),
        ("TIMED_OUT", "timed out", badge.RED),
        ("undeliverable", "undeliverable", badge.RED),
        ("CANCELLED", "cancelled", badge.AMBER),
        ("SKIPPED", "skipped", badge.GREY),
        ("running", "running", badge.BLUE),
        (None, "no result", badge.GREY),
        ("of a later version", "of a later version", badge.GREY),
    ],
)
def test_each_state_has_its_word_and_colour(state: str | None, message: str, color: str) -> None:
    assert badge.of_state(badge.RESULT, "core", None, state) == Badge("core", message, color)


def test_the_label_says_of_what_and_of_which_branch() -> None:
    assert badge.of_state(badge.TREE, "core", "main", None) == Badge("core tree @ main", "no tree")


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_a_picture_without_style_sheet_or_script_whatever_it_says(style: str) -> None:
    drawn = badge.svg(Badge(HOSTILE, HOSTILE, badge.RED), style)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - made here
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        *("svg", "title", "g", "rect", "text", "linearGradient", "stop", "clipPath"),
    }
    assert not any(name in ("style", "href") or name.startswith("on") for one in root.iter() for name in one.attrib)
    said = texts(drawn)
    assert said[0] == said[1]
    assert not re.search("[\x00-\x1f\u202e]", drawn)


def test_a_badge_is_as_wide_as_what_it_says() -> None:
    def width(label: str) -> int:
        return int(ElementTree.fromstring(badge.svg(Badge(label, "x"), badge.FLAT)).attrib["width"])  # noqa: S314

    assert width("iiii") < width("core") < width("WWWW") < width("漢字漢字漢字")
    assert width("x" * 500) == width("x" * 400)  # cut


def test_shields_reads_the_same_words() -> None:
    told = badge.endpoint(badge.of_state(badge.RESULT, "core", None, "SUCCESS"))
    assert told == {
        **{"schemaVersion": 1, "label": "core", "message": "passing"},
        **{"color": badge.GREEN, "labelColor": badge.LABEL, "isError": False},
    }
    assert badge.endpoint(badge.UNKNOWN)["isError"] is True


def test_white_letters_can_be_read_on_every_colour() -> None:
    def light(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for color in (badge.GREEN, badge.RED, badge.AMBER, badge.BLUE, badge.GREY, badge.LABEL):
        assert 1.05 / (light(color) + 0.05) >= 4.5, color
