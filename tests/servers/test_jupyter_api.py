"""Jupyter's REST API against something that answers like it, and things that do not."""

import asyncio
import resource
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from proxy.core.culling import KernelSeen
from proxy.servers import jupyter_api
from proxy.servers.jupyter_api import MOST_BYTES, JupyterApi
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, KEY, PretendJupyter

AT = "2027-01-15T08:00:00.500000Z"
SECONDS = 1_800_000_000.5


@pytest.fixture
async def jupyter(clock: FakeClock) -> AsyncIterator[PretendJupyter]:
    made = PretendJupyter(ADA, KEY, clock)
    yield made
    await made.close()


async def test_front_asks_as_itself_with_the_servers_key(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    address = await jupyter.open()
    assert await JupyterApi(ADA, address, KEY, clock).answers()
    assert jupyter.users == ["sifu"]
    assert not await JupyterApi(ADA, address, KEY[::-1], clock).answers()
    assert not await JupyterApi(ADA, address, "", clock).answers()
    assert not await JupyterApi(BOB, address, KEY, clock).answers()


async def test_kernels_and_terminals_are_read(jupyter: PretendJupyter, clock: FakeClock) -> None:
    jupyter.kernels = [{"execution_state": "busy", "last_activity": AT}]
    jupyter.terminals = [{"name": "1", "last_activity": AT}]
    api = JupyterApi(ADA, await jupyter.open(), KEY, clock)
    assert await api.kernels() == [KernelSeen("busy", SECONDS)]
    assert await api.terminals() == [SECONDS]


async def test_no_kernels_are_not_the_same_as_no_answer(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    api = JupyterApi(ADA, await jupyter.open(), KEY, clock)
    assert await api.kernels() == []
    jupyter.status = 500
    assert await api.kernels() is None
    assert await api.terminals() is None


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        [{}],
        "text",
        7,
        None,
        [7],
        [[]],
        [{"execution_state": "idle", "last_activity": "today"}],
        [{"execution_state": "idle", "last_activity": 1e300}],
        [{"execution_state": "idle", "last_activity": None}],
        [{"execution_state": "idle", "last_activity": "0001-01-01T00:00:00"}],
        [{"execution_state": ["idle"], "last_activity": "0001-01-01"}],
        {"execution_state": "idle", "last_activity": AT},
    ],
)
async def test_nonsense_is_no_answer(
    jupyter: PretendJupyter, clock: FakeClock, nonsense: object
) -> None:
    jupyter.kernels = nonsense
    jupyter.terminals = nonsense
    api = JupyterApi(ADA, await jupyter.open(), KEY, clock)
    assert await api.kernels() is None
    assert await api.terminals() is None


async def test_a_shutdown_brings_a_cookie_and_header_that_agree(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    api = JupyterApi(ADA, await jupyter.open(), KEY, clock)
    assert await api.shutdown()
    assert jupyter.shutdowns == 1


async def test_nobody_there_is_no_answer(clock: FakeClock) -> None:
    api = JupyterApi(ADA, "/nowhere/jupyter.sock", KEY, clock)
    assert not await api.answers()
    assert not await api.shutdown()
    assert await api.kernels() is None
    async with asyncio.timeout(1):
        assert await api.terminals() is None


Send = Callable[[asyncio.StreamWriter], Awaitable[None]]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def something_hostile(folder: Path, send: Send) -> AsyncIterator[str]:
    """Listen where a Jupyter should and answer every request with what `send` writes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await send(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    address = str(folder / "jupyter.sock")
    server = await asyncio.start_unix_server(answer, address)
    try:
        yield address
    finally:
        server.close()
        await asyncio.sleep(0.05)  # let the answers under way notice that nobody reads them


async def ask_everything(address: str, clock: FakeClock) -> None:
    """Whatever the answer: no exception, and nothing believed."""
    api = JupyterApi(ADA, address, KEY, clock)
    assert not await api.answers()
    assert await api.kernels() is None
    assert await api.terminals() is None


def whole(body: bytes, *headers: bytes) -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        lines = [*headers, b"Content-Length: %d" % len(body)]
        writer.write(_HEAD + b"\r\n".join(lines) + b"\r\n\r\n" + body)
        await writer.drain()

    return send


def peak_memory() -> int:
    """In bytes; it never falls."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def test_a_packed_answer_is_not_unpacked(short_path: Path, clock: FakeClock) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)  # gzip
    blanks = b" " * 1024 * 1024
    packed = b"".join([packer.compress(blanks) for _ in range(900)]) + packer.flush()
    assert len(packed) < MOST_BYTES
    before = peak_memory()
    async with something_hostile(short_path, whole(packed, b"Content-Encoding: gzip")) as address:
        await ask_everything(address, clock)
    assert peak_memory() - before < 64 * 1024 * 1024


async def test_an_answer_of_any_length_is_read_to_a_bound(
    short_path: Path, clock: FakeClock
) -> None:
    sent = 0

    async def send(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(_HEAD + b"Content-Length: 9000000000\r\n\r\n")
        while True:
            writer.write(b"[" * 65536)
            await writer.drain()
            sent += 65536

    async with something_hostile(short_path, send) as address:
        began = time.monotonic()
        await ask_everything(address, clock)
        assert time.monotonic() - began < 3
    assert sent < 3 * (MOST_BYTES + 4 * 1024 * 1024)  # three questions, and what sockets hold


async def test_a_full_length_answer_is_still_read(short_path: Path, clock: FakeClock) -> None:
    body = b"[]".ljust(MOST_BYTES)
    async with something_hostile(short_path, whole(body)) as address:
        assert await JupyterApi(ADA, address, KEY, clock).kernels() == []
    (short_path / "jupyter.sock").unlink(missing_ok=True)
    async with something_hostile(short_path, whole(body + b" ")) as address:
        assert await JupyterApi(ADA, address, KEY, clock).kernels() is None


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b"[NaN, Infinity, 1e999]",
        b'[{"execution_state": "idle", "last_activity": 1e999}]',
        b'[{"execution_state": "idle", "last_activity": NaN}]',
        b"\xff\xfe\x00",
        b"\x00\x00\x00",
        b"",
        b"<html>",
    ],
)
async def test_a_body_that_breaks_parsers_is_no_answer(
    short_path: Path, clock: FakeClock, body: bytes
) -> None:
    async with something_hostile(short_path, whole(body)) as address:
        await ask_everything(address, clock)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n[]",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: \x01=;;==\r\nContent-Length: 9\r\n\r\n[]",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Much: " + b"x" * 500_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x00\xa5",
        b"",
    ],
)
async def test_what_is_no_proper_http_is_no_answer(
    short_path: Path, clock: FakeClock, head: bytes
) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()

    async with something_hostile(short_path, send) as address:
        await ask_everything(address, clock)


async def test_an_answer_that_drips_is_given_up_in_time(
    short_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jupyter_api, "CALL_SECONDS", 0.5)

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\n \r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with something_hostile(short_path, send) as address:
        began = time.monotonic()
        await ask_everything(address, clock)
        assert time.monotonic() - began < 3
