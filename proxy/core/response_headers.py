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
from proxy.core.remembering import remember_short
from proxy.core.request_headers import HOP_BY_HOP, named_by_connection
from proxy.core.response_head import MalformedResponse

RawHeaders = Sequence[tuple[bytes, bytes]]

_DROPPED = HOP_BY_HOP | {
    b"alt-svc",
    b"clear-site-data",
    b"content-security-policy-report-only",  # may name a stranger to report to
    b"nel",
    b"public-key-pins",
    b"refresh",
    b"report-to",
    b"reporting-endpoints",
    b"service-worker-allowed",
    b"set-cookie2",
    b"speculation-rules",
    b"strict-transport-security",
    b"www-authenticate",
    b"x-frame-options",  # our frame-ancestors says it; browsers disagree about both together
    b"x-sendfile",
}
_DROPPED_PREFIXES = (b"x-accel-", b"x-sifu-", b"x-lighttpd-")
# What `Connection` may not remove: the body was framed by it.
_NOT_REMOVABLE = frozenset({b"content-length"})
_WHITESPACE = " \t"  # what HTTP trims; str.strip would trim what browsers keep (NBSP, NEL)
_JUDGED_BY_VALUE = frozenset({b"set-cookie", b"location", b"content-location"})
_OPENER = b"cross-origin-opener-policy"
_SANDBOXED = ("files/", "nbconvert/", "view/")
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a head is judged by: the server's prefix, the relay's origin, who may frame.

    `helped`: the visitor is not its owner, so no page of it may hold on to windows that it opens.

    Made once for a server, and told apart by identity: it is part of keys on the hot path.
    """

    prefix: str
    origin: str
    frame_ancestors: str
    allowed_origins: frozenset[str]
    helped: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of the fields of a response, judged by their names; indexes into the list."""

    kept: tuple[int, ...]
    policies: tuple[int, ...]  # collected, and written once
    cors: tuple[int, ...]  # for configured origins only
    by_value: tuple[int, ...]
    has_connection: bool


def filter_response_headers(
    headers: RawHeaders, around: Surroundings, *, sandboxed: bool
) -> list[tuple[bytes, bytes]]:
    """Return what the browser gets; `sandboxed` as `is_sandboxed` says of the path asked for.

    Raises `MalformedResponse` for a `Location` that leaves the prefix.
    """
    plan = _plan(tuple([name for name, _ in headers]))
    kept = [headers[index] for index in plan.kept]
    kept += [headers[index] for index in plan.by_value if _may_pass(headers[index], around)]
    if plan.cors:
        cors = [headers[index] for index in plan.cors]
        kept += cors if _is_for_allowed_origin(cors, around.allowed_origins) else ()
    if plan.has_connection:
        named = named_by_connection(headers) - _NOT_REMOVABLE
        kept = [field for field in kept if field[0].lower() not in named]
    if around.helped:
        kept = [field for field in kept if field[0].lower() != _OPENER]
        kept.append((b"Cross-Origin-Opener-Policy", b"same-origin"))
    policies = tuple([headers[index][1] for index in plan.policies])
    kept.append((b"Content-Security-Policy", _policy(policies, around.frame_ancestors, sandboxed)))
    return kept


def is_sandboxed(rest: str) -> bool:
    """Is a user's own file served at this path below the prefix, so that it may own nothing?"""
    return rest.startswith(_SANDBOXED)


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


@remember_short(number=_REMEMBERED, longest=2048)
def _plan(names: tuple[bytes, ...]) -> _Plan:
    """Remembered: a server sends few different rows of names, again and again."""
    kept, policies, cors, by_value = [], [], [], []
    for index, name in enumerate(names):
        lower = name.lower()
        if lower == b"content-security-policy":
            policies.append(index)
        elif lower.startswith(b"access-control-"):
            cors.append(index)
        elif lower in _JUDGED_BY_VALUE:
            by_value.append(index)
        elif lower not in _DROPPED and not lower.startswith(_DROPPED_PREFIXES):
            kept.append(index)
    has_connection = any(name.lower() == b"connection" for name in names)
    return _Plan(tuple(kept), tuple(policies), tuple(cors), tuple(by_value), has_connection)


@remember_short(number=_REMEMBERED, longest=2048)
def _policy(policies: tuple[bytes, ...], frame_ancestors: str, sandboxed: bool) -> bytes:
    texts = [policy.decode("latin-1") for policy in policies]
    return merge_policies(texts, frame_ancestors, sandboxed=sandboxed).encode("latin-1")


def _may_pass(field: tuple[bytes, bytes], around: Surroundings) -> bool:
    name, value = field[0].lower(), field[1].decode("latin-1").strip(_WHITESPACE)
    if name == b"set-cookie":
        return may_be_set(value, around.prefix)
    if stays_inside(value, around):
        return True
    if name == b"location":
        raise MalformedResponse("location outside the prefix")
    return False


def _is_ours_to_say(directive: str) -> bool:
    name = directive.split(None, 1)[0].lower()
    return name in {"frame-ancestors", "report-uri", "report-to"}


def _is_for_allowed_origin(cors: RawHeaders, allowed: frozenset[str]) -> bool:
    origins = [value for name, value in cors if name.lower() == b"access-control-allow-origin"]
    return len(origins) == 1 and origins[0].decode("latin-1").strip(_WHITESPACE) in allowed
