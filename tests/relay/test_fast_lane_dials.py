"""Where no connection is idle the fast lane dials: with the same end as the long way's."""

import asyncio
from pathlib import Path

import pytest

from proxy.relay.pool import Pool
from proxy.relay.upstream import UpstreamConnection
from tests.relay.conftest import OK, Running, body_of, status_of
from tests.relay.test_fast_lane import ask, connect, lanes, watched_relay

__all__ = ["lanes", "watched_relay"]


async def prepare(relay: Running, request: bytes) -> None:
    """Have `request` understood once, and no connection to the server left."""
    async with connect(relay) as streams:
        assert status_of(await ask(streams, request)) == 200
    relay.program.context.pool.close()
    relay.upstream.heads.clear()


class Gate:
    """Holds dials until it opens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting = 0
        self.opened = asyncio.Event()
        dial = Pool.dial

        async def held(pool: Pool, address: str) -> UpstreamConnection:
            connection = await dial(pool, address)
            self.waiting += 1
            await self.opened.wait()
            return connection

        monkeypatch.setattr(Pool, "dial", held)

    async def reached(self) -> None:
        async with asyncio.timeout(2):
            while not self.waiting:
                await asyncio.sleep(0.005)


async def test_a_class_at_once_takes_the_fast_lane_and_its_connections_stay(
    watched_relay: Running, lanes: list[bool]
) -> None:
    relay, count = watched_relay, 150
    request = relay.request("x", close=False)
    await prepare(relay, request)
    lanes.clear()
    before = relay.upstream.connections
    answered, everybody = asyncio.Event(), asyncio.Event()

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(relay.upstream.heads) >= count:
            everybody.set()
        await everybody.wait()
        writer.write(OK)

    async def one() -> None:
        async with connect(relay) as streams:
            for _ in range(2):
                assert body_of(await ask(streams, request)) == b"ok"
                await answered.wait()

    relay.upstream.script = script
    crowd = [asyncio.ensure_future(one()) for _ in range(count)]
    async with asyncio.timeout(5):
        await everybody.wait()
        await asyncio.sleep(0.1)
        answered.set()
        await asyncio.gather(*crowd)
    assert lanes == [True] * (2 * count)
    assert relay.upstream.connections - before == count


async def test_a_server_that_went_is_told_as_the_long_way_tells_it(relay: Running) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)
    Path(relay.upstream.path).unlink()
    fast = await relay.raw(request)
    relay.program.context.precedents.forget_all()
    slow = await relay.raw(request)
    assert status_of(fast) == 502
    assert fast == slow
    assert len(relay.program.context.live) == 0


async def test_a_server_that_closes_a_new_connection_is_not_asked_again(relay: Running) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.transport.abort()
        raise ConnectionError

    relay.upstream.script = script
    answer = await relay.raw(request)
    assert status_of(answer) == 502
    assert b"closed the connection" in answer
    assert len(relay.upstream.heads) == 1


async def test_what_ends_during_the_dial_is_not_asked(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)
    gate = Gate(monkeypatch)
    async with connect(relay) as (reader, writer):
        writer.write(request)
        await gate.reached()
        gate.opened.set()  # the dial goes on in the round in which the credential ends
        (browser,) = relay.program.server.connections
        assert browser.transport is not None
        relay.program.context.outbox.send(browser.transport, b"")  # as others' writes may be
        assert relay.program.context.live.cut_all() == 1
        assert await asyncio.wait_for(reader.read(), 2) == b""
    await asyncio.sleep(0.05)
    assert relay.upstream.heads == []
    assert len(relay.program.context.live) == 0


async def test_a_browser_that_leaves_during_the_dial_leaves_nothing(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)
    gate = Gate(monkeypatch)
    async with connect(relay) as (_, writer):
        writer.write(request)
        await gate.reached()
    await asyncio.sleep(0.05)
    assert len(relay.program.context.live) == 0
    gate.opened.set()
    await asyncio.sleep(0.05)
    assert relay.upstream.heads == []


async def test_a_dial_that_takes_too_long_is_504_and_its_end_is_not_heard(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)
    gate = Gate(monkeypatch)
    async with connect(relay) as (reader, writer):
        writer.write(request)
        await gate.reached()
        assert relay.program.context.live.end_stalled(asyncio.get_running_loop().time()) == 1
        async with asyncio.timeout(2):
            assert status_of(await reader.readuntil(b"\r\n\r\n")) == 504
    gate.opened.set()
    await asyncio.sleep(0.05)
    assert relay.upstream.heads == []


async def test_what_comes_behind_a_request_waits_for_its_dial(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = relay.request("x", close=False)
    await prepare(relay, request)
    gate = Gate(monkeypatch)
    async with connect(relay) as (reader, writer):
        writer.write(request)
        await gate.reached()
        writer.write(relay.request("y", close=False))
        await asyncio.sleep(0.05)
        gate.opened.set()
        async with asyncio.timeout(2):
            for _ in range(2):
                assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
    assert [head.split()[1][-1:] for head in relay.upstream.heads] == [b"x", b"y"]
