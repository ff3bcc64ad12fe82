"""Gigabytes that are nowhere kept: any length, always the same bytes, told apart by place."""

import hashlib
from collections.abc import Iterator

BLOCK = 2**20
_FILLING = hashlib.shake_256(b"sifu").digest(BLOCK - 8)


def blocks(size: int) -> Iterator[bytes]:
    """Return `size` bytes in blocks; each begins with its number."""
    for number in range(-(-size // BLOCK)):
        block = number.to_bytes(8, "big") + _FILLING
        yield block[: size - number * BLOCK]


def digest(size: int) -> str:
    """Return the SHA-256 of `size` bytes."""
    total = hashlib.sha256()
    for block in blocks(size):
        total.update(block)
    return total.hexdigest()
