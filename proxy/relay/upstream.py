"""One connection to a Jupyter server: idle, or carrying exactly one exchange.

Promises: what reaches the browser is one well-formed response, framed as it declared; when the
upstream does anything else, the exchange ends `CUT` or `MALFORMED` and this connection is never
used again. Bytes that nobody asked for close an idle connection. Must not: decide who may ask.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from proxy.core.chunks import ChunkFollower
from proxy.core.response_head import MAX_HEAD, Framing, MalformedResponse
from proxy.core.websocket_handshake import answers
from proxy.relay.answer_heads import AnswerHead, judge_head
from proxy.relay.conveyor import Arrival, Conveyor, Conveyors
from proxy.relay.exchange import Exchange, Outcome
from proxy.relay.long_answer import LongAnswer
from proxy.relay.outbox import Outbox
from proxy.relay.splice import splice
from proxy.relay.uplink import Uplink

_MAX_INTERIM = 8


class UpstreamConnection(Uplink):
    """`released` is called with the connection when it may carry another exchange."""

    __slots__ = (
        "_chunks",
        "_conveyor",
        "_exchange",
        "_head",
        "_interim",
        "_left",
        "_outbox",
        "_receive",
        "_released",
        "_reusable",
        "idle_since",
    )

    def __init__(
        self,
        released: Callable[["UpstreamConnection"], None],
        outbox: Outbox,
        conveyors: Conveyors,
    ) -> None:
        super().__init__(conveyors)
        self._released = released
        self._outbox = outbox
        # Carries the rest of a long answer past us.
        self._conveyor: Conveyor | None = None
        self._exchange: Exchange | None = None
        self._head = b""
        self._interim = 0
        self._left = 0
        self._chunks = ChunkFollower()
        self._receive: Callable[[bytes], None] = self._receive_unasked
        self._reusable = False
        self.idle_since = 0.0

    def begin(self, exchange: Exchange, head: bytes) -> None:
        """Send a request head; the answer goes to the exchange's browser."""
        self._exchange = exchange
        self._head, self._interim, self._reusable = b"", 0, False
        self._receive = self._receive_head
        exchange.carrier = self
        exchange.browser.feeder = self
        if exchange.browser.writing_paused:
            self.pause_feeding()
        if exchange.uploaded and self.transport is not None:
            # Nothing follows it up.
            exchange.sent += len(head)
            self._outbox.send(self.transport, head)
        else:
            self.send(head)

    def send(self, data: bytes) -> None:
        if self.transport is not None:
            if self._exchange is not None:
                self._exchange.sent += len(data)
            if not self.transport.is_closing():
                self.transport.write(data)

    def abandon(self) -> None:
        """The browser went away, or the exchange is over early: this connection is not reused."""
        self._exchange = self._source = None
        self._receive = self._receive_unasked
        self._stop_conveyor()
        if self.transport is not None:
            self.transport.abort()

    def pause_feeding(self) -> None:
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_feeding(self) -> None:
        if self.transport is not None and self._conveyor is None:
            self.transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._exchange is not None:
            self._exchange.received += len(data)
        try:
            self._receive(data)
        except MalformedResponse:
            self._end(Outcome.CUT if self._started() else Outcome.MALFORMED)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._stop_conveyor()
        self.resume_writing()
        if self._exchange is None:
            return
        if self._receive == self._receive_until_close and exc is None:
            self._end(Outcome.LAST)
        elif self._started():
            self._end(Outcome.CUT)
        else:
            self._end(Outcome.MALFORMED if self._head or self._interim else Outcome.NOTHING)

    def _started(self) -> bool:
        return self._exchange is not None and self._exchange.status > 0

    def _receive_unasked(self, data: bytes) -> None:
        self.abandon()

    def _receive_head(self, data: bytes) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101 (begin sets both)
        block = self._head + data if self._head else data
        end = block.find(b"\r\n\r\n")
        if len(block if end < 0 else block[:end]) > MAX_HEAD:
            raise MalformedResponse("long head")
        if end < 0:
            self._head = block
            return
        self._head = b""
        # An answer before the whole request was sent leaves a connection that can't be used again.
        last = exchange.last or not exchange.uploaded
        head = judge_head(block[:end], exchange.method, exchange.around, exchange.rest, last=last)
        rest = block[end + 4 :]
        if head.status >= 200:
            exchange.last = last
            self._start(exchange, head, rest)
        elif head.status == 101:
            self._switch(exchange, head, rest)
        else:
            self._interim += 1
            if self._interim > _MAX_INTERIM:
                raise MalformedResponse("too many interim responses")
            if rest:
                self._receive_head(rest)

    def _start(self, exchange: Exchange, head: AnswerHead, body: bytes) -> None:
        self._reusable = head.keep_alive
        exchange.last = exchange.last or head.framing is Framing.UNTIL_CLOSE
        exchange.status = head.status
        if head.framing is Framing.NONE:
            self._outbox.send(exchange.transport, head.written)
            self._finish(excess=bool(body))
        elif head.framing is Framing.COUNTED and len(body) <= head.length:
            self._start_counted(exchange, head, body)
        else:
            exchange.write(head.written)
            self._start_body(head)
            if body:
                self._receive(body)

    def _start_counted(self, exchange: Exchange, head: AnswerHead, body: bytes) -> None:
        """Head and body in one write: most answers come whole."""
        data = head.written + body if body else head.written
        self._left, self._receive = head.length - len(body), self._receive_counted
        if self._left:
            exchange.write(data)
            self._convey(exchange)
        else:
            self._outbox.send(exchange.transport, data)
            self._finish(excess=False)

    def _convey(self, exchange: Exchange) -> None:
        """Let the kernel carry the rest, if it is long."""
        if self.transport is not None and not exchange.transport.is_closing():
            self._conveyor = self._conveyors.engage(
                self.transport, exchange.transport, self._left, LongAnswer(exchange, self._arrived)
            )

    def _arrived(self, arrival: Arrival) -> None:
        self._conveyor = None
        if arrival in {Arrival.WHOLE, Arrival.EXCEEDED}:
            self._finish(excess=arrival is Arrival.EXCEEDED)
        else:
            self._end(Outcome.CUT)

    def _stop_conveyor(self) -> None:
        conveyor, self._conveyor = self._conveyor, None
        if conveyor is not None:
            conveyor.stop()

    def _start_body(self, head: AnswerHead) -> None:
        if head.framing is Framing.COUNTED:
            self._left, self._receive = head.length, self._receive_counted
        elif head.framing is Framing.CHUNKED:
            self._chunks, self._receive = ChunkFollower(), self._receive_chunks
        else:
            self._receive = self._receive_until_close

    def _switch(self, exchange: Exchange, head: AnswerHead, rest: bytes) -> None:
        if exchange.offer is None or not answers(exchange.offer, head.parsed.headers):
            raise MalformedResponse("101 that nobody asked for")
        assert self.transport is not None  # noqa: S101 (data came from it)
        exchange.status = 101
        upstream, self.transport, self._exchange = self.transport, None, None
        exchange.carrier = None
        self._outbox.send(exchange.transport, head.written + rest)
        exchange.pair = splice(exchange.browser, exchange.transport, upstream, self._outbox)
        exchange.end(Outcome.SWITCHED)

    def _receive_counted(self, data: bytes) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101
        size = len(data)
        if size < self._left:
            self._left -= size
            exchange.write(data)
            return
        exchange.write(data[: self._left] if size > self._left else data)
        self._finish(excess=size > self._left)

    def _receive_chunks(self, data: bytes) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101
        passed = self._chunks.feed(data)
        if passed:
            exchange.write(passed)
        if self._chunks.done:
            self._finish(excess=self._chunks.excess)

    def _receive_until_close(self, data: bytes) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101
        exchange.write(data)

    def _finish(self, *, excess: bool) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101
        # A connection on which an upgrade was asked for is not trusted with another request.
        clean = not excess and exchange.uploaded and exchange.offer is None
        reusable = self._reusable and clean and self.transport is not None
        self._end(Outcome.LAST if exchange.last or not clean else Outcome.COMPLETE, keep=reusable)

    def _end(self, outcome: Outcome, *, keep: bool = False) -> None:
        exchange, self._exchange = self._exchange, None
        self._source = None
        self._receive = self._receive_unasked
        self._stop_conveyor()
        if exchange is None:
            return
        exchange.browser.feeder = None
        exchange.carrier = None
        exchange.end(outcome)
        if keep:
            self.resume_feeding()
            self._released(self)
        elif self.transport is not None:
            self.transport.abort()
