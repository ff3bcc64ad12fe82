"""Long bodies on their way up: within the kernel, or copied where that cannot be had."""

import asyncio
import fcntl
import gc
import os
import random
import socket
import time
from pathlib import Path

import pytest

from proxy.relay.conveyor import WORTHWHILE, Arrival, Conveyors
from tests.relay.conftest import OK, Running, body_of, header_of, status_of
from tests.relay.test_conveyor import (
    MIB,
    UPLOAD,
    answering,
    connect,
    head_of,
    quiet,
    read_all,
    reset,
    running,
    send_while_taken,
)
from tests.relay.test_long_body import receive_body


def count_open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


async def echo(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    body = await receive_body(reader, head)
    writer.write(head_of(len(body)) + body)
    await writer.drain()


@pytest.mark.parametrize("length", [WORTHWHILE, WORTHWHILE + 1, 3 * MIB])
async def test_a_body_and_its_echo_arrive_and_what_is_behind_is_answered(
    relay: Running, length: int
) -> None:
    relay.upstream.script = echo
    body = os.urandom(length)
    upload = relay.request(
        method="PUT", headers=f"Content-Length: {length}\r\n", body=body, close=False
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(upload * 3 + relay.request())
    async with asyncio.timeout(5):
        for _ in range(3):
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(length) == body
        assert status_of(await reader.readuntil(b"\r\n\r\n")) == 200
    writer.close()
    assert relay.upstream.connections == 1


async def test_urgent_bytes_keep_nobody_busy_and_a_body_goes_on(relay: Running) -> None:
    """splice(2) stops before them (tcp(7)), and the socket stays readable."""

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await receive_body(reader, head)
        writer.write(OK)

    relay.upstream.script = script
    loop = asyncio.get_running_loop()
    headers = f"Content-Length: {2 * MIB}\r\n"
    with connect(relay) as browser:
        browser.send(relay.request(method="PUT", headers=headers, close=False))
        await loop.sock_sendall(browser, b"x" * MIB)
        await asyncio.sleep(0.1)
        browser.send(b"!", socket.MSG_OOB)
        browser.send(b"x")
        await asyncio.sleep(0.05)
        began = time.process_time()
        await asyncio.sleep(0.4)
        assert time.process_time() - began < 0.2
        await loop.sock_sendall(browser, b"x" * (MIB - 1))
        async with asyncio.timeout(2):
            assert status_of(await loop.sock_recv(browser, 1000)) == 200


async def test_a_reset_in_the_middle_ends_a_body_for_the_server_too(relay: Running) -> None:
    """An error on its socket ends the event loop's watch, with megabytes still to be read."""
    ended = asyncio.Event()

    async def script(
        _head: bytes, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await asyncio.sleep(0.3)
        try:
            while await reader.read(MIB):
                pass
        finally:
            ended.set()

    relay.upstream.script = script
    browser = connect(relay)
    browser.send(relay.request(method="PUT", headers=UPLOAD, close=False))
    await send_while_taken(browser, b"x" * (32 * MIB))
    assert running(relay) == 1
    reset(browser)
    await asyncio.wait_for(ended.wait(), 3)
    await quiet(relay)


async def test_an_early_answer_passes_a_body_that_the_kernel_carries(relay: Running) -> None:
    big = os.urandom(MIB)

    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(MIB)
        writer.write(head_of(len(big), "413 Too Large") + big)
        await reader.read()
        raise ConnectionError

    relay.upstream.script = script
    with connect(relay) as browser:
        browser.send(relay.request(method="PUT", headers=UPLOAD, close=False))
        sending = asyncio.ensure_future(send_while_taken(browser, b"x" * (8 * MIB)))
        answer = await read_all(browser)
        await asyncio.gather(sending, return_exceptions=True)
    assert status_of(answer) == 413
    assert header_of(answer, "Connection") == "close"
    assert body_of(answer) == big
    await quiet(relay)


async def test_transfers_that_end_at_random_moments_leave_nothing_open(relay: Running) -> None:
    chance = random.Random(5)  # noqa: S311 (moments, not secrets)
    relay.upstream.script = answering(head_of(8 * MIB), *[b"x" * MIB] * 8, pause=0.001)
    before = count_open_files()

    async def leave() -> None:
        browser = connect(relay)
        is_upload = chance.random() < 0.5
        headers = UPLOAD if is_upload else ""
        browser.send(relay.request(method="PUT" if is_upload else "GET", headers=headers))
        if is_upload:
            browser.send(b"x" * MIB)
        await asyncio.sleep(chance.random() * 0.03)
        how = chance.choice([reset, socket.socket.close, None])
        if how is None:
            relay.program.context.live.cut_all()
            await asyncio.sleep(0)
        (how or socket.socket.close)(browser)

    for _ in range(10):
        await asyncio.gather(*(leave() for _ in range(16)))
    await quiet(relay)
    relay.program.context.pool.close()
    await asyncio.sleep(0.05)
    assert count_open_files() <= before


@pytest.mark.parametrize(("module", "call"), [(os, "pipe2"), (fcntl, "fcntl")])
async def test_where_no_pipe_or_only_a_small_one_is_to_be_had_a_body_is_copied(
    relay: Running, monkeypatch: pytest.MonkeyPatch, module: object, call: str
) -> None:
    def refuse(*_arguments: int) -> int:
        raise OSError("no")

    monkeypatch.setattr(module, call, refuse)
    relay.upstream.script = echo
    before = count_open_files()
    body = os.urandom(2 * MIB)
    headers = f"Content-Length: {len(body)}\r\n"
    assert body_of(await relay.ask(method="PUT", headers=headers, body=body)) == body
    assert running(relay) == 0
    await quiet(relay)
    relay.program.context.pool.close()
    await asyncio.sleep(0.05)
    assert count_open_files() <= before


class Watched:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.count = 0
        self.arrival: Arrival | None = None

    def conveyed(self, count: int) -> None:
        self.count += count

    def stalled(self, since: float) -> None:
        pass

    def arrived(self, arrival: Arrival) -> None:
        self.arrival = arrival


async def test_a_transport_that_closes_is_not_carried_from_or_to() -> None:
    """Its descriptor's number may be another connection's by then."""
    loop = asyncio.get_running_loop()
    ends = [end for _ in range(2) for end in socket.socketpair()]
    transports = [(await loop.create_connection(asyncio.Protocol, sock=end))[0] for end in ends]
    conveyors = Conveyors()
    transports[0].close()
    for source, sink in ((0, 2), (2, 0)):
        engaged = conveyors.engage(transports[source], transports[sink], MIB, Watched())
        if engaged is not None:
            engaged.stop()
        assert engaged is None
    for transport in transports:
        transport.close()
    await asyncio.sleep(0.05)


async def test_a_conveyor_stops_twice_and_says_nothing_more() -> None:
    loop = asyncio.get_running_loop()
    (server, source), (sink, browser) = socket.socketpair(), socket.socketpair()
    transports = [
        (await loop.create_connection(asyncio.Protocol, sock=end))[0] for end in (source, sink)
    ]
    conveyors, watched = Conveyors(), Watched()
    conveyor = conveyors.engage(transports[0], transports[1], MIB, watched)
    assert conveyor is not None
    server.send(b"x" * 1000)
    await asyncio.sleep(0.02)
    assert browser.recv(2000) == b"x" * 1000
    conveyor.stop()
    conveyor.stop()
    server.send(b"more")
    await asyncio.sleep(0.02)
    assert (watched.count, watched.arrival, conveyors.running) == (1000, None, 0)
    for transport in transports:
        transport.abort()
    await asyncio.sleep(0.02)
    assert browser.recv(2000) == b""  # no other descriptor keeps it open
    server.close()
    browser.close()
