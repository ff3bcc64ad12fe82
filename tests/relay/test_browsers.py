"""How many connections of browsers there may be, and how long each may take."""

import asyncio
import contextlib
import socket

import pytest
from aiohttp import web

from proxy.relay import browsers
from proxy.relay.outbox import Outbox
from proxy.store.database import Store
from tests.relay.conftest import Running, Upstream, status_of


async def test_a_slow_head_is_cut_after_its_time(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsers, "HEAD_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(b"GET / HTTP/1.1\r\nX: ")
    async with asyncio.timeout(4):
        answer = await reader.read()
    assert status_of(answer) == 408
    writer.close()


async def test_a_connection_that_says_nothing_is_closed_too(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsers, "HEAD_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    async with asyncio.timeout(4):
        assert await reader.read() == b""
    writer.close()


async def test_one_connection_too_many_is_closed_and_the_others_are_served(
    store: Store, upstream: Upstream
) -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    server = browsers.BrowserServer(
        answer, Outbox(asyncio.get_running_loop().call_soon), capacity=3
    )
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    open_ones = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(4):
        assert await reader.read() == b""
    writer.close()
    for reader, writer in open_ones:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"ok")
        writer.close()
    listening.close()
    await server.shutdown(1)


async def test_of_one_address_only_so_many_may_rest_and_the_oldest_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    monkeypatch.setattr(browsers, "MAX_RESTING", 10)
    monkeypatch.setattr(browsers, "_CLOSED_TOGETHER", 3)
    server = browsers.BrowserServer(
        answer,
        Outbox(asyncio.get_running_loop().call_soon),
        is_bounded=lambda address: address == "127.0.0.1",
    )
    loop = asyncio.get_running_loop()
    listening = [await loop.create_server(server, host, 0) for host in ("127.0.0.1", "::1")]
    port, port6 = (one.sockets[0].getsockname()[1] for one in listening)
    kept = []
    for _ in range(10):
        kept.append(await asyncio.open_connection("127.0.0.1", port))
        await asyncio.sleep(0.005)  # the loop's clock counts milliseconds
    trusted = [await asyncio.open_connection("::1", port6) for _ in range(12)]
    await asyncio.sleep(0.05)
    assert len(server.connections) == 22
    kept.append(await asyncio.open_connection("127.0.0.1", port))
    await asyncio.sleep(0.05)
    assert len(server.connections) == 20
    assert [reader.at_eof() for reader, _ in kept] == [True] * 3 + [False] * 8
    for _, writer in kept + trusted:
        writer.close()
    for one in listening:
        one.close()
    await server.shutdown(1)


async def test_a_connection_that_rests_too_long_is_closed(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsers, "REST_SECONDS", 0.2)
    request = relay.request(close=False)
    for _ in range(2):  # by aiohttp, then by the fast lane
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(request)
        await reader.readuntil(b"ok")
        async with asyncio.timeout(4):
            assert await reader.read() == b""
        writer.close()


async def test_a_slow_head_behind_a_whole_request_is_cut_too(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsers, "HEAD_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(close=False) + b"GET /x")
    await reader.readuntil(b"ok")
    async with asyncio.timeout(4):
        assert status_of(await reader.read()) == 408
    writer.close()


async def test_what_closes_and_is_not_read_is_cut_in_the_end(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What goes into the socket may end in the middle of a head: that is closed, too.
    for limit in ("CLOSING_SECONDS", "REST_SECONDS", "HEAD_SECONDS"):
        monkeypatch.setattr(browsers, limit, 0.5)
    request = f"GET /user/x HTTP/1.1\r\nHost: {relay.host}\r\n\r\n".encode()
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        silent.setblocking(False)
        await asyncio.get_running_loop().sock_connect(silent, ("127.0.0.1", relay.port))
        for _ in range(2000):
            (connection,) = relay.program.server.connections
            assert connection.transport is not None
            if connection.transport.get_write_buffer_size() > 3000:
                break
            with contextlib.suppress(BlockingIOError):
                silent.send(request * 20)
            await asyncio.sleep(0.002)
        async with asyncio.timeout(8):
            while relay.program.server.connections:
                await asyncio.sleep(0.1)


async def test_connections_that_were_taken_over_count_too() -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    outbox = Outbox(asyncio.get_running_loop().call_soon)
    server = browsers.BrowserServer(answer, outbox, capacity=3, count_others=lambda: 3)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
    async with asyncio.timeout(4):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
    listening.close()
    await server.shutdown(1)
