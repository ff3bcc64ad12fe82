"""Of a long answer everything is told rightly: its bytes, and whether its reader stalls."""

import asyncio
import socket

from prometheus_client import REGISTRY

from proxy.relay.exchange import Exchange
from tests.relay.conftest import Running, body_of, status_of
from tests.relay.test_conveyor import MIB, answering, connect, head_of, quiet, running


def carried(relay: Running) -> float:
    """Bytes that were counted on their way down."""
    relay.program.context.tally.move()
    labels = {"kind": "http", "direction": "down"}
    return REGISTRY.get_sample_value("sifu_relay_bytes_total", labels) or 0.0


async def test_every_byte_that_the_kernel_carries_is_counted(relay: Running) -> None:
    head = head_of(8 * MIB)
    relay.upstream.answer = head + b"x" * (8 * MIB)
    before = carried(relay)
    answer = await relay.ask()
    assert status_of(answer) == 200
    assert len(body_of(answer)) == 8 * MIB
    assert carried(relay) - before == len(head) + 8 * MIB


async def test_a_browser_that_takes_a_little_once_is_cut_too(relay: Running) -> None:
    relay.upstream.script = answering(head_of(16 * MIB) + b"x" * (16 * MIB))
    with connect(relay, takes=65536) as browser:
        browser.send(relay.request(close=False))
        await asyncio.sleep(0.1)
        assert running(relay) == 1
        (connection,) = relay.program.server.connections
        connection.pause_writing()
        connection.resume_writing()  # as its transport does with what it had before
        now = asyncio.get_running_loop().time()
        assert relay.program.context.live.end_stalled(now) == 1
        await quiet(relay)


async def test_a_slow_browsers_next_answer_is_not_blamed_for_the_one_before(
    relay: Running,
) -> None:
    loop, live = asyncio.get_running_loop(), relay.program.context.live

    async def ask(length: int) -> tuple[socket.socket, Exchange]:
        relay.upstream.script = answering(head_of(length), b"x" * length)
        browser = connect(relay, takes=65536)
        browser.send(relay.request(close=False))
        await asyncio.sleep(0.15)
        ((exchange,),) = live._live.values()
        assert isinstance(exchange, Exchange)
        return browser, exchange

    browser, exchange = await ask(16 * MIB)
    browser.close()
    await quiet(relay)
    # So long that its end waits in the pipe.
    length = exchange.received - 100_000
    browser, exchange = await ask(length)
    got = 0
    while got < length and (data := await loop.sock_recv(browser, 65536)):
        got += len(data)
    await asyncio.sleep(0.05)
    assert exchange.has_ended
    relay.upstream.script = answering(head_of(2) + b"o", pause=9)
    browser.send(relay.request(close=False))
    await asyncio.sleep(0.1)
    assert live.end_stalled(loop.time()) == 0
    browser.close()
