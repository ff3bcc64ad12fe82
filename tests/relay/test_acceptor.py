"""Accepting and resting in one process; whom it rests for are numbers in the file.

With real processes: `tests/test_relay_processes.py`.
"""

import asyncio
import contextlib
import resource
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest

from proxy.relay import acceptor as module
from proxy.relay.acceptor import Acceptor
from proxy.relay.siblings import Siblings

LONG = 0.2


class Greeter(asyncio.Protocol):
    """Says one byte, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        greeted = cast(asyncio.Transport, transport)
        greeted.write(b"!")
        greeted.close()


class Place:
    """A listening socket, an acceptor of ours, and siblings that are not there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "relays"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.listener.setblocking(False)
        self.count = 0
        self.vain = 0
        self.acceptor = Acceptor(self.listener, Greeter, lambda: self.count, Siblings(self.path))
        look_again = self.acceptor._look_again

        def count_looks() -> None:
            self.vain += self.acceptor._somebody_waits()
            look_again()

        self.acceptor._look_again = count_looks  # type: ignore[method-assign]

    @property
    def is_open(self) -> bool:
        return self.acceptor._server is not None

    async def rest(self) -> None:
        """Have 50 connections, beside a sibling that has none, and one more: then it rests."""
        self.count = 50
        self.pretend()
        await self.acceptor.open()
        assert await self.greeted() == b"!"
        await until(lambda: not self.is_open)

    def pretend(self, count: int = 0) -> None:
        """Let a sibling say that it has so many connections."""
        now = asyncio.get_running_loop().time()
        with self.path.open("r+b") as file:
            file.seek(16)
            file.write(struct.pack("=QQ", count, int(now * 1000)))
        self.acceptor.look_about()

    async def connect(self) -> socket.socket:
        client = socket.socket()
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, self.listener.getsockname())
        return client

    async def greeted(self, client: socket.socket | None = None) -> bytes:
        """Connect, and return what is said; nothing if nobody accepts for a while."""
        with client or await self.connect() as connection, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                return await asyncio.get_running_loop().sock_recv(connection, 9)
        return b""

    def is_queued(self) -> bool:
        """Take a connection as a sibling would, if one waits."""
        with contextlib.suppress(BlockingIOError):
            self.listener.accept()[0].close()
            return True
        return False


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    made = Place(tmp_path)
    yield made
    made.acceptor.close()
    await asyncio.sleep(0.01)
    made.listener.close()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be so patient that a loaded machine has done within it what a test does."""
    monkeypatch.setattr(module, "REST_SECONDS", LONG)


async def test_alone_it_takes_everything(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        alone = Acceptor(listener, Greeter, lambda: 10_000, None)
        alone.look_about()
        await alone.open()
        for _ in range(20):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.close()
        assert alone._server is not None
        alone.close()
        await asyncio.sleep(0.01)


async def test_who_has_not_many_more_does_not_rest(place: Place) -> None:
    place.count = 7
    place.pretend()
    await place.acceptor.open()
    assert await place.greeted() == b"!"
    await asyncio.sleep(0.01)
    assert place.is_open


async def test_what_a_sibling_takes_does_not_end_the_rest(place: Place, patience: None) -> None:
    await place.rest()
    for _ in range(2):
        client = await place.connect()
        await until(place.is_queued)
        client.close()
        await asyncio.sleep(LONG * 1.2)
        assert not place.is_open
    assert place.vain == 0


async def test_what_no_sibling_takes_is_taken_a_moment_later(place: Place) -> None:
    await place.rest()
    for _ in range(20):
        assert await place.greeted() == b"!"
    assert place.vain > 0


async def test_what_queues_up_for_a_sibling_that_hangs_is_taken_together(
    place: Place, patience: None
) -> None:
    await place.rest()
    clients = [await place.connect() for _ in range(200)]
    assert await asyncio.gather(*map(place.greeted, clients)) == [b"!"] * 200
    # Each by itself would have taken 200 waits.
    assert place.vain < 5
    await until(lambda: not place.is_open)


async def test_who_has_the_most_no_more_takes_it_at_once(place: Place, patience: None) -> None:
    await place.rest()
    place.count = 3
    assert await place.greeted() == b"!"
    assert place.vain == 0
    assert place.is_open


@pytest.mark.parametrize("clients", [1, 2, 8])
async def test_nothing_is_lost_while_it_closes_and_opens(
    place: Place, monkeypatch: pytest.MonkeyPatch, clients: int
) -> None:
    monkeypatch.setattr(module, "REST_SECONDS", 0.0)
    await place.rest()

    async def ask() -> list[bytes]:
        return [await place.greeted() for _ in range(800 // clients)]

    asking = asyncio.gather(*[ask() for _ in range(clients)])
    while not asking.done():
        place.pretend()
        await asyncio.sleep(0.01)
    assert {said for each in await asking for said in each} == {b"!"}
    # One by one, each is followed by a rest; of several at once, hardly one.
    assert place.vain > (700 if clients == 1 else 0)


async def test_accepting_ends_also_when_it_is_about_to_begin(place: Place) -> None:
    beginning = asyncio.ensure_future(place.acceptor.open())
    place.acceptor.close()
    await beginning
    assert not place.is_open
    await place.acceptor.open()
    assert not place.is_open


@pytest.mark.parametrize("when", ["open", "resting", "waiting", "going on"])
async def test_accepting_ends_whatever_it_is_about(place: Place, patience: None, when: str) -> None:
    if when == "open":
        await place.acceptor.open()
    else:
        await place.rest()
    client = None
    if when == "waiting":
        client = await place.connect()
        await asyncio.sleep(LONG / 5)
    elif when == "going on":
        place.acceptor._go_on()
    place.acceptor.close()
    client = client or await place.connect()
    await asyncio.sleep(LONG * 1.2)
    assert not place.is_open
    assert place.is_queued()
    client.close()


async def test_who_has_ended_is_no_sibling_any_more(place: Place) -> None:
    other = Siblings(place.path)
    other._slot = 99  # locks are a process's, not an object's
    now = asyncio.get_running_loop().time()
    place.count = 7
    place.acceptor.look_about()
    other.look(now)
    assert other.least() == 7
    place.acceptor.close()
    place.acceptor.look_about()
    assert other.least() is None


@contextlib.contextmanager
def no_descriptors() -> Iterator[None]:
    """Let this process open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_without_descriptors_it_comes_back_when_there_are_some(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    await place.rest()
    client = await place.connect()
    with no_descriptors():
        await until(lambda: place.vain > 0)
        await asyncio.sleep(0.1)
        assert not place.is_open
    assert await place.greeted(client) == b"!"


async def test_a_connection_for_which_there_is_no_descriptor_does_not_end_accepting(
    place: Place,
) -> None:
    await place.acceptor.open()
    with socket.socket() as client:
        client.setblocking(False)
        with no_descriptors():
            await asyncio.get_running_loop().sock_connect(client, place.listener.getsockname())
            await asyncio.sleep(0.05)
        assert await place.greeted(client) == b"!"
    assert await place.greeted() == b"!"


async def test_if_the_kernel_does_not_watch_for_it_it_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
    place.count = 50
    place.pretend()
    await place.acceptor.open()
    for _ in range(3):
        assert await place.greeted() == b"!"
    assert place.is_open
