"""Our own keys for learning platforms: we sign what we send them, and publish how to verify it.

Promises: one file of PEM keys, private from birth, made at first need; the first key signs, all are
published, so that an operator rotates by putting a new key in front. Two programs that make the
file at once have the same afterwards. Names of keys are their thumbprints (RFC 7638). Must not: let
a private part leave.
"""

import asyncio
import base64
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from proxy.core.errors import SifuError

FILE: Final = "lti-keys.pem"
ALGORITHM: Final = "RS256"
_BITS: Final = 2048
_MOST_BYTES: Final = 256 * 1024
_PEM: Final = re.compile(rb"-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----")
_UNREADABLE: Final = (
    "The keys for learning platforms cannot be read. Whoever runs this site finds the reason in "
    "the log of the front."
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`public` is what is published."""

    name: str
    private: rsa.RSAPrivateKey = field(repr=False)
    public: Mapping[str, str]


class LtiKeys:
    """The keys in one file; it is read again when it was changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, ...], Sequence[SigningKey]] | None = None

    async def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the claims as a token of our first key; raises `SifuError`."""
        return await asyncio.to_thread(self._sign, dict(claims))

    async def published(self) -> dict[str, Any]:
        """Return the set of keys that platforms verify with; raises `SifuError`."""
        keys = await asyncio.to_thread(self._keys)
        return {"keys": [dict(key.public) for key in keys]}

    def _sign(self, claims: dict[str, Any]) -> str:
        first = self._keys()[0]
        return jwt.encode(claims, first.private, ALGORITHM, headers={"kid": first.name})

    def _keys(self) -> Sequence[SigningKey]:
        try:
            return self._current()
        except (OSError, ValueError, TypeError) as problem:
            raise SifuError(_UNREADABLE, detail=f"{self._path}: {problem!r}") from problem

    def _current(self) -> Sequence[SigningKey]:
        if not self._path.exists():
            make_file(self._path)
        status = self._path.stat()
        mark = (status.st_ino, status.st_size, status.st_mtime_ns)
        if self._read is None or self._read[0] != mark:
            self._read = mark, read_keys(self._path)
        return self._read[1]


def read_keys(path: Path) -> list[SigningKey]:
    """Return the keys of the file; raises `OSError`, or `ValueError` if one is not fit."""
    with path.open("rb") as file:
        blocks = _PEM.findall(file.read(_MOST_BYTES))
    keys = [_signing_key(load_pem_private_key(block, password=None)) for block in blocks]
    if not keys:
        raise ValueError("there is no key in the file")
    return keys


def make_file(path: Path) -> None:
    """Put a fresh key there, unless somebody else has; raises `OSError`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Not by replacing: whoever is second takes the first one's.
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def thumbprint(key: rsa.RSAPublicKey) -> str:
    """Return a key's name: the hash of its members, in order and without blanks (RFC 7638)."""
    parts = _members(key)
    digest = hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _signing_key(key: object) -> SigningKey:
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _BITS:
        raise ValueError(f"keys for learning platforms are RSA keys of {_BITS} bits or more")
    name = thumbprint(key.public_key())
    public = _members(key.public_key()) | {"kid": name, "alg": ALGORITHM, "use": "sig"}
    return SigningKey(name, key, public)


def _members(key: rsa.RSAPublicKey) -> dict[str, str]:
    parts = json.loads(RSAAlgorithm.to_jwk(key))
    return {name: parts[name] for name in ("e", "kty", "n")}
