"""Where a course's repository may be, and to whom its token may be told.

Promises: an address that passes is https, ssh (`ssh://…` or `git@host:path`), or http on loopback;
it holds no password; and it is spelled so that git, curl, ssh and we see the same host in it. The
*origin* (scheme, host, port) is what a token is given to, and nothing else is. Must not: read or
write anything.

Rules beside: no file and no helper (`ext::`), which would run or read what is on this machine; a
host or a path never begins with a hyphen, which a program might take for an option; a number is an
address in its usual spelling (`127.1`, `2130706433` and `0x7f.1` are this machine, too), and none
that belongs to no host of its own (`0.0.0.0` is this machine, 169.254.169.254 a cloud's secrets).
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"https": 443, "http": 80, "ssh": 22}
_MOST: Final = 1000
_MOST_REF: Final = 200
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_STEP = r"[A-Za-z0-9_~+@%][A-Za-z0-9._~+@%-]*"
_PATH = re.compile(rf"(?:/{_STEP})+/?")
_SHORT = re.compile(rf"([A-Za-z0-9][A-Za-z0-9._+-]*)@([A-Za-z0-9.-]+):(/?{_STEP}(?:/{_STEP})*/?)")
_PROMPT = re.compile(r"(Username|Password) for '([^'\s]+)': ?")
_REF = re.compile(r"[\w][\w./+#@-]*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What machines call themselves, beside `localhost` (hosts(5), RFC 6761).
_OWN_NAMES: Final = frozenset({"localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_NOT_IN_REF: Final = ("..", "//", "@{", "/.", ".lock/")
_EXAMPLE: Final = "https://git.example.org/group/course.git"


@dataclass(frozen=True, slots=True)
class Address:
    """A repository's address as git is to get it, and its origin such as `https://host:443`."""

    url: str
    origin: str

    @property
    def scheme(self) -> str:
        return self.origin.partition(":")[0]

    @property
    def is_on_this_machine(self) -> bool:
        host = urlsplit(self.origin).hostname or ""
        return is_loopback(host) or host in _OWN_NAMES or host.endswith(".localhost")


def read_address(url: str) -> Address | str:
    """Return the address, or a sentence that says what is wrong and what to write."""
    if len(url) > _MOST:
        return f"An address may have {_MOST} characters at most."
    if short := _SHORT.fullmatch(url):
        origin = _origin("ssh", short[2].lower(), 22)
        return Address(url, origin) if origin else _no_address(url)
    origin = origin_of(url)
    if origin is None:
        return _no_address(url)
    parts = urlsplit(url)
    if parts.password is not None or ":" in parts.netloc.rpartition("@")[0]:
        return (
            f"An address may not hold a password or token: write {shown_address(url)}, and hand "
            "the token over by itself."
        )
    if parts.username is not None and not _USER.fullmatch(parts.username):
        return "The user name in the address may hold letters, digits and . _ + - only."
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        return (
            f"The path of {shown_address(url)} may hold letters, digits and . _ ~ + @ % - only, "
            "and no part of it may begin with a dot or a hyphen."
        )
    return Address(url, origin)


def origin_of(url: str) -> str | None:
    """Return the normal spelling of scheme, host and port, or None where no git may go."""
    if not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not url.startswith(f"{parts.scheme}://"):
        return None
    if parts.scheme == "http" and not is_loopback(host):
        return None
    return _origin(parts.scheme, host, port)


def is_loopback(host: str) -> bool:
    """Is it this machine's own, as far as its name says?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_prompt(prompt: str) -> tuple[str, str | None]:
    """Take git's question apart: `Username` or `Password` (or nothing known), and the origin."""
    match = _PROMPT.fullmatch(prompt)
    return (match[1], origin_of(match[2])) if match else ("", None)


def problem_of_ref(name: str) -> str:
    """Return what is wrong with the name of a branch or tag; empty: nothing."""
    is_fine = (
        len(name) <= _MOST_REF
        and _REF.fullmatch(name)
        and not any(part in name for part in _NOT_IN_REF)
        and not name.endswith(("/", ".", ".lock"))
    )
    return "" if is_fine else "That is not the name of a branch or tag."


def problem_of_directory(directory: str) -> str:
    """Return what is wrong with a folder of a repository; empty: nothing. All of it is ``."""
    steps = directory.split("/")
    is_fine = len(directory) <= _MOST and all(
        step and not step.startswith((".", "-")) and step.isprintable() and "\\" not in step
        for step in steps
    )
    if is_fine or not directory:
        return ""
    return (
        "That is not a folder inside the repository, such as notebooks/week-1; no part of it may "
        "begin with a dot or a hyphen."
    )


def shown_address(url: str) -> str:
    """Return the address without what may be a secret in it: all between the scheme and `@`."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url


def _origin(scheme: str, host: str, port: int) -> str | None:
    # IPv6 elsewhere has no use here, and many spellings.
    is_named = bool(_HOST.fullmatch(host)) and ".." not in host
    if not (is_loopback(host) if ":" in host else is_named and not _is_odd_number(host)):
        return None
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _is_odd_number(host: str) -> bool:
    """Would a resolver take it for an address (its last part is a number) that we cannot allow?"""
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return False
    try:
        found = ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return found.is_unspecified or found.is_link_local or found.is_multicast or found.is_reserved


def _no_address(url: str) -> str:
    return (
        f"“{shown_address(url)[:200]}” is no address of a repository. Write one such as {_EXAMPLE} "
        "or git@git.example.org:group/course.git; plain http is for this machine's own loopback."
    )
