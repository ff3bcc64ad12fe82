"""A repeated request takes a short way; it must be the same way, seen from both ends."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from proxy.core.identity import ServerName
from proxy.core.request_headers import RawHeaders
from proxy.core.tokens import Pass, mint_pass
from proxy.relay.browser import BrowserConnection
from proxy.relay.fast_lane import FastLane
from proxy.relay.routes import Route
from proxy.relay.visitors import Visitor
from proxy.store import sessions
from tests.relay.conftest import OK, SECRET, Running, header_of, status_of

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Which requests took the fast lane, in their order."""
    taken: list[bool] = []
    repeat = FastLane.repeat

    def watched(lane: FastLane, browser: BrowserConnection, data: bytes) -> bool:
        taken.append(repeat(lane, browser, data))
        return taken[-1]

    monkeypatch.setattr(FastLane, "repeat", watched)
    return taken


@pytest.fixture
async def watched_relay(lanes: list[bool], relay: Running) -> Running:
    return relay


@asynccontextmanager
async def connect(relay: Running) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    yield reader, writer
    writer.close()


async def ask(streams: Streams, request: bytes) -> bytes:
    """Send a request on a kept-alive connection; return its answer, of declared length."""
    reader, writer = streams
    writer.write(request)
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(int(header_of(head, "Content-Length") or 0))


async def test_the_second_of_two_like_requests_takes_the_fast_lane(
    watched_relay: Running, lanes: list[bool]
) -> None:
    request = watched_relay.request("api/status", close=False)
    async with connect(watched_relay) as streams:
        answers = [await ask(streams, request) for _ in range(3)]
    assert lanes == [False, True, True]
    assert answers[0] == answers[1] == answers[2]
    assert len(set(watched_relay.upstream.heads)) == 1


async def test_another_connection_of_the_same_address_may_repeat_too(
    watched_relay: Running, lanes: list[bool]
) -> None:
    request = watched_relay.request("api/status", close=False)
    for _ in range(2):
        async with connect(watched_relay) as streams:
            assert status_of(await ask(streams, request)) == 200
    assert lanes == [False, True]


async def test_both_lanes_send_up_the_same_bytes_or_refuse_alike(relay: Running) -> None:
    chance = random.Random(7)  # noqa: S311 (inputs, not secrets)
    pieces = ["a", "/", "..", ".", "%2e", "%2f", "?", "#", "%00", ";", "//", " ", "\\", "%25", "é"]
    targets = ["".join(chance.choices(pieces, k=chance.randint(0, 6))) for _ in range(300)]
    targets += ["../../other/server/x", "../shared/x", "?x", "x?y"]

    async def outcome(streams: Streams, target: str) -> tuple[int, list[bytes]]:
        relay.upstream.heads.clear()
        head = relay.request(relay.server.prefix + target, headers="X: y\r\n", close=False)
        reader, writer = streams
        writer.write(head)
        async with asyncio.timeout(5):
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(header_of(answer, "Content-Length") or 0))
        return status_of(answer), list(relay.upstream.heads)

    async def both(target: str, *, precedents: bool) -> tuple[int, list[bytes]]:
        context = relay.program.context
        async with connect(relay) as streams:
            await ask(streams, relay.request("first", headers="X: y\r\n", close=False))
            if not precedents:
                context.precedents.forget_all()
            return await outcome(streams, target)

    for target in targets:
        fast = await both(target, precedents=True)
        slow = await both(target, precedents=False)
        assert fast == slow, target


async def test_another_etag_takes_the_fast_lane_and_says_the_same(
    watched_relay: Running, lanes: list[bool]
) -> None:
    async def lines_of(etag: str, streams: Streams) -> list[bytes]:
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        answer = await ask(streams, watched_relay.request(headers=condition, close=False))
        assert status_of(answer) == 200
        return sorted(watched_relay.upstream.heads[-1].split(b"\r\n"))

    etags = ["", '"a"', 'W/"b"', '"c"']
    async with connect(watched_relay) as streams:
        await lines_of('"first"', streams)
        fast = [await lines_of(etag, streams) for etag in etags]
        slow = []
        for etag in etags:
            watched_relay.program.context.precedents.forget_all()
            slow.append(await lines_of(etag, streams))
    assert fast == slow
    assert lanes == [False, True, True, True, True, False, False, False, False]


async def test_who_keeps_a_field_from_the_server_is_no_precedent(
    watched_relay: Running, lanes: list[bool]
) -> None:
    headers = "Connection: keep-alive, If-None-Match\r\n"
    async with connect(watched_relay) as streams:
        await ask(streams, watched_relay.request(headers=headers, close=False))
        await ask(
            streams, watched_relay.request(headers=headers + "If-None-Match: a\r\n", close=False)
        )
    assert lanes == [False, False]
    assert b"If-None-Match" not in watched_relay.upstream.heads[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"method": "HEAD"},
        {"method": "OPTIONS"},
        {"headers": "X-Another: y\r\n"},
        {"headers": "Content-Length: 0\r\n"},
        {"cookie": ""},
    ],
)
async def test_a_request_that_differs_takes_the_long_way(
    watched_relay: Running, lanes: list[bool], change: dict[str, str]
) -> None:
    async with connect(watched_relay) as streams:
        await ask(streams, watched_relay.request(close=False))
        reader, writer = streams
        writer.write(watched_relay.request(close=False, **change))  # type: ignore[arg-type]
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert lanes == [False, False]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 2\r\n", b"ab"),
        ("Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        ("Expect: 100-continue\r\n", b""),
    ],
)
async def test_a_request_with_a_body_is_never_a_precedent(
    watched_relay: Running, lanes: list[bool], headers: str, body: bytes
) -> None:
    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(len(body))
        writer.write(OK)

    watched_relay.upstream.script = script
    for _ in range(2):
        async with connect(watched_relay) as (reader, writer):
            writer.write(watched_relay.request(headers=headers, close=False))
            await asyncio.sleep(0.05)
            writer.write(body)
            await asyncio.wait_for(reader.readuntil(b"ok"), 5)
    assert not any(lanes)


async def test_a_pass_opens_no_other_server_by_way_of_a_precedent(relay: Running) -> None:
    async with connect(relay) as streams:
        assert status_of(await ask(streams, relay.request(close=False))) == 200
        other = relay.request("/user/ada/home/lab", close=False)
        assert status_of(await ask(streams, other)) == 401
    assert len(relay.upstream.heads) == 1


async def test_a_session_that_ended_is_refused_on_the_fast_lane_too(relay: Running) -> None:
    request = relay.request(close=False)
    async with connect(relay) as streams:
        for _ in range(2):
            assert status_of(await ask(streams, request)) == 200
        await relay.store.write(sessions.end, "session1", relay.program.context.clock())
        await relay.program.context.feed.poll()
        assert status_of(await ask(streams, request)) == 401


async def test_a_pass_that_expires_ends_its_precedent(relay: Running) -> None:
    now = relay.program.context.clock()
    grant = Pass("session1", "ada", ServerName("everyone", "shared"), now + 0.4)
    cookie = f"sifu-pass={mint_pass([SECRET], grant)}"
    request = relay.request(cookie=cookie, close=False)
    async with connect(relay) as streams:
        for _ in range(2):
            assert status_of(await ask(streams, request)) == 200
        await asyncio.sleep(0.5)
        assert status_of(await ask(streams, request)) == 401


@pytest.mark.parametrize("first", ["a body", "a whole request"])
async def test_a_block_that_aiohttp_read_as_something_else_is_no_precedent(
    relay: Running, first: str
) -> None:
    """A head that ends within the next one must not lend it its credential."""

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(int(header_of(head, "Content-Length") or 0))
        writer.write(OK)

    relay.upstream.script = script
    victim = f"\r\nHost: {relay.host}\r\nUser-Agent: V\r\n\r\n".encode()
    prefix = relay.server.prefix.encode()
    begun = b"GET %bp HTTP/1.1\r\nCookie: %b\r\nX-Junk: " % (prefix, relay.cookie().encode())
    async with connect(relay) as (reader, writer):
        if first == "a body":
            headers = "Content-Length: 5\r\n"
            writer.write(relay.request(method="POST", headers=headers, close=False))
            await asyncio.sleep(0.05)
            writer.write(b"hello" + begun)
        else:
            writer.write(relay.request(close=False) + begun)
        await asyncio.wait_for(reader.readuntil(b"ok"), 5)
        await asyncio.sleep(0.05)
        writer.write(b"GET /x HTTP/1.1" + victim)
        await asyncio.sleep(0.1)
    answer = await relay.raw(b"GET %bfiles/x.html HTTP/1.1%b" % (prefix, victim), seconds=0.5)
    assert status_of(answer) == 401


async def test_a_session_that_ended_meanwhile_leaves_no_precedent(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors, gate = relay.program.context.visitors, asyncio.Event()
    find = visitors.find

    async def slow(headers: RawHeaders) -> Visitor | None:
        found = await find(headers)
        await gate.wait()
        return found

    monkeypatch.setattr(visitors, "find", slow)
    async with connect(relay) as streams:
        asking = asyncio.ensure_future(ask(streams, relay.request(close=False)))
        await asyncio.sleep(0.1)
        await relay.store.write(sessions.end, "session1", relay.program.context.clock())
        await relay.program.context.feed.poll()
        gate.set()
        assert status_of(await asking) == 401
    assert relay.program.context.precedents._known == {}


async def test_a_server_that_moved_meanwhile_leaves_no_precedent(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = relay.program.context.routes
    find = routes.find

    async def raced(name: ServerName) -> Route | None:
        route = await find(name)
        routes.forget(str(name))
        return route

    monkeypatch.setattr(routes, "find", raced)
    assert status_of(await relay.ask()) == 200
    assert relay.program.context.precedents._known == {}
