"""One connection of a browser: what it sends goes to the fast lane, or to aiohttp.

Promises: a connection has 10 s to send a head and 75 s to rest; the browser's back-pressure
reaches the upstream; while a repeated request is answered, what comes next waits, and no more is
read. aiohttp's part is made when it is first needed. Must not: judge a request; the fast lane
knows what was judged before, and aiohttp's handler judges the rest.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from proxy.core.first_look import long_body_start, repeatable_block
from proxy.relay.aiohttp_connection import AiohttpConnection, AiohttpServer
from proxy.relay.aiohttp_parts import BaseRequest, StreamReader
from proxy.relay.exchange import Exchange, Outcome
from proxy.relay.long_body import LONG, LongBody, Progress
from proxy.relay.outbox import Outbox


class Pausable(Protocol):
    """What feeds the browser and must rest while the browser is slow."""

    def pause_feeding(self) -> None: ...
    def resume_feeding(self) -> None: ...


class Registry(Protocol):
    """Counts connections."""

    def enter(self, connection: "BrowserConnection") -> None: ...
    def leave(self, connection: "BrowserConnection") -> None: ...


# Answers a request like one before it, or says that it can't.
Repeat = Callable[["BrowserConnection", bytes], bool]


class BrowserConnection(asyncio.Protocol):
    """`address` is the peer's, without its port; empty for a unix socket."""

    __slots__ = (
        "_aiohttp",
        "_closing_since",
        "_held",
        "_loop",
        "_outbox",
        "_registry",
        "_repeat",
        "_server",
        "address",
        "block",
        "body",
        "failure",
        "feeder",
        "full_since",
        "has_asked",
        "repeated",
        "resting_since",
        "transport",
        "writing_paused",
    )

    def __init__(
        self, server: AiohttpServer, repeat: Repeat, registry: Registry, outbox: Outbox
    ) -> None:
        self._outbox = outbox
        self._server = server
        self._repeat = repeat
        self._registry = registry
        self._loop = asyncio.get_running_loop()
        self._aiohttp: AiohttpConnection | None = None
        self._held = b""
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.feeder: Pausable | None = None
        self.writing_paused = False
        # When it stopped taking more, and when closing began (loop time); 0.0 for neither.
        self.full_since = 0.0
        self._closing_since = 0.0
        # When it began to wait for a request (loop time), and whether there was one before.
        self.resting_since = 0.0
        self.has_asked = False
        # The exchange that the fast lane runs; and how it failed, for aiohttp's handler to know.
        self.repeated: Exchange | None = None
        self.failure: Outcome | None = None
        # The header block of the request that aiohttp handles, if the same bytes may be repeated.
        self.block: bytes | None = None
        # A long body that goes to the server past aiohttp.
        self.body: LongBody | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.resting_since = self._loop.time()
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if peer else ""
        self._registry.enter(self)

    def data_received(self, data: bytes) -> None:
        if self.repeated is not None:
            self._hold(data)
            return
        if self._closing_since:
            return  # after the last answer nothing is asked any more
        if self.body is not None:
            self.body.feed(data)
            return
        aiohttp = self._aiohttp
        self.block = None
        if aiohttp is None or (aiohttp.is_at_rest and not aiohttp.may_hold_tail):
            if self._repeat(self, data):
                self.has_asked = True
                return
            self.block = repeatable_block(data)
            if end := long_body_start(data, LONG):
                self._parse_head(data, end)
                return
        self._parse(data)

    def finish(self, outcome: Outcome, data: bytes) -> None:
        """The fast lane's exchange ended; `data` is its request, asked again if it failed."""
        self.repeated = None
        self.resting_since = self._loop.time()
        if outcome is Outcome.COMPLETE:
            if self._held:
                self._release_held()
        elif outcome is Outcome.LAST:
            self._closing_since = self.resting_since
            if self.transport is not None:
                self._outbox.close(self.transport)
        elif outcome is Outcome.CUT:
            self.cut()
        elif outcome is not Outcome.SWITCHED:
            self.failure = outcome
            self.block = None
            held, self._held = self._held, b""
            if self.transport is not None:
                self.transport.resume_reading()
                self._parse(data + held)

    def pause_writing(self) -> None:
        self.writing_paused = True
        self.full_since = self._loop.time()
        if self._aiohttp is not None:
            self._aiohttp.pause_writing()
        if self.feeder is not None:
            self.feeder.pause_feeding()

    def resume_writing(self) -> None:
        self.writing_paused = False
        self.full_since = 0.0
        if self._aiohttp is not None:
            self._aiohttp.resume_writing()
        if self.feeder is not None:
            self.feeder.resume_feeding()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._registry.leave(self)
        if self.repeated is not None:
            exchange, self.repeated = self.repeated, None
            exchange.abandon()
        if self._aiohttp is not None:
            self._aiohttp.connection_lost(exc)
            self._aiohttp = None
        if self.body is not None:
            self.body.stop()

    def take_over(self, successor: asyncio.Protocol) -> bytes:
        """Hand the transport to `successor`; return what the browser sent after its head."""
        transport, self.transport = self.transport, None
        assert transport is not None  # noqa: S101 (the caller holds a live connection)
        tail = self._held if self._aiohttp is None else self._aiohttp.release() + self._held
        self._aiohttp, self._held = None, b""
        self._registry.leave(self)
        transport.set_protocol(successor)
        transport.resume_reading()
        return tail

    def renew(self) -> None:
        """A long body went past aiohttp, whose parser still waits for it: begin with a new one."""
        body, self.body = self.body, None
        assert body is not None  # noqa: S101 (its request was carried)
        if self._aiohttp is not None:
            self._aiohttp.release()
            self._aiohttp = None
        self.resting_since = self._loop.time()
        self._outbox.flush()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()
            if body.tail:
                self.data_received(body.tail)

    def drop_body(self, content: StreamReader) -> None:
        """The request is refused: a long body that nobody took is aiohttp's to drop."""
        body, self.body = self.body, None
        if body is None or self._aiohttp is None or self.transport is None:
            return
        if body.progress is Progress.UNCLAIMED:
            self._aiohttp.data_received(body.give_back())
            self.transport.resume_reading()
        else:
            content.feed_eof()

    def close(self) -> None:
        """Close after what is on its way."""
        self._outbox.flush()
        if self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    @property
    def is_resting(self) -> bool:
        """Does it wait for a request, with nothing under way?"""
        if self.repeated is not None or self.transport is None or self.transport.is_closing():
            return False
        return self._aiohttp is None or self._aiohttp.is_at_rest

    def end_closing(self, now: float, seconds: float) -> bool:
        """Cut what has been closing for `seconds`: its reader takes nothing; was it cut?

        Call it each second, `now` is loop time.
        """
        if self.transport is None or not self.transport.is_closing():
            return False
        self._closing_since = self._closing_since or now
        is_stuck = now - self._closing_since > seconds
        if is_stuck:
            self.transport.abort()
        return is_stuck

    @property
    def rested_from(self) -> float:
        """When the rest began (loop time), if it is at rest."""
        if self._aiohttp is None:
            return self.resting_since
        return max(self.resting_since, self._aiohttp.waiting_since)

    def end_late_head(self, latest: float) -> bool:
        """Refuse a head that began before `latest` (loop time) and has not ended; is there one?"""
        if self._aiohttp is None:
            is_late = not self.has_asked and self.resting_since < latest
            if is_late:
                self.close()
            return is_late
        is_late = 0.0 < self._aiohttp.head_since < latest
        if is_late:
            self._aiohttp.refuse(408, "Request Timeout")
        return is_late

    def _parse(self, data: bytes) -> None:
        if self._aiohttp is None:
            if self.transport is None:
                return
            self.has_asked = True
            self._aiohttp = self._server.serve(self, self.transport)
            self._aiohttp.head_since = self._loop.time()
            if self.writing_paused:
                self._aiohttp.pause_writing()
        self._aiohttp.data_received(data)

    def _parse_head(self, data: bytes, end: int) -> None:
        """Let aiohttp read the head; the long body behind it is for whom takes the request."""
        self._parse(data[:end])
        rest = data[end:]
        if self._aiohttp is None or self.transport is None:
            return
        # aiohttp's word counts: it has checked that the head allows of one reading only.
        if length := self._aiohttp.declared_length:
            self.body = LongBody(self.transport, length)
            if rest:
                self.body.feed(rest)
        elif rest:
            self._parse(rest)

    def _hold(self, data: bytes) -> None:
        # One read holds at most 256 KiB; there is no second before these were answered.
        self._held += data
        if self.transport is not None:
            self.transport.pause_reading()

    def _release_held(self) -> None:
        held, self._held = self._held, b""
        if held and self.transport is not None:
            self._outbox.flush()
            self.transport.resume_reading()
            self.data_received(held)


def connection_of(request: BaseRequest) -> BrowserConnection:
    """Return the connection that a request came on."""
    protocol = request.protocol
    assert isinstance(protocol, AiohttpConnection)  # noqa: S101 (AiohttpServer makes no other)
    assert isinstance(protocol.owner, BrowserConnection)  # noqa: S101
    return protocol.owner
