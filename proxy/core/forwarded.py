"""The address of a client behind trusted proxies.

Rules. (1) `X-Forwarded-For` counts only if the peer itself is in a trusted network; otherwise the
peer is the client. (2) The list is walked from the right, because each proxy appends what it saw:
trusted entries are passed over, the first that is not trusted is the client, and everything to
the left of it is the client's own invention. (3) If all are trusted, the leftmost is the client.
(4) An entry that is no address (a port, `unknown`, a name) ends the belief in the whole list: the
peer is the client. (5) IPv4 inside IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. (6) A peer
without an address (a unix socket) is on this machine, and trusted.
"""

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "local"
_MAX_ENTRIES = 32


def client_address(
    peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> str:
    """Return the client's address as text; `local` for a peer that has none.

    `forwarded_for` holds the values of all `X-Forwarded-For` headers, in their order.
    """
    direct = _parse(peer or "")
    own = str(direct) if direct else UNKNOWN
    if direct is not None and not _is_trusted(direct, trusted):
        return own
    entries = [part.strip() for value in forwarded_for for part in value.split(",")]
    if len(entries) > _MAX_ENTRIES:
        return own
    nearest = own
    for entry in reversed(entries):
        address = _parse(entry)
        if address is None:
            return own
        nearest = str(address)
        if not _is_trusted(address, trusted):
            break
    return nearest


def is_trusted_peer(peer: str, trusted: Sequence[Network]) -> bool:
    """Is the other end of a connection a proxy of ours, behind which are many clients?"""
    direct = _parse(peer)
    return direct is None or _is_trusted(direct, trusted)


def is_near_proxy(peer: str, trusted: Sequence[Network]) -> bool:
    """Is it such a proxy, on this machine or in a network of our own (RFC 1918, RFC 4193)?"""
    direct = _parse(peer)
    return direct is not None and direct.is_private and _is_trusted(direct, trusted)


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if "%" in text:  # a zone, which may hold anything, means nothing on another machine
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
