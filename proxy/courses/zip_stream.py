"""A zip on its way from the thread that packs it to the browser that takes it.

Promises: a slow browser slows the packing, for `MOST_SECONDS` at most; one that is gone ends it; a
few chunks are held; whoever finds both threads taken is told to come again, and who was given up is
cut off. Must not: know what is packed.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Final

from proxy.core.errors import ServerNotRunning
from proxy.disk.side_threads import SideThreads
from proxy.tasks import spawn

PATIENCE: Final = 30.0
# A browser that takes nothing for so long is taken for gone.
STALLED_SECONDS: Final = 120.0
# Longer than packing may take. A browser that takes a chunk now and then would never end.
MOST_SECONDS: Final = 3600.0
_CHUNK: Final = 256 * 1024
_MOST_CHUNKS: Final = 4
_AT_ONCE: Final = 2
_BUSY: Final = "Other archives are being packed just now. Try again in a few minutes."
_BROKEN: Final = "The archive could not be packed. Try again, or ask whoever runs this Sifu."


class TakerIsGone(Exception):
    """Nobody takes the bytes any more."""


class ZipStreams:
    """Of one installation."""

    def __init__(self) -> None:
        self._threads = SideThreads(_AT_ONCE, name="course-zip")

    async def stream(self, pack: Callable[["Pipe"], None]) -> AsyncGenerator[bytes, None]:
        """Return the bytes that `pack` writes in a thread; raises `ServerNotRunning` at first.

        The first chunk is there when this returns, so that a refusal can still be answered.
        """
        pipe = Pipe(asyncio.get_running_loop())
        _ = spawn(self._run(pack, pipe), name="zip of a course")
        try:
            async with asyncio.timeout(PATIENCE):
                first = await pipe.take()
        except TimeoutError as late:
            pipe.leave()
            raise ServerNotRunning(_BUSY) from late
        if isinstance(first, OSError):
            raise ServerNotRunning(_BROKEN, detail=str(first)) from first
        return _chunks(pipe, first)

    async def _run(self, pack: Callable[["Pipe"], None], pipe: "Pipe") -> None:
        outcome: OSError | None = None
        try:
            await self._threads.run(lambda: _pack(pack, pipe))
        except TakerIsGone:
            outcome = TimeoutError("it was taken too slowly")
        except OSError as problem:
            outcome = problem
        await pipe.end(outcome)


class Pipe:
    """Written by one thread, read by the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._chunks: asyncio.Queue[bytes | OSError | None] = asyncio.Queue(_MOST_CHUNKS)
        self._buffer = bytearray()
        self._deadline = loop.time() + MOST_SECONDS
        self.is_left = False

    def write(self, data: bytes, /) -> int:
        """Take bytes in the packing thread; raises `TakerIsGone`."""
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self.flush_all()
        return len(data)

    def flush(self) -> None:
        """A chunk is sent when it is full."""

    def close(self) -> None:
        """What is there is sent by `flush_all`."""

    def flush_all(self) -> None:
        """Send what is there, and wait until there is room for it."""
        if self.is_left or self._loop.time() >= self._deadline:
            raise TakerIsGone
        chunk, self._buffer = bytes(self._buffer), bytearray()
        putting = asyncio.run_coroutine_threadsafe(self._chunks.put(chunk), self._loop)
        try:
            putting.result(STALLED_SECONDS)
        except (TimeoutError, asyncio.CancelledError) as problem:
            putting.cancel()
            raise TakerIsGone from problem

    async def take(self) -> bytes | OSError | None:
        """Return the next chunk, None at the end, or what went wrong."""
        return await self._chunks.get()

    async def end(self, problem: OSError | None) -> None:
        """There is no more."""
        if self.is_left:
            return
        if problem is not None and self._chunks.full():
            self._chunks.get_nowait()  # it is cut off anyway
        with suppress(TimeoutError):
            async with asyncio.timeout(STALLED_SECONDS):
                await self._chunks.put(problem)

    def leave(self) -> None:
        """Nobody takes any more: whoever waits for room has it, and is told at the next chunk."""
        self.is_left = True
        while not self._chunks.empty():
            self._chunks.get_nowait()


def _pack(pack: Callable[[Pipe], None], pipe: Pipe) -> None:
    if pipe.is_left:
        raise TakerIsGone
    pack(pipe)
    pipe.flush_all()


async def _chunks(pipe: Pipe, first: bytes | None) -> AsyncGenerator[bytes, None]:
    chunk: bytes | OSError | None = first
    try:
        while isinstance(chunk, bytes):
            yield chunk
            chunk = await pipe.take()
        if isinstance(chunk, OSError):
            raise ServerNotRunning(_BROKEN, detail=str(chunk)) from chunk
    finally:
        pipe.leave()
