"""Follows a chunked body (RFC 9112 7.1) unchanged, and passes on only what is well-formed.

Rules. (1) A size line is passed on once it is complete and valid. (2) No chunk extensions: no
server behind us sends them, and receivers disagree about them. (3) Trailers are read and dropped,
as an intermediary may (RFC 9110 6.5.1): they could carry what the head filter removed. (4) Bytes
after the end are `excess` and never passed on.
"""

import re
from enum import Enum

from proxy.core.response_head import MalformedResponse

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_MAX_LINE = 18
_MAX_TRAILERS = 8_192
_END = b"0\r\n\r\n"


class _Part(Enum):
    SIZE = 1
    DATA = 2
    DATA_END = 3
    TRAILERS = 4
    DONE = 5


class ChunkFollower:
    """Feed it what arrives; it returns what may go on."""

    __slots__ = ("_held", "_left", "_part", "excess")

    def __init__(self) -> None:
        self._part = _Part.SIZE
        self._left = 0  # bytes of this chunk's data that are still to come
        self._held = b""  # an incomplete size line, or trailers
        self.excess = False

    @property
    def done(self) -> bool:
        return self._part is _Part.DONE

    def feed(self, data: bytes) -> bytes:
        """Return the bytes that may be passed on now; raises `MalformedResponse`."""
        if self._part is _Part.DATA and len(data) <= self._left:
            self._left -= len(data)
            if not self._left:
                self._part = _Part.DATA_END
            return data
        if self._held:
            data, self._held = self._held + data, b""
        return self._walk(data)

    def _walk(self, data: bytes) -> bytes:
        at = passed = 0
        size = len(data)
        while at < size:
            if self._part is _Part.DATA:
                step = min(self._left, size - at)
                self._left -= step
                at += step
                if not self._left:
                    self._part = _Part.DATA_END
            elif self._part is _Part.TRAILERS:
                return data[:passed] + self._trailers(data[at:])
            else:
                end = self._line(data, at)
                if end < 0:
                    self._held = data[at:]
                    return data[:passed]
                at = end
                if self._is_at(_Part.TRAILERS):
                    continue  # the last size line is not passed on until the body has ended
            passed = at
        return data if passed == size else data[:passed]

    def _is_at(self, part: _Part) -> bool:
        return self._part is part

    def _line(self, data: bytes, at: int) -> int:
        """Read the line at `at`; return where it ends, or -1 if it is not complete."""
        if self._part is _Part.DATA_END:
            if data[at : at + 2] == b"\r\n":
                self._part = _Part.SIZE
                return at + 2
            if data[at:] == b"\r":
                return -1
            raise MalformedResponse("no line end after a chunk")
        end = data.find(b"\r\n", at, at + _MAX_LINE)
        if end < 0:
            if len(data) - at >= _MAX_LINE:
                raise MalformedResponse("chunk size line")
            if data[at:].rstrip(b"\r") and _SIZE.fullmatch(data[at:].rstrip(b"\r")) is None:
                raise MalformedResponse("chunk size line")
            return -1
        if _SIZE.fullmatch(data[at:end]) is None:
            raise MalformedResponse("chunk size line")
        self._left = int(data[at:end], 16)
        self._part = _Part.DATA if self._left else _Part.TRAILERS
        return end + 2

    def _trailers(self, data: bytes) -> bytes:
        if data.startswith(b"\r\n"):
            end = 2
        else:
            found = data.find(b"\r\n\r\n")
            if found < 0:
                if len(data) > _MAX_TRAILERS:
                    raise MalformedResponse("trailers")
                self._held = data
                return b""
            end = found + 4
            if end > _MAX_TRAILERS:
                raise MalformedResponse("trailers")
        self._part = _Part.DONE
        self.excess = end < len(data)
        return _END
