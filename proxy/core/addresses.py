"""Addresses of others that we, or a browser with something secret, may be sent to.

Rules. (1) https, or http on this very machine, for trials. (2) A host, and nothing that browsers
and libraries read in two ways: no name or password, no fragment, no backslash, nothing unprintable.
"""

from typing import Final, TypeGuard
from urllib.parse import urlsplit

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST: Final = 2048


def is_secure_address(address: object) -> TypeGuard[str]:
    """Is this such an address?"""
    if not isinstance(address, str) or len(address) > _MOST or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    is_odd = parts.username or parts.password or set("\\ #") & set(address)
    if not host or is_odd:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
