"""aiohttp's server protocol, fed by a `BrowserConnection`, with the bounds that it lacks.

The one place where aiohttp's private parts are touched; `tests/relay/test_aiohttp_connection.py`
fails loudly when a version changes one of them.

Promises: llhttp reads every head that nobody read before; a head has 32 KiB; a connection can be
taken away after a 101, and aiohttp forgets it. Must not: time anything; its owner does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from proxy.relay.aiohttp_parts import (
    EMPTY_PAYLOAD,
    BaseRequest,
    HttpRequestParser,
    HttpRequestParserPy,
    RawRequestMessage,
    RequestHandler,
    RequestPayloadError,
    Response,
    Server,
    StreamReader,
    StreamResponse,
)

MAX_HEAD_BYTES = 32 * 1024
MAX_FIELDS = 128
READ_BUFFER = 64 * 1024
_HEAD_END = b"\r\n\r\n"
# Its owner closes idle connections; aiohttp's own timer knows nothing of repeated requests.
_NEVER = 1e9

Handler = Callable[[BaseRequest], Awaitable[StreamResponse]]


class AiohttpConnection(RequestHandler):
    """Parses what one browser sends, and runs the handler; `owner` is the browser's connection."""

    __slots__ = (
        "_body",
        "_on_fault",
        "head_bytes",
        "head_may_be_long",
        "head_since",
        "may_hold_tail",
        "owner",
    )

    def __init__(
        self,
        server: "AiohttpServer",
        owner: object,
        on_fault: Callable[[int], None],
        **options: Any,
    ) -> None:
        super().__init__(server, **options)
        self.owner = owner
        self._on_fault = on_fault
        self.head_bytes = 0
        # When the first byte of an unfinished head came (loop time); 0.0 while none is under way.
        self.head_since = 0.0
        # A head that came in one piece with others may be longer than allowed: measure it.
        self.head_may_be_long = False
        # Behind a request there may be the beginning of another, which the parser holds.
        self.may_hold_tail = False
        # The body of the newest request: while it comes, what arrives is no head.
        self._body: StreamReader | None = None

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        was_in_body = self._body is not None and not self._body.is_eof()
        super().data_received(data)
        if self._request_count != before:
            self.head_may_be_long |= self.head_bytes + len(data) > MAX_HEAD_BYTES
            self.head_bytes = 0
            self.head_since = 0.0
            self._look_behind(data, was_in_body=was_in_body)
        elif was_in_body:
            self.may_hold_tail = True
        elif data and not self._upgraded:
            self._begin_head(len(data))

    def _look_behind(self, data: bytes, *, was_in_body: bool) -> None:
        """What stands behind the request that was just parsed, or instead of it?"""
        self.may_hold_tail = not data.endswith(_HEAD_END)
        if not self._messages:
            return
        message, body = self._messages[-1]
        if isinstance(message, RawRequestMessage):
            # Behind a body that came in one piece with its head nothing can be told from the bytes.
            if self.may_hold_tail and body is EMPTY_PAYLOAD and not self._upgraded:
                self._begin_head(max(1, len(data) - data.rfind(_HEAD_END) - len(_HEAD_END)))
        elif was_in_body:
            self._break_off_body()
        self._body = body

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        """Answer what aiohttp could not parse, or our own fault, without echoing any of it."""
        self._on_fault(status)
        if status >= 500:
            self.log_exception("Error handling request", exc_info=exc)
        text = "The request is not proper HTTP." if status < 500 else "Something went wrong."
        response = Response(status=status, text=f"{text}\n", headers={"Server": "Sifu"})
        response.force_close()
        return response

    def _begin_head(self, size: int) -> None:
        """So many bytes of a head have come, and not its end."""
        self.head_bytes += size
        self.head_since = self.head_since or self._loop.time()
        if self.head_bytes > MAX_HEAD_BYTES:
            self.refuse(431, "Request Header Fields Too Large")

    def _break_off_body(self) -> None:
        """Tell who reads the body that it is malformed; aiohttp's C parser does not."""
        if self._body is not None and not self._body.is_eof():
            self._body.set_exception(RequestPayloadError("malformed"))

    @property
    def is_at_rest(self) -> bool:
        """Does it wait for the first byte of a request, with nothing under way?"""
        waiter = self._waiter
        return (
            waiter is not None
            and not waiter.done()
            and not self._messages
            and not self.head_bytes
            and not self._upgraded
            and not self._message_tail
        )

    @property
    def declared_length(self) -> int:
        """The length of the body of a request that was just parsed, if it was counted; else 0."""
        message, body = self._messages[-1] if len(self._messages) == 1 else (None, None)
        if not isinstance(message, RawRequestMessage) or body is None or body.is_eof():
            return 0
        length = message.headers.get("Content-Length", "")
        return int(length) if length.isdigit() and not message.chunked else 0

    @property
    def waiting_since(self) -> float:
        """When it began to wait for the request that it waits for (loop time)."""
        return self._next_keepalive_close_time - _NEVER

    def refuse(self, status: int, reason: str) -> None:
        """Answer without a request having been understood, and close.

        An answer that is under way is broken off instead: nothing may stand in the middle of it.
        """
        self._on_fault(status)
        if self.transport is not None and (self._request_in_progress or self._messages):
            self.transport.abort()
        elif self.transport is not None and (self.head_bytes or self._request_count):
            head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(head.encode())
        self.force_close()

    def release(self) -> bytes:
        """Forget the transport without closing it; return what came after the last head.

        Its timers stop, and its request loop ends with the request that runs.
        """
        tail, self._message_tail = self._message_tail, b""
        self.keep_alive(val=False)
        if self._manager is not None:
            self._manager.connection_lost(self, None)
        self.transport = None
        return tail


class AiohttpServer(Server):
    """Makes an `AiohttpConnection` for a browser that sends something new."""

    def __init__(self, handler: Handler, on_fault: Callable[[int], None]) -> None:
        self._on_fault = on_fault
        super().__init__(
            handler,
            handler_cancellation=True,
            access_log=None,
            auto_decompress=False,
            tcp_keepalive=False,  # the listening socket has it set for all
            keepalive_timeout=_NEVER,
            max_line_size=MAX_HEAD_BYTES // 2,
            max_field_size=MAX_HEAD_BYTES // 2,
            max_headers=MAX_FIELDS,
            read_bufsize=READ_BUFFER,
        )

    def serve(self, owner: object, transport: asyncio.Transport) -> AiohttpConnection:
        """Put a new connection on a transport whose protocol goes on to be `owner`."""
        connection = AiohttpConnection(self, owner, self._on_fault, loop=self._loop, **self._kwargs)
        connection.connection_made(transport)
        return connection


class _AlreadyAnswered(StreamResponse):
    """Holds nothing but whether the connection stays."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._keep_alive = keep_alive

    async def prepare(self, request: BaseRequest) -> None:
        """Nothing is left to do."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to do."""


# What a handler returns when the answer went to the transport without aiohttp.
ANSWERED = _AlreadyAnswered(keep_alive=True)
ANSWERED_LAST = _AlreadyAnswered(keep_alive=False)


def has_long_head(request: BaseRequest) -> bool:
    """Is this request's head longer than `MAX_HEAD_BYTES`?"""
    protocol = request.protocol
    if not isinstance(protocol, AiohttpConnection) or not protocol.head_may_be_long:
        return False
    fields = sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
    return len(request.raw_path) + fields > MAX_HEAD_BYTES


def has_c_parser() -> bool:
    """Is llhttp in use? The pure-Python parser had most of aiohttp's smuggling advisories."""
    return HttpRequestParser is not HttpRequestParserPy
