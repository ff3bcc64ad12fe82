"""What of a server's response head reaches the browser. The server belongs to a student.

Dropped: hop-by-hop fields and those named by `Connection`; our cookies and cookies for elsewhere;
fields that command a proxy in front of us (`X-Accel-*`, `X-Sendfile`); fields that would speak for
the whole origin (service workers, HSTS, `Clear-Site-Data`, `Alt-Svc`, CORS but for configured
origins); `WWW-Authenticate`. Exactly one `Content-Security-Policy` leaves. A `Location` outside
the server's own prefix is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from proxy.core.content_security import SANDBOX
from proxy.core.cookies import may_be_set
from proxy.core.request_headers import HOP_BY_HOP
from proxy.core.response_head import MalformedResponse

RawHeaders = Sequence[tuple[bytes, bytes]]

_DROPPED = HOP_BY_HOP | {
    b"alt-svc",
    b"clear-site-data",
    b"content-security-policy",  # collected, and written once
    b"nel",
    b"public-key-pins",
    b"report-to",
    b"reporting-endpoints",
    b"service-worker-allowed",
    b"strict-transport-security",
    b"www-authenticate",
    b"x-frame-options",  # our frame-ancestors says it; browsers disagree about both together
    b"x-sendfile",
}
# First letters and lengths let most fields pass without a look at the lists.
_DROPPED_PREFIXES = (b"x-accel-", b"x-sifu-", b"x-lighttpd-")
_CORS = b"access-control-"
_SANDBOXED = ("files/", "nbconvert/", "view/")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a head is judged by: the server's prefix, the relay's origin, who may frame."""

    prefix: str
    origin: str
    frame_ancestors: str
    allowed_origins: frozenset[str]


def filter_response_headers(
    headers: RawHeaders, around: Surroundings, rest: str
) -> list[tuple[bytes, bytes]]:
    """Return what the browser gets; `rest` is the path below the prefix that was asked for.

    Raises `MalformedResponse` for a `Location` that leaves the prefix.
    """
    policies: list[str] = []
    kept: list[tuple[bytes, bytes]] = []
    cors: list[tuple[bytes, bytes]] = []
    named = _named_by_connection(headers)
    for name, value in headers:
        lower = name.lower()
        if lower == b"content-security-policy":
            policies.append(value.decode("latin-1"))
        elif lower in _DROPPED or lower in named or lower.startswith(_DROPPED_PREFIXES):
            continue
        elif lower.startswith(_CORS):
            cors.append((name, value))
        elif _may_pass(lower, value.decode("latin-1"), around):
            kept.append((name, value))
    if cors and _is_for_allowed_origin(cors, around.allowed_origins):
        kept += cors
    policy = merge_policies(policies, around.frame_ancestors, sandboxed=rest.startswith(_SANDBOXED))
    kept.append((b"Content-Security-Policy", policy.encode("latin-1")))
    return kept


def merge_policies(policies: Sequence[str], frame_ancestors: str, *, sandboxed: bool) -> str:
    """Return one header value: the server's policies without their say about frames, and ours.

    Policies in one header, separated by commas, apply together like separate headers (CSP3 2.2.3).
    """
    merged = []
    for policy in ",".join(policies).split(","):
        directives = (part.strip() for part in policy.split(";"))
        kept = [part for part in directives if part and not _is_ours_to_say(part)]
        if kept:
            merged.append("; ".join(kept))
    merged.append(f"{SANDBOX}; {frame_ancestors}" if sandboxed else frame_ancestors)
    return ", ".join(merged)


def stays_inside(location: str, around: Surroundings) -> bool:
    """Does a redirect stay below the prefix?

    Raw and once decoded: no dot segments, no backslash, no control characters.
    """
    if location.startswith(around.origin + "/"):
        location = location[len(around.origin) :]
    path = location.partition("?")[0].partition("#")[0]
    decoded = unquote(path)
    if any(char in decoded for char in "\\\t\r\n\0") or ".." in decoded.split("/"):
        return False
    if path.startswith("/"):
        return path.startswith(around.prefix) or path == around.prefix[:-1]
    # Relative to the page: only if nothing in it can be read as a scheme.
    return ":" not in decoded


def _may_pass(lower: bytes, value: str, around: Surroundings) -> bool:
    if lower == b"set-cookie":
        return may_be_set(value, around.prefix)
    if lower in {b"location", b"content-location", b"refresh"}:
        if lower == b"refresh":
            return False
        if not stays_inside(value.strip(), around):
            if lower == b"location":
                raise MalformedResponse("location outside the prefix")
            return False
    return True


def _is_ours_to_say(directive: str) -> bool:
    name = directive.split(None, 1)[0].lower()
    return name in {"frame-ancestors", "report-uri", "report-to"}


def _is_for_allowed_origin(cors: RawHeaders, allowed: frozenset[str]) -> bool:
    for name, value in cors:
        if name.lower() == b"access-control-allow-origin":
            return value.decode("latin-1").strip() in allowed
    return False


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    values = [value for name, value in headers if name.lower() == b"connection"]
    return frozenset(part.strip().lower() for value in values for part in value.split(b","))
