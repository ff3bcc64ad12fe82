"""On the fast lane, too, an exchange may go wrong, wait, or have others sent ahead behind it."""

import asyncio

import pytest

from tests.relay.conftest import OK, Running, body_of, header_of, status_of
from tests.relay.test_fast_lane import ask, connect, lanes, watched_relay

__all__ = ["lanes", "watched_relay"]


async def test_requests_sent_ahead_wait_and_are_answered_in_order(relay: Running) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        name = head.split(b" ")[1].rpartition(b"/")[2]
        await asyncio.sleep(0.01)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))

    relay.upstream.script = script
    async with connect(relay) as streams:
        await ask(streams, relay.request("first", close=False))
        reader, writer = streams
        names = [f"n{number}" for number in range(30)]
        for name in names:
            writer.write(relay.request(name, close=False))
            await asyncio.sleep(0.001)
        got = []
        for _ in names:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            length = int(header_of(head, "Content-Length") or 0)
            got.append((await reader.readexactly(length)).decode())
    assert got == names


async def test_a_flood_sent_ahead_is_held_within_bounds(relay: Running) -> None:
    release = asyncio.Event()

    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if b"/slow " in head:
            await release.wait()
        writer.write(OK)

    relay.upstream.script = script
    async with connect(relay) as streams:
        await ask(streams, relay.request("first", close=False))
        reader, writer = streams
        writer.write(relay.request("slow", close=False))
        await asyncio.sleep(0.05)
        for _ in range(1500):
            writer.write(relay.request("more", close=False))
        await asyncio.sleep(0.3)
        (connection,) = relay.program.server.connections
        assert len(connection._held) <= 256 * 1024
        release.set()
        async with asyncio.timeout(30):
            for _ in range(1501):
                assert (await reader.readuntil(b"ok")).endswith(b"ok")


async def test_a_kept_alive_connection_that_died_loses_no_repeated_request(relay: Running) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(relay.upstream.heads) in {2, 4}:
            writer.close()
        else:
            writer.write(OK)

    relay.upstream.script = script
    request = relay.request(close=False)
    async with connect(relay) as streams:
        for _ in range(3):
            assert status_of(await ask(streams, request)) == 200
    assert relay.upstream.connections == 3


async def test_a_malformed_answer_to_a_repeated_request_is_502(relay: Running) -> None:
    request = relay.request(close=False)
    async with connect(relay) as streams:
        assert status_of(await ask(streams, request)) == 200
        relay.upstream.answer = b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"
        assert status_of(await ask(streams, request)) == 502
    assert len(relay.upstream.heads) == 2


async def test_an_answer_that_breaks_off_cuts_the_browser(relay: Running) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(relay.upstream.heads) == 1:
            writer.write(OK)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            writer.close()

    relay.upstream.script = script
    request = relay.request(close=False)
    async with connect(relay) as streams:
        await ask(streams, request)
        streams[1].write(request)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await streams[0].readuntil(b"half and more")
    assert len(relay.program.context.live) == 0


async def test_a_server_that_never_answers_is_504(relay: Running) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(relay.upstream.heads) == 1:
            writer.write(OK)
        else:
            await reader.read()

    relay.upstream.script = script
    request = relay.request(close=False)
    async with connect(relay) as streams:
        await ask(streams, request)
        streams[1].write(request)
        await asyncio.sleep(0.1)
        assert relay.program.context.live.end_stalled(asyncio.get_running_loop().time()) == 1
        head = await asyncio.wait_for(streams[0].readuntil(b"\r\n\r\n"), 5)
        assert status_of(head) == 504


async def test_a_browser_that_leaves_ends_the_request_at_the_server(relay: Running) -> None:
    ended = asyncio.Event()

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(relay.upstream.heads) == 1:
            writer.write(OK)
            return
        await reader.read()
        ended.set()

    relay.upstream.script = script
    request = relay.request(close=False)
    async with connect(relay) as streams:
        await ask(streams, request)
        streams[1].write(request)
        await asyncio.sleep(0.05)
    await asyncio.wait_for(ended.wait(), 5)
    await asyncio.sleep(0.05)
    assert len(relay.program.context.live) == 0
    assert relay.program.server.connections == []


async def test_a_large_answer_waits_for_a_slow_browser(relay: Running) -> None:
    body = bytes(range(256)) * 32_768

    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    relay.upstream.script = script
    request = relay.request(close=False)
    async with connect(relay) as streams:
        await ask(streams, request)
        streams[1].write(request)
        await asyncio.sleep(0.3)
        head = await streams[0].readuntil(b"\r\n\r\n")
        assert status_of(head) == 200
        assert await streams[0].readexactly(len(body)) == body


async def test_closing_is_repeated_as_it_was_asked_for(
    watched_relay: Running, lanes: list[bool]
) -> None:
    request = watched_relay.request()
    answers = [await watched_relay.raw(request) for _ in range(2)]
    assert lanes == [False, True]
    assert answers[0] == answers[1]
    assert header_of(answers[1], "Connection") == "close"
    assert body_of(answers[1]) == b"ok"


async def test_while_draining_every_answer_says_that_it_is_the_last(relay: Running) -> None:
    request = relay.request(close=False)
    async with connect(relay) as streams:
        await ask(streams, request)
        relay.program.context.drain()
        assert header_of(await ask(streams, request), "Connection") == "close"


@pytest.mark.parametrize(("fault", "times"), [(b"NOT HTTP\r\n\r\n", 1), (b"", 2)])
async def test_requests_sent_ahead_do_not_repeat_a_failed_one(
    relay: Running, fault: bytes, times: int
) -> None:
    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if b"/bad " not in head:
            await asyncio.sleep(0.02)
            writer.write(OK)
            return
        await asyncio.sleep(0.05)
        writer.write(fault)
        writer.close()

    relay.upstream.script = script
    async with connect(relay) as streams, connect(relay) as others:
        first = relay.request(close=False)
        await asyncio.gather(ask(streams, first), ask(others, first))
        relay.upstream.heads.clear()
        reader, writer = streams
        writer.write(relay.request("bad", close=False))
        await asyncio.sleep(0.02)
        writer.write(relay.request("next", close=False))
        assert status_of(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)) == 502
    assert sum(b"/bad " in head for head in relay.upstream.heads) == times
