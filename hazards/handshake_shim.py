"""Signs a websocket client in that can set no headers: between it and the relay, on loopback.

Promises: the head of each connection gets `Host`, `Cookie` and `Origin` of a browser with a pass;
every other byte crosses unread, in both directions, and an end is passed on as an end.
"""

import asyncio
from contextlib import suppress

from proxy.tasks import cancel, spawn

_SIZE = 256 * 1024
_OURS = (b"host:", b"origin:", b"cookie:")


class HandshakeShim:
    """Listens on a port of its own, `port`, once it was started."""

    def __init__(self, relay_port: int, headers: dict[str, str]) -> None:
        self._relay_port = relay_port
        fields = {"Host": f"127.0.0.1:{relay_port}"} | headers
        self._fields = [f"{name}: {value}".encode() for name, value in fields.items()]
        self.port = 0

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            relay_reader, relay_writer = await asyncio.open_connection(
                "127.0.0.1", self._relay_port
            )
            relay_writer.write(self._sign(head))
            down = spawn(_copy(relay_reader, writer), name="shim.down")
            await _copy(reader, relay_writer)
            await asyncio.wait({down}, timeout=10)
            await cancel(down)
            relay_writer.close()
        writer.close()

    def _sign(self, head: bytes) -> bytes:
        first, *fields = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        kept = [field for field in fields if not field.lower().startswith(_OURS)]
        return b"\r\n".join((first, *self._fields, *kept)) + b"\r\n\r\n"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_SIZE):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
