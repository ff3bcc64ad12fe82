"""Websockets: the same door, dialled before it is accepted, then bytes."""

import asyncio
import base64
import hashlib
import os
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientSession, TCPConnector, WSMsgType, WSServerHandshakeError, web

from proxy.core.clock import system_clock
from proxy.relay.outbox import Outbox
from proxy.relay.splice import splice
from proxy.store import sessions
from tests.relay.conftest import OK, Running, header_of, status_of

KEY = base64.b64encode(b"0123456789abcdef").decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(
        (KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode(), usedforsecurity=False
    ).digest()
).decode()
UPGRADE = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n"
VERSION = "Sec-WebSocket-Version: 13\r\n"


def handshake(relay: Running, *, more: str = "", origin: str | None = None) -> bytes:
    own = f"Origin: http://{relay.host}\r\n" if origin is None else origin
    return relay.request(
        "api/kernels/1/channels", headers=UPGRADE + VERSION + own + more, close=False
    )


def switching(*fields: str, accept: str = ACCEPT) -> bytes:
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept}",
        *fields,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _echo(_head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(switching())
    while data := await reader.read(65536):
        writer.write(b"<" + data + b">")
        await writer.drain()
    raise ConnectionError


async def test_after_the_101_bytes_cross_unread(relay: Running) -> None:
    relay.upstream.script = _echo
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(handshake(relay) + b"early")  # sent before the 101 came
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        assert status_of(head) == 101
        assert await reader.readexactly(7) == b"<early>"
        writer.write(b"later")
        assert await reader.readexactly(7) == b"<later>"
    assert relay.program.context.tally.open_websockets == 1
    writer.close()
    await asyncio.sleep(0.1)
    assert relay.program.context.tally.open_websockets == 0
    assert len(relay.program.context.live) == 0
    assert relay.program.server.connections == []


@pytest.mark.parametrize(
    "answer",
    [
        switching(accept="wrong"),
        switching("Sec-WebSocket-Protocol: unasked"),
        switching("Sec-WebSocket-Extensions: permessage-deflate"),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
async def test_a_101_that_does_not_answer_the_offer_opens_nothing(
    relay: Running, answer: bytes
) -> None:
    relay.upstream.answer = answer
    got = await relay.raw(handshake(relay))
    assert status_of(got) == 502


async def test_an_upgrade_with_a_body_is_refused(relay: Running) -> None:
    for framing, body in (
        ("Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        ("Content-Length: 1\r\n", b"x"),
    ):
        answer = await relay.raw(handshake(relay, more=framing) + body, seconds=1)
        assert status_of(answer) == 400
    assert relay.upstream.heads == []


async def test_a_websocket_whose_server_reads_nothing_is_cut_in_the_end(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(switching())
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(30)

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(handshake(relay))
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"x" * 4 * 2**20)
    await asyncio.sleep(0.3)
    writer.transport.abort()  # the browser has gone; nobody sees it
    await asyncio.sleep(0.3)
    live, loop = relay.program.context.live, asyncio.get_running_loop()
    assert len(live) == 1
    assert live.end_stalled(loop.time() - 60) == 0
    assert live.end_stalled(loop.time()) == 1
    await asyncio.sleep(0.1)
    assert len(live) == 0


async def test_a_session_that_ends_while_its_websocket_opens_gets_none(relay: Running) -> None:
    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await relay.store.write(sessions.end, "session1", system_clock())
        await relay.program.context.feed.poll()
        writer.write(switching())
        await reader.read()

    relay.upstream.script = script
    answer = await relay.raw(handshake(relay), seconds=3)
    assert b"101" not in answer[:16]
    assert len(relay.program.context.live) == 0


async def test_a_declined_upgrade_leaves_no_pipe(relay: Running) -> None:
    relay.upstream.answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    got = await relay.raw(handshake(relay) + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status_of(got) == 403
    assert len(relay.upstream.heads) == 1
    assert got.endswith(b"no")


async def test_200_to_an_upgrade_is_an_ordinary_answer_and_then_the_end(relay: Running) -> None:
    relay.upstream.answer = OK
    got = await relay.raw(handshake(relay))
    assert status_of(got) == 200
    assert header_of(got, "Connection") == "close"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://127.0.0.1:3334\r\n",
    ],
)
async def test_a_foreign_origin_opens_no_websocket(relay: Running, origin: str) -> None:
    assert status_of(await relay.raw(handshake(relay, origin=origin), seconds=1)) == 403
    assert relay.upstream.heads == []


async def test_without_a_pass_no_websocket_reaches_jupyter(relay: Running) -> None:
    request = relay.request(headers=UPGRADE + VERSION, cookie="", close=False)
    assert status_of(await relay.raw(request, seconds=1)) == 401
    assert relay.upstream.heads == []


async def test_the_end_of_a_session_cuts_its_open_websocket(relay: Running) -> None:
    relay.upstream.script = _echo
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(handshake(relay))
    await reader.readuntil(b"\r\n\r\n")
    await relay.store.write(sessions.end, "session1", system_clock())
    async with asyncio.timeout(2):  # what the product promises
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
    writer.close()
    assert status_of(await relay.ask()) == 401


async def test_a_server_that_is_gone_refuses_before_the_101(relay: Running) -> None:
    Path(relay.upstream.path).unlink()
    assert status_of(await relay.raw(handshake(relay))) == 502


class TestWithRealEndpoints:
    """aiohttp at both ends: subprotocols, close codes, large messages, deflate."""

    @pytest.fixture
    async def echo(self, relay: Running) -> web.AppRunner:
        async def handle(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse(
                protocols=["v1.kernel.websocket.jupyter.org"], max_msg_size=0
            )
            await socket.prepare(request)
            async for message in socket:
                if message.data == "close":
                    await socket.close(code=4321, message=b"bye")
                elif message.type is WSMsgType.BINARY:
                    await socket.send_bytes(message.data)
                else:
                    await socket.send_str(str(message.data))
            relay.upstream.heads.append(str(socket.close_code).encode())
            return socket

        Path(relay.upstream.path).unlink()
        app = web.Application()
        app.router.add_get("/{tail:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.UnixSite(runner, relay.upstream.path).start()
        return runner

    async def _open(self, relay: Running, client: ClientSession, **options: Any) -> Any:
        return await client.ws_connect(
            f"http://{relay.host}/user/everyone/shared/ws",
            headers={"Cookie": relay.cookie(), "Origin": f"http://{relay.host}"},
            max_msg_size=0,
            **options,
        )

    @pytest.mark.parametrize("compress", [0, 15])
    async def test_a_large_message_crosses_whole(
        self, relay: Running, echo: web.AppRunner, compress: int
    ) -> None:
        message = os.urandom(16 * 2**20)
        async with ClientSession() as client:
            socket = await self._open(relay, client, compress=compress)
            await socket.send_bytes(message)
            assert (await socket.receive(timeout=20)).data == message
            await socket.close()
        await echo.cleanup()

    async def test_the_kernel_subprotocol_and_close_codes_cross(
        self, relay: Running, echo: web.AppRunner
    ) -> None:
        protocol = "v1.kernel.websocket.jupyter.org"
        async with ClientSession() as client:
            socket = await self._open(relay, client, protocols=[protocol])
            assert socket.protocol == protocol
            await socket.send_str("close")
            assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
            assert socket.close_code == 4321
            socket = await self._open(relay, client)
            await socket.close(code=4001)
            await asyncio.sleep(0.2)
        assert b"4001" in relay.upstream.heads
        await echo.cleanup()

    async def test_two_hundred_websockets_leave_room_for_requests(
        self, relay: Running, echo: web.AppRunner
    ) -> None:
        # The product must not have the client's own limit of 100 connections.
        async with ClientSession(connector=TCPConnector(limit=0)) as client:
            sockets = [await self._open(relay, client) for _ in range(200)]
            with pytest.raises(WSServerHandshakeError):
                await client.ws_connect(f"http://{relay.host}/user/everyone/shared/ws")
            await sockets[0].send_str("x")
            assert (await sockets[0].receive(timeout=5)).data == "x"
            for socket in sockets:
                await socket.close()
        await echo.cleanup()


async def test_a_browser_that_is_full_at_the_101_holds_the_server_back() -> None:
    class Wire(asyncio.Transport):
        def __init__(self) -> None:
            super().__init__()
            self.reads = True

        def set_protocol(self, protocol: asyncio.BaseProtocol) -> None: ...
        def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
            pass

        def pause_reading(self) -> None:
            self.reads = False

        def resume_reading(self) -> None:
            self.reads = True

    class FullBrowser:
        writing_paused = True
        full_since = 5.0

        def take_over(self, _successor: asyncio.Protocol) -> bytes:
            return b""

    browser, upstream = Wire(), Wire()
    outbox = Outbox(asyncio.get_running_loop().call_soon)
    pair = splice(cast(Any, FullBrowser()), browser, upstream, outbox)
    assert not upstream.reads
    assert pair.browser_side.stalled_at == 5.0
    pair.browser_side.resume_writing()
    assert upstream.reads
