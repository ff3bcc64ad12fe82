"""Several relay processes on one listening socket share out the connections, whatever befalls one.

Real processes, as under supervisord; what is in one process is in `tests/relay/test_acceptor.py`.
"""

import asyncio
import contextlib
import signal
import socket
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from proxy.relay.siblings import SLOTS
from proxy.store.database import Store
from tests.relay import conftest as fixtures
from tests.relay.conftest import Running, Upstream, prepare, status_of
from tests.test_relay_app import Workers, running_behind

upstream = fixtures.upstream

# So many more than the other that it leaves the next ones to it.
MANY = 30


class Pair:
    """Two relay processes that have seen each other."""

    def __init__(self, workers: Workers, running: Running, run: Path) -> None:
        self.workers = workers
        self.running = running
        self._run = run
        self._held: list[socket.socket] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self._before: list[int] = []

    async def start(self, *, held: int = 0) -> None:
        """Start one, open `held` connections to it, then start the other."""
        for number in (held, 0):
            self.processes.append(await asyncio.to_thread(self.workers.start))
            self._before.append(self._sockets(self.processes[-1]))
            await self.hold(number)
        seen = self._said()
        await until(lambda: all(a > b for a, b in zip(self._said(), seen, strict=True)))

    async def hold(self, number: int) -> None:
        """Open connections one by one, at least 2 ms apart, and keep them."""
        others = sum(self.counts) - len(self._held)
        for _ in range(number):
            self._held.append(socket.create_connection(("127.0.0.1", self.workers.port)))
            await asyncio.sleep(0.002)
            await until(lambda: sum(self.counts) == others + len(self._held))

    @property
    def counts(self) -> list[int]:
        """How many connections each has."""
        pairs = zip(self.processes, self._before, strict=True)
        return [self._sockets(process) - before for process, before in pairs]

    async def ask(self) -> bool:
        """Ask on a connection of its own; was it answered?"""
        try:
            return status_of(await self.running.ask("x")) == 200
        except ConnectionError:
            return False

    def release(self) -> None:
        while self._held:
            self._held.pop().close()

    async def close(self) -> None:
        self.release()
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.kill()
            await asyncio.to_thread(process.communicate)
        self.workers.listener.close()

    @staticmethod
    def _sockets(process: subprocess.Popen[bytes]) -> int:
        found = set()
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found.add(str(descriptor.readlink()))
        return len({name for name in found if name.startswith("socket:")})

    def _said(self) -> list[int]:
        """When each spoke last; a moment later it has looked, too."""
        words = struct.unpack(f"={2 * SLOTS}Q", (self._run / "relays").read_bytes())
        return list(words[1 : 2 * len(self.processes) : 2])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
async def pair(store: Store, upstream: Upstream, tmp_path: Path) -> AsyncIterator[Pair]:
    run = tmp_path / "run"
    run.mkdir()
    user = await prepare(store, upstream)
    workers = Workers(tmp_path, run)
    made = Pair(workers, running_behind(workers, store, upstream, user), run)
    yield made
    await made.close()


async def test_connections_that_come_one_by_one_are_shared_out(pair: Pair) -> None:
    await pair.start()
    await pair.hold(60)
    assert min(pair.counts) >= 20


async def test_a_process_that_hangs_delays_nobody_and_loses_nothing(pair: Pair) -> None:
    await pair.start(held=MANY)
    pair.processes[1].send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert all([await pair.ask() for _ in range(20)])
    assert all(await asyncio.gather(*[pair.ask() for _ in range(100)]))
    # By far less than what the sibling hangs, or a wait for each of so many.
    assert time.monotonic() - began < 3
    pair.processes[1].send_signal(signal.SIGCONT)
    assert await pair.ask()


async def test_when_one_is_killed_the_other_takes_all(pair: Pair) -> None:
    await pair.start(held=MANY)
    assert all([await pair.ask() for _ in range(10)])
    asking = [asyncio.ensure_future(pair.ask()) for _ in range(10)]
    pair.processes[1].kill()
    await asyncio.to_thread(pair.processes[1].wait)
    await asyncio.gather(*asking)
    assert all([await pair.ask() for _ in range(20)])
    assert all(await asyncio.gather(*[pair.ask() for _ in range(50)]))


async def test_one_that_came_later_is_given_the_next_and_takes_all_when_the_other_drains(
    pair: Pair,
) -> None:
    await pair.start(held=MANY)
    resting, taking = pair.processes
    await pair.hold(15)
    assert pair.counts[1] >= 10
    resting.send_signal(signal.SIGTERM)
    assert all([await pair.ask() for _ in range(20)])
    pair.release()
    await asyncio.to_thread(resting.communicate, timeout=20)
    assert resting.returncode == 0
    assert all([await pair.ask() for _ in range(20)])
    assert await asyncio.to_thread(Workers.end, taking) == 0


async def test_of_many_quick_connections_none_is_lost(pair: Pair) -> None:
    await pair.start(held=MANY)

    async def ask() -> list[bool]:
        return [await pair.ask() for _ in range(150)]

    answered = await asyncio.gather(*[ask() for _ in range(8)])
    assert [all(each) for each in answered] == [True] * 8
