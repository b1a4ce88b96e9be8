"""What an administrator has opened (`DOMINOCI_ALLOWED_HOSTS`): a CI system inside the company is normal, but the
arbiter must not reach into its own network because a user typed an address."""

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from dominoci.outbound.networks import Address, Network

_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")


@dataclass(frozen=True)
class AllowList:
    """Names (`ci.corp`, with or without `:port`) and networks (`10.1.0.0/16`, `10.1.2.3`, `10.1.2.3:8080`)."""

    names: frozenset[tuple[str, int | None]]
    networks: tuple[tuple[Network, int | None], ...]

    @classmethod
    def parse(cls, entries: tuple[str, ...]) -> "AllowList":
        """Reads the entries; ValueError names the one that is neither host, host:port nor CIDR."""
        names: set[tuple[str, int | None]] = set()
        networks: list[tuple[Network, int | None]] = []
        for entry in entries:
            host, port = _split_port(entry.strip())
            if (network := _network(host)) is not None:
                networks.append((network, port))
            elif _NAME.fullmatch(host):
                names.add((host.lower().rstrip("."), port))
            else:
                raise ValueError(f"{entry!r} is not a host, a host:port or a network such as 10.0.0.0/8")
        return cls(frozenset(names), tuple(networks))

    def has_name(self, host: str, port: int) -> bool:
        """Whether this host name, in lower case, is open on this port, wherever it leads."""
        return (host, None) in self.names or (host, port) in self.names

    def has_address(self, address: Address, port: int) -> bool:
        """Whether this address is open on this port, under whatever name."""
        return any(address in network and only in (None, port) for network, only in self.networks)


def _split_port(entry: str) -> tuple[str, int | None]:
    """`host:80` -> (`host`, 80); a bare IPv6 address or network is all host, `[::1]:80` is not."""
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        port = port.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    else:
        return entry, None
    if not port:
        return host, None
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{entry!r} does not end in a port")
    return host, int(port)


def _network(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def literal(host: str) -> Address | None:
    """The address when `host` is one in its canonical spelling, else None."""
    try:
        return ip_address(host)
    except ValueError:
        return None
