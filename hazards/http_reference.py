"""A second opinion on responses: a strict reader, written from RFC 9112 and sharing no code.

Promises: `read_response` says what a careful client makes of the bytes so far, and where the
message ends. It is strict where receivers are known to disagree: one `Content-Length` of at most
18 digits, `chunked` or nothing, no chunk extension, no bare line end. Must not: import `proxy`.
"""

from dataclasses import dataclass, field
from enum import Enum

MAX_HEAD = 65_536
MAX_FIELDS = 200
MAX_INTERIM = 8
MAX_TRAILERS = 8_192

_TEXT = b"\t" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_BLOCK = _TEXT + b"\r\n"
_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX = b"0123456789abcdefABCDEF"


class State(Enum):
    """How far a reader came; `OPEN` is a body whose end is the end of the connection."""

    EMPTY = "no byte"
    HEAD = "an unfinished head"
    BAD_HEAD = "a head that is not HTTP"
    SWITCHED = "a 101"
    BODY = "an unfinished body"
    BAD_BODY = "a body that breaks its framing"
    OPEN = "a body until close"
    WHOLE = "a whole response"


@dataclass(slots=True)
class Reading:
    """`end` is the offset behind the message, where it is known; `body` the decoded content.

    `is_odd`: a proxy may refuse this although it is not wrong; `closes`: the connection may not
    carry another message; `may_close`: a careful proxy might think so.
    """

    state: State
    status: int = 0
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    end: int = 0
    body: bytes = b""
    is_odd: bool = False
    closes: bool = False
    may_close: bool = False


class _Bad(Exception):
    pass


def read_response(data: bytes, method: str, *, offered: bool, interim: bool = True) -> Reading:
    """Read one final response; `interim` allows 1xx before it, `offered` a 101 instead of it."""
    if not data:
        return Reading(State.EMPTY)
    at = seen = 0
    is_odd = False
    while True:
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            return Reading(State.BAD_HEAD if len(data) - at > MAX_HEAD else State.HEAD)
        try:
            reading = _read_head(data[at:end])
        except _Bad:
            return Reading(State.BAD_HEAD)
        reading.is_odd |= is_odd
        reading.end = at = end + 4
        if reading.status == 101:
            reading.state = State.SWITCHED if offered else State.BAD_HEAD
            return reading
        if reading.status >= 200:
            break
        seen, is_odd = seen + 1, True
        if not interim or seen > MAX_INTERIM:
            return Reading(State.BAD_HEAD)
    _read_body(reading, data, method)
    return reading


def _read_head(block: bytes) -> Reading:
    lines = block.split(b"\r\n")
    breaks = len(lines) - 1
    if len(block) > MAX_HEAD or breaks > MAX_FIELDS or block.translate(None, _BLOCK):
        raise _Bad
    if block.count(b"\r") != breaks or block.count(b"\n") != breaks:
        raise _Bad
    first = lines[0]
    version, code = first[:9], first[9:12]
    if version not in {b"HTTP/1.1 ", b"HTTP/1.0 "} or len(code) != 3 or not code.isdigit():
        raise _Bad
    if code < b"100" or first[12:13] not in {b"", b" "}:
        raise _Bad
    fields = [_read_field(line) for line in lines[1:]]
    reading = Reading(State.HEAD, int(code), fields)
    reading.is_odd = len(first) == 12 or code >= b"600"
    reading.closes = reading.may_close = version == b"HTTP/1.0 "
    _check_framing(reading, is_old=version == b"HTTP/1.0 ")
    return reading


def _read_field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or name.translate(None, _TOKEN):
        raise _Bad
    return name.lower(), value.strip(b" \t")


def _check_framing(reading: Reading, *, is_old: bool) -> None:
    lengths = [value for name, value in reading.fields if name == b"content-length"]
    codings = [value for name, value in reading.fields if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1 or (codings and is_old):
        raise _Bad
    if lengths and not (lengths[0].isdigit() and len(lengths[0]) <= 18):
        raise _Bad
    if codings and codings[0].lower() != b"chunked":
        raise _Bad
    for name, value in reading.fields:
        if name == b"connection":
            lowered = value.lower()
            reading.may_close |= b"close" in lowered
            reading.closes |= b"close" in [part.strip(b" \t") for part in lowered.split(b",")]


def _read_body(reading: Reading, data: bytes, method: str) -> None:
    fields = dict(reading.fields)
    if method == "HEAD" or reading.status in {204, 304}:
        reading.state = State.WHOLE
    elif b"transfer-encoding" in fields:
        _read_chunks(reading, data)
    elif b"content-length" in fields:
        stop = reading.end + int(fields[b"content-length"])
        reading.body = data[reading.end : stop]
        reading.state = State.WHOLE if len(data) >= stop else State.BODY
        reading.end = stop
    else:
        reading.body, reading.state, reading.closes = data[reading.end :], State.OPEN, True


def _read_chunks(reading: Reading, data: bytes) -> None:
    at, parts = reading.end, []
    state = State.BODY
    while True:
        stop = data.find(b"\r\n", at)
        line = data[at:stop] if stop >= 0 else data[at:].removesuffix(b"\r")
        if len(line) > 16 or line.translate(None, _HEX) or (stop >= 0 and not line):
            state = State.BAD_BODY
            break
        if stop < 0:
            break
        size, at = int(line, 16), stop + 2
        if not size:
            state = _read_trailers(reading, data, at)
            break
        parts.append(data[at : at + size])
        at += size
        if data[at : at + 2] != b"\r\n":
            state = State.BODY if b"\r\n".startswith(data[at : at + 2]) else State.BAD_BODY
            break
        at += 2
    reading.state, reading.body = state, b"".join(parts)


def _read_trailers(reading: Reading, data: bytes, at: int) -> State:
    if data.startswith(b"\r\n", at):
        reading.end = at + 2
        return State.WHOLE
    stop = data.find(b"\r\n\r\n", at)
    reading.is_odd = True
    if stop < 0:
        return State.BAD_BODY if len(data) - at > MAX_TRAILERS else State.BODY
    reading.end = stop + 4
    return State.BAD_BODY if stop - at > MAX_TRAILERS else State.WHOLE
