"""What ended elsewhere ends here: revoked sessions, removed users, moved servers."""

import asyncio
import tempfile
from pathlib import Path

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED
from proxy.core.lifecycle import State
from proxy.store import servers, sessions, users
from proxy.store.records import ServerRecord
from tests.relay.conftest import KEY, Running, Upstream, body_of, status_of


async def test_an_ended_session_is_refused_within_two_seconds(relay: Running) -> None:
    assert status_of(await relay.ask()) == 200
    await relay.store.write(sessions.end, "session1", system_clock())
    await asyncio.sleep(2)
    assert status_of(await relay.ask()) == 401


async def test_an_ended_session_cuts_a_download_under_way(relay: Running) -> None:
    async def script(
        _head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await reader.read()

    relay.upstream.script = script
    asking = asyncio.ensure_future(relay.raw(relay.request(close=False), seconds=10))
    await asyncio.sleep(0.3)
    await relay.store.write(sessions.end, "session1", system_clock())
    started = asyncio.get_running_loop().time()
    assert not body_of(await asking).endswith(b"0\r\n\r\n")
    assert asyncio.get_running_loop().time() - started < 2


async def test_a_removed_user_is_out_at_once(relay: Running) -> None:
    assert status_of(await relay.ask()) == 200
    await relay.store.write(users.remove, relay.user, system_clock())
    await asyncio.sleep(2)
    assert status_of(await relay.ask()) == 401


async def test_a_server_that_moved_is_found_at_its_new_address(relay: Running) -> None:
    assert status_of(await relay.ask()) == 200
    with tempfile.TemporaryDirectory(prefix="sifu-") as folder:
        moved = Upstream(str(Path(folder, "other.sock")))
        moved.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nmoved"
        listening = await asyncio.start_unix_server(moved.serve, moved.path)
        record = ServerRecord(SHARED, State.READY, address=moved.path, identity_key=KEY)
        await relay.store.write(servers.put, record, system_clock())
        await asyncio.sleep(1.5)
        assert body_of(await relay.ask()) == b"moved"
        listening.close()


async def test_a_broken_feed_lets_nobody_new_in_and_keeps_who_is_known(
    relay: Running,
) -> None:
    known = relay.cookie()
    assert status_of(await relay.ask(cookie=known)) == 200
    path = Path(str(relay.store.engine.url.database))
    relay.store.engine.dispose()
    for leftover in path.parent.glob("sifu.db*"):
        leftover.unlink()
    path.mkdir()
    assert status_of(await relay.ask(cookie=known)) == 200
    assert status_of(await relay.ask(cookie=relay.cookie(session="session2"))) == 503
