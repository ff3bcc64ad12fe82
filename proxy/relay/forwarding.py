"""The request head that goes up, written once, from the bytes that were authorised."""

import secrets
from dataclasses import dataclass

from proxy.core.paths import Target
from proxy.core.request_headers import filter_request_headers
from proxy.core.websocket_handshake import Offer
from proxy.relay.aiohttp_parts import BaseRequest, HttpVersion11

# Jupyter checks that cookie and header agree; a bearer token needs no such proof of a page.
_XSRF = secrets.token_hex(16).encode()


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What is said about the visitor, to the server; `identity` is `X-Sifu-Identity`."""

    identity: bytes
    by_token: bool
    client_address: str
    scheme: str


def write_request_head(
    request: BaseRequest,
    target: Target,
    about: Forwarding,
    *,
    offer: Offer | None,
) -> bytes:
    """Return the head, blank line included; the target's bytes are those that were checked."""
    version = "1.1" if request.version >= HttpVersion11 else "1.0"
    lines = [f"{request.method} {target.raw} HTTP/{version}".encode("ascii")]
    for name, value in filter_request_headers(request.raw_headers):
        if about.by_token and name.lower() in {b"cookie", b"x-xsrftoken"}:
            continue
        lines.append(name + b": " + value)
    if about.by_token:
        lines.append(b"Cookie: _xsrf=" + _XSRF)
        lines.append(b"X-XSRFToken: " + _XSRF)
    lines.append(b"X-Forwarded-For: " + about.client_address.encode("ascii"))
    lines.append(b"X-Forwarded-Proto: " + about.scheme.encode("ascii"))
    lines.append(b"X-Sifu-Identity: " + about.identity)
    if offer is not None:
        lines.append(b"Connection: Upgrade\r\nUpgrade: websocket")
    elif _is_chunked(request):
        lines.append(b"Transfer-Encoding: chunked")
    lines.append(b"\r\n")
    return b"\r\n".join(lines)


def _is_chunked(request: BaseRequest) -> bool:
    return request.body_exists and request.content_length is None
