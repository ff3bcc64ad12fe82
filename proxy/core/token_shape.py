"""The outside of a signed token of somebody else (RFC 7515, compact), before any key is looked for.

Rules. (1) Nothing that the token says about its own key is followed: a header with `jku`, `x5u` or
`jwk` is refused, and so is `crit`, which nobody here understands. (2) The algorithm must be one
that we expect from this issuer; `none` never is. (3) Every part is base64url without padding,
written in the only way there is. (4) Header and claims are strict JSON. (5) What comes out is not
verified.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from proxy.core.strict_json import NotStrict, read_object

MOST_BYTES: Final = 32 * 1024
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_FOLLOWED_BY_OTHERS: Final = frozenset({"jku", "x5u", "jwk"})
_MOST_NAME: Final = 256
# Asymmetric ones alone: with a shared secret whoever may check may also sign.
PUBLIC_KEY_ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class ShapeFault(Enum):
    """Why a token is not even looked at; the value is the word in events."""

    TOO_LONG = "too_long"
    NOT_COMPACT = "not_compact"
    ENCODING = "encoding"
    HEADER = "header"
    CLAIMS = "claims"
    ALGORITHM = "algorithm"
    KEY_REFERENCE = "key_reference"
    CRITICAL = "critical"
    KEY_NAME = "key_name"


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """`key` is the name that the header gives its key, or None; nobody has checked anything."""

    text: str = field(repr=False)
    algorithm: str
    key: str | None
    claims: Mapping[str, Any] = field(repr=False)


def read_shape(text: str, algorithms: Collection[str]) -> UnverifiedToken | ShapeFault:
    """Take a token apart that must be signed by one of `algorithms`."""
    if len(text) > MOST_BYTES:
        return ShapeFault.TOO_LONG
    parts = text.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        return ShapeFault.NOT_COMPACT
    try:
        header_bytes, claims_bytes, _ = [_decode(part) for part in parts]
    except (ValueError, binascii.Error):
        return ShapeFault.ENCODING
    try:
        header = read_object(header_bytes)
    except NotStrict:
        return ShapeFault.HEADER
    if (fault := _fault_of_header(header, algorithms)) is not None:
        return fault
    try:
        claims = read_object(claims_bytes)
    except NotStrict:
        return ShapeFault.CLAIMS
    return UnverifiedToken(text, header["alg"], header.get("kid"), claims)


def _fault_of_header(header: Mapping[str, Any], algorithms: Collection[str]) -> ShapeFault | None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        return ShapeFault.ALGORITHM
    if _FOLLOWED_BY_OTHERS & header.keys():
        return ShapeFault.KEY_REFERENCE
    # `b64` (RFC 7797) changes what was signed; it comes with `crit`, or must not be believed.
    if {"crit", "b64", "zip", "enc"} & header.keys():
        return ShapeFault.CRITICAL
    key = header.get("kid")
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= _MOST_NAME):
        return ShapeFault.KEY_NAME
    return None


def _decode(part: str) -> bytes:
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # Bits that the last character has too many would make two texts of one token.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise ValueError("not the one way to write it")
    return decoded
