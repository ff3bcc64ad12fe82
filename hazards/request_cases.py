"""Streams of requests for the request fuzz: good ones, broken ones, cut into pieces.

Bodies hold whole requests with a valid pass, so that a body that is taken for a request is seen.
"""

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from hazards.installation import PREFIX

_FIELDS = (
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Content-Length: +5\r\n",
    b"Content-Length: 5, 5\r\n", b"Content-Length:\r\n", b"Content-Length : 5\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding:\r\n",
    b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding:\x0bchunked\r\n",
    b"transfer_encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n",
    b"Connection: Content-Length\r\n", b"Connection: transfer-encoding, cookie\r\n",
    b"Upgrade: websocket\r\nConnection: upgrade\r\n", b"Upgrade: h2c\r\nConnection: upgrade\r\n",
    b"Host: evil.example\r\n", b"X-Sifu-Identity: admin\r\n", b"X_Sifu_Identity: admin\r\n",
    b"X-Forwarded-Host: evil\r\n", b"X: a\r\n b\r\n", b"X: a\nY: b\r\n", b"X: \0\r\n", b": x\r\n",
    b"X: " + b"a" * 9_000 + b"\r\n", b"Trailer: X\r\n", b"TE: trailers\r\n", b"Cookie: a=b\r\n",
)  # fmt: skip
_TOKENS = (
    b"\r\n", b"\n", b"\r", b"\r\r\n", b"\r\n\r\n", b"\t", b" ", b"\x0b", b"\0", b"\x85", b"\xa0",
    b",", b";", b":", b"0", b"+", b"-", b"0x", b"_", b"5;a=b\r\n",
    b"ffffffffffffffff1", b"0\r\n\r\n",
    b"/..", b"/%2e%2e/", b"//", b"\\", b"#", b"?", b"%00", b"http://evil.example", b" HTTP/1.1",
)  # fmt: skip
_RESTS = ("lab", "api/contents?a=1", "x/../y", "%2e%2e/%2e%2e/x", "a%2fb", "a//b", "..;/x", "é")


@dataclass(frozen=True, slots=True)
class RequestCase:
    """`pieces` are written one after the other on one connection; `is_plain`: nothing is broken."""

    pieces: tuple[bytes, ...]
    is_plain: bool

    def save(self, path: Path, reason: str) -> None:
        """Write it as JSON, without its pass."""
        pieces = [piece.decode("latin-1") for piece in self.pieces]
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"reason": reason, "is_plain": self.is_plain, "pieces": pieces}
        path.write_text(json.dumps(facts, indent=1) + "\n")


def load_case(path: Path) -> RequestCase:
    """Read what `RequestCase.save` wrote."""
    facts = json.loads(path.read_text())
    pieces = tuple(piece.encode("latin-1") for piece in facts["pieces"])
    return RequestCase(pieces, facts["is_plain"])


class RequestMaker:
    """An endless source; `@HOST@` and `@COOKIE@` stand for what a lane puts in."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def make(self) -> RequestCase:
        rng = self._rng
        requests = [self._request() for _ in range(rng.randint(1, 4))]
        is_plain = rng.random() < 0.35
        if not is_plain:
            for _ in range(rng.choice((1, 1, 2))):
                index = rng.randrange(len(requests))
                requests[index] = self._break(requests[index])
        return RequestCase(self._cut(requests), is_plain)

    def _request(self, *, depth: int = 0) -> bytes:
        rng = self._rng
        method = rng.choice((b"GET", b"GET", b"GET", b"HEAD", b"POST", b"PUT", b"DELETE"))
        rest = b"lab" if rng.random() < 0.8 else b"api/contents/%d?x=%%2e" % rng.randrange(100)
        lines = [b"%b %b%b HTTP/1.1" % (method, PREFIX.encode(), rest), b"Host: @HOST@"]
        lines.append(b"Cookie: @COOKIE@")
        lines += rng.choice(([], [b"Accept: */*"], [b"Connection: keep-alive"], [b"X: y"]))
        content = b""
        if method in {b"POST", b"PUT"}:
            inner = self._request(depth=1) if depth == 0 and rng.random() < 0.6 else b"hello"
            if rng.random() < 0.5:
                lines.append(b"Content-Length: %d" % _length(inner))
                content = inner
            else:
                lines.append(b"Transfer-Encoding: chunked")
                content = b"%x\r\n%b\r\n0\r\n\r\n" % (_length(inner), inner)
        return b"\r\n".join(lines) + b"\r\n\r\n" + content

    def _break(self, request: bytes) -> bytes:
        rng, kind = self._rng, self._rng.random()
        if kind < 0.35:
            ends = [at for at in range(len(request)) if request.startswith(b"\r\n", at)]
            at = rng.choice(ends[:5]) + 2
            return request[:at] + rng.choice(_FIELDS) + request[at:]
        if kind < 0.45:
            return request.replace(b"lab", rng.choice(_RESTS).encode(), 1)
        if kind < 0.5:
            return request.replace(
                b"HTTP/1.1", rng.choice((b"HTTP/1.0", b"HTTP/1.2", b"http/1.1")), 1
            )
        data = bytearray(request)
        for _ in range(rng.choice((1, 1, 2))):
            self._mutate(data)
        return bytes(data)

    def _mutate(self, data: bytearray) -> None:
        rng = self._rng
        at = rng.randrange(len(data))
        if rng.random() < 0.5:
            found = data.find(rng.choice((b"\r\n", b":", b" ", b"/")), at)
            at = found + rng.randint(0, 2) if found >= 0 else at
        if rng.random() < 0.6:
            data[at:at] = rng.choice(_TOKENS)
        elif rng.random() < 0.5:
            del data[at : at + rng.randint(1, 3)]
        elif at < len(data):
            data[at] ^= 1 << rng.randrange(8)

    def _cut(self, requests: list[bytes]) -> tuple[bytes, ...]:
        rng, kind = self._rng, self._rng.random()
        if kind < 0.5:
            return tuple(requests)
        stream = b"".join(requests)
        if kind < 0.7:
            return (stream,)
        cuts = sorted(rng.randrange(1, len(stream)) for _ in range(rng.randint(1, 3)))
        # A placeholder is never cut: what it stands for has another length.
        cuts = [cut for cut in cuts if stream.rfind(b"@", cut - 8, cut) < 0]
        places = [0, *cuts, len(stream)]
        return tuple(stream[a:b] for a, b in pairwise(places) if a < b)


# What a lane puts in has these lengths, so that bodies can be counted beforehand.
HOST_LENGTH = 15
COOKIE_LENGTH = 420


def _length(content: bytes) -> int:
    grown = (HOST_LENGTH - 6) * content.count(b"@HOST@")
    return len(content) + grown + (COOKIE_LENGTH - 8) * content.count(b"@COOKIE@")


def fill(case: RequestCase, host: str, cookie: str) -> RequestCase:
    """Put a lane's host and cookie in; the cookie is padded to its length."""
    padded = cookie + "; a=" + "b" * (COOKIE_LENGTH - len(cookie) - 4)
    written = host.rjust(HOST_LENGTH, " ").encode()
    pieces = (
        piece.replace(b"@HOST@", written).replace(b"@COOKIE@", padded.encode())
        for piece in case.pieces
    )
    return RequestCase(tuple(pieces), case.is_plain)
