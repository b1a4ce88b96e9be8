"""What a user may type as a target's address, and what is refused before a byte leaves."""

import socket
from typing import Any

import pytest

from dominoci.outbound.allowlist import AllowList
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused


def names(**addresses: str | list[str]) -> Any:
    """A resolver that knows these names (dots written as underscores) and no others."""
    book = {name.replace("_", "."): [one] if isinstance(one, str) else one for name, one in addresses.items()}

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        if host not in book:
            raise socket.gaierror(socket.EAI_NONAME, "unknown name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in book[host]]

    return resolve


PUBLIC = "93.184.216.34"
RESOLVER = names(ci_example=PUBLIC, inside_example="10.0.0.5", mixed_example=[PUBLIC, "127.0.0.1"])

CLOSED_ADDRESSES = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",  # noqa: S104
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]",
    "[100::1]", "[2001::1]", "[2001:db8::1]", "[2002:7f00:1::]", "[3fff::1]", "[4000::1]", "[5f00::1]", "[fc00::1]",
    "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
]  # fmt: skip
OTHER_SPELLINGS = [
    "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.0.1.", "127.000.000.001", "1",
    "0x", "example.0x7f", "127.0.0.1.5", "[::1%25lo]", "[fe80::1%25eth0]",
    "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "٣.٣.٣.٣", "loc\u00adalhost", "ⓛocalhost",  # noqa: RUF001
]  # fmt: skip
NOT_HTTP = [
    "", "ci.example", "//ci.example/x", "/path", "ftp://ci.example/", "file:///etc/passwd", "gopher://ci.example/",
    "javascript:alert(1)", "data:text/plain,x", "ssh://ci.example", "unix:///run/x", "httpx://ci.example", "http:ci.example",
    "http://", "http:///path", "https://:443/", "http://ci.example:0/", "http://ci.example:99999/", "http://ci.example:x/",
    "http://user@ci.example/", "http://user:pw@ci.example/", "http://@ci.example/", "http://:@ci.example/",
    "http://ci.example\\@127.0.0.1/", "http://ci example/", "http://ci.example/\r\nX: y", "http://ci.example/\x00",
    " http://ci.example/", "http://ci.example/\u2028", "http://ci..example/", "http://-ci.example/", "http://ci.example%2f/",
    "http://[::1/", "http://[ci.example]/", "http://ci.example/" + "x" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("host", CLOSED_ADDRESSES)
def test_a_closed_address_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="network"):
        GuardedClient().check_url(f"http://{host}/hook")


@pytest.mark.parametrize("host", OTHER_SPELLINGS)
def test_an_address_in_disguise_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        GuardedClient(resolver=names()).check_url(f"http://{host}/hook")


@pytest.mark.parametrize("url", NOT_HTTP)
def test_what_is_no_plain_http_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        GuardedClient(resolver=RESOLVER).check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://ci.example/hook?token=1",
        "http://CI.Example.:8080/",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "http://[2606:2800:0220:0001:0248:1893:25c8:1946]/",
        "https://bücher.example/",
    ],
)
def test_a_public_address_may_be_saved(url: str) -> None:
    GuardedClient(resolver=RESOLVER).check_url(url)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "ci.localhost", "localhost."])
def test_localhost_is_refused_without_a_look_up(host: str) -> None:
    with pytest.raises(Refused, match="loopback"):
        GuardedClient().check_url(f"http://{host}/", resolve=False)


def test_a_name_that_leads_inside_is_refused_on_save() -> None:
    with pytest.raises(Refused, match=r"inside\.example is in a private network"):
        GuardedClient(resolver=RESOLVER).check_url("http://inside.example/")


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    with pytest.raises(Refused, match="loopback"):
        GuardedClient(resolver=RESOLVER).check_url("http://mixed.example/")


def test_a_name_that_is_not_known_yet_may_be_saved() -> None:
    GuardedClient(resolver=RESOLVER).check_url("http://soon.example/")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("inside.example", "http://inside.example:8080/"),
        ("Inside.Example.", "http://inside.example/"),
        ("inside.example:8080", "http://inside.example:8080/"),
        ("10.0.0.0/8", "http://inside.example/"),
        ("10.0.0.5", "http://10.0.0.5:81/"),
        ("10.0.0.5:81", "http://10.0.0.5:81/"),
        ("localhost", "http://localhost:9/"),
        ("::1", "http://[::1]:9/"),
        ("[::1]:9", "http://[::1]:9/"),
        ("fd00::/8", "http://[fd12::1]/"),
    ],
)
def test_an_administrator_can_open_it(entry: str, url: str) -> None:
    resolver = names(inside_example="10.0.0.5", localhost="127.0.0.1")
    GuardedClient((entry,), resolver).check_url(url)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("inside.example:8080", "http://inside.example:8081/"),
        ("other.example", "http://inside.example/"),
        ("example", "http://inside.example/"),
        ("10.0.0.6", "http://inside.example/"),
        ("10.0.0.5:81", "http://10.0.0.5/"),
        ("10.0.0.0/8", "http://mixed.example/"),
    ],
)
def test_what_was_opened_opens_nothing_else(entry: str, url: str) -> None:
    with pytest.raises(Refused):
        GuardedClient((entry,), RESOLVER).check_url(url)


@pytest.mark.parametrize("entry", ["", "*", "http://ci.corp", "ci.corp/path", "ci.corp:http", "ci.corp:0", "a b", "user@ci"])
def test_an_entry_that_is_neither_host_nor_network_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match=r"not a host|does not end in a port"):
        AllowList.parse((entry,))
