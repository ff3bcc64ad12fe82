"""Peers that stop reading: how much a sender gets rid of before it must wait.

What is sent counts the buffers of the kernel, of the relay and of the server together; the relay's
own share is what its memory grows by.
"""

import asyncio
import socket

from hazards.installation import PREFIX, Installation
from hazards.memory import MIB, measure
from hazards.pattern import blocks

# So long nothing moves before a peer counts as stalled.
QUIET_SECONDS = 3.0
ANSWER = 10_000_000


_HANDSHAKE = (
    b"Origin: http://%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class NoBackPressure(Exception):
    """Everything was taken although nobody reads."""


class StalledPeers:
    """Each method returns what it measured."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def upload(self, size: int) -> str:
        """Send to a server that takes a head and then nothing."""
        head = self._head("POST", "stall") + b"Content-Length: %d\r\n\r\n" % size
        sending = await self._connect(head)
        taken = await _send_until_quiet(sending, size)
        sending.close()
        if taken >= size:
            raise NoBackPressure(f"all of {size / MIB:.0f} MiB was taken")
        return (
            f"of {size / MIB:.0f} MiB, {taken / MIB:.2f} were taken before the sender had to wait"
        )

    async def message(self, size: int) -> str:
        """Send websocket messages to a server that echoes, and read none of the echoes."""
        relay = self._installation.relay
        before = measure(relay)
        head = self._head("GET", "echo") + _HANDSHAKE % self._installation.host.encode()
        sending = await self._connect(head)
        answer = await asyncio.get_running_loop().sock_recv(sending, 65_536)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise NoBackPressure(f"no websocket: {answer[:100]!r}")
        # A final binary frame, its length in 64 bits, masked with zeros (RFC 6455 5.2).
        await asyncio.get_running_loop().sock_sendall(
            sending, b"\x82\xff" + size.to_bytes(8, "big") + bytes(4)
        )
        await _send_until_quiet(sending, size)
        await asyncio.sleep(QUIET_SECONDS)
        held = measure(relay).private - before.private
        sending.close()
        return f"{size / MIB:.0f} MiB came back and was not read; the relay held {held / MIB:.2f}"

    async def read_nothing(self, number: int) -> str:
        """Ask for ten megabytes each, and read nothing of it."""
        relay = self._installation.relay
        before = measure(relay)
        head = self._head("GET", f"bytes/{ANSWER}") + b"\r\n"
        asking = [await self._connect(head) for _ in range(number)]
        await asyncio.sleep(QUIET_SECONDS)
        after = measure(relay)
        for one in asking:
            one.close()
        each = (after.private - before.private) / number / 1024
        return f"{number} readers of {ANSWER:,} bytes that never read: {each:.0f} KiB each"

    def _head(self, method: str, rest: str) -> bytes:
        lines = (
            f"{method} {PREFIX}{rest} HTTP/1.1",
            f"Host: {self._installation.host}",
            f"Cookie: {self._installation.cookies[0]}",
        )
        return ("\r\n".join(lines) + "\r\n").encode()

    async def _connect(self, head: bytes) -> socket.socket:
        opened = socket.socket()
        opened.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(opened, ("127.0.0.1", self._installation.port))
        await loop.sock_sendall(opened, head)
        return opened


async def _send_until_quiet(sending: socket.socket, size: int) -> int:
    """Return how many bytes were taken until nothing moved for `QUIET_SECONDS`."""
    taken, loop = 0, asyncio.get_running_loop()
    moved = loop.time()
    for block in blocks(size):
        view = memoryview(block)
        while view:
            try:
                step = sending.send(view)
            except BlockingIOError:
                if loop.time() - moved > QUIET_SECONDS:
                    return taken
                await asyncio.sleep(0.005)
            else:
                moved, view = loop.time(), view[step:]
                taken += step
        await asyncio.sleep(0)
    return taken
