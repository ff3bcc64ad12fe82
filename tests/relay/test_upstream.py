"""The upstream is hostile: what reaches the browser is one well-formed response, or an end."""

import asyncio

import pytest

from tests.relay.conftest import OK, Running, body_of, header_of, status_of

# Nothing of these may reach the browser.
MALFORMED = {
    "not http": b"hello\r\n\r\n",
    "http 2": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "bare lf": b"HTTP/1.1 200 OK\nContent-Length: 0\n\nGET\r\n\r\n",
    "lf in field": b"HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n",
    "cr in field": b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
    "nul": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    "folding": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "space before colon": b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
    "no name": b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "same length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    "length list": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab",
    "signed length": b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
    "hex length": b"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab",
    "length and chunked": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "two encodings": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    "chunked in 1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "unasked 101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nraw",
    "head without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
    "long head": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "too many fields": b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 300 + b"\r\n",
    "1xx flood": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20 + OK,
    "location elsewhere": (
        b"HTTP/1.1 302 F\r\nLocation: //evil.example/\r\nContent-Length: 0\r\n\r\n"
    ),
    "location up": b"HTTP/1.1 302 F\r\nLocation: ../../x\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_head_is_502_and_nothing_of_it_passes(relay: Running, name: str) -> None:
    relay.upstream.answer = MALFORMED[name]
    answer = await relay.raw(relay.request(close=False))  # ends by itself: the relay closes
    assert status_of(answer) == 502, answer[:200]
    assert answer.count(b"HTTP/1.1") == 1
    assert b"evil" not in answer
    # The connection that lied is not used again.
    relay.upstream.answer = OK
    assert body_of(await relay.ask()) == b"ok"
    assert relay.upstream.connections == 2


BROKEN_BODIES = {
    "short": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"abc"),
    "chunk size": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
        b"abc",
    ),
    "chunk end": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX0\r\n\r\n",
        b"abc",
    ),
    "extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n", b""),
    "bare lf": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", b""),
    "negative": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n", b""),
    "huge size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 20, b""),
    "cut": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", b"ab"),
}


@pytest.mark.parametrize("name", BROKEN_BODIES)
async def test_a_broken_body_ends_the_browsers_connection(relay: Running, name: str) -> None:
    answer, allowed = BROKEN_BODIES[name]

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(answer)
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()

    relay.upstream.script = script
    got = await relay.raw(relay.request(close=False))
    body = body_of(got)
    assert not body.endswith(b"0\r\n\r\n")
    # Data before the fault may have passed or been cut off; what follows it never passes.
    for part in (b"zz", b"X0", b";a", b"-3", b"ff"):
        assert part not in body
    assert len(body.replace(b"3\r\n", b"").replace(b"5\r\n", b"").strip()) <= len(allowed)


async def test_bytes_after_the_declared_end_never_pass(relay: Running) -> None:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"
    relay.upstream.answer = OK + smuggled
    answer = await relay.raw(relay.request(close=False) * 2)
    assert body_of(answer) == b"ok"
    assert b"EVIL" not in answer
    relay.upstream.answer = OK
    assert body_of(await relay.ask()) == b"ok"


async def test_a_late_unasked_response_closes_the_idle_connection(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(OK)
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL")

    relay.upstream.script = script
    assert body_of(await relay.ask()) == b"ok"
    await asyncio.sleep(0.3)
    assert body_of(await relay.ask()) == b"ok"
    assert relay.upstream.connections == 2


async def test_a_bodyless_answer_stays_bodyless(relay: Running) -> None:
    for start in (b"204 No Content", b"304 Not Modified"):
        relay.upstream.answer = b"HTTP/1.1 " + start + b"\r\nETag: x\r\n\r\n"
        answer = await relay.ask()
        assert body_of(answer) == b""
        assert header_of(answer, "Transfer-Encoding") is None
    relay.upstream.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
    answer = await relay.ask(method="HEAD")
    assert header_of(answer, "Content-Length") == "1234"
    assert body_of(answer) == b""
    assert relay.upstream.connections == 1


async def test_a_204_loses_its_length(relay: Running) -> None:
    relay.upstream.answer = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    assert header_of(await relay.ask(), "Content-Length") is None


async def test_chunks_pass_unchanged_and_trailers_are_dropped(relay: Running) -> None:
    relay.upstream.answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        b"3\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nSet-Cookie: sifu=1\r\n\r\n"
    )
    answer = await relay.raw(relay.request(close=False) + relay.request())
    first, second, *_ = answer.split(b"HTTP/1.1 200 OK")[1:]
    assert first.endswith(b"\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n")
    assert second.endswith(b"0\r\n\r\n")
    assert b"X-Sum" not in answer
    assert relay.upstream.connections == 1


async def test_chunks_split_at_every_byte_arrive_whole(relay: Running) -> None:
    body = b"5\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n"

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.001)

    relay.upstream.script = script
    assert body_of(await relay.ask()) == b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"


async def test_a_body_until_close_ends_with_the_connection(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        await writer.drain()
        writer.close()

    relay.upstream.script = script
    answer = await relay.raw(relay.request(close=False))
    assert body_of(answer) == b"all of it"
    assert header_of(answer, "Connection") == "close"


async def test_interim_responses_are_not_passed_on(relay: Running) -> None:
    relay.upstream.answer = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
    answer = await relay.ask()
    assert status_of(answer) == 200
    assert b"103" not in answer


async def test_commands_for_proxies_and_for_the_origin_are_dropped(relay: Running) -> None:
    relay.upstream.answer = (
        b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: /secret\r\nX-Sendfile: /etc/passwd\r\n"
        b"Service-Worker-Allowed: /\r\nClear-Site-Data: *\r\nAlt-Svc: h3\r\n"
        b"Strict-Transport-Security: max-age=1\r\nAccess-Control-Allow-Origin: *\r\n"
        b"X-Frame-Options: DENY\r\nWWW-Authenticate: Basic\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
        b"Content-Security-Policy: frame-ancestors *; report-uri /x\r\n"
        b"Content-Security-Policy: script-src 'none'\r\n"
        b"Set-Cookie: sifu-pass=evil; Path=/user/everyone/shared/\r\n"
        b"Set-Cookie: x=1; Path=/\r\nSet-Cookie: d=1; Domain=example.org; "
        b"Path=/user/everyone/shared/\r\nSet-Cookie: __Host-sifu=1; Path=/\r\n"
        b"Set-Cookie: _xsrf=good; Path=/user/everyone/shared/\r\n"
        b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"
    )
    answer = await relay.ask()
    head = answer.decode().lower()
    for gone in ("x-accel", "sendfile", "service-worker", "clear-site", "alt-svc", "strict-tr"):
        assert gone not in head
    for gone in ("access-control", "x-frame", "www-auth", "x-hop", "evil", "x=1", "d=1", "__host"):
        assert gone not in head
    assert head.count("content-security-policy") == 1
    policy = header_of(answer, "Content-Security-Policy")
    assert policy == "script-src 'none', frame-ancestors 'self'"
    assert "_xsrf=good" in head
    assert "content-encoding: gzip" in head


async def test_files_of_a_workspace_are_sandboxed(relay: Running) -> None:
    assert "sandbox" in str(header_of(await relay.ask("files/a.html"), "Content-Security-Policy"))
    assert "sandbox" not in str(header_of(await relay.ask("lab"), "Content-Security-Policy"))


async def test_redirects_inside_the_prefix_pass(relay: Running) -> None:
    for location in (
        "/user/everyone/shared/lab?x",
        "tree",
        f"http://{relay.host}/user/everyone/shared/",
    ):
        relay.upstream.answer = (
            f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        assert header_of(await relay.ask(), "Location") == location
