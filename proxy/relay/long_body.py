"""A long request body of declared length, on its way past aiohttp's buffers to the server.

aiohttp parses the head; the body's bytes are only counted, and the kernel carries most of a body of
megabytes. Promises: the server gets exactly the declared bytes, in their order; while it takes no
more, the browser is not read; what comes after the body is kept for the next request. Until
somebody claims it, at most one read is held.
"""

import asyncio
from enum import Enum
from typing import Protocol

from proxy.relay.conveyor import Arrival, Conveyor, Watcher

# A shorter one may as well take aiohttp's way.
LONG = 256 * 1024
_LAST_WORD_SECONDS = 1.0


class Source(Protocol):
    """What a sink holds back while it is full."""

    def pause_feeding(self) -> None: ...
    def resume_feeding(self) -> None: ...


class Sink(Protocol):
    """The upstream connection: `follow` tells it whom to hold back, `haul` spares us the bytes."""

    def send(self, data: bytes) -> None: ...
    def follow(self, source: Source) -> None: ...
    def haul(self, source: asyncio.Transport, length: int, watcher: Watcher) -> Conveyor | None: ...


class Progress(Enum):
    """What became of the body."""

    UNCLAIMED = "unclaimed"
    FLOWING = "flowing"
    WHOLE = "whole"
    BROKEN = "broken"


class LongBody:
    """`left` counts what is still to come, `hauled` what the kernel carried; `tail` is what came
    after the end.
    """

    __slots__ = (
        "_conveyor",
        "_ended",
        "_held",
        "_sink",
        "_transport",
        "hauled",
        "left",
        "progress",
        "tail",
    )

    def __init__(self, transport: asyncio.Transport, length: int) -> None:
        self._transport = transport
        self._held = b""
        self._sink: Sink | None = None
        self._ended: asyncio.Future[None] | None = None
        self._conveyor: Conveyor | None = None
        self.hauled = 0
        self.left = length
        self.tail = b""
        self.progress = Progress.UNCLAIMED

    def feed(self, data: bytes) -> None:
        """Take what the browser sent."""
        if self._sink is None:
            self._held += data
            self._transport.pause_reading()
            return
        if len(data) > self.left:
            self.tail += data[self.left :]
            self._transport.pause_reading()
            data = data[: self.left]
        if self.progress is not Progress.FLOWING:
            return
        self.left -= len(data)
        self._sink.send(data)
        if not self.left:
            self._end(Progress.WHOLE)

    async def flow(self, sink: Sink, stall_seconds: float) -> bool:
        """Send everything to `sink`; return whether all of it was.

        False if the browser or the server left, or nothing moved for `stall_seconds`.
        """
        self._sink, self.progress = sink, Progress.FLOWING
        self._ended = asyncio.get_running_loop().create_future()
        held, self._held = self._held, b""
        sink.follow(self)
        if held:
            self.feed(held)
        if self.progress is Progress.FLOWING:
            self._conveyor = sink.haul(self._transport, self.left, self)
        self.resume_feeding()
        try:
            while self.progress is Progress.FLOWING:
                before = self.left
                await asyncio.wait([self._ended], timeout=stall_seconds)
                if self.left == before:
                    self.stop()
        finally:
            self._stop_conveyor()
        return self.progress is Progress.WHOLE

    def give_back(self) -> bytes:
        """Nobody wants it: return what was held, for aiohttp to read and drop."""
        held, self._held = self._held, b""
        return held

    def stop(self) -> None:
        """The browser has gone, or the server takes no more."""
        if self.progress is not Progress.WHOLE:
            self._end(Progress.BROKEN)

    def pause_feeding(self) -> None:
        self._transport.pause_reading()

    def resume_feeding(self) -> None:
        if self._conveyor is not None or self._transport.is_closing():
            return
        if self.progress is Progress.FLOWING:
            self._transport.resume_reading()

    def conveyed(self, count: int) -> None:
        self.left -= count
        self.hauled += count

    def stalled(self, since: float) -> None:
        """`flow` sees for itself whether anything moves."""

    def arrived(self, arrival: Arrival) -> None:
        """What came behind the body is still to be read, and is the next request."""
        self._conveyor = None
        if arrival is Arrival.SOURCE_LOST:
            self.stop()
        elif arrival is Arrival.SINK_LOST:
            # The server may have answered before it left, which its own connection tells; or not.
            asyncio.get_running_loop().call_later(_LAST_WORD_SECONDS, self.stop)
        else:
            self.resume_feeding()
            self._end(Progress.WHOLE)

    def _end(self, progress: Progress) -> None:
        self.progress = progress
        self._stop_conveyor()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _stop_conveyor(self) -> None:
        conveyor, self._conveyor = self._conveyor, None
        if conveyor is not None:
            conveyor.stop()
