"""The browser's side of the relay: aiohttp's server protocol, with the bounds it lacks.

The one place where aiohttp's private parts are touched; `tests/relay/test_browser.py` fails
loudly when a version changes one of them.

Promises: a request head has 32 KiB and 10 s; back-pressure of the browser reaches the upstream;
a connection can be taken away from aiohttp after a 101, and aiohttp forgets it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import StreamReader, http_parser, web
from aiohttp.web_protocol import RequestHandler

MAX_HEAD_BYTES = 32 * 1024
MAX_FIELDS = 128
HEAD_SECONDS = 10.0
IDLE_SECONDS = 75.0
READ_BUFFER = 64 * 1024

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Pausable(Protocol):
    """What feeds the browser and must rest while the browser is slow."""

    def pause_feeding(self) -> None: ...
    def resume_feeding(self) -> None: ...


class BrowserConnection(RequestHandler):
    """One connection of a browser."""

    __slots__ = ("_body", "_capacity", "feeder", "head_bytes", "head_may_be_long", "head_since")

    def __init__(self, server: "BrowserServer", **options: Any) -> None:
        super().__init__(server, **options)
        self._capacity = server.capacity
        self.feeder: Pausable | None = None
        self.head_bytes = 0
        # When the first byte of an unfinished head came (loop time); 0.0 while none is under way.
        self.head_since = 0.0
        # A head that came in one piece with others may be longer than allowed: measure it.
        self.head_may_be_long = False
        # The body of the newest request: while it comes, what arrives is no head.
        self._body: StreamReader | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A new connection has as long to send its first head as a head may take.
        self.head_since = self._loop.time()
        super().connection_made(transport)
        taken = len(self._manager._connections) if self._manager is not None else 0  # noqa: SLF001
        if taken > self._capacity:
            self.force_close()

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        was_in_body = self._body is not None and not self._body.is_eof()
        super().data_received(data)
        if self._request_count != before:
            self.head_may_be_long = self.head_bytes + len(data) > MAX_HEAD_BYTES
            self.head_bytes = 0
            self.head_since = 0.0
            if self._messages:
                self._body = self._messages[-1][1]
        elif data and not was_in_body and not self._upgraded:
            self.head_bytes += len(data)
            self.head_since = self.head_since or self._loop.time()
            if self.head_bytes > MAX_HEAD_BYTES:
                self.refuse(431, "Request Header Fields Too Large")

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse, or our own fault, without echoing any of it."""
        if status >= 500:
            self.log_exception("Error handling request", exc_info=exc)
        text = "The request is not proper HTTP." if status < 500 else "Something went wrong."
        response = web.Response(status=status, text=f"{text}\n", headers={"Server": "Sifu"})
        response.force_close()
        return response

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.feeder is not None:
            self.feeder.pause_feeding()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.feeder is not None:
            self.feeder.resume_feeding()

    def refuse(self, status: int, reason: str) -> None:
        """Answer without a request having been understood, and close."""
        if self.transport is not None and (self.head_bytes or self._request_count):
            head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(head.encode())
        self.force_close()

    def take_over(self, successor: asyncio.Protocol) -> bytes:
        """Hand the transport to `successor`; return what the browser sent after its head.

        aiohttp forgets the connection: its timers stop and its request loop ends.
        """
        transport, tail = self.transport, self._message_tail
        assert transport is not None  # noqa: S101 (the caller holds a live connection)
        assert self._manager is not None  # noqa: S101
        self._message_tail = b""
        self.keep_alive(val=False)
        self._manager.connection_lost(self, None)
        self.transport = None
        transport.set_protocol(successor)
        transport.resume_reading()
        return tail

    def is_idle_since(self, latest: float) -> bool:
        """Has it waited for a request since before `latest` (loop time)?"""
        began = self._next_keepalive_close_time - IDLE_SECONDS
        return self._waiter is not None and not self.head_bytes and began <= latest


class BrowserServer(web.Server):
    """Makes a `BrowserConnection` for each accepted socket, and looks after slow ones."""

    def __init__(self, handler: Handler, *, capacity: int = 100_000) -> None:
        # How many connections may be open at once; one more is closed at once.
        self.capacity = capacity
        super().__init__(
            handler,
            handler_cancellation=True,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=IDLE_SECONDS,
            max_line_size=MAX_HEAD_BYTES // 2,
            max_field_size=MAX_HEAD_BYTES // 2,
            max_headers=MAX_FIELDS,
            read_bufsize=READ_BUFFER,
        )

    def __call__(self) -> BrowserConnection:
        return BrowserConnection(self, loop=self._loop, **self._kwargs)

    def sweep(self) -> int:
        """Close connections whose head takes too long; return how many. Call it each second."""
        latest = asyncio.get_running_loop().time() - HEAD_SECONDS
        slow = [
            connection
            for connection in self.connections
            if isinstance(connection, BrowserConnection) and 0.0 < connection.head_since < latest
        ]
        for connection in slow:
            connection.refuse(408, "Request Timeout")
        return len(slow)

    def close_idle(self, *, after: float) -> None:
        """Close connections that have waited `after` seconds for a request; for draining."""
        latest = asyncio.get_running_loop().time() - after
        for connection in list(self.connections):
            if isinstance(connection, BrowserConnection) and connection.is_idle_since(latest):
                connection.force_close()


class _AlreadyAnswered(web.StreamResponse):
    """Holds nothing but whether the connection stays."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._keep_alive = keep_alive

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is left to do."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to do."""


# What a handler returns when the answer went to the transport without aiohttp.
ANSWERED = _AlreadyAnswered(keep_alive=True)
ANSWERED_LAST = _AlreadyAnswered(keep_alive=False)


def connection_of(request: web.BaseRequest) -> BrowserConnection:
    """Return the connection that a request came on."""
    protocol = request.protocol
    assert isinstance(protocol, BrowserConnection)  # noqa: S101 (BrowserServer makes no other)
    return protocol


def has_long_head(request: web.BaseRequest) -> bool:
    """Is this request's head longer than `MAX_HEAD_BYTES`?"""
    if not connection_of(request).head_may_be_long:
        return False
    fields = sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
    return len(request.raw_path) + fields > MAX_HEAD_BYTES


def has_c_parser() -> bool:
    """Is llhttp in use? The pure-Python parser had most of aiohttp's smuggling advisories."""
    return http_parser.HttpRequestParser is not http_parser.HttpRequestParserPy
