"""Bodies stream, nothing is held whole, a retry happens once and only where it is harmless."""

import asyncio
import contextlib
import os
import socket
import struct
from pathlib import Path

import psutil
import pytest

from proxy.relay import transfer
from tests.relay.conftest import OK, Running, body_of, header_of, status_of

MIB = 2**20


async def test_a_counted_body_goes_up_unchanged(relay: Running) -> None:
    got = bytearray()

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        got.extend(await reader.readexactly(length))
        writer.write(OK)

    relay.upstream.script = script
    body = os.urandom(3 * MIB)
    headers = f"Content-Length: {len(body)}\r\n"
    answer = await relay.ask("api/contents/x", method="PUT", headers=headers, body=body)
    assert status_of(answer) == 200
    assert bytes(got) == body


async def test_a_chunked_body_goes_up_chunked(relay: Running) -> None:
    got = bytearray()

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        assert b"transfer-encoding: chunked" in head.lower()
        while size := int(await reader.readline(), 16):
            got.extend((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        writer.write(OK)

    relay.upstream.script = script
    headers = "Transfer-Encoding: chunked\r\n"
    body = b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n"
    assert status_of(await relay.ask(method="POST", headers=headers, body=body)) == 200
    assert bytes(got) == b"abcdefg"


async def test_an_empty_chunked_body_is_ended_and_leaves_the_connection_in_step(
    relay: Running,
) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if b"transfer-encoding: chunked" in head.lower():
            assert await reader.readexactly(5) == b"0\r\n\r\n"
        writer.write(OK)

    relay.upstream.script = script
    headers = "Transfer-Encoding: chunked\r\n"
    for _ in range(3):
        answer = await relay.ask(method="POST", headers=headers, body=b"0\r\n\r\n")
        assert status_of(answer) == 200
        assert body_of(await relay.ask()) == b"ok"
    assert all(head.split(b" ")[0] in {b"GET", b"POST"} for head in relay.upstream.heads)


async def test_expect_is_answered_by_the_relay_and_not_sent_up(relay: Running) -> None:
    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        assert b"expect" not in head.lower()
        await reader.readexactly(2)
        writer.write(OK)

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    headers = "Content-Length: 2\r\nExpect: 100-continue\r\n"
    writer.write(relay.request(method="POST", headers=headers))
    async with asyncio.timeout(5):
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hi")
        assert body_of(await reader.read()) == b"ok"
    writer.close()


async def test_a_body_that_breaks_off_is_not_taken_for_whole(relay: Running) -> None:
    ended = asyncio.Event()

    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await reader.readexactly(100)
        except (asyncio.IncompleteReadError, ConnectionError):
            ended.set()

    relay.upstream.script = script
    _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request(method="POST", headers="Content-Length: 100\r\n", body=b"abc"))
    await asyncio.sleep(0.1)
    writer.transport.abort()
    async with asyncio.timeout(5):
        await ended.wait()


async def test_a_browser_that_leaves_ends_its_upstream(relay: Running) -> None:
    ended = asyncio.Event()

    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await writer.drain()
        await reader.read()
        ended.set()

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(relay.request())
    await reader.readuntil(b"1\r\na\r\n")
    writer.transport.abort()
    async with asyncio.timeout(5):
        await ended.wait()


async def test_an_early_answer_to_an_upload_passes_and_closes(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await writer.drain()
        await asyncio.sleep(1)

    relay.upstream.script = script
    headers = f"Content-Length: {100 * MIB}\r\n"
    request = relay.request(method="PUT", headers=headers, body=b"x" * MIB, close=False)
    answer = await relay.raw(request, seconds=2)
    assert status_of(answer) == 413
    assert body_of(answer) == b"big"
    assert header_of(answer, "Connection") == "close"


async def test_a_small_body_goes_up_with_its_head_and_the_connection_stays(relay: Running) -> None:
    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(OK)  # before the body was read
        await reader.readexactly(5)

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    for _ in range(20):
        writer.write(
            relay.request(
                method="POST", headers="Content-Length: 5\r\n", body=b"hello", close=False
            )
        )
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), 5)).startswith(b"HTTP/1.1 200")
    writer.close()
    assert relay.upstream.connections == 1


async def test_a_browser_that_left_is_written_to_no_more(relay: Running) -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        for _ in range(256):
            writer.write(b"x" * (MIB // 4))
            await writer.drain()

    relay.upstream.script = script
    for pause in (0, 0.001, 0.005, 0.02, 0.05):
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(relay.request(close=False))
        await reader.readexactly(1000)
        await asyncio.sleep(pause)
        writer.transport.abort()
    await asyncio.sleep(0.2)
    assert faults == []


async def test_a_get_is_retried_once_on_a_dead_kept_alive_connection(relay: Running) -> None:
    served = 0

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal served
        served += 1
        if served == 2:
            writer.transport.abort()
            raise ConnectionError
        writer.write(OK)

    relay.upstream.script = script
    assert status_of(await relay.ask()) == 200
    assert status_of(await relay.ask()) == 200
    assert served == 3


async def test_a_post_is_never_retried(relay: Running) -> None:
    served = 0

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal served
        served += 1
        if served == 2:
            writer.transport.abort()
            raise ConnectionError
        writer.write(OK)

    relay.upstream.script = script
    assert status_of(await relay.ask()) == 200
    assert status_of(await relay.ask(method="POST", headers="Content-Length: 0\r\n")) == 502
    assert served == 2


async def test_a_stalled_server_does_not_make_the_relay_hold_an_upload(relay: Running) -> None:
    async def script(
        _head: bytes, _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await asyncio.sleep(3)

    relay.upstream.script = script
    _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.transport.set_write_buffer_limits(high=MIB)
    writer.write(relay.request(method="PUT", headers=f"Content-Length: {1024 * MIB}\r\n"))
    sent = 0
    try:
        async with asyncio.timeout(2):
            while sent < 256 * MIB:
                writer.write(b"x" * MIB)
                await writer.drain()
                sent += MIB
    except TimeoutError:
        pass
    writer.transport.abort()
    # The test's own buffer and the kernel's hold some; the relay holds less than a mebibyte.
    assert sent < 24 * MIB


async def test_a_stalled_reader_does_not_make_the_relay_hold_a_download(relay: Running) -> None:
    sent = 0

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        while True:
            writer.write(b"x" * MIB)
            await writer.drain()
            sent += MIB

    relay.upstream.script = script
    before = psutil.Process().memory_info().rss
    _, writer = await asyncio.open_connection("127.0.0.1", relay.port, limit=1024)
    writer.write(relay.request())
    await asyncio.sleep(1.5)
    grown = psutil.Process().memory_info().rss - before
    writer.transport.abort()
    assert sent < 24 * MIB
    assert grown < 24 * MIB


async def test_the_socket_of_the_server_may_vanish_between_requests(relay: Running) -> None:
    assert status_of(await relay.ask()) == 200
    Path(relay.upstream.path).unlink()
    relay.program.context.pool.forget(relay.upstream.path)
    assert status_of(await relay.ask()) == 502


async def test_a_browser_that_resets_takes_nobody_elses_connection_along(relay: Running) -> None:
    """Its answer comes while its task is being cancelled; the connection is another's by then."""
    cookie, loop = relay.cookie(), asyncio.get_running_loop()
    answering: asyncio.Queue[socket.socket] = asyncio.Queue()

    async def script(
        head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if b"/slow " in head:
            number = writer.get_extra_info("socket").fileno()
            answering.put_nowait(socket.socket(fileno=os.dup(number)))
            await asyncio.sleep(0.05)
        else:
            writer.write(OK)

    relay.upstream.script = script
    for number in range(48):
        waiting = relay.request("slow", close=False, cookie=f"{cookie}; n={number}")
        with _connect(relay) as victim, _connect(relay) as resetting:
            victim.send(relay.request("warm", close=False, cookie=cookie))
            await loop.sock_recv(victim, 4096)
            resetting.send(waiting)
            held = await asyncio.wait_for(answering.get(), 5)
            resetting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            resetting.close()
            for _ in range(number % 6):
                await asyncio.sleep(0)
            with contextlib.suppress(OSError):
                held.send(OK)
            if number % 12 >= 6:
                await asyncio.sleep(0)
            victim.send(relay.request("victim", close=False, cookie=cookie))
            async with asyncio.timeout(3):
                assert (await loop.sock_recv(victim, 4096)).endswith(b"ok")
            held.close()


def _connect(relay: Running) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", relay.port))
    connected.setblocking(False)
    return connected


async def test_an_upload_that_stops_and_an_answer_that_nobody_reads_end(
    relay: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "STALL_SECONDS", 0.3)

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if head.startswith(b"POST"):
            await reader.read()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        writer.write(b"x" * (64 * MIB))
        await writer.drain()

    relay.upstream.script = script
    headers = "Transfer-Encoding: chunked\r\n"
    request = relay.request(method="POST", headers=headers, body=b"5\r\nhello\r\n")
    async with asyncio.timeout(3):
        await relay.raw(request, seconds=4)
    with _connect(relay) as silent:
        silent.send(relay.request(close=False))
        await asyncio.sleep(0.5)
        live = relay.program.context.live
        assert len(live) == 1
        assert live.end_stalled(asyncio.get_running_loop().time()) == 1
        await asyncio.sleep(0.1)
        assert len(live) == 0
