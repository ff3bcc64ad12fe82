"""A second cookie under our session cookie's name: where it may have been planted, and how it goes.

Facts. A page on another port of this host can set `sifu=x; path=/open`, and one on another host of
the site can add `domain=…`; a browser then sends both, and nothing tells which is ours. A cookie
goes away when it is set again with its own name, path and domain and `Max-Age=0` (RFC 6265, 5.3).
A name with `__Host-` has neither path nor domain, but may be there twice, partitioned and not.
Must not: end the cookie of ours that has `Path=/` and no domain, where it can be told apart.
"""

import re
from collections.abc import Iterator

from proxy.core.cookies import CookieStyle, format_cookie

# What a client wrote goes into a header of ours: only what cannot end an attribute.
_SEGMENT = re.compile(r"[A-Za-z0-9\-._~%!$&'()*+:@=]+")
_MAX_SEGMENTS = 8
_MAX_DOMAINS = 2


def clearing_cookies(style: CookieStyle, raw_path: str, host: str) -> list[str]:
    """Return the `Set-Cookie` values that take planted session cookies away.

    `raw_path` is the request's path as it was received, `host` its host name without the port.
    There are at most 50 values; what was planted elsewhere stays.
    """
    name = style.session_name
    if style.secure:
        return [
            format_cookie(name, "", path="/", secure=True, max_age=0, framed=framed)
            for framed in (False, True)
        ]
    paths = list(_paths(raw_path))
    bare = [format_cookie(name, "", path=path, secure=False, max_age=0) for path in paths]
    return bare + [
        format_cookie(name, "", path=path, secure=False, max_age=0) + f"; Domain={domain}"
        for domain in _domains(host)
        for path in ("/", *paths)
    ]


def _paths(raw_path: str) -> Iterator[str]:
    """Return all prefixes but `/`; to a browser `/open` and `/open/` are two paths."""
    prefix = ""
    for segment in raw_path.partition("?")[0].split("/")[1 : _MAX_SEGMENTS + 1]:
        if not _SEGMENT.fullmatch(segment):
            return
        prefix += f"/{segment}"
        yield prefix
        yield f"{prefix}/"


def _domains(host: str) -> list[str]:
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return []  # an address has no domain
    return [".".join(labels[start:]) for start in range(len(labels) - 1)][:_MAX_DOMAINS]
