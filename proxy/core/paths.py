"""The request target: what the relay understands of a path before anything is looked up.

Rules. (1) A target is origin-form: it begins with one slash; absolute-form, authority-form and `*`
are refused. (2) Only printable ASCII; no backslash, no `#`. (3) No dot segment, neither raw nor
after decoding once (`%2e%2e`, `..%2f..`). (4) In `/user/{owner}/{workspace}/` no empty segment and
no percent sign, so the names that are looked up are the bytes that are sent. (5) Nothing is
normalised: a target is forwarded byte for byte, or it is refused.

Sources: RFC 9112 3.2, RFC 3986 5.2.4 and 6.2.2; the five path desyncs of other proxies.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from proxy.core.identity import ServerName

MAX_TARGET = 16_384
_PRINTABLE = re.compile(r"/[!-\[\]-~]*")
_USER = re.compile(r"/user/([^/%?]+)/([^/%?]+)(/[^?]*)?")


@dataclass(frozen=True, slots=True)
class Target:
    """A target that may be forwarded; `server` is None outside `/user/…`.

    `rest` is the raw path below the server's prefix (without the slash), `query` the raw query
    with its question mark or empty.
    """

    raw: str
    path: str
    query: str
    server: ServerName | None
    rest: str


@dataclass(frozen=True, slots=True)
class BadTarget:
    """Why a target is refused; `reason` is one of few words, fit for a metric."""

    reason: str


def parse_target(raw: str) -> Target | BadTarget:
    """Understand a raw request target, or refuse it."""
    if len(raw) > MAX_TARGET:
        return BadTarget("too_long")
    if _PRINTABLE.fullmatch(raw) is None or "#" in raw:
        return BadTarget("form")
    path, mark, query = raw.partition("?")
    # Without one of these two there is no segment that is a dot, however it is written.
    if "/." in path or "%" in path:
        decoded = unquote(path, errors="surrogateescape")
        if _has_dot_segment(path) or _has_dot_segment(decoded.replace("\\", "/")):
            return BadTarget("dot_segment")
        if "\0" in decoded:
            return BadTarget("form")
    return _locate(raw, path, mark + query)


def _locate(raw: str, path: str, query: str) -> Target | BadTarget:
    if not path.startswith("/user/"):
        # `/%75ser/…` and `//user/…` are other names for a server: refused, not looked up.
        if unquote(path).replace("//", "/").startswith("/user/"):
            return BadTarget("alias")
        return Target(raw, path, query, None, path[1:])
    found = _USER.fullmatch(path)
    server = _name(found[1], found[2]) if found else None
    if found is None or server is None:
        return BadTarget("no_such_name")
    rest = found[3]
    if rest is None:
        return Target(raw, path, query, server, "")
    return Target(raw, path, query, server, rest[1:])


@lru_cache(maxsize=4096)
def _name(owner: str, workspace: str) -> ServerName | None:
    return ServerName.parse(owner, workspace)


def _has_dot_segment(path: str) -> bool:
    # Parameters after a semicolon are cut off by some servers before they resolve dots.
    return any(part.partition(";")[0] in {".", ".."} for part in path.split("/"))
