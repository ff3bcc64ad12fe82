"""A second opinion on requests: a strict reader, written from RFC 9112 and sharing no code.

Promises: `read_requests` says which requests a stream of bytes holds, as far as every careful
reader must agree, and why it stops. It takes what leaves no doubt: line ends before a request,
more blanks in its line, chunk extensions, trailers. Must not: import `proxy`.
"""

from dataclasses import dataclass, field

_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXT = b"\t" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_HEX = b"0123456789abcdefABCDEF"


class Malformed(Exception):
    """From here on readers may disagree."""


@dataclass(slots=True)
class Request:
    """Names in lower case; `end` is the offset behind it, 0 while its body is not whole."""

    method: str
    target: str
    fields: list[tuple[bytes, bytes]]
    body: bytes = b""
    end: int = 0

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.fields if key == name]


@dataclass(slots=True)
class Requests:
    """`whole` in their order; then perhaps one that is not; `trouble` if what follows is none."""

    whole: list[Request] = field(default_factory=list)
    partial: Request | None = None
    trouble: str = ""
    end: int = 0


def read_requests(data: bytes) -> Requests:
    """Read as many as there are."""
    found = Requests()
    at = 0
    try:
        while True:
            while data[at : at + 1] in {b"\r", b"\n"}:
                at += 1
            found.end = at
            stop = data.find(b"\r\n\r\n", at)
            if stop < 0:
                return found
            request = _read_head(data[at:stop])
            found.partial = request
            at = _read_body(request, data, stop + 4)
            if at < 0:
                return found
            request.end = at
            found.whole.append(request)
            found.partial = None
    except Malformed as problem:
        found.trouble = str(problem)
        return found


def _read_head(block: bytes) -> Request:
    first, *lines = block.split(b"\r\n")
    # More than one blank between them is no doubt about what they are (RFC 9112 3).
    parts = [part for part in first.split(b" ") if part]
    if first.startswith(b" ") or len(parts) != 3 or parts[2] not in {b"HTTP/1.1", b"HTTP/1.0"}:
        raise Malformed("request line")
    method, target, _ = parts
    if not method or method.translate(None, _TOKEN) or not target:
        raise Malformed("request line")
    if target.translate(None, bytes(range(0x21, 0x7F))):
        raise Malformed("target")
    return Request(method.decode(), target.decode(), [_read_field(line) for line in lines])


def _read_field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or name.translate(None, _TOKEN) or value.translate(None, _TEXT):
        raise Malformed("field")
    return name.lower(), value.strip(b" \t")


def _read_body(request: Request, data: bytes, at: int) -> int:
    """Return where it ends, or -1 if that has not come."""
    lengths = request.values(b"content-length")
    codings = request.values(b"transfer-encoding")
    if len(lengths) + len(codings) > 1:
        raise Malformed("two framings")
    if codings:
        if codings[0].lower() != b"chunked":
            raise Malformed("transfer-encoding")
        return _read_chunks(request, data, at)
    if not lengths:
        return at
    if not lengths[0].isdigit():
        raise Malformed("content-length")
    end = at + int(lengths[0])
    request.body = data[at:end]
    return end if len(data) >= end else -1


def _read_chunks(request: Request, data: bytes, at: int) -> int:
    while True:
        stop = data.find(b"\r\n", at)
        if stop < 0:
            return -1
        size, _, extension = data[at:stop].partition(b";")
        size = size.rstrip(b" \t") if extension else size
        if not size or size.translate(None, _HEX) or extension.translate(None, _TEXT):
            raise Malformed("chunk size")
        at, length = stop + 2, int(size, 16)
        if not length:
            return _read_trailers(data, at)
        request.body += data[at : at + length]
        at += length
        if len(data) < at + 2:
            return -1
        if data[at : at + 2] != b"\r\n":
            raise Malformed("chunk end")
        at += 2


def _read_trailers(data: bytes, at: int) -> int:
    while not data.startswith(b"\r\n", at):
        stop = data.find(b"\r\n", at)
        if stop < 0:
            return -1
        _read_field(data[at:stop])
        at = stop + 2
    return at + 2
