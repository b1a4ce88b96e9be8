"""Where a request goes. One parser (httpx's) reads the address once; what was checked here is what is connected to."""

import re
from dataclasses import dataclass
from typing import Final

import httpx

from dominoci.outbound.allowlist import AllowList, literal
from dominoci.outbound.errors import Refused
from dominoci.outbound.networks import Address, closed_kind

MAX_URL: Final = 2000
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# what the WHATWG URL standard takes for an IPv4 address: last label all digits, or hexadecimal
_ENDS_IN_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")
_HOST_NAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?")


@dataclass(frozen=True)
class Destination:
    """A checked address. `host` is ASCII, lower case, without brackets; `target` is path and query as sent."""

    scheme: str
    host: str
    port: int
    target: bytes

    @property
    def origin(self) -> str:
        """`https://ci.example:8443`: all of an address that may stand in a log."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse(url: str) -> Destination:
    """Reads an address; Refused with a sentence for anything but a plain http or https address of one host."""
    parsed = _parsed(url)
    if parsed.scheme not in DEFAULT_PORTS:
        raise Refused("The address must begin with http:// or https://.")
    if "@" in url.partition("://")[2].partition("/")[0] or parsed.userinfo:
        raise Refused("The address must not hold a user name or password.")
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port < 65536:
        raise Refused("The address has no valid port.")
    host = _host(parsed.raw_host.decode("ascii").lower())
    return Destination(scheme=parsed.scheme, host=host, port=port, target=parsed.raw_path)


def of_host(host: str, port: int) -> Destination:
    """The same for a host and port of another protocol than HTTP (IRC); Refused when the host is none."""
    if not 0 < port < 65536 or not host.isascii() or not host.isprintable():
        raise Refused("The host's name is not valid." if 0 < port < 65536 else "The port is not valid.")
    return Destination("tcp", _host(host.lower().removeprefix("[").removesuffix("]")), port, b"")


def _parsed(url: str) -> httpx.URL:
    if len(url) > MAX_URL:
        raise Refused(f"The address is longer than {MAX_URL} characters.")
    # browsers and proxies read a backslash as a slash, others as part of the host: it has no place here
    if "\\" in url or any(character.isspace() or not character.isprintable() for character in url):
        raise Refused("The address holds a space, a control character or a backslash.")
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("The address cannot be read.") from error


def _host(host: str) -> str:
    address = literal(host)
    if address is not None and "%" not in host:
        return str(address)
    if ":" in host or _ENDS_IN_NUMBER.search(host):
        raise Refused("An address of numbers must be written in its plain form, such as 192.0.2.1.")
    if not _HOST_NAME.fullmatch(host) or ".." in host:
        raise Refused("The address names no host." if not host else "The host's name is not valid.")
    return host.removesuffix(".")


def check_name(allowed: AllowList, where: Destination) -> None:
    """Refused when name or literal address alone already tell that this must not be reached; no look-up."""
    address = literal(where.host)
    if address is not None:
        check_address(allowed, where, address)
    elif (where.host == "localhost" or where.host.endswith(".localhost")) and not allowed.has_name(
        where.host, where.port
    ):
        raise Refused(_sentence(where.host, "loopback"))


def check_address(allowed: AllowList, where: Destination, address: Address) -> None:
    """Refused when this address of the host is not on the public internet and nobody opened it."""
    if allowed.has_name(where.host, where.port) or allowed.has_address(address, where.port):
        return
    if (kind := closed_kind(address)) is not None:
        raise Refused(_sentence(where.host, kind))


def _sentence(host: str, kind: str) -> str:
    return f"{host} is in a {kind} network; an administrator can open it with DOMINOCI_ALLOWED_HOSTS."
