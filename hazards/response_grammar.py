"""Makes responses that are well-formed: heads and bodies that a server could send.

Promises: everything comes from the generator of random numbers that it is given. Must not: break
anything; `response_mutations` does.
"""

from random import Random

from hazards.response_rig import ALLOWED_ORIGIN, ORIGIN, PREFIX

_ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # what RFC 6455 answers to its own example key
_STATUSES = (
    b"200 OK", b"200 OK", b"200 OK", b"201 Created", b"204 No Content", b"205 Reset Content",
    b"206 Partial Content", b"302 Found", b"304 Not Modified", b"404 Not Found", b"418 ",
    b"500 Internal Server Error", b"503", b"999 \xe9\t",
)  # fmt: skip
_P = PREFIX.encode()
_PLAIN = (
    b"Content-Type: application/json", b"Server: TornadoServer/6.6.1", b'Etag: "5d41402abc4b2a"',
    b"Date: Sat, 21 Nov 2026 12:00:00 GMT", b"Cache-Control: no-cache", b"X-A:", b"x-b: \t c \t",
    b"Vary: Accept-Encoding", b"Content-Encoding: gzip", b"X-Long: " + b"y" * 300,
    b"X-Content-Type-Options: nosniff", b"Accept-Ranges: bytes", b"X-High: \xe4\xf6\xff",
)  # fmt: skip
_JUDGED = (
    b"Strict-Transport-Security: max-age=1", b"X-Frame-Options: DENY", b"X-Accel-Redirect: /etc",
    b"X-Sendfile: /etc/passwd", b"Service-Worker-Allowed: /", b"Clear-Site-Data: \"*\"",
    b'Alt-Svc: h3=":443"', b"WWW-Authenticate: Basic", b"Refresh: 0; url=//evil.example",
    b"Keep-Alive: timeout=5", b"Trailer: X-Sum", b"Upgrade: h2c", b"Proxy-Authenticate: Basic",
    b"Content-Security-Policy: frame-ancestors *", b"NEL: {}", b"X-Sifu-Identity: admin",
    b"content-security-policy: default-src 'self'; FRAME-ancestors *, script-src 'none'",
    b"Content-Security-Policy-Report-Only: report-uri //evil.example", b"Set-Cookie2: a=b",
    b"Access-Control-Allow-Origin: *", b"Access-Control-Allow-Credentials: true",
    b"Access-Control-Allow-Origin: " + ALLOWED_ORIGIN.encode(),
    b"Set-Cookie: _xsrf=2|a|b; expires=Mon, 21 Dec 2026 12:00:00 GMT; Path=" + _P,
    b"Set-Cookie: sifu-pass=evil; Path=" + _P, b"Set-Cookie: =sifu-pass=evil; Path=" + _P,
    b"Set-Cookie: sifu = evil; Path=" + _P, b"Set-Cookie: a=b; Path=/", b"Set-Cookie: a=b",
    b"Set-Cookie: a=b; Domain=example.org; Path=" + _P,
    b"Set-Cookie: a=b; Path=/; \xa0Path=" + _P, b"Set-Cookie: a=b; Path=" + _P + b"; path=/",
    b"Set-Cookie: __Host-sifu=x; Path=/; Secure", b"Set-Cookie: a=b; Path=" + _P + b"../../",
    b"Location: " + _P + b"lab?x=/../y", b"Location: tree", b"Location: //evil.example/",
    b"Location: https://evil.example/", b"Location: ../../x", b"Location: /user/everyone/sharedx",
    b"Location: " + ORIGIN.encode() + _P, b"Location: " + _P + b"%2e%2e/%2e%2e/x",
    b"Location: " + _P + b"..%5c..%5cx", b"Location: \\\\evil.example", b"Content-Location: /x",
    b"Location: /\t/evil.example", b"Location: ?q", b"Location: #f", b"Location:",
)  # fmt: skip
_NAMED = (
    b"close", b"keep-alive", b"Keep-Alive, close", b"upgrade", b"X-A", b"Content-Length",
    b"Transfer-Encoding", b"Set-Cookie, X-b", b"Content-Security-Policy", b"Content-Type",
    b"Connection", b"x-close", b"close, content-length", b",,", b"Location",
)  # fmt: skip
_WORDS = (b"", b"ok", b"hello", b"HTTP/1.1 200 OK\r\n\r\n", b"0\r\n\r\n", b"\r\n", b"<p>x</p>" * 40)


class ResponseGrammar:
    """`response` gives the parts that mutations work on."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def response(self, *, offers: bool) -> tuple[bytes, bytes]:
        """Return a head (blank line included) and what follows it."""
        rng, before = self._rng, b""
        if rng.random() < 0.06:
            interim = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
            before = rng.choice((b"HTTP/1.1 100 Continue\r\n\r\n", interim)) * rng.randint(1, 9)
        if rng.random() < (0.7 if offers else 0.02):
            return before + self._switching(), self.word()
        version = b"HTTP/1.0 " if rng.random() < 0.06 else b"HTTP/1.1 "
        fields = self.fields()
        framing, body = self.body()
        if framing:
            fields.insert(rng.randint(0, len(fields)), framing)
        head = b"\r\n".join((version + rng.choice(_STATUSES), *fields))
        return before + head + b"\r\n\r\n", body

    def fields(self) -> list[bytes]:
        """Return up to seven field lines, without the framing."""
        rng = self._rng
        fields = rng.sample(_PLAIN, rng.randint(0, 4))
        if rng.random() < 0.4:
            fields += rng.sample(_JUDGED, rng.randint(1, 2))
        if rng.random() < 0.2:
            name = rng.choice((b"Connection: ", b"connection:"))
            fields.append(name + rng.choice(_NAMED))
        return fields

    def body(self) -> tuple[bytes, bytes]:
        """Return the framing field, or nothing for a body until close, and the framed body."""
        rng, kind, content = self._rng, self._rng.random(), self.word()
        if kind < 0.45:
            name = rng.choice((b"Content-Length: %d", b"content-length:%d", b"Content-Length: 0%d"))
            return name % len(content), content
        if kind < 0.9:
            coding = rng.choice((b"chunked", b"Chunked"))
            return b"Transfer-Encoding: " + coding, self._chunks()
        return b"", content

    def word(self) -> bytes:
        return self._rng.choice(_WORDS)

    def _chunks(self) -> bytes:
        rng = self._rng
        spelled = rng.choice((b"%x", b"%X", b"00%x"))
        parts = []
        for _ in range(rng.randint(0, 3)):
            content = self.word()
            if content:
                parts += [spelled % len(content), content]
        trailers = rng.choice((b"", b"", b"", b"X-Sum: 1\r\n", b"Set-Cookie: sifu=1\r\nA: b\r\n"))
        return b"\r\n".join((*parts, rng.choice((b"0", b"0", b"000")), trailers + b"\r\n"))

    def _switching(self) -> bytes:
        rng = self._rng
        fields = [
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: " + _ACCEPT,
        ]
        if rng.random() < 0.3:
            fields.append(b"Sec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org")
        if rng.random() < 0.3:
            fields.append(b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
        if rng.random() < 0.3:
            fields += rng.sample(_JUDGED, 1)
        return b"\r\n".join((b"HTTP/1.1 101 Switching Protocols", *fields)) + b"\r\n\r\n"
