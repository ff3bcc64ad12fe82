"""Which of an issuer's published keys may verify a token (RFC 7517, RFC 7518 6, RFC 8725 3.1).

Rules. (1) A key is for public-key signatures: a shared secret in a published set is refused. (2)
The kind of key, its curve and, where it says so, its algorithm and use fit the token's algorithm:
the token does not choose how a key is used. (3) A token that names its key gets that key alone; one
that names none, every key that fits. (4) RSA keys have 2048 bits or more.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

MOST_KEYS: Final = 100
_LEAST_RSA_BYTES: Final = 256
_EC_CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_OKP_CURVES: Final = frozenset({"Ed25519", "Ed448"})
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})

Jwk = Mapping[str, Any]


def published_keys(document: Mapping[str, Any]) -> list[Jwk] | None:
    """Return the keys of a set as it was published, None if it is none."""
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        return None
    return [key for key in keys if isinstance(key, dict)]


def fitting_keys(keys: Sequence[Jwk], name: str | None, algorithm: str) -> list[Jwk]:
    """Return the keys that may verify a token of this algorithm that names this key, or none."""
    named = keys if name is None else [key for key in keys if key.get("kid") == name]
    return [key for key in named if _fits(key, algorithm)]


def _fits(key: Jwk, algorithm: str) -> bool:
    if _PRIVATE & key.keys():
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    operations = key.get("key_ops")
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return False
    return _is_of_kind(key, algorithm)


def _is_of_kind(key: Jwk, algorithm: str) -> bool:
    kind, curve = key.get("kty"), key.get("crv")
    if algorithm[:2] in {"RS", "PS"}:
        return kind == "RSA" and _length(key.get("n")) >= _LEAST_RSA_BYTES
    if algorithm in _EC_CURVES:
        return kind == "EC" and curve == _EC_CURVES[algorithm]
    return algorithm == "EdDSA" and kind == "OKP" and curve in list(_OKP_CURVES)


def _length(modulus: object) -> int:
    """Return the bytes of an RSA modulus, without zeros in front."""
    if not isinstance(modulus, str):
        return 0
    try:
        decoded = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    except (ValueError, binascii.Error):
        return 0
    return len(decoded.lstrip(b"\x00"))
