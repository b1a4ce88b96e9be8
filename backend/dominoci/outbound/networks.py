"""Which addresses are not the public internet. An explicit list, because `ipaddress` leaves gaps: `is_private` misses
100.64.0.0/10, and `is_global` is true for multicast, NAT64 and 6to4."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# After the IANA special-purpose registries (RFC 6890 and its updates). The more telling name stands first.
_CLOSED: Final = {
    "0.0.0.0/8": "unspecified",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "reserved",
    "192.52.193.0/24": "reserved",
    "192.88.99.0/24": "6to4",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "reserved",
    "198.18.0.0/15": "benchmark",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "::/96": "IPv4-compatible",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64",
    "2001::/23": "reserved",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "reserved",
    "3fff::/20": "documentation",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    # only 2000::/3 is handed out for the public internet: the rest of the space is closed as a whole
    "::/3": "reserved",
    "4000::/2": "reserved",
    "8000::/1": "reserved",
}
CLOSED: Final[tuple[tuple[Network, str], ...]] = tuple((ip_network(text), kind) for text, kind in _CLOSED.items())


def closed_kind(address: Address) -> str | None:
    """What kind of closed network the address is in (`loopback`, `private`, …), None on the public internet."""
    return next((kind for network, kind in CLOSED if address in network), None)
