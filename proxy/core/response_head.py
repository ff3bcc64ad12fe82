"""An upstream's response head, parsed strictly: the upstream is hostile.

Rules (RFC 9112). (1) Lines end in CR LF and nothing else. (2) A name is a token directly followed
by its colon; no folding. (3) A value holds no control character but the tab. (4) At most one
`Content-Length`, of digits; never with `Transfer-Encoding`; that one is `chunked` or absent.
(5) What does not fit raises `MalformedResponse`: there is no lenient mode.
"""

import re
from dataclasses import dataclass
from enum import Enum

MAX_HEAD = 65_536
MAX_FIELDS = 200
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?")
_NAME = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
# The whole block is checked first; then its fields are taken out.
_FIELDS = re.compile(rb"(?:" + _NAME + rb":" + _VALUE + rb"\r\n)*")
_FIELD = re.compile(rb"(" + _NAME + rb"):[ \t]*(" + _VALUE + rb")\r\n")
_DIGITS = re.compile(rb"[0-9]{1,18}")


class MalformedResponse(Exception):
    """The upstream's bytes are not an HTTP/1.1 response that we understand wholly."""


class Framing(Enum):
    """How the end of the body is known."""

    NONE = "none"
    COUNTED = "counted"
    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """A parsed head; `length` counts for `Framing.COUNTED`, and tells HEAD's length otherwise."""

    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    framing: Framing
    length: int
    keep_alive: bool


def parse_response_head(block: bytes, *, for_head: bool) -> ResponseHead:
    """Parse the bytes before the blank line; raises `MalformedResponse`.

    `for_head` says that the request's method was HEAD (its answer has no body, RFC 9110 9.3.2).
    """
    first, _, rest = block.partition(b"\r\n")
    found = _STATUS_LINE.fullmatch(first)
    if found is None:
        raise MalformedResponse("status line")
    status = int(found[2])
    fields = _fields(rest + b"\r\n" if rest else b"")
    length, chunked, close = _framing_fields(fields)
    if found[1] == b"0":
        if chunked:
            raise MalformedResponse("chunked in HTTP/1.0")
        close = True
    framing = _framing(status, length, chunked, for_head)
    if framing is Framing.UNTIL_CLOSE:
        close = True
    return ResponseHead(status, found[3] or b"", fields, framing, length or 0, not close)


def _fields(block: bytes) -> tuple[tuple[bytes, bytes], ...]:
    if _FIELDS.fullmatch(block) is None:
        raise MalformedResponse("field line")
    fields = _FIELD.findall(block)
    if len(fields) > MAX_FIELDS:
        raise MalformedResponse("too many fields")
    return tuple((name, value.rstrip(b" \t")) for name, value in fields)


def _framing_fields(fields: tuple[tuple[bytes, bytes], ...]) -> tuple[int | None, bool, bool]:
    length: int | None = None
    chunked = close = False
    for name, value in fields:
        size = len(name)
        if size == 14 and name.lower() == b"content-length":
            if length is not None or _DIGITS.fullmatch(value) is None:
                raise MalformedResponse("content-length")
            length = int(value)
        elif size == 17 and name.lower() == b"transfer-encoding":
            if chunked or value.lower() != b"chunked":
                raise MalformedResponse("transfer-encoding")
            chunked = True
        elif size == 10 and name.lower() == b"connection":
            close = close or b"close" in value.lower()
    if chunked and length is not None:
        raise MalformedResponse("content-length with transfer-encoding")
    return length, chunked, close


def _framing(status: int, length: int | None, chunked: bool, for_head: bool) -> Framing:
    if for_head or status in {204, 304} or status < 200:
        return Framing.NONE
    if chunked:
        return Framing.CHUNKED
    if length is None:
        return Framing.UNTIL_CLOSE
    return Framing.COUNTED if length else Framing.NONE
