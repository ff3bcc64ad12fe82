"""What goes up waits while the server takes no more."""

import asyncio
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from proxy.relay.conveyor import Conveyors
from proxy.relay.uplink import Uplink


class Source:
    """Remembers whether it was held back."""

    def __init__(self) -> None:
        self.is_held = False

    def pause_feeding(self) -> None:
        self.is_held = True

    def resume_feeding(self) -> None:
        self.is_held = False


class Opened(Uplink):
    """One that keeps its transport, as a connection does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, servers = socket.socketpair()
    ours.setblocking(False)
    servers.setblocking(False)
    yield ours, servers
    servers.close()


async def fill(pair: tuple[socket.socket, socket.socket]) -> Uplink:
    """Open a connection and write to it until it takes no more."""
    make = lambda: Opened(Conveyors())  # noqa: E731
    _, uplink = await asyncio.get_running_loop().create_unix_connection(make, sock=pair[0])
    assert uplink.transport is not None
    uplink.transport.write(b"x" * 2**20)
    await asyncio.sleep(0)
    return uplink


async def drain(server: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    got = 0
    while got < 2**20:
        got += len(await loop.sock_recv(server, 2**20))


async def test_a_source_is_held_back_while_the_server_is_full(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    uplink, source = await fill(pair), Source()
    uplink.follow(source)
    assert source.is_held
    await drain(pair[1])
    await asyncio.sleep(0.05)
    assert [source.is_held] == [False]
    assert uplink.transport is not None
    uplink.transport.abort()


async def test_room_is_waited_for_and_comes(pair: tuple[socket.socket, socket.socket]) -> None:
    uplink = await fill(pair)
    waiting = asyncio.ensure_future(uplink.room())
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await drain(pair[1])
    await asyncio.wait_for(waiting, 5)
    assert uplink.transport is not None
    uplink.transport.abort()


async def test_nothing_is_hauled_to_a_server_that_has_gone(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    uplink = await fill(pair)
    transport = uplink.transport
    assert transport is not None
    transport.abort()
    nobody = cast("object", None)
    assert uplink.haul(transport, 2**20, nobody) is None  # type: ignore[arg-type]
