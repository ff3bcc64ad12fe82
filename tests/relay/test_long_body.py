"""Long uploads go past aiohttp's buffers: whole, in order, bounded, and in step afterwards."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path

import pytest

from proxy.relay import long_body
from proxy.relay.conveyor import Arrival, Conveyor, Watcher
from proxy.relay.long_body import LONG, LongBody
from tests.relay.conftest import OK, Running, body_of, header_of, status_of

MIB = 2**20


async def receive_body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    return await reader.readexactly(int(header_of(head, "Content-Length") or 0))


@pytest.mark.parametrize("length", [LONG - 1, LONG, LONG + 1, 5 * MIB])
@pytest.mark.parametrize("first", [0, 1, 1000, LONG - 1])
async def test_a_long_body_arrives_as_it_was_sent_and_the_connection_stays(
    relay: Running, length: int, first: int
) -> None:
    got: list[bytes] = []

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        got.append(sha256(await receive_body(reader, head)).digest())
        writer.write(OK)

    relay.upstream.script = script
    body = os.urandom(length)
    headers = f"Content-Length: {length}\r\n"
    request = relay.request(method="PUT", headers=headers, close=False)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    for _ in range(2):
        writer.write(request + body[:first])
        await asyncio.sleep(0.02)
        writer.write(body[first:])
        assert status_of(await asyncio.wait_for(reader.readuntil(b"ok"), 10)) == 200
    writer.write(relay.request(close=False))
    assert status_of(await asyncio.wait_for(reader.readuntil(b"ok"), 10)) == 200
    writer.close()
    assert got[:2] == [sha256(body).digest()] * 2
    assert relay.upstream.connections == 1


async def test_a_request_behind_a_long_body_is_answered_after_it(relay: Running) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        size = len(await receive_body(reader, head))
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n%07d" % size)

    relay.upstream.script = script
    headers = f"Content-Length: {MIB}\r\n"
    upload = relay.request(method="POST", headers=headers, body=b"x" * MIB, close=False)
    answer = await relay.raw(upload + relay.request("a", close=False) + relay.request("b"))
    parts = answer.split(b"HTTP/1.1 200 OK")[1:]
    assert [body_of(part) for part in parts] == [b"1048576", b"0000000", b"0000000"]


async def test_expect_is_answered_before_a_long_body(relay: Running) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await receive_body(reader, head)
        writer.write(OK)

    relay.upstream.script = script
    headers = f"Content-Length: {MIB}\r\nExpect: 100-continue\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(method="POST", headers=headers))
    assert status_of(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)) == 100
    writer.write(b"x" * MIB)
    assert status_of(await asyncio.wait_for(reader.readuntil(b"ok"), 5)) == 200
    writer.close()


@pytest.mark.parametrize(("cookie", "status"), [("", 401), (None, 502)])
async def test_a_long_body_that_nobody_takes_does_not_hide_the_refusal(
    relay: Running, cookie: str | None, status: int
) -> None:
    if status == 502:
        Path(relay.upstream.path).unlink()
    headers = f"Content-Length: {4 * MIB}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(method="PUT", headers=headers, cookie=cookie, close=False))
    writer.write(b"x" * (4 * MIB))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert status_of(head) == status
    if status == 401:  # the body was read and dropped, so the connection is of use
        await receive_body(reader, head)
        writer.write(relay.request(close=False))
        assert status_of(await asyncio.wait_for(reader.readuntil(b"ok"), 5)) == 200
    writer.close()


async def test_a_long_body_that_breaks_off_is_not_taken_for_whole(relay: Running) -> None:
    broke = asyncio.Event()

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await receive_body(reader, head)
        except (asyncio.IncompleteReadError, ConnectionError):
            broke.set()

    relay.upstream.script = script
    headers = f"Content-Length: {4 * MIB}\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(method="PUT", headers=headers, body=b"x" * MIB))
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.wait_for(broke.wait(), 5)
    await asyncio.sleep(0.05)
    assert len(relay.program.context.live) == 0
    assert relay.program.server.connections == []


async def test_a_server_that_leaves_in_the_middle_is_502(relay: Running) -> None:
    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(1000)
        writer.transport.abort()

    relay.upstream.script = script
    headers = f"Content-Length: {64 * MIB}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(method="PUT", headers=headers, body=b"x" * MIB, close=False))
    assert status_of(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)) == 502
    writer.close()


class LostSink:
    """A server that is lost, and whose own connection says nothing of it."""

    def send(self, data: bytes) -> None: ...
    def follow(self, source: object) -> None: ...
    def haul(self, source: asyncio.Transport, length: int, watcher: Watcher) -> Conveyor | None:
        asyncio.get_running_loop().call_soon(watcher.arrived, Arrival.SINK_LOST)
        return None


async def test_a_body_whose_server_was_lost_without_a_word_ends_soon(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_body, "_LAST_WORD_SECONDS", 0.05)
    _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    body = LongBody(writer.transport, MIB)  # type: ignore[arg-type]
    assert await asyncio.wait_for(body.flow(LostSink(), 300.0), 5) is False
    writer.close()
