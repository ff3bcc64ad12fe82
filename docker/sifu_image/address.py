"""Where a repository may be, and to whom its token may be told.

Promises: an address that passes is https, or http on loopback, holds no password, and is spelled so
that git, curl and we see the same host in it. The *origin* (scheme, host, port) is what a token is
given to, and nothing else is. Must not: read or write anything.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sifu_image.refusal import Refusal

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~+][A-Za-z0-9._~+-]*)+/?")
_PROMPT = re.compile(r"(Username|Password) for '([^'\s]+)': ?")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository's address, as git is to get it, and its origin such as `https://host:443`."""

    url: str
    origin: str


def read_address(url: str) -> Address:
    """Check a repository's address; raises `Refusal` with what is wrong and what to write."""
    origin = origin_of(url)
    if origin is None:
        raise Refusal(
            f"“{_shown(url)}” is not an address such as https://git.example.org/group/course.git "
            "(plain http is for this machine's own loopback only)."
        )
    parts = urlsplit(url)
    if parts.password is not None or ":" in parts.netloc.rpartition("@")[0]:
        raise Refusal(
            f"An address may not hold a password or token: write {_shown(url)} without it, and "
            "hand the token to the build as a secret."
        )
    if parts.username is not None and not _USER.fullmatch(parts.username):
        raise Refusal(f"The user name in {_shown(url)} may hold letters, digits and . _ + - only.")
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise Refusal(
            f"The path of {_shown(url)} may hold letters, digits and . _ ~ + - only, and no part "
            "of it may begin with a dot or a hyphen."
        )
    return Address(url, origin)


def origin_of(url: str) -> str | None:
    """Return the normal spelling of scheme, host and port, or None where no token may go."""
    if not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not _is_host(host):
        return None
    if parts.scheme == "http" and not is_loopback(host):
        return None
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_prompt(prompt: str) -> tuple[str, str | None]:
    """Take git's question apart: `Username` or `Password` (or nothing known), and the origin."""
    match = _PROMPT.fullmatch(prompt)
    return (match[1], origin_of(match[2])) if match else ("", None)


def _is_host(host: str) -> bool:
    if ":" in host:
        return is_loopback(host)  # IPv6 elsewhere has no use here, and many spellings
    return bool(_HOST.fullmatch(host)) and ".." not in host


def _shown(url: str) -> str:
    """The address without what may be a secret in it: everything between the scheme and `@`."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
