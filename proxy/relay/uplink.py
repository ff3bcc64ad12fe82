"""What goes up on a connection to a server, and who is held back while the server takes no more.

Promises: what is given is sent in its order; a source that follows, or waits for room, is told when
there is none. Must not: know what comes down.
"""

import asyncio

from proxy.relay.conveyor import Conveyor, Conveyors, Watcher
from proxy.relay.long_body import Source


class Uplink(asyncio.Protocol):
    """The way up; what comes down is its heir's."""

    __slots__ = ("_conveyors", "_is_full", "_room", "_source", "transport")

    def __init__(self, conveyors: Conveyors) -> None:
        self._conveyors = conveyors
        # While it takes no more: who waits for that to end.
        self._is_full = False
        self._room: asyncio.Future[None] | None = None
        self._source: Source | None = None
        self.transport: asyncio.Transport | None = None

    def follow(self, source: Source) -> None:
        """Hold `source` back while the server takes no more."""
        self._source = source
        if self._is_full:
            source.pause_feeding()

    def haul(self, source: asyncio.Transport, length: int, watcher: Watcher) -> Conveyor | None:
        """Have the kernel carry `length` bytes from `source` to the server, if it is worth it."""
        if self.transport is None or self.transport.is_closing():
            return None
        return self._conveyors.engage(source, self.transport, length, watcher)

    async def room(self) -> None:
        """Wait until the upstream takes more (request-side back-pressure)."""
        if self._is_full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    def pause_writing(self) -> None:
        self._is_full = True
        if self._source is not None:
            self._source.pause_feeding()

    def resume_writing(self) -> None:
        self._is_full = False
        if self._source is not None:
            self._source.resume_feeding()
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)
