"""The opening handshake of a websocket, as far as a relay must understand it (RFC 6455 4).

A 101 is believed only if it answers exactly what the browser asked: the right accept key, a
subprotocol that was offered or none, extensions that were offered or none.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1

from proxy.core.request_headers import RawHeaders, offers

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Offer:
    """What the browser asked for."""

    key: bytes
    protocols: tuple[str, ...]
    extensions: frozenset[str]


def read_offer(method: str, headers: RawHeaders) -> Offer | None:
    """Return the offer of a request that asks for an upgrade; None if it is not a proper one."""
    keys = [value for name, value in headers if name.lower() == b"sec-websocket-key"]
    versions = offers(headers, b"sec-websocket-version")
    upgrades = [part.lower() for part in offers(headers, b"upgrade")]
    if method != "GET" or len(keys) != 1 or versions != ["13"] or upgrades != ["websocket"]:
        return None
    try:
        if len(base64.b64decode(keys[0], validate=True)) != _KEY_BYTES:
            return None
    except ValueError:
        return None
    names = (part.partition(";")[0].strip().lower() for part in _extensions(headers))
    return Offer(keys[0], tuple(offers(headers, b"sec-websocket-protocol")), frozenset(names))


def answers(offer: Offer, headers: RawHeaders) -> bool:
    """Is this 101 the answer to that offer?"""
    digest = sha1(offer.key + _GUID, usedforsecurity=False).digest()
    accepts = [value for name, value in headers if name.lower() == b"sec-websocket-accept"]
    if accepts != [base64.b64encode(digest)]:
        return False
    if [part.lower() for part in offers(headers, b"upgrade")] != ["websocket"]:
        return False
    if "upgrade" not in [part.lower() for part in offers(headers, b"connection")]:
        return False
    protocols = offers(headers, b"sec-websocket-protocol")
    if len(protocols) > 1 or any(name not in offer.protocols for name in protocols):
        return False
    chosen = {part.partition(";")[0].strip().lower() for part in _extensions(headers)}
    return chosen <= offer.extensions


def _extensions(headers: RawHeaders) -> Sequence[str]:
    return offers(headers, b"sec-websocket-extensions")
