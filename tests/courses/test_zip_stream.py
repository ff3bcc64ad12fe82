"""A stream from a thread: slowed by who takes it, ended by who goes."""

import asyncio
import threading
from collections.abc import AsyncGenerator

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.courses import zip_stream
from proxy.courses.zip_stream import Pipe, TakerIsGone, ZipStreams

CHUNK = b"x" * 256 * 1024


async def test_all_bytes_arrive_in_their_order() -> None:
    def pack(pipe: Pipe) -> None:
        for number in range(100):
            pipe.write(bytes([number]) * 10_000)

    stream = await ZipStreams().stream(pack)
    found = b"".join([chunk async for chunk in stream])
    assert found == b"".join(bytes([number]) * 10_000 for number in range(100))


async def test_nothing_is_an_archive_too() -> None:
    stream = await ZipStreams().stream(lambda _: None)
    assert b"".join([chunk async for chunk in stream]) == b""


async def test_a_slow_browser_slows_the_packing() -> None:
    written = 0

    def pack(pipe: Pipe) -> None:
        nonlocal written
        for _ in range(40):
            pipe.write(CHUNK)
            written += 1

    stream = await ZipStreams().stream(pack)
    await asyncio.sleep(0.2)
    assert written < 10
    assert sum([len(chunk) async for chunk in stream]) == 40 * len(CHUNK)


async def test_who_goes_ends_the_packing() -> None:
    ended = threading.Event()

    def pack(pipe: Pipe) -> None:
        try:
            while True:
                pipe.write(CHUNK)
        except TakerIsGone:
            ended.set()
            raise

    stream = await ZipStreams().stream(pack)
    assert await anext(stream) == CHUNK
    await stream.aclose()
    assert await asyncio.to_thread(ended.wait, 5)


async def test_who_finds_all_threads_taken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_stream, "PATIENCE", 0.2)
    streams, may_end = ZipStreams(), threading.Event()
    packed = []

    def wait(pipe: Pipe) -> None:
        pipe.write(CHUNK)
        may_end.wait(10)

    taken = [await streams.stream(wait) for _ in range(2)]
    with pytest.raises(ServerNotRunning, match="Try again in a few minutes"):
        await streams.stream(lambda _: packed.append(1))
    may_end.set()
    for stream in taken:
        assert sum([len(chunk) async for chunk in stream]) == len(CHUNK)
    await asyncio.sleep(0.1)
    assert not packed, "nobody waits for it any more"


async def test_a_disk_that_fails_at_first_is_a_refusal() -> None:
    def fails(_: Pipe) -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(ServerNotRunning, match="could not be packed"):
        await ZipStreams().stream(fails)


async def test_a_disk_that_fails_later_cuts_the_stream_off() -> None:
    def fails(pipe: Pipe) -> None:
        pipe.write(CHUNK)
        raise OSError(5, "Input/output error")

    stream = await ZipStreams().stream(fails)
    assert await anext(stream) == CHUNK
    with pytest.raises(ServerNotRunning):
        await anext(stream)


async def take_all(stream: AsyncGenerator[bytes, None], *, pause: float) -> None:
    async with asyncio.timeout(10):
        async for _ in stream:
            await asyncio.sleep(pause)


async def test_who_takes_a_chunk_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_stream, "MOST_SECONDS", 0.3)
    ended = threading.Event()

    def pack(pipe: Pipe) -> None:
        try:
            while True:
                pipe.write(CHUNK)
        finally:
            ended.set()

    stream = await ZipStreams().stream(pack)
    with pytest.raises(ServerNotRunning):
        await take_all(stream, pause=0.1)
    assert ended.is_set()


async def test_who_took_nothing_for_long_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zip_stream, "STALLED_SECONDS", 0.2)

    def pack(pipe: Pipe) -> None:
        while True:
            pipe.write(CHUNK)

    stream = await ZipStreams().stream(pack)
    await asyncio.sleep(1)
    with pytest.raises(ServerNotRunning):
        await take_all(stream, pause=0.0)
