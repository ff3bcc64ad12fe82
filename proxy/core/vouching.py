"""Headers in which something in front of us says who somebody is: when they are believed.

Rules. (1) Only from a connection whose other end is in a listed network, and is no notebook. (2) A
header of ours that comes twice is refused: one of the two may be the client's. (3) So is a name
with an underscore for a hyphen, which some servers take for the same. (4) No such header is nobody,
not an error: people also come another way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


class VouchingFault(Enum):
    """Why what a header says is not believed; the value is the word in events."""

    TWICE = "twice"
    UNDERSCORE = "underscore"
    NETWORK = "network"
    EMPTY = "empty"
    TOKEN = "token"  # noqa: S105 (a word in events)
    SIGNER = "signer"
    CLIENT = "client"
    ISSUER = "issuer"
    EXPIRED = "expired"
    SIGNATURE = "signature"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Arriving:
    """A request as it came in: every value of each header by its name in lower case, and from
    where; `is_notebook` says that a person's own processes sent it.
    """

    headers: Mapping[str, Sequence[str]]
    peer: str
    is_notebook: bool = False


def says(arriving: Arriving, names: Collection[str]) -> bool:
    """Does it hold one of these headers (lower case), in any way of writing them?"""
    return any(name.replace("_", "-") in names for name in arriving.headers)


def fault_of(
    arriving: Arriving, names: Collection[str], networks: Sequence[Network]
) -> VouchingFault | None:
    """Return why these headers are not believed, or None."""
    if arriving.is_notebook or not _is_in(arriving.peer, networks):
        return VouchingFault.NETWORK
    if any("_" in name and name.replace("_", "-") in names for name in arriving.headers):
        return VouchingFault.UNDERSCORE
    if any(len(arriving.headers.get(name, ())) > 1 for name in names):
        return VouchingFault.TWICE
    return None


def _is_in(peer: str, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
