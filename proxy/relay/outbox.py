"""Small writes of one round of the event loop, sent together at its end.

Why: a write wakes whoever waits for it, at once; with a write after each read, relay and peers wake
each other in turn, and most of the time goes into waking. Sent together, they find work in heaps.

Promises: what was given is sent in its order, before anything that a task or a later round sends;
what is to be closed is closed after that. Must not: be used where the same callback goes on to
write, or to close by itself, without `flush`.
"""

import asyncio
from collections.abc import Callable


class Outbox:
    """One of a process; `call_soon` is the loop's."""

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []
        self._closing: list[asyncio.Transport] = []

    def send(self, transport: asyncio.Transport, data: bytes) -> None:
        """Send `data` at the end of this round, if the transport is open then."""
        waiting = self._waiting
        waiting.append((transport, data))
        if len(waiting) == 1:
            self._call_soon(self.flush)

    def close(self, transport: asyncio.Transport) -> None:
        """Close at the end of this round, after what is sent then."""
        self._closing.append(transport)
        if len(self._closing) == 1:
            self._call_soon(self.flush)

    def flush(self) -> None:
        """Send everything now."""
        waiting, self._waiting = self._waiting, []
        for transport, data in waiting:
            # uvloop raises on a closed transport, where asyncio says nothing.
            if not transport.is_closing():
                transport.write(data)
        if self._closing:
            closing, self._closing = self._closing, []
            for transport in closing:
                transport.close()
