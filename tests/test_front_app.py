"""The front as a process: its inherited socket, its end, its housekeeping."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.auth.sessions import IDLE, Sessions
from proxy.core.cookies import CookieStyle
from proxy.store import api_tokens, sessions
from proxy.store.database import Store
from proxy.web.chores import sweep
from tests import feed
from tests.auth.people import CountedRandom, add_user
from tests.conftest import FakeClock

PORT = 13590
DAY = 86_400.0
HOST = f"Host: 127.0.0.1:{PORT}\r\n"


class Front:
    """Processes that share one listening socket, as supervisord's children do."""

    def __init__(self, folder: Path) -> None:
        self.listener = socket.create_server(("127.0.0.1", PORT), backlog=64)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "SIFU_DATA": str(folder),
            "SIFU_RUN": str(folder / "run"),
            "SIFU_NOTEBOOKS": str(folder / "notebooks"),
            "SIFU_FRONT_PORT": str(PORT),
            "SIFU_NOTEBOOK_PORT": str(PORT + 1),
        }
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *, open_files: int | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "proxy.front_app"]
        if open_files is not None:
            command = ["/bin/sh", "-c", f'ulimit -n {open_files}; exec "$@"', "sh", *command]
        # Into a file: a pipe that nobody empties would stop the process when it is full.
        with (self.folder / f"output-{len(self.processes)}").open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=self.listener.fileno(),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
            )
        self.processes.append(process)
        return process

    async def end_of(self, process: subprocess.Popen[bytes]) -> tuple[int, str]:
        """Wait for its end; return its exit status and what it wrote."""
        code = await asyncio.to_thread(process.wait, timeout=20)
        output = self.folder / f"output-{self.processes.index(process)}"
        return code, output.read_text()

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.listener.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    running = Front(tmp_path)
    yield running
    running.close()


async def say(text: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(text.encode())
    return reader, writer


async def head_of(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(20):
        return (await reader.readuntil(b"\r\n\r\n")).decode()


async def test_what_is_under_way_is_answered_before_the_end(front: Front) -> None:
    process = front.start()
    body = "name=ada&password=wrong+password"
    reader, writer = await say(
        f"POST /sign-in HTTP/1.1\r\n{HOST}Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body[:5]}"
    )
    idle_reader, idle_writer = await say(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n")
    head = await head_of(idle_reader)
    assert "Connection: close" not in head
    await idle_reader.readexactly(int(head.partition("Content-Length: ")[2].split()[0]))
    process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    idle_writer.write(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n".encode())
    assert "Connection: close" in await head_of(idle_reader)
    writer.write(body[5:].encode())
    answered = await head_of(reader)
    assert answered.startswith("HTTP/1.1 403")
    assert "Connection: close" in answered
    code, output = await front.end_of(process)
    assert code == 0, output
    assert "front.stopped" in output
    for one in (writer, idle_writer):
        one.close()


async def test_a_restart_refuses_nobody(front: Front) -> None:
    first = front.start()
    reader, writer = await say(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n")
    assert (await head_of(reader)).startswith("HTTP/1.1 200")
    writer.close()
    first.send_signal(signal.SIGTERM)
    assert (await front.end_of(first))[0] == 0
    waiting, writer = await say(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n")
    front.start()
    assert (await head_of(waiting)).startswith("HTTP/1.1 200")
    writer.close()


async def test_bad_settings_end_it_with_sentences(front: Front) -> None:
    front.environment |= {"SIFU_FRONT_PORT": "x", "SIFU_NONSENSE": "1"}
    code, output = await front.end_of(front.start())
    assert code == 1
    assert "SIFU_FRONT_PORT" in output
    assert "SIFU_NONSENSE" in output
    assert "Traceback" not in output


async def test_idle_sessions_are_ended_and_told(store: Store, clock: FakeClock) -> None:
    keeper = Sessions(store, CookieStyle(secure=False), clock=clock, random=CountedRandom())
    opened = await keeper.open(await add_user(store, "ada"))
    clock.advance(IDLE - 1)
    await sweep(store, clock)
    assert await store.read(feed.latest) == 0
    clock.advance(2)
    await sweep(store, clock)
    (told,) = await store.read(feed.since, 0)
    assert (told.kind, told.key) == ("session", opened.id)


async def test_expired_tokens_are_ended_and_told(store: Store, clock: FakeClock) -> None:
    ada = await add_user(store, "ada")
    await store.write(
        api_tokens.create,
        token_id="t",
        secret_hash="hash",
        user_id=ada.id,
        label="",
        now=clock(),
        expires=clock() + 60,
    )
    await sweep(store, clock)
    assert await store.read(feed.latest) == 0
    clock.advance(60)
    await sweep(store, clock)
    await sweep(store, clock)
    (told,) = await store.read(feed.since, 0)
    assert (told.kind, told.key) == ("token", "t")


async def serves_within(tries: int) -> bool:
    for _ in range(tries):
        reader, writer = await say(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n")
        try:
            async with asyncio.timeout(4):
                head = await reader.readuntil(b"\r\n\r\n")
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            continue
        finally:
            writer.close()
        if head.startswith(b"HTTP/1.1 200"):
            return True
    return False


async def test_when_descriptors_run_out_the_log_does_not_run_over(front: Front) -> None:
    process = front.start(open_files=64)
    reader, writer = await say(f"GET /sign-in HTTP/1.1\r\n{HOST}\r\n")
    assert (await head_of(reader)).startswith("HTTP/1.1 200")
    crowd = [await say("") for _ in range(100)]
    crowded = time.monotonic()
    await asyncio.sleep(3)
    for _, each in [*crowd, (reader, writer)]:
        each.close()
    # Once there is room, it serves again; a request of the first moments may be lost.
    assert await serves_within(tries=3)
    process.send_signal(signal.SIGTERM)
    code, output = await front.end_of(process)
    assert code == 0
    # Some tens a second; asyncio's own backlog of accepts would make it thousands.
    seconds = time.monotonic() - crowded
    assert 1 <= output.count("out of system resource") <= 60 * seconds


async def test_what_nobody_asks_for_is_forgotten(store: Store, clock: FakeClock) -> None:
    keeper = Sessions(store, CookieStyle(secure=False), clock=clock, random=CountedRandom())
    opened = await keeper.open(await add_user(store, "ada"))
    await keeper.end(opened.id)
    clock.advance(DAY + 1)
    await sweep(store, clock)
    assert await store.read(feed.since, 0) == []
    assert await store.read(sessions.get, opened.id) is not None
    clock.advance(7 * DAY)
    await sweep(store, clock)
    assert await store.read(sessions.get, opened.id) is None
