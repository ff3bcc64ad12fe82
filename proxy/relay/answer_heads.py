"""The head of an answer: judged as the server sent it, written as the browser gets it.

Servers send the same few heads again and again, so what became of a head is remembered; the
judgement itself is `core.response_head` and `core.response_headers`, and depends on nothing else
than what the memory is keyed by. Bounded in number and in the length of what is kept.
"""

from dataclasses import dataclass
from functools import lru_cache

from proxy.core.response_head import Framing, ResponseHead, parse_response_head
from proxy.core.response_headers import Surroundings, filter_response_headers, is_sandboxed

_REMEMBERED = 1024
_MAX_REMEMBERED = 4096
_SWITCHING = b" 101 "


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """`parsed` is what the server said, `written` what goes to the browser."""

    status: int
    framing: Framing
    length: int
    keep_alive: bool
    written: bytes
    parsed: ResponseHead


def judge_head(
    block: bytes, method: str, around: Surroundings, rest: str, *, last: bool
) -> AnswerHead:
    """Judge the bytes before the blank line; raises `MalformedResponse`.

    `last` says that the connection of the browser closes after this answer.
    """
    # The head of a 101 answers one key and never comes again.
    is_unlike = len(block) > _MAX_REMEMBERED or block.startswith(_SWITCHING, 8)
    judge = _judge if is_unlike else _remembered
    return judge(block, method == "HEAD", around, is_sandboxed(rest), last)


def _judge(
    block: bytes, for_head: bool, around: Surroundings, sandboxed: bool, last: bool
) -> AnswerHead:
    head = parse_response_head(block, for_head=for_head)
    closes = last or head.framing is Framing.UNTIL_CLOSE
    fields = filter_response_headers(head.headers, around, sandboxed=sandboxed)
    written = _write(head, fields, closes=closes)
    return AnswerHead(head.status, head.framing, head.length, head.keep_alive, written, head)


_remembered = lru_cache(maxsize=_REMEMBERED)(_judge)


def _write(head: ResponseHead, fields: list[tuple[bytes, bytes]], *, closes: bool) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (head.status, head.reason)]
    drops_length = head.status == 204 or head.status < 200
    for name, value in fields:
        if not (drops_length and name.lower() == b"content-length"):
            lines.append(name + b": " + value)
    if head.status == 101:
        lines.append(b"Connection: Upgrade\r\nUpgrade: websocket")
    elif closes:
        lines.append(b"Connection: close")
    if head.framing is Framing.CHUNKED:
        lines.append(b"Transfer-Encoding: chunked")
    lines.append(b"\r\n")
    return b"\r\n".join(lines)
