"""Draining, with real processes: a rolling restart loses no request."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import cast

import structlog.testing

from proxy.core.clock import system_clock
from proxy.core.identity import User
from proxy.relay_app import RelayProgram
from proxy.store.database import Store
from proxy.store.relay_store import RelayStore
from tests.relay import conftest as fixtures
from tests.relay.conftest import SECRET, Running, Upstream, prepare, status_of
from tests.relay.test_splice import _echo, handshake

relay, relay_store, upstream = fixtures.relay, fixtures.relay_store, fixtures.upstream


class Workers:
    """Relay processes that share one listening socket, as under supervisord."""

    def __init__(self, folder: Path, run: Path | None = None) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.environment = {
            "PATH": os.environ["PATH"],
            "SIFU_DATA": str(folder),
            "SIFU_NOTEBOOK_PORT": str(self.port),
            "SIFU_SECRET": SECRET,
        }
        if run is not None:
            self.environment["SIFU_RUN"] = str(run)

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "proxy.relay_app"],
            stdin=self.listener.fileno(),
            stdout=subprocess.PIPE,
            env=self.environment,
        )
        assert process.stdout is not None
        assert b"relay.ready" in process.stdout.readline()
        return process

    @staticmethod
    def end(process: subprocess.Popen[bytes]) -> int:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        return process.returncode


def running_behind(workers: Workers, store: Store, upstream: Upstream, user: User) -> Running:
    """What asks relay processes as it asks one that runs in the test's own."""
    no_program_here = cast(RelayProgram, None)
    return Running(workers.port, no_program_here, store, upstream, user, asyncio.Event())


def test_a_relay_process_loads_nothing_that_only_the_front_needs() -> None:
    # SQLAlchemy alone makes each relay process larger by a third, and its start by half.
    names = "sqlalchemy alembic pydantic jinja2 argon2 click psutil supervisor proxy.web proxy.auth"
    code = f"import proxy.relay_app, sys; print(*(set({names.split()}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert loaded.stdout.decode().split() == []


def test_a_relay_without_a_database_ends_and_makes_none(tmp_path: Path) -> None:
    workers = Workers(tmp_path)
    command = [sys.executable, "-m", "proxy.relay_app"]
    ended = subprocess.run(
        command,
        stdin=workers.listener.fileno(),
        capture_output=True,
        env=workers.environment,
        timeout=20,
    )
    workers.listener.close()
    assert ended.returncode != 0
    assert b"StoreUnavailable" in ended.stderr
    assert list(tmp_path.iterdir()) == []


async def test_without_a_run_folder_for_all_a_relay_process_is_alone_and_says_so(
    relay: Running, relay_store: RelayStore, tmp_path: Path
) -> None:
    settings = relay.program.context.settings
    with structlog.testing.capture_logs() as logged:
        program = RelayProgram(settings, relay_store, system_clock, run=tmp_path / "absent")
        assert program._find_siblings() is None
    assert [line["event"] for line in logged] == ["relay.alone"]


async def _load(running: Running, counts: dict[str, int], stop: asyncio.Event) -> None:
    """Ask over kept-alive connections, opening a new one whenever told to close."""
    request = running.request("x", close=False)
    while not stop.is_set():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            closing = False
            while not stop.is_set() and not closing:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(2)
                counts["ok" if status_of(head) == 200 else "lost"] += 1
                closing = b"connection: close" in head.lower()
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            counts["lost"] += 1


async def test_rolling_restarts_under_load_lose_no_request(
    store: Store, upstream: Upstream, tmp_path: Path
) -> None:
    user = await prepare(store, upstream)
    workers = Workers(tmp_path)
    process = await asyncio.to_thread(workers.start)
    running = running_behind(workers, store, upstream, user)
    counts, stop = {"ok": 0, "lost": 0}, asyncio.Event()
    load = [asyncio.ensure_future(_load(running, counts, stop)) for _ in range(16)]
    for _ in range(4):
        successor = await asyncio.to_thread(workers.start)
        assert await asyncio.to_thread(workers.end, process) == 0
        process = successor
    stop.set()
    await asyncio.gather(*load)
    assert await asyncio.to_thread(workers.end, process) == 0
    workers.listener.close()
    assert counts["lost"] == 0
    assert counts["ok"] > 1000


async def test_draining_finishes_a_download_then_closes_websockets(relay: Running) -> None:
    release = asyncio.Event()

    async def script(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if b"websocket" in head.lower():
            await _echo(head, reader, writer)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        await writer.drain()
        await release.wait()
        writer.write(b"cd")

    relay.upstream.script = script
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(handshake(relay))
    await reader.readuntil(b"\r\n\r\n")
    asking = asyncio.ensure_future(relay.raw(relay.request(), seconds=10))
    await asyncio.sleep(0.2)
    relay.drain.set()
    await asyncio.sleep(0.5)
    assert not reader.at_eof()
    assert not asking.done()
    release.set()
    assert (await asking).endswith(b"abcd")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
