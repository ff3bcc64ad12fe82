"""Every browser's connection of this process: how many, how long, and their end.

Promises: at most `capacity` at once; of one address that is no trusted proxy at most `MAX_RESTING`
that only wait; a head takes at most `HEAD_SECONDS`, a rest at most `REST_SECONDS`.
"""

import asyncio
from collections.abc import Callable, Iterable
from heapq import nsmallest

from proxy.relay.aiohttp_connection import AiohttpServer, Handler
from proxy.relay.browser import BrowserConnection, Repeat
from proxy.relay.outbox import Outbox

HEAD_SECONDS = 10.0
# Longer than the idle time of load balancers (60 s), so that they, not we, close first.
REST_SECONDS = 75.0
# What a browser has not read by then, it does not get.
CLOSING_SECONDS = 5.0
# A class behind one address has a few hundred; what waits longest goes first.
MAX_RESTING = 1024
_CLOSED_TOGETHER = 64


def _is_bounded(_address: str) -> bool:
    return True


def _leave(_transport: asyncio.BaseTransport, _address: str) -> None:
    return


def _never(_connection: BrowserConnection, _data: bytes) -> bool:
    return False


def _none() -> int:
    return 0


def _ignore(_status: int) -> None:
    return


class BrowserServer:
    """Makes a `BrowserConnection` for each accepted socket; a factory of protocols.

    `count_others` says how many connections have been taken over, and count too; `is_bounded` says
    of an address whether one client is behind it (a trusted proxy has many); `settle` is called
    with each new connection's transport and address.
    """

    def __init__(
        self,
        handler: Handler,
        outbox: Outbox,
        *,
        repeat: Repeat = _never,
        capacity: int = 100_000,
        count_others: Callable[[], int] = _none,
        is_bounded: Callable[[str], bool] = _is_bounded,
        settle: Callable[[asyncio.BaseTransport, str], None] = _leave,
        on_fault: Callable[[int], None] = _ignore,
    ) -> None:
        self._outbox = outbox
        self._repeat = repeat
        self._capacity = capacity
        self._count_others = count_others
        self._is_bounded = is_bounded
        self._settle = settle
        self._aiohttp = AiohttpServer(handler, on_fault)
        self._connections: set[BrowserConnection] = set()
        self._by_address: dict[str, set[BrowserConnection]] = {}

    def __call__(self) -> "BrowserConnection":
        return BrowserConnection(self._aiohttp, self._repeat, self, self._outbox)

    def __len__(self) -> int:
        return len(self._connections)

    @property
    def connections(self) -> list[BrowserConnection]:
        return list(self._connections)

    def enter(self, connection: BrowserConnection) -> None:
        """Count a new connection, and make room for it or close it."""
        self._connections.add(connection)
        if len(self._connections) + self._count_others() > self._capacity:
            connection.cut()
        address = connection.address
        if connection.transport is not None:
            self._settle(connection.transport, address)
        if self._is_bounded(address):
            group = self._by_address.setdefault(address, set())
            group.add(connection)
            if len(group) > MAX_RESTING:
                _close_longest_resting(group)

    def sweep(self) -> int:
        """Close what takes too long; return how many. Call it each second."""
        now = asyncio.get_running_loop().time()
        late = [c for c in self.connections if c.end_late_head(now - HEAD_SECONDS)]
        stuck = [c for c in self.connections if c.end_closing(now, CLOSING_SECONDS)]
        return len(late) + len(stuck) + self.close_resting(after=REST_SECONDS)

    def close_resting(self, *, after: float) -> int:
        """Close connections that have waited `after` seconds for a request; return how many."""
        latest = asyncio.get_running_loop().time() - after
        resting = [c for c in self.connections if c.is_resting and c.rested_from <= latest]
        for connection in resting:
            connection.close()
        return len(resting)

    async def shutdown(self, seconds: float) -> None:
        """Give the handlers that run so long, then end everything."""
        await self._aiohttp.shutdown(seconds)
        for connection in self.connections:
            connection.cut()

    def leave(self, connection: BrowserConnection) -> None:
        """Count one less; it may have left before."""
        self._connections.discard(connection)
        group = self._by_address.get(connection.address)
        if group is not None:
            group.discard(connection)
            if not group:
                del self._by_address[connection.address]


def _close_longest_resting(group: Iterable[BrowserConnection]) -> None:
    """Several at once, so that a flood does not make us search the group for each connection."""
    resting = (connection for connection in group if connection.is_resting)
    for connection in nsmallest(_CLOSED_TOGETHER, resting, key=lambda c: c.rested_from):
        connection.close()
