"""The upstream answers as HTTP and websockets want it, or the figures would mean something else."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bench.build import compile_programs
from bench.processes import Program
from bench.site import divide_cores, start_upstream

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    compile_programs(folder)
    return folder


@pytest.fixture
def upstream(programs: Path, tmp_path: Path) -> Iterator[str]:
    program: Program
    program, port = start_upstream(
        programs, tmp_path / "upstream.sock", tmp_path / "log", divide_cores().load
    )
    yield f"http://127.0.0.1:{port}/user/everyone/shared/"
    program.stop()


async def test_small_answers_differ_by_path_and_have_the_fields_of_jupyter(upstream):
    async with ClientSession() as session:
        tags = []
        for path in ("1k", "a/1k", "a/1k?b=c"):
            async with session.get(upstream + path) as answer:
                assert len(await answer.read()) == 1024
                assert {"Date", "Server", "Content-Security-Policy"} <= set(answer.headers)
                tags.append(answer.headers["Etag"])
    assert tags[0] != tags[1] == tags[2]


async def test_uploads_are_counted_whether_framed_by_length_or_by_chunks(upstream):
    async def pieces():
        for _ in range(30):
            yield b"x" * 10_000

    async with ClientSession() as session:
        async with session.post(upstream + "upload", data=b"x" * 300_000) as answer:
            assert await answer.text() == "300000"
        async with session.post(upstream + "upload", data=pieces()) as answer:
            assert await answer.text() == "300000"


async def test_downloads_are_whole(upstream):
    async with ClientSession() as session, session.get(upstream + "10m") as answer:
        assert len(await answer.read()) == 10 * 2**20


async def test_websockets_echo_push_and_close(upstream):
    async with ClientSession() as session, session.ws_connect(upstream + "ws") as socket:
        for size in (5, 200, 70_000):
            await socket.send_bytes(b"x" * size)
            assert await socket.receive_bytes() == b"x" * size
        await socket.send_str("P 2 100000")
        assert [len(await socket.receive_bytes()) for _ in range(2)] == [100_000] * 2
        assert await socket.close()
        assert socket.close_code == 1000


async def test_a_steady_reader_takes_what_its_line_takes(upstream, programs, tmp_path):
    port = upstream.split(":")[2].split("/")[0]
    request = tmp_path / "request"
    request.write_bytes(b"GET /user/everyone/shared/10m HTTP/1.1\r\nHost: localhost\r\n\r\n")
    reading = await asyncio.create_subprocess_exec(
        programs / "slow_readers", "steady", port, request, "2", "1", "20e6", stdout=PIPE
    )
    said, _ = await asyncio.wait_for(reading.communicate(), 10)
    ready, result = said.decode().splitlines()
    assert ready == "ready"
    moved = json.loads(result)
    assert 0.5 < moved["bytes"] / moved["seconds"] / 40e6 < 1.2
