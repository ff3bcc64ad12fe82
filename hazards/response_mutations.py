"""Breaks responses, cuts them into pieces, and puts the cases of the fuzz together.

The same seed gives the same cases, so a batch is its own reproducer.
"""

from itertools import pairwise
from random import Random

from hazards.response_case import Case, Ending
from hazards.response_grammar import ResponseGrammar

_INSERTED = (
    b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\n", b"\r\n\r\n", b"\t", b" ", b"\r\n ", b"\x0b", b"\x0c",
    b"\0", b"\x1f", b"\x7f", b"\x85", b"\xa0", b",", b";", b":", b'"', b"0", b"+", b"-", b"0x",
    b"_", b"f", b"ffffffffffffffff", b"00000000000000001", b"\xd9\xa5", b";a=b",
    b"5;a\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
)  # fmt: skip
_LINES = (
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Content-Length: 5, 5\r\n",
    b"Content-Length: +5\r\n", b"Content-Length: 5\x0b\r\n", b"Content-Length:\r\n",
    b"Content-Length : 5\r\n", b" Content-Length: 5\r\n", b"Content_Length: 5\r\n",
    b"Content-Length: 1000000000000000000\r\n", b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n", b"Transfer-Encoding: identity\r\n",
    b"Transfer-Encoding:\r\n", b"Transfer-Encoding: xchunked\r\n", b"Transfer-Encoding\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n", b"Transfer-Encoding: chunked;q=1\r\n", b": empty\r\n",
    b"Connection: content-length\r\n", b"Connection: transfer-encoding\r\n", b"X: \xff\0\r\n",
    b"Sec-WebSocket-Accept: AAAA\r\n", b"Sec-WebSocket-Protocol: evil\r\n", b"X: a\rb\r\n",
    b"Sec-WebSocket-Extensions: x-evil\r\n", b"X: a\nContent-Length: 3\r\n",
)  # fmt: skip
_RESTS = ("lab", "lab", "api/contents?x=1", "files/a/b.html", "", "view/x", "static/x.js")


class CaseMaker:
    """An endless source of cases."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._grammar = ResponseGrammar(rng)

    def make(self) -> Case:
        rng = self._rng
        offers = rng.random() < 0.08
        method = "GET" if offers else rng.choice(("GET", "GET", "HEAD", "POST"))
        head, body = (
            self._huge() if rng.random() < 0.0005 else self._grammar.response(offers=offers)
        )
        stream = self._disturb(head, body)
        return Case(
            method=method,
            rest=rng.choice(_RESTS),
            asks_close=rng.random() < 0.15,
            offers=offers,
            uploaded=method != "POST" or rng.random() < 0.7,
            is_slow=rng.random() < 0.1,
            again=rng.random() < 0.2,
            leaves=rng.randint(0, 3) if rng.random() < 0.05 else -1,
            pieces=self._cut(stream, len(head)),
            ending=rng.choice((Ending.EOF, Ending.EOF, Ending.RESET, Ending.SILENCE)),
        )

    def _disturb(self, head: bytes, body: bytes) -> bytes:
        """Two of five stay as they are, but for bytes that follow or the end that comes early."""
        rng, kind = self._rng, self._rng.random()
        if kind < 0.25:
            return head + body
        if kind < 0.33:
            return head + body + rng.choice((b"\r\n", b"X", head + body, b"0\r\n\r\n"))
        if kind < 0.42:
            return (head + body)[: rng.randint(0, len(head) + len(body))]
        if kind < 0.55:
            at = rng.choice([at + 2 for at in _ends(head)])
            return head[:at] + rng.choice(_LINES) + head[at:] + body
        data = bytearray(head + body)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            self._mutate(data)
        return bytes(data)

    def _mutate(self, data: bytearray) -> None:
        rng = self._rng
        kind, at = rng.random(), self._place(data)
        if kind < 0.45:
            data[at:at] = rng.choice(_INSERTED)
        elif kind < 0.6:
            del data[at : at + rng.randint(1, 4)]
        elif kind < 0.75 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind < 0.9:
            data[at : at + rng.randint(1, 2)] = rng.choice(_INSERTED)
        else:
            lines = bytes(data).split(b"\r\n")
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
            data[:] = b"\r\n".join(lines)

    def _place(self, data: bytearray) -> int:
        """Anywhere, or where parsers err: at a line's end, at a colon."""
        rng = self._rng
        if rng.random() < 0.5:
            found = data.find(rng.choice((b"\r\n", b"\r\n", b":")), rng.randint(0, len(data)))
            if found >= 0:
                return found + rng.randint(0, 2)
        return rng.randint(0, len(data))

    def _huge(self) -> tuple[bytes, bytes]:
        """Heads, trailers and bodies at the limits and beyond."""
        rng, size = self._rng, self._rng.choice((7_000, 20_000, 65_000, 66_000, 90_000))
        start = b"HTTP/1.1 200 OK\r\n"
        chunked = start + b"Transfer-Encoding: chunked\r\n\r\n"
        return rng.choice(
            (
                (start + b"X: " + b"a" * size + b"\r\nContent-Length: 2\r\n\r\n", b"ok"),
                (start + b"X: y\r\n" * (size // 300) + b"Content-Length: 2\r\n\r\n", b"ok"),
                (chunked, b"0\r\nX: " + b"b" * (size // 8) + b"\r\n\r\n"),
                (chunked, b"%x\r\n%b\r\n" % (size, b"c" * size) * 3 + b"0\r\n\r\n"),
                (start + b"Content-Length: %d\r\n\r\n" % size, b"d" * size),
            )
        )

    def _cut(self, stream: bytes, head: int) -> tuple[bytes, ...]:
        rng, kind, size = self._rng, self._rng.random(), len(stream)
        if kind < 0.35 or size < 2:
            return (stream,) if stream else ()
        if kind < 0.75:
            cuts = {rng.randint(1, size - 1) for _ in range(rng.randint(1, 3))}
        elif kind < 0.85:
            cuts = {head, size - rng.randint(1, min(7, size - 1))}
        elif kind < 0.9 and size < 300:
            cuts = set(range(1, size))
        else:
            near = rng.choice(_ends(stream) or [1])
            cuts = {near, near + 1, near + 2}
        places = [0, *sorted(cut for cut in cuts if 0 < cut < size), size]
        return tuple([stream[a:b] for a, b in pairwise(places)])


def _ends(data: bytes) -> list[int]:
    """Where lines end."""
    found: list[int] = []
    at = data.find(b"\r\n")
    while at >= 0 and len(found) < 40:
        found.append(at)
        at = data.find(b"\r\n", at + 2)
    return found
