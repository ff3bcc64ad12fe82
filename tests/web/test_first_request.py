"""Who connects to front and does not come to the point."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from proxy.web.first_request import ImpatientRunner


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(0.6 if request.path == "/slow" else 0)
        return web.Response(text=await request.text() or "nothing")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = ImpatientRunner(app)
    runner.head_seconds = 0.3
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def say(port: int, *parts: bytes, pause: float = 0.02) -> bytes:
    """Send these one after the other, and return all that comes until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(5):
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "parts", [(), (b"GET / HTTP/1.1\r\nHost: x\r\nX: ",)], ids=["none", "half"]
)
async def test_who_does_not_come_to_the_point_is_cut_off(
    port: int, parts: tuple[bytes, ...]
) -> None:
    assert await say(port, *parts) == b""


async def test_a_head_may_come_in_pieces_and_its_answer_take_long(port: int) -> None:
    head = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = await say(port, *(head[at : at + 7] for at in range(0, len(head), 7)))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"nothing")


async def test_later_requests_of_a_connection_are_as_ever(port: int) -> None:
    more = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
    said = await say(port, more, more, last, b"last", pause=0.2)
    assert said.count(b"HTTP/1.1 200") == 3
    assert said.endswith(b"last")
