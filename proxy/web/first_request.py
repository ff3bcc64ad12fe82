"""The patience of front with who connects and says nothing.

aiohttp waits for the head of a connection's first request for ever, so a few thousand silent
connections would keep everybody out. Promises: that head has `HEAD_SECONDS` to arrive as a whole;
afterwards nothing of this is left between the connection and aiohttp, whose own limit of a pause
between requests holds. Must not: look at what is asked.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

from aiohttp import web

HEAD_SECONDS: Final = 10.0
_END: Final = b"\r\n\r\n"


class FirstRequest(asyncio.Protocol):
    """Passes everything on to `inner`, and steps aside when the head is there."""

    def __init__(self, inner: asyncio.Protocol, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds, self._transport.abort)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        seen = self._tail + data
        self._tail = seen[-len(_END) + 1 :]
        if _END in seen:
            self._timer.cancel()
            self._transport.set_protocol(self._inner)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


class ImpatientRunner(web.AppRunner):
    """An application's runner whose connections begin with a `FirstRequest`."""

    head_seconds = HEAD_SECONDS

    @property
    def server(self) -> Any:
        """What a site calls for each connection; None before `setup`."""
        made: Callable[[], asyncio.Protocol] | None = super().server
        return made and (lambda: FirstRequest(made(), self.head_seconds))
