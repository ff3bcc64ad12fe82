"""Our cookies: their names, their attributes, and how they are kept from everybody else.

Facts. Cookies ignore ports, so a browser sends front's cookie to the relay and the relay's to
front. A name that comes twice may have been planted by another host of the site (“cookie
tossing”), so it counts as absent. The prefixes `__Host-` and `__Secure-` need `Secure`, which
needs https; on plain http (a laptop) the names go without them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from proxy.core.remembering import Row, remember_short

_SESSION = "sifu"
_DOOR = "sifu-door"
_PASS = "sifu-pass"  # noqa: S105 (a name)
_FLOW = "sifu-flow-"
# What browsers trim (RFC 6265 5.2); str.strip would trim more, and see another cookie than they.
_WHITESPACE = " \t"


@dataclass(frozen=True, slots=True)
class CookieStyle:
    """How a program's cookies look; `secure` says that its public origin is https."""

    secure: bool

    @property
    def session_name(self) -> str:
        return f"__Host-{_SESSION}" if self.secure else _SESSION

    @property
    def pass_name(self) -> str:
        return f"__Secure-{_PASS}" if self.secure else _PASS

    def flow_name(self, flow_id: str) -> str:
        """Of a browser on one way to another service and back (`sign_in_flow`)."""
        return self.flow_names + flow_id

    @property
    def flow_names(self) -> str:
        """How the names of all such cookies begin."""
        return f"__Host-{_FLOW}" if self.secure else _FLOW

    @property
    def door_name(self) -> str:
        return f"__Secure-{_DOOR}" if self.secure else _DOOR


# A class's worth, of cookies as long as they usually are.
_REMEMBERED, _LONGEST = 256, 2048
OURS = frozenset(
    {
        _SESSION,
        f"__Host-{_SESSION}",
        _PASS,
        f"__Secure-{_PASS}",
        _DOOR,
        f"__Secure-{_DOOR}",
    }
)
_OURS_BEGIN = (_FLOW, f"__Host-{_FLOW}")
# The door cookie goes to the relay's entrance only; it outlives a slow sign-in, not more.
DOOR_PATH = "/-/enter"
DOOR_SECONDS = 600


def read_cookie(headers: Iterable[str], name: str) -> str | None:
    """Return the value of `name` in these `Cookie` headers; None if absent or there twice."""
    values = [value for key, value in _pairs(headers) if key == name]
    return values[0] if len(values) == 1 else None


def names_beginning(headers: Iterable[str], start: str) -> list[str]:
    """Return the names in these `Cookie` headers that begin so, the earliest set first.

    (RFC 6265 5.4: of cookies with one path, browsers send the earlier first.)
    """
    return [name for name, _ in _pairs(headers) if name.startswith(start)]


def is_doubled(headers: Iterable[str], name: str) -> bool:
    """Does `name` come more than once in these `Cookie` headers?"""
    return sum(key == name for key, _ in _pairs(headers)) > 1


@remember_short(number=_REMEMBERED, longest=_LONGEST)
def read_cookie_bytes(headers: Row, name: str) -> str | None:
    """As `read_cookie`, of headers as they came, and remembered: browsers repeat theirs."""
    return read_cookie([header.decode("latin-1") for header in headers], name)


@remember_short(number=_REMEMBERED, longest=_LONGEST)
def strip_ours_bytes(header: Row) -> bytes:
    """As `strip_ours`, of one header as it came, and remembered."""
    return strip_ours(header[0].decode("latin-1")).encode("latin-1")


def strip_ours(header: str) -> str:
    """Return a `Cookie` header without our cookies; empty if nothing is left."""
    kept = (pair.strip(_WHITESPACE) for pair in header.split(";"))
    return "; ".join(pair for pair in kept if pair and not _is_ours(pair.partition("=")[0]))


def may_be_set(header: str, prefix: str) -> bool:
    """May a server below `prefix` set this cookie (a `Set-Cookie` value)?

    Not ours, no `Domain`, and a `Path` inside its own prefix. A cookie without a name is sent back
    as its bare value, which may look like one of ours.
    """
    first, *attributes = header.split(";")
    cookie, equals, _ = first.partition("=")
    if not equals or not cookie.strip(_WHITESPACE) or _is_ours(cookie):
        return False
    path = None
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        name = name.strip(_WHITESPACE).lower()
        if name == "domain":
            return False
        if name == "path":
            path = value.strip(_WHITESPACE)
    inside = path is not None and (path + "/").startswith(prefix)
    return inside and ".." not in str(path) and "%" not in str(path)


def format_cookie(
    name: str, value: str, *, path: str, secure: bool, max_age: int | None, framed: bool = False
) -> str:
    """Write a `Set-Cookie` value; `framed` is for browsers that came from a foreign page's frame.

    (CHIPS: `SameSite=None; Partitioned` needs `Secure`, so it is given on https only.)
    """
    parts = [f"{name}={value}", f"Path={path}", "HttpOnly"]
    if max_age is not None:
        parts.append(f"Max-Age={max_age}")
    if secure:
        parts.append("Secure")
    parts.append("SameSite=None; Partitioned" if framed and secure else "SameSite=Lax")
    return "; ".join(parts)


def _is_ours(name: str) -> bool:
    """Is it ours, or would it be to a reader who trims more?"""
    trimmed = name.strip()
    return trimmed in OURS or trimmed.startswith(_OURS_BEGIN)


def _pairs(headers: Iterable[str]) -> Iterable[tuple[str, str]]:
    for header in headers:
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            yield name.strip(_WHITESPACE), value.strip(_WHITESPACE)
