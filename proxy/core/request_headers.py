"""What of a browser's request head crosses the relay, and what is added.

Facts. Header names are compared without case. CGI-style servers read `_` as `-`, so both spellings
of a name count as the name. `Connection` may name further headers that belong to this hop only
(RFC 9110 7.6.1); that list is the client's wish and is applied to the client's headers only, before
ours are added, or it could remove ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from proxy.core.cookies import strip_ours_bytes
from proxy.core.remembering import remember_short

RawHeaders = Sequence[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Statements about the client that only a trusted hop may make, and credentials that are for us.
_NEVER_UP = frozenset(
    {
        b"authorization",
        b"expect",  # answered by the relay itself
        b"forwarded",
        b"remote-user",
        b"via",
        b"x-accel-redirect",
        b"x-client-ip",
        b"x-original-uri",
        b"x-original-url",
        b"x-real-ip",
        b"x-remote-user",
        b"x-rewrite-url",
        b"x-scheme",
    }
)
_NEVER_UP_PREFIXES = (b"x-sifu-", b"x-forwarded-", b"x-auth-request-", b"x-amzn-oidc-")
# A client that lists one of these as belonging to the hop would change what was authorised.
_NOT_REMOVABLE = frozenset({b"host", b"cookie", b"content-length", b"content-type", b"origin"})
# Members of `Connection` that name no header.
_OPTIONS = frozenset({b"close", b"keep-alive", b"upgrade"})
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of the headers of a request, judged by their names; indexes into the list."""

    kept: tuple[int, ...]
    cookies: tuple[int, ...]  # kept without our own
    connection: tuple[int, ...]
    imitates_ours: bool


def filter_request_headers(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Return the client's headers that go up, in their spelling, cookies last.

    Framing headers are not among them but for `Content-Length`; the caller frames the body.
    """
    plan = _plan(tuple([name for name, _ in headers]))
    kept = [headers[index] for index in plan.kept]
    if plan.connection:
        named = _listed(tuple([headers[index][1] for index in plan.connection]))
        if removed := named - _OPTIONS - _NOT_REMOVABLE:
            kept = [field for field in kept if _fold(field[0]) not in removed]
    for index in plan.cookies:
        name, value = headers[index]
        if cookies := strip_ours_bytes((value,)):
            kept.append((name, cookies))
    return kept


def imitates_ours(headers: RawHeaders) -> bool:
    """Does a header spell one of our own names with underscores? Honest clients never do."""
    return _plan(tuple([name for name, _ in headers])).imitates_ours


def named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    """Return the names, in lower case, that `Connection` headers list."""
    return _listed(tuple([value for name, value in headers if name.lower() == b"connection"]))


def removes_fields(headers: RawHeaders) -> bool:
    """Do `Connection` headers name fields besides those that belong to it anyway?"""
    return bool(named_by_connection(headers) - _OPTIONS)


@remember_short(number=_REMEMBERED, longest=2048)
def _plan(names: tuple[bytes, ...]) -> _Plan:
    """Remembered: a browser sends few different rows of names, again and again."""
    kept, cookies, connection = [], [], []
    imitates = False
    for index, name in enumerate(names):
        folded = _fold(name)
        if folded == b"connection":
            connection.append(index)
        elif folded == b"cookie":
            cookies.append(index)
        elif folded in _NEVER_UP or folded.startswith(_NEVER_UP_PREFIXES):
            imitates = imitates or b"_" in name
        elif folded not in HOP_BY_HOP:
            kept.append(index)
    return _Plan(tuple(kept), tuple(cookies), tuple(connection), imitates)


@remember_short(number=_REMEMBERED, longest=256)
def _listed(values: tuple[bytes, ...]) -> frozenset[bytes]:
    return frozenset(part.strip(b" \t").lower() for value in values for part in value.split(b","))


def _fold(name: bytes) -> bytes:
    """Names are compared without case, and `_` is what some servers read as `-`."""
    return name.lower().replace(b"_", b"-")
