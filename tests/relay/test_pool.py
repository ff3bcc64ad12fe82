import asyncio
import contextlib
import resource
from pathlib import Path

import pytest

from proxy.core.errors import UpstreamBroken
from proxy.relay import pool as pool_module
from proxy.relay.outbox import Outbox
from proxy.relay.pool import MAX_IDLE, Pool
from tests.relay.conftest import Running, Upstream, status_of


async def test_a_missing_server_is_a_broken_upstream(tmp_path: Path) -> None:
    with pytest.raises(UpstreamBroken):
        await Pool(Outbox(asyncio.get_running_loop().call_soon)).dial(str(tmp_path / "none.sock"))


async def test_idle_connections_are_bounded_in_number(upstream: Upstream) -> None:
    pool = Pool(Outbox(asyncio.get_running_loop().call_soon))
    for _ in range(MAX_IDLE + 5):
        pool._release(upstream.path, await pool.dial(upstream.path))
    await asyncio.sleep(0.05)
    taken = 0
    while pool.take_idle(upstream.path) is not None:
        taken += 1
    assert taken == MAX_IDLE
    pool.close()


async def test_idle_connections_are_bounded_in_age(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(Outbox(asyncio.get_running_loop().call_soon))
    pool._release(upstream.path, await pool.dial(upstream.path))
    pool.sweep()
    assert pool._idle
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", -1)
    pool.sweep()
    assert not pool._idle


async def test_a_connection_that_died_while_idle_is_not_handed_out(upstream: Upstream) -> None:
    pool = Pool(Outbox(asyncio.get_running_loop().call_soon))
    connection = await pool.dial(upstream.path)
    pool._release(upstream.path, connection)
    connection.abandon()
    assert pool.take_idle(upstream.path) is None


async def test_idle_connections_give_their_descriptors_to_a_new_one(upstream: Upstream) -> None:
    pool = Pool(Outbox(asyncio.get_running_loop().call_soon))
    for connection in [await pool.dial(upstream.path) for _ in range(20)]:
        pool._release(upstream.path, connection)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest_descriptor() + 1, hard))
    try:
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                while True:
                    stack.enter_context(open("/dev/null"))  # noqa: PTH123
            dialled = await pool.dial(upstream.path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert pool.take_idle(upstream.path) is None
    dialled.abandon()


def highest_descriptor() -> int:
    return max(int(each.name) for each in Path("/proc/self/fd").iterdir())


async def test_more_requests_at_once_than_any_default_limit(relay: Running) -> None:
    release = asyncio.Event()

    async def script(
        _head: bytes, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await release.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    relay.upstream.script = script
    asking = [asyncio.ensure_future(relay.ask()) for _ in range(150)]
    async with asyncio.timeout(10):
        while relay.upstream.connections < 150:
            await asyncio.sleep(0.02)
    release.set()
    assert {status_of(answer) for answer in await asyncio.gather(*asking)} == {200}
