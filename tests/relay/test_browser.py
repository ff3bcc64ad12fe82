"""What a browser's connection may send, and in which order it is answered."""

import asyncio
import contextlib

import pytest

from proxy.relay import browsers
from tests.relay.conftest import Running, body_of, status_of

FRAMING_FAULTS = {
    "two lengths": "Content-Length: 1\r\nContent-Length: 2\r\n",
    "length and chunked": "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "signed length": "Content-Length: +1\r\n",
    "length list": "Content-Length: 1, 1\r\n",
    "folding": "X: a\r\n b\r\n",
    "space before colon": "X : a\r\n",
    "nul": "X: a\0b\r\n",
    "bare cr": "X: a\rb\r\n",
    "two encodings": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "gzip": "Transfer-Encoding: gzip\r\n",
    "two hosts": "Host: evil.example\r\n",
    "no name": ": x\r\n",
}


@pytest.mark.parametrize("name", FRAMING_FAULTS)
async def test_a_request_of_doubtful_framing_is_refused_and_closed(
    relay: Running, name: str
) -> None:
    request = relay.request(method="POST", headers=FRAMING_FAULTS[name], close=False)
    answer = await relay.raw(request + b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status_of(answer) in {400, 421}, answer
    assert relay.upstream.heads == []
    assert answer.count(b"HTTP/1.") == 1


@pytest.mark.parametrize("size", ["zz", "-1", "0x5", "5 ", " 5", "5;\n", "g"])
async def test_a_bad_chunk_is_not_passed_up(relay: Running, size: str) -> None:
    got = bytearray()

    async def script(
        _head: bytes, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        got.extend(await reader.read())

    relay.upstream.script = script
    headers = "Transfer-Encoding: chunked\r\n"
    body = f"{size}\r\nhello\r\n0\r\n\r\n".encode()
    answer = await relay.raw(relay.request(method="POST", headers=headers, body=body, close=False))
    assert not answer or status_of(answer) >= 400
    assert b"0\r\n\r\n" not in got


async def test_a_bad_chunk_that_comes_later_ends_the_request(relay: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    headers = "Transfer-Encoding: chunked\r\n"
    writer.write(relay.request(method="POST", headers=headers, close=False))
    await asyncio.sleep(0.05)
    writer.write(b"5\r\nhello\r\n")
    await asyncio.sleep(0.05)
    writer.write(b"zz\r\n")
    async with asyncio.timeout(3):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
    writer.close()


async def test_a_head_that_is_too_long_is_431(relay: Running) -> None:
    for headers in ("X: " + "a" * 40_000 + "\r\n", "X-A: " + "a" * 9_000 + "\r\n"):
        answer = await relay.ask(headers=headers * 6)
        assert status_of(answer) in {400, 431}
    assert relay.upstream.heads == []


async def test_a_head_of_many_pieces_is_bounded_too(relay: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(b"GET / HTTP/1.1\r\n")
    answer = b""
    try:
        for number in range(600):
            writer.write(f"X-{number}: {'a' * 90}\r\n".encode())
            await writer.drain()
        answer = await reader.read()
    except ConnectionError:
        pass
    assert not answer or status_of(answer) in {400, 431}
    writer.close()


async def test_large_cookies_within_the_limit_pass(relay: Running) -> None:
    cookie = f"{relay.cookie()}; big={'c' * 12_000}"
    assert status_of(await relay.ask(cookie=cookie)) == 200


@pytest.mark.parametrize("size", [1, 20_000, 100_000, 250_000])
async def test_a_body_in_one_piece_with_its_head_is_no_head(
    relay: Running, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if head.startswith(b"POST"):
            await reader.readexactly(size)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    monkeypatch.setattr(browsers, "HEAD_SECONDS", 0.2)
    relay.upstream.script = script
    body = b"\r\n\r\n" + b"x" * size
    headers = f"Content-Length: {size}\r\n"
    request = relay.request(method="POST", headers=headers, body=body[:size], close=False)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    async with asyncio.timeout(5):
        for pause in (1.3, 0):  # the sweep comes each second
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(2) == b"ok"
            await asyncio.sleep(pause)
    writer.close()


async def test_pipelined_requests_are_answered_in_their_order(relay: Running) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        path = head.split(b" ")[1].rpartition(b"/")[2]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + path)

    relay.upstream.script = script
    request = relay.request("a", close=False) + relay.request("b", close=False) + relay.request("c")
    parts = (await relay.raw(request)).split(b"HTTP/1.1 200 OK")[1:]
    assert [body_of(part) for part in parts] == [b"a", b"b", b"c"]


async def test_http_1_0_gets_an_answer_and_a_closed_connection(relay: Running) -> None:
    head = f"GET /user/everyone/shared/x HTTP/1.0\r\nHost: {relay.host}\r\n"
    answer = await relay.raw(f"{head}Cookie: {relay.cookie()}\r\n\r\n".encode())
    assert status_of(answer) == 200
    assert relay.upstream.heads[0].startswith(b"GET /user/everyone/shared/x HTTP/1.0")


async def test_a_refusal_never_stands_in_the_middle_of_an_answer(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"a" * 100)
        await asyncio.sleep(0.3)

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(close=False))
    await reader.readuntil(b"a" * 100)
    writer.write(b"GET /x HTTP/1.1\r\n")
    with contextlib.suppress(ConnectionError, RuntimeError):  # uvloop's word for closed
        for number in range(50):
            writer.write(b"X%d: %b\r\n" % (number, b"y" * 1000))
            await asyncio.sleep(0.002)
    rest = b""
    async with asyncio.timeout(3):
        with contextlib.suppress(ConnectionError):
            rest = await reader.read()
    assert b"431" not in rest
    writer.close()
