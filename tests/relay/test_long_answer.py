"""What is told of an answer stays right while the kernel carries it."""

import asyncio
import socket

from prometheus_client import REGISTRY

from proxy.relay.browser import BrowserConnection
from tests.relay.conftest import Running, body_of, status_of

LENGTH = 8 * 2**20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LENGTH


def carried(relay: Running) -> float:
    """Bytes that were counted on their way down."""
    relay.program.context.tally.move()
    labels = {"kind": "http", "direction": "down"}
    return REGISTRY.get_sample_value("sifu_relay_bytes_total", labels) or 0.0


async def test_every_byte_that_the_kernel_carries_is_counted(relay: Running) -> None:
    relay.upstream.answer = HEAD + b"x" * LENGTH
    before = carried(relay)
    answer = await relay.ask()
    assert status_of(answer) == 200
    assert len(body_of(answer)) == LENGTH
    assert carried(relay) - before == len(HEAD) + LENGTH


async def test_a_reader_that_stalls_is_noticed_and_forgiven_when_it_reads(relay: Running) -> None:
    relay.upstream.answer = HEAD + b"x" * LENGTH
    browser = socket.socket()
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    browser.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(browser, ("127.0.0.1", relay.port))
    await loop.sock_sendall(browser, relay.request(close=False))
    connection = await stalled(relay)
    got = 0
    async with asyncio.timeout(5):
        while got < LENGTH:
            got += len(await loop.sock_recv(browser, 2**20))
    assert connection.full_since == 0.0
    browser.close()


async def stalled(relay: Running) -> BrowserConnection:
    """Wait until a browser takes nothing for a while; return its connection."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        while True:
            for connection in relay.program.server.connections:
                if 0.0 < connection.full_since < loop.time() - 0.2:
                    return connection
            await asyncio.sleep(0.02)
