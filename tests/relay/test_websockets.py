"""Handshakes that were allowed before, with other keys: the short way must be the same way."""

import asyncio
import base64
import contextlib
import hashlib
import os
from pathlib import Path

import pytest

from proxy.core.clock import system_clock
from proxy.core.events import EventKind
from proxy.relay import presence, websockets
from proxy.store import events, sessions
from tests.relay.conftest import Running, header_of, status_of
from tests.relay.test_fast_lane import connect, lanes, watched_relay

__all__ = ["lanes", "watched_relay"]

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# Each process that tests must know the same cases by the same names.
KEY, OTHER_KEY = (base64.b64encode(bytes(range(n, n + 16))).decode() for n in (7, 99))


def new_key() -> str:
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key: str) -> str:
    digest = hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def handshake(
    relay: Running, key: str, more: str = "", *, name: str = "Sec-WebSocket-Key"
) -> bytes:
    fields = [
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"{name}: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: http://{relay.host}",
    ]
    lines = "".join(f"{field}\r\n" for field in fields)
    return relay.request("api/kernels/1/channels", headers=lines + more, close=False)


async def echo(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    accept = accept_of(header_of(head, "Sec-WebSocket-Key") or "")
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
    )
    while data := await reader.read(65536):
        writer.write(b"<" + data + b">")
        await writer.drain()
    raise ConnectionError


async def head_of(streams: Streams, request: bytes) -> bytes:
    reader, writer = streams
    writer.write(request)
    async with asyncio.timeout(5):
        return await reader.readuntil(b"\r\n\r\n")


async def prime(relay: Running) -> None:
    """Open and close a websocket, so that the next handshake has a precedent."""
    relay.upstream.script = echo
    async with connect(relay) as streams:
        assert status_of(await head_of(streams, handshake(relay, new_key()))) == 101


async def test_a_handshake_with_another_key_is_carried_the_short_way(
    watched_relay: Running, lanes: list[bool]
) -> None:
    await prime(watched_relay)
    key = new_key()
    async with connect(watched_relay) as streams:
        head = await head_of(streams, handshake(watched_relay, key))
        assert header_of(head, "Sec-WebSocket-Accept") == accept_of(key)
        streams[1].write(b"hello")
        assert await streams[0].readexactly(7) == b"<hello>"
        tally = watched_relay.program.context.tally
        assert tally.open_websockets == 1
    first, second = watched_relay.upstream.heads
    assert lanes == [False, True]
    assert header_of(second, "Sec-WebSocket-Key") == key
    assert len(first) == len(second)
    await asyncio.sleep(0.1)
    assert tally.open_websockets == len(watched_relay.program.context.live) == 0
    assert watched_relay.program.server.connections == []


async def test_the_last_page_that_is_closed_is_told_whichever_way_it_came(
    watched_relay: Running, lanes: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GRACE_SECONDS", 0.0)
    leaving = watched_relay.program.context.presence
    wanted = events.Wanted(kind=EventKind.CLOSED, server=str(watched_relay.server))
    await prime(watched_relay)
    for number in (1, 2):
        await asyncio.sleep(0.1)
        await leaving.write()
        told = await watched_relay.store.read(events.find, wanted, limit=10)
        assert [each.event.user for each in told] == [watched_relay.user.slug] * number
        async with connect(watched_relay) as streams:
            await head_of(streams, handshake(watched_relay, new_key()))
            await leaving.write()
    assert lanes == [False, True, True]


async def test_what_is_sent_before_the_101_goes_up_behind_it(watched_relay: Running) -> None:
    await prime(watched_relay)
    async with connect(watched_relay) as streams:
        request = handshake(watched_relay, new_key())
        streams[1].write(request)
        await asyncio.sleep(0)
        streams[1].write(b"early")
        assert status_of(await streams[0].readuntil(b"\r\n\r\n")) == 101
        assert await streams[0].readexactly(7) == b"<early>"


@pytest.mark.parametrize(
    ("key", "more", "name"),
    [
        ("", "", "Sec-WebSocket-Key"),
        ("c2hvcnQ=", "", "Sec-WebSocket-Key"),
        (KEY + "=", "", "Sec-WebSocket-Key"),
        (KEY[:-3] + "B==", "", "Sec-WebSocket-Key"),  # not how 16 bytes are written
        (KEY, f"Sec-WebSocket-Key: {OTHER_KEY}\r\n", "Sec-WebSocket-Key"),
        (KEY, "", "sec-websocket-key"),
        (KEY, "X-Another: y\r\n", "Sec-WebSocket-Key"),
    ],
)
async def test_a_handshake_of_another_shape_is_looked_at(
    watched_relay: Running, lanes: list[bool], key: str, more: str, name: str
) -> None:
    await prime(watched_relay)
    lanes.clear()
    async with connect(watched_relay) as streams:
        await head_of(streams, handshake(watched_relay, key, more, name=name))
    assert lanes == [False]


async def test_a_request_that_only_shows_a_key_makes_no_precedent_for_handshakes(
    watched_relay: Running, lanes: list[bool]
) -> None:
    plain = watched_relay.request(headers=f"Sec-WebSocket-Key: {new_key()}\r\n", close=False)
    for _ in range(2):
        async with connect(watched_relay) as streams:
            assert status_of(await head_of(streams, plain)) == 200
    assert lanes == [False, False]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept_of(KEY).encode() + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
async def test_the_101_of_another_handshake_is_not_believed(
    watched_relay: Running, lanes: list[bool], answer: bytes
) -> None:
    await prime(watched_relay)
    watched_relay.upstream.script, watched_relay.upstream.answer = None, answer
    head = await watched_relay.raw(handshake(watched_relay, new_key()), seconds=2)
    assert status_of(head) == 502
    assert lanes[1] is True
    assert watched_relay.program.context.tally.open_websockets == 0


async def test_a_handshake_that_is_refused_by_the_server_ends_the_connection(
    watched_relay: Running,
) -> None:
    await prime(watched_relay)
    watched_relay.upstream.script = None
    watched_relay.upstream.answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    answer = await watched_relay.raw(handshake(watched_relay, new_key()), seconds=3)
    assert status_of(answer) == 403
    assert header_of(answer, "Connection") == "close"


async def test_a_server_that_is_gone_is_told_as_the_long_way_tells_it(
    watched_relay: Running, lanes: list[bool]
) -> None:
    await prime(watched_relay)
    Path(watched_relay.upstream.path).unlink()
    answer = await watched_relay.raw(handshake(watched_relay, new_key()), seconds=3)
    assert status_of(answer) == 502
    assert lanes == [False, True]


async def test_a_sign_out_ends_what_was_opened_the_short_way(watched_relay: Running) -> None:
    await prime(watched_relay)
    async with connect(watched_relay) as streams:
        assert status_of(await head_of(streams, handshake(watched_relay, new_key()))) == 101
        await watched_relay.store.write(sessions.end, "session1", system_clock())
        async with asyncio.timeout(4):
            with contextlib.suppress(ConnectionError):
                assert await streams[0].read() == b""


async def test_a_browser_that_leaves_meanwhile_leaves_nothing_behind(
    watched_relay: Running,
) -> None:
    await prime(watched_relay)

    async def silent(_head: bytes, reader: asyncio.StreamReader, _w: asyncio.StreamWriter) -> None:
        await reader.read()
        raise ConnectionError

    watched_relay.upstream.script = silent
    for pause in (0, 0, 0.05, 0.1):
        async with connect(watched_relay) as streams:
            streams[1].write(handshake(watched_relay, new_key()))
            await asyncio.sleep(pause)
            streams[1].transport.abort()
    await asyncio.sleep(0.2)
    context = watched_relay.program.context
    assert len(context.live) == context.tally.open_websockets == 0
    assert watched_relay.program.server.connections == []


@pytest.mark.parametrize("is_primed", [False, True])
async def test_one_credential_may_not_open_websockets_without_end(
    watched_relay: Running, monkeypatch: pytest.MonkeyPatch, is_primed: bool
) -> None:
    if is_primed:
        await prime(watched_relay)
        await asyncio.sleep(0.1)
    monkeypatch.setattr(websockets, "MAX_WEBSOCKETS", 2)
    watched_relay.upstream.script = echo
    opened = []
    for _ in range(2):
        streams = await asyncio.open_connection("127.0.0.1", watched_relay.port)
        assert status_of(await head_of(streams, handshake(watched_relay, new_key()))) == 101
        opened.append(streams[1])
    refused = await watched_relay.raw(handshake(watched_relay, new_key()), seconds=1)
    assert status_of(refused) == 429
    for writer in opened:
        writer.close()
