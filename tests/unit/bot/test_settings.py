"""Where the bot listens, as the environment says it."""

import pytest

from dominoci.config import IrcSettings, Settings, SettingsError


def irc(**variables: str) -> IrcSettings | None:
    """What these variables (without their prefix) mean."""
    return Settings.from_env({f"DOMINOCI_IRC_{name}": value for name, value in variables.items()}).chat.irc


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("ircs://irc.example.org:7000/#ci", IrcSettings("irc.example.org", 7000, True, "#ci", "dominoci")),
        ("ircs://irc.example.org/#ci", IrcSettings("irc.example.org", 6697, True, "#ci", "dominoci")),
        ("irc://[::1]/##ci-bots", IrcSettings("::1", 6667, False, "##ci-bots", "dominoci")),
        ("", None),
    ],
)
def test_an_address_names_server_port_and_channel(url: str, found: IrcSettings | None) -> None:
    assert irc(URL=url) == found


@pytest.mark.parametrize(
    "url",
    [
        *("irc.example.org/#ci", "https://irc.example.org/#ci", "ircs:///#ci", "ircs://irc.example.org", "ircs://irc.example.org/#"),
        *("ircs://ada:hunter2@irc.example.org/#ci", "ircs://irc.example.org/ci", "ircs://irc.example.org:x/#ci"),
        *("ircs://irc.example.org/#a,#b", "ircs://irc.example.org/#a b", "ircs://irc.example.org/#a\x07b"),
        "ircs://irc.example.org/#" + "x" * 60,
    ],
)
def test_any_other_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match="DOMINOCI_IRC_URL must be") as refused:
        irc(URL=url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("NICK", "1st"), ("NICK", "a b"), ("NICK", "a" * 31), ("PASSWORD", "two words"), ("PASSWORD", "a\rb")],
)
def test_a_name_and_a_password_are_one_word(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"DOMINOCI_IRC_{name}"):
        irc(URL="ircs://irc.example.org/#ci", **{name: value})


def test_the_password_is_in_no_text() -> None:
    assert "hunter2" not in repr(irc(URL="ircs://irc.example.org/#ci", PASSWORD="hunter2"))
