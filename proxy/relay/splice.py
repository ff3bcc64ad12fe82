"""A websocket after its 101: two transports whose bytes go across unread.

Promises: no message limit, no re-compression, close codes as they are; back-pressure both ways;
when one side ends, the other is ended after what is on its way. Must not: be made before the 101
was checked.
"""

import asyncio
from collections.abc import Callable

from proxy.relay.browser import BrowserConnection
from proxy.relay.outbox import Outbox

_HELD = 16 * 1024


class Side(asyncio.Protocol):
    """Receives from one transport and writes to the other."""

    __slots__ = ("_ended", "_other", "_outbox", "received", "stalled_at")

    def __init__(self, other: asyncio.Transport, ended: Callable[[], None], outbox: Outbox) -> None:
        self._outbox = outbox
        self._other: asyncio.Transport | None = other
        self._ended = ended
        self.received = 0
        # When its own transport stopped taking more (loop time); 0.0 while it takes.
        self.stalled_at = 0.0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._other is not None:
            self._outbox.send(self._other, data)

    def pause_writing(self) -> None:
        self.stall(asyncio.get_running_loop().time())

    def stall(self, since: float) -> None:
        """Its transport has taken no more since then (loop time): the other is not read."""
        self.stalled_at = since
        if self._other is not None:
            self._other.pause_reading()

    def resume_writing(self) -> None:
        self.stalled_at = 0.0
        if self._other is not None:
            self._other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        other, self._other = self._other, None
        if other is not None:
            if exc is None:
                self._outbox.close(other)
            else:
                other.abort()
        self._ended()


class SplicedPair:
    """Both sides of one websocket; `on_end` is called once, when the first side is gone."""

    __slots__ = ("_ends", "_outbox", "browser_side", "is_over", "on_end", "upstream_side")

    def __init__(
        self, browser: asyncio.Transport, upstream: asyncio.Transport, outbox: Outbox
    ) -> None:
        self._outbox = outbox
        self.browser_side = Side(upstream, self._ended, outbox)
        self.upstream_side = Side(browser, self._ended, outbox)
        self._ends = (browser, upstream)
        self.is_over = False
        self.on_end: Callable[[], None] | None = None

    def cut(self) -> None:
        """End it now: the credential does not hold any more, or the relay goes."""
        for transport in self._ends:
            transport.abort()

    def close(self) -> None:
        """End it after what is on its way."""
        self._outbox.flush()
        for transport in self._ends:
            transport.close()

    def end_stalled(self, latest: float) -> bool:
        """Cut it if one side has taken nothing since before `latest` (loop time)."""
        sides = (self.browser_side, self.upstream_side)
        is_stalled = any(0.0 < side.stalled_at < latest for side in sides)
        if is_stalled:
            self.cut()
        return is_stalled

    def _ended(self) -> None:
        if not self.is_over:
            self.is_over = True
            if self.on_end is not None:
                self.on_end()


def splice(
    browser: BrowserConnection,
    transport: asyncio.Transport,
    upstream: asyncio.Transport,
    outbox: Outbox,
) -> SplicedPair:
    """Join the two; what the browser sent after its head goes up first."""
    pair = SplicedPair(transport, upstream, outbox)
    # Hold little more than what is read at once, which is up to 256 KiB.
    transport.set_write_buffer_limits(high=_HELD)
    upstream.set_write_buffer_limits(high=_HELD)
    upstream.set_protocol(pair.upstream_side)
    # Reading may have been paused for the browser while it was slow; the pair decides from here.
    upstream.resume_reading()
    tail = browser.take_over(pair.browser_side)
    if browser.writing_paused:
        pair.browser_side.stall(browser.full_since)
    if tail:
        pair.browser_side.data_received(tail)
    return pair
