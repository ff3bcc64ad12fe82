"""Long bodies pass within the kernel, and from outside nothing of it is to be seen."""

import asyncio
import os
import socket
import struct
import time
from typing import cast

import pytest

from proxy.relay.conveyor import MOST_AT_ONCE, WORTHWHILE
from tests.relay.conftest import Running, Script, body_of, header_of

MIB = 2**20
UPLOAD = f"Content-Length: {64 * MIB}\r\n"


def head_of(length: int, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n".encode()


def answering(*parts: bytes, pause: float = 0.02, ends: bool = False) -> Script:
    """Write `parts` with a pause between, and close behind them if it `ends`."""

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        if ends:
            writer.transport.abort()
            raise ConnectionError

    return script


def running(relay: Running) -> int:
    return relay.program.context.pool._conveyors.running


def connect(relay: Running, *, takes: int = 0) -> socket.socket:
    connected = socket.socket()
    if takes:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
    connected.connect(("127.0.0.1", relay.port))
    connected.setblocking(False)
    return connected


def reset(browser: socket.socket) -> None:
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    browser.close()


async def read_all(browser: socket.socket, *, seconds: float = 5) -> bytes:
    """Read to the end, be it a reset."""
    got = bytearray()
    async with asyncio.timeout(seconds):
        try:
            while data := await asyncio.get_running_loop().sock_recv(browser, MIB):
                got += data
        except ConnectionError:
            pass
    return bytes(got)


async def send_while_taken(browser: socket.socket, data: bytes) -> None:
    try:
        async with asyncio.timeout(0.2):
            await asyncio.get_running_loop().sock_sendall(browser, data)
    except TimeoutError:
        pass


async def quiet(relay: Running) -> None:
    """Wait until nothing is under way; fail if something stays."""
    async with asyncio.timeout(3):
        while running(relay) or relay.program.server.connections or len(relay.program.context.live):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("length", [WORTHWHILE - 1, WORTHWHILE, WORTHWHILE + 1, 5 * MIB])
async def test_a_long_answer_arrives_as_it_was_sent_and_both_connections_stay(
    relay: Running, length: int
) -> None:
    body = os.urandom(length)
    relay.upstream.script = answering(head_of(length), body)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    async with asyncio.timeout(5):
        for together in (1, 3):  # alone, then with others behind it
            writer.write(relay.request(close=False) * together)
            for _ in range(together):
                head = await reader.readuntil(b"\r\n\r\n")
                assert header_of(head, "Content-Length") == str(length)
                assert await reader.readexactly(length) == body
    writer.close()
    assert relay.upstream.connections == 1


async def test_the_last_of_a_connection_arrives_whole(relay: Running) -> None:
    body = os.urandom(2 * MIB)
    relay.upstream.script = answering(head_of(len(body)), body)
    assert body_of(await relay.ask()) == body
    old = relay.request().replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    assert body_of(await relay.raw(old)) == body


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "304 Not Modified")])
async def test_a_long_length_without_a_body_is_not_waited_for(
    relay: Running, method: str, status: str
) -> None:
    relay.upstream.answer = head_of(64 * MIB, status)
    request = relay.request(method=method, close=False)
    answer = await relay.raw(request + relay.request(method=method))
    assert answer.count(f"HTTP/1.1 {status}".encode()) == 2
    assert body_of(answer).startswith(b"HTTP/1.1")
    assert relay.upstream.connections == 1


@pytest.mark.parametrize("missing", [1, MIB])
async def test_an_answer_that_breaks_off_does_not_pass_for_whole(
    relay: Running, missing: int
) -> None:
    body = b"x" * (2 * MIB - missing)
    relay.upstream.script = answering(head_of(2 * MIB), body, ends=True)
    answer = await relay.raw(relay.request(close=False))
    assert body_of(answer) == body
    await quiet(relay)


@pytest.mark.parametrize("pause", [0, 0.02])
async def test_what_a_server_sends_beyond_its_length_never_passes(
    relay: Running, pause: float
) -> None:
    body, evil = b"x" * (2 * MIB), head_of(4) + b"EVIL"
    parts = [body, evil] if pause else [body + evil]
    relay.upstream.script = answering(head_of(len(body)), *parts, pause=pause)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(close=False))
    async with asyncio.timeout(5):
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(len(body)) == body
        await asyncio.sleep(0.1)
        relay.upstream.script = None
        writer.write(relay.request(close=False))
        try:
            assert (await reader.read(MIB)).endswith(b"ok" if pause else b"")
        except ConnectionError:
            assert not pause
    writer.close()
    assert relay.upstream.connections == (2 if pause else 1)


async def test_while_a_browser_takes_nothing_nobody_works_and_in_the_end_it_is_cut(
    relay: Running,
) -> None:
    relay.upstream.script = answering(head_of(16 * MIB), b"x" * (16 * MIB))
    browsers = [connect(relay, takes=65536) for _ in range(MOST_AT_ONCE + 16)]
    for browser in browsers:
        browser.send(relay.request(close=False))
    await asyncio.sleep(0.5)
    assert running(relay) == MOST_AT_ONCE
    began = time.process_time()
    await asyncio.sleep(0.5)
    assert time.process_time() - began < 0.25
    reading = asyncio.ensure_future(read_all(browsers[0], seconds=9))
    await asyncio.sleep(0.1)
    live, now = relay.program.context.live, asyncio.get_running_loop().time()
    assert live.end_stalled(now - 0.4) == len(browsers) - 1
    reading.cancel()
    for browser in browsers:
        browser.close()
    await quiet(relay)


async def test_a_sign_out_stops_a_long_answer_at_once(relay: Running) -> None:
    relay.upstream.script = answering(head_of(64 * MIB), *[b"x" * MIB] * 64, pause=0.001)
    with connect(relay) as browser:
        browser.send(relay.request(close=False))
        await asyncio.get_running_loop().sock_recv(browser, 1000)
        assert relay.program.context.live.cut_all() == 1
        assert len(await read_all(browser, seconds=1)) < 16 * MIB  # what the sockets held
    await quiet(relay)


async def test_a_browser_that_leaves_is_at_once_away_for_the_server(relay: Running) -> None:
    left = asyncio.Event()

    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(head_of(64 * MIB) + b"x" * MIB)
        await reader.read()
        left.set()

    relay.upstream.script = script
    for goodbye in (socket.socket.close, reset):
        left.clear()
        browser = connect(relay)
        browser.send(relay.request(close=False))
        await asyncio.get_running_loop().sock_recv(browser, 1000)
        goodbye(browser)
        await asyncio.wait_for(left.wait(), 1)
        await quiet(relay)


async def test_a_server_that_closes_on_unread_bytes_has_what_it_sent_before_delivered(
    relay: Running,
) -> None:
    """An error on its socket ends the event loop's watch, with megabytes still to be read."""

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        cast(asyncio.Transport, writer.transport).pause_reading()
        await asyncio.sleep(0.05)
        server = writer.get_extra_info("socket")
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
        writer.write(head_of(16 * MIB) + b"x" * (15 * MIB))
        await asyncio.sleep(0.2)
        writer.transport.abort()
        raise ConnectionError

    relay.upstream.script = script
    with connect(relay, takes=65536) as browser:
        await send_while_taken(browser, relay.request(method="PUT", headers=UPLOAD, close=False))
        await send_while_taken(browser, b"x" * (8 * MIB))
        await asyncio.sleep(0.4)
        assert len(await read_all(browser)) > MIB
    await quiet(relay)
