"""What of a browser's request head crosses the relay, and what is added.

Facts. Header names are compared without case. CGI-style servers read `_` as `-`, so both spellings
of a name count as the name. `Connection` may name further headers that belong to this hop only
(RFC 9110 7.6.1); that list is the client's wish and is applied to the client's headers only, before
ours are added, or it could remove ours.
"""

from collections.abc import Iterable, Sequence

from proxy.core.cookies import strip_ours

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
_DROPPED = HOP_BY_HOP | _NEVER_UP

# A client that lists one of these as belonging to the hop would change what was authorised.
_NOT_REMOVABLE = frozenset({b"host", b"cookie", b"content-length", b"content-type", b"origin"})


def filter_request_headers(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Return the client's headers that go up, in their order and spelling.

    Framing headers are not among them but for `Content-Length`; the caller frames the body.
    """
    named = _named_by_connection(headers)
    kept = []
    for name, value in headers:
        lower = name.lower()
        if b"_" in lower:
            lower = lower.replace(b"_", b"-")
        if lower in _DROPPED or lower.startswith(_NEVER_UP_PREFIXES) or lower in named:
            continue
        if lower == b"cookie":
            value = strip_ours(value.decode("latin-1")).encode("latin-1")
            if not value:
                continue
        kept.append((name, value))
    return kept


def imitates_ours(headers: RawHeaders) -> bool:
    """Does a header spell one of our own names with underscores? Honest clients never do."""
    return any(b"_" in name and _is_ours(name.lower().replace(b"_", b"-")) for name, _ in headers)


def offers(headers: RawHeaders, name: bytes) -> list[str]:
    """Return the comma-separated members of every header of this name, trimmed."""
    values = (value.decode("latin-1") for key, value in headers if key.lower() == name)
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _is_ours(name: bytes) -> bool:
    return name.startswith(_NEVER_UP_PREFIXES) or name in _NEVER_UP


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    tokens = _tokens(value for name, value in headers if name.lower() == b"connection")
    return frozenset(tokens) - _NOT_REMOVABLE


def _tokens(values: Iterable[bytes]) -> Iterable[bytes]:
    for value in values:
        yield from (part.strip().lower() for part in value.split(b","))
