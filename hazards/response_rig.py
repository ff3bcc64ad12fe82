"""The one place of the fuzz that knows the relay's classes: it plays both sides' transports.

Promises: `deliver` hands a case's pieces to a real `UpstreamConnection`, as an event loop would,
and tells what came of it. Must not: judge. When the relay's inside changes, this file follows.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hazards.response_case import Case, Ending
from proxy.core.response_headers import Surroundings
from proxy.core.websocket_handshake import Offer
from proxy.relay.conveyor import Conveyors
from proxy.relay.exchange import Exchange, Outcome
from proxy.relay.outbox import Outbox
from proxy.relay.upstream import UpstreamConnection

PREFIX = "/user/everyone/shared/"
ORIGIN = "http://127.0.0.1:3335"
ALLOWED_ORIGIN = "https://lms.example.org"
FRAMES = "frame-ancestors 'self' https://lms.example.org"
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455's own example
_OFFER = Offer(KEY, ("v1.kernel.websocket.jupyter.org",), frozenset({"permessage-deflate"}))
_AROUND = Surroundings(PREFIX, ORIGIN, FRAMES, frozenset({ALLOWED_ORIGIN}))
# What a connection carries when it is used again.
_NEXT = Case(
    method="GET",
    rest="lab",
    asks_close=False,
    offers=False,
    uploaded=True,
    is_slow=False,
    again=False,
    leaves=-1,
    pieces=(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",),
    ending=Ending.EOF,
)


def _at_once(flush: Callable[[], None]) -> None:
    """Stand for a loop whose round ends here."""
    flush()


class Wire(asyncio.Transport):
    """A transport without a socket: keeps what is written, and what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closing = False
        self.reading = True
        self.protocol: asyncio.BaseProtocol | None = None
        # A browser that is full after each write says so during the write.
        self.slow: _Browser | None = None
        # uvloop refuses to write to what is closed, before anybody was told that it is.
        self.is_gone = False

    def rest(self) -> None:
        """Let a slow browser catch up, as it does between two pieces."""
        if self.slow is not None and self.slow.feeder is not None:
            self.slow.feeder.resume_feeding()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_gone:
            raise RuntimeError("the handler is closed")
        self.sent.append(bytes(data))
        if self.slow is not None and self.slow.feeder is not None:
            self.slow.feeder.pause_feeding()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.closing or self.is_gone

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """It holds nothing."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


class _Browser:
    """Stands for the browser's connection, as far as an exchange knows it."""

    def __init__(self, transport: Wire, *, is_slow: bool) -> None:
        self.transport = transport
        self.writing_paused = is_slow
        self.full_since = 1.0
        self.feeder: Any = None
        if is_slow:
            transport.slow = self

    def take_over(self, successor: asyncio.Protocol) -> bytes:
        self.transport.protocol = successor
        return b""


class _Recorded(Exchange):
    """Keeps how it ended."""

    __slots__ = ("outcome",)

    def __init__(self, case: Case, heard: Wire) -> None:
        super().__init__(
            cast(Any, _Browser(heard, is_slow=case.is_slow)),
            heard,
            case.method,
            case.rest,
            _AROUND,
            began=0.0,
            last=case.asks_close or case.offers,
            offer=_OFFER if case.offers else None,
        )
        self.uploaded = case.uploaded
        self.outcome = ""

    def settle(self, outcome: Outcome) -> None:
        self.outcome = outcome.name


class Delivery:
    """What came of a case. `settled` is the index of the piece that ended the exchange.

    It is -1 while nothing did, and the number of pieces if the ending did. `early` is how many
    bytes had gone to the browser before the ending.
    """

    __slots__ = (
        "again", "browser", "closed", "early", "escaped", "outcome", "released", "settled",
        "stopped_reading",
    )  # fmt: skip

    def __init__(self) -> None:
        self.browser = b""
        self.early = 0
        self.outcome = ""
        self.settled = -1
        self.released = False
        self.closed = False
        self.stopped_reading = False
        self.escaped = ""
        self.again: bytes | None = None


def deliver(case: Case, pieces: tuple[bytes, ...]) -> Delivery:
    """Run one exchange over a connection of its own."""
    told = Delivery()
    released: list[UpstreamConnection] = []
    connection = UpstreamConnection(released.append, Outbox(_at_once), Conveyors(most=0))
    wire, heard = Wire(), Wire()
    wire.protocol = connection
    connection.connection_made(wire)
    exchange = _Recorded(case, heard)
    try:
        connection.begin(exchange, b"")
        for index, piece in enumerate(pieces):
            if wire.closing:
                break
            heard.is_gone = heard.is_gone or index == case.leaves
            heard.rest()
            cast(asyncio.Protocol, wire.protocol).data_received(piece)
            if told.settled < 0 and exchange.outcome:
                told.settled = index
        told.released, told.closed = bool(released), wire.closing
        told.stopped_reading = not wire.reading and (told.released or not case.is_slow)
        told.early = sum(map(len, heard.sent))
        if case.again and told.released and not wire.closing:
            told.again = _ask_again(connection)
        _end(case.ending, wire, connection)
    except Exception as problem:  # whatever it is, it is a finding
        told.escaped = repr(problem)
    if exchange.outcome and told.settled < 0:
        told.settled = len(pieces)
    told.outcome, told.browser = exchange.outcome, b"".join(heard.sent)
    return told


def _ask_again(connection: UpstreamConnection) -> bytes:
    heard = Wire()
    connection.begin(_Recorded(_NEXT, heard), b"")
    connection.data_received(_NEXT.stream)
    return b"".join(heard.sent)


def _end(ending: Ending, wire: Wire, connection: UpstreamConnection) -> None:
    protocol = cast(asyncio.Protocol, wire.protocol)
    if wire.closing:
        protocol.connection_lost(None)
    elif ending is Ending.SILENCE:
        connection.abandon()
    else:
        if ending is Ending.EOF:
            protocol.eof_received()
        protocol.connection_lost(ConnectionResetError() if ending is Ending.RESET else None)
