"""What can be told of a request's bytes before anybody parses them.

Guesses that choose a way, never a meaning: whoever takes the way asks aiohttp's parser, or has
asked it before about the same bytes.
"""

import re

MAX_REPEATED = 8 * 1024
_END = b"\r\n\r\n"
_METHODS_WITH_BODY = (b"POST ", b"PUT ", b"PATCH ")
_KEY_NAME = b"\r\nSec-WebSocket-Key: "
_KEY = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==\r\n")
_KEY_LENGTH = 24
# As browsers write them, with nothing in the value that could end or continue a line.
_CONDITIONS = (b"\r\nIf-None-Match: ", b"\r\nIf-Modified-Since: ")
_VALUE = re.compile(rb"[!-~][ -~]*")
_LENGTH = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)


def repeatable_block(data: bytes) -> bytes | None:
    """Return everything after the request line of a GET that came whole, alone, and not too long.

    Whether it has a body is not known before it was parsed.
    """
    if len(data) > MAX_REPEATED or not data.startswith(b"GET "):
        return None
    if data.find(_END) != len(data) - len(_END):
        return None
    return data[data.find(b"\r\n") :]


def split_websocket_key(block: bytes) -> tuple[bytes, bytes]:
    """Return a header block without the value of its websocket key, and that value.

    A block that holds none, or none of 16 bytes as browsers write them (RFC 6455 4.1), comes back
    whole, with an empty value. Of two keys the first is taken; the other stays where it is.
    """
    start = block.find(_KEY_NAME)
    if start < 0 or not _KEY.match(block, start := start + len(_KEY_NAME)):
        return block, b""
    end = start + _KEY_LENGTH
    return block[:start] + block[end:], block[start:end]


def split_conditions(block: bytes) -> tuple[bytes, list[bytes]]:
    """Return a header block without the lines that ask whether a copy is still good, and these.

    They differ with each thing that is asked for, and change nothing but whether it is sent again
    (RFC 9110 13.1). Each line begins with its line break. If one of them comes twice, they stay
    where they are.
    """
    if b"\r\nIf-" not in block:
        return block, []
    rest, lines = block, []
    for name in _CONDITIONS:
        start = rest.find(name)
        if start < 0:
            continue
        end = rest.find(b"\r\n", start + len(name))
        line = rest[start:end]
        if not _VALUE.fullmatch(line, len(name)) or name in (rest := rest[:start] + rest[end:]):
            return block, []
        lines.append(line)
    return rest, lines


def long_body_start(data: bytes, least: int) -> int:
    """Return where the body begins if the head says that it has `least` bytes or more; else 0."""
    if not data.startswith(_METHODS_WITH_BODY):
        return 0
    end = data.find(_END) + len(_END)
    declared = _LENGTH.search(data, 0, end) if end >= len(_END) else None
    return end if declared is not None and int(declared[1]) >= least else 0
