"""Many people at once: nothing of one exchange reaches another, nothing stays behind."""

import asyncio
import os

import psutil

from tests.relay.conftest import Running, body_of, status_of


async def test_answers_reach_who_asked(relay: Running) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        name = head.split(b" ")[1].rpartition(b"/")[2]
        await asyncio.sleep(0.001 * (len(relay.upstream.heads) % 7))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))

    relay.upstream.script = script
    names = [f"n{number}" for number in range(200)]
    answers = await asyncio.gather(*(relay.ask(name) for name in names))
    assert [body_of(answer).decode() for answer in answers] == names


async def test_requests_leave_no_descriptor_and_no_connection_behind(relay: Running) -> None:
    process = psutil.Process()
    await relay.ask()
    before = process.num_fds()
    for _ in range(10):
        await asyncio.gather(*(relay.ask() for _ in range(20)))
    await asyncio.sleep(0.2)
    assert len(relay.program.context.live) == 0
    assert relay.program.server.connections == []
    assert process.num_fds() <= before + 70  # the pool's idle connections, both ends of each


async def test_a_slow_reader_delays_nobody_else(relay: Running) -> None:
    big = os.urandom(8 * 2**20)

    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        body = big if b"/big " in head else b"ok"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port, limit=1024)
    writer.write(relay.request("big"))
    await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(3):
        assert status_of(await relay.ask()) == 200
    # And the slow one gets its whole body in the end.
    assert await reader.read(-1) == big
    writer.close()
