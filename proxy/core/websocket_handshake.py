"""The opening handshake of a websocket, as far as a relay must understand it (RFC 6455 4).

A 101 is believed only if it answers exactly what the browser asked: the right accept key, a
subprotocol that was offered or none, extensions that were offered or none.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1

from proxy.core.request_headers import RawHeaders

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16
_CONCERNED = frozenset({b"upgrade", b"connection"})
_PREFIX = b"sec-websocket-"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the browser asked for."""

    key: bytes
    protocols: tuple[str, ...]
    extensions: frozenset[str]


def read_offer(method: str, headers: RawHeaders) -> Offer | None:
    """Return the offer of a request that asks for an upgrade; None if it is not a proper one."""
    said = _gather(headers)
    keys = said.get(b"sec-websocket-key", [])
    if method != "GET" or len(keys) != 1 or _members(said, b"sec-websocket-version") != ["13"]:
        return None
    if [part.lower() for part in _members(said, b"upgrade")] != ["websocket"]:
        return None
    try:
        if len(base64.b64decode(keys[0], validate=True)) != _KEY_BYTES:
            return None
    except ValueError:
        return None
    protocols = tuple(_members(said, b"sec-websocket-protocol"))
    return Offer(keys[0], protocols, _extensions(said))


def answers(offer: Offer, headers: RawHeaders) -> bool:
    """Is this 101 the answer to that offer?"""
    said = _gather(headers)
    digest = sha1(offer.key + _GUID, usedforsecurity=False).digest()
    if said.get(b"sec-websocket-accept") != [base64.b64encode(digest)]:
        return False
    if [part.lower() for part in _members(said, b"upgrade")] != ["websocket"]:
        return False
    if "upgrade" not in [part.lower() for part in _members(said, b"connection")]:
        return False
    protocols = _members(said, b"sec-websocket-protocol")
    if len(protocols) > 1 or any(name not in offer.protocols for name in protocols):
        return False
    return _extensions(said) <= offer.extensions


def _gather(headers: RawHeaders) -> dict[bytes, list[bytes]]:
    """Return the values that concern a handshake, by their names in lower case."""
    said: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _CONCERNED or lower.startswith(_PREFIX):
            said.setdefault(lower, []).append(value)
    return said


def _members(said: dict[bytes, list[bytes]], name: bytes) -> Sequence[str]:
    """Return the comma-separated members of every header of this name, trimmed."""
    values = [value.decode("latin-1") for value in said.get(name, ())]
    parts = [part.strip(" \t") for value in values for part in value.split(",")]
    return [part for part in parts if part]


def _extensions(said: dict[bytes, list[bytes]]) -> frozenset[str]:
    offered = _members(said, b"sec-websocket-extensions")
    return frozenset(part.partition(";")[0].strip(" \t").lower() for part in offered)
