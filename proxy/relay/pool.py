"""Kept-alive connections to servers, by the path of their unix socket.

Promises: a connection is dialled within `CONNECT_SECONDS`; as many at once as are asked for (a
shared cap would let one person's websockets hang everybody); idle ones are bounded in number and
age. Must not: hand out a connection that carried a malformed exchange (they are never released).
"""

import asyncio
import errno
import socket
from collections import deque
from functools import partial

from proxy import metrics
from proxy.core.errors import UpstreamBroken, UpstreamSlow
from proxy.relay.conveyor import Conveyors
from proxy.relay.outbox import Outbox
from proxy.relay.upstream import UpstreamConnection

CONNECT_SECONDS = 5.0
# A class in one shared server asks for a few hundred things at once.
MAX_IDLE = 512
IDLE_SECONDS = 60.0


class Pool:
    """Every connection of this process to any server."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._conveyors = Conveyors()
        self._idle: dict[str, deque[UpstreamConnection]] = {}
        self._loop = asyncio.get_running_loop()

    def take_idle(self, address: str) -> UpstreamConnection | None:
        """Return the most recently used idle connection, if one lives."""
        idle = self._idle.get(address)
        while idle:
            connection = idle.pop()
            transport = connection.transport
            if transport is not None and not transport.is_closing():
                return connection
        return None

    async def dial(self, address: str) -> UpstreamConnection:
        """Open a new connection; raises `UpstreamBroken` or `UpstreamSlow`."""
        release = partial(self._release, address)
        make = partial(UpstreamConnection, release, self._outbox, self._conveyors)
        began = self._loop.time()
        try:
            connected = await self._connect(address)
            _, connection = await self._loop.create_unix_connection(make, sock=connected)
        except TimeoutError as slow:
            metrics.RELAY_CONNECT_FAILURES.inc()
            raise UpstreamSlow(detail=f"connect to {address}") from slow
        except OSError as refused:
            metrics.RELAY_CONNECT_FAILURES.inc()
            raise UpstreamBroken(detail=f"connect to {address}: {refused}") from refused
        metrics.RELAY_CONNECT_SECONDS.observe(self._loop.time() - began)
        return connection

    async def _connect(self, address: str) -> socket.socket:
        """Connect; where no descriptor is left, idle connections give theirs."""
        try:
            return await _connect(address)
        except OSError as full:
            if full.errno not in {errno.EMFILE, errno.ENFILE} or not self._idle:
                raise
        self.close()
        await asyncio.sleep(0)  # they close in the loop's next round
        return await _connect(address)

    def forget(self, address: str) -> None:
        """Close the idle connections to a server that went or moved."""
        for connection in self._idle.pop(address, ()):
            connection.abandon()

    def sweep(self) -> None:
        """Close what was idle too long; call it every few seconds."""
        latest = self._loop.time() - IDLE_SECONDS
        for address, idle in list(self._idle.items()):
            while idle and (idle[0].idle_since < latest or idle[0].transport is None):
                idle.popleft().abandon()
            if not idle:
                del self._idle[address]

    def close(self) -> None:
        for address in list(self._idle):
            self.forget(address)

    def _release(self, address: str, connection: UpstreamConnection) -> None:
        idle = self._idle.setdefault(address, deque())
        connection.idle_since = self._loop.time()
        idle.append(connection)
        if len(idle) > MAX_IDLE:
            idle.popleft().abandon()


async def _connect(address: str) -> socket.socket:
    """Connect to a unix socket; while the server's queue is full, wait and try again.

    A full queue is `EAGAIN` there (unix(7)), which the event loop would take for “under way”.
    """
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        try:
            connecting.connect(address)
        except BlockingIOError:
            async with asyncio.timeout(CONNECT_SECONDS):
                await _connect_to_a_full_queue(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _connect_to_a_full_queue(connecting: socket.socket, address: str) -> None:
    pause = 0.002
    while True:
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.1)
        try:
            connecting.connect(address)
        except BlockingIOError:
            continue
        return
