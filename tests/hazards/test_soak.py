"""What the soak does is done once, small: load, websockets, and reading a process's memory."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hazards import bulk_transfers, load, soak, stalled_peers
from hazards.bulk_transfers import Transfers
from hazards.installation import Installation, folder, running_program, running_relay
from hazards.memory import measure, open_sockets
from hazards.pattern import blocks, digest
from hazards.stalled_peers import StalledPeers


@pytest.fixture
async def installed() -> AsyncIterator[tuple[Installation, Path]]:
    with folder() as at:
        address = at / "jupyter.sock"
        program = running_program("hazards.upstream_program", str(address), ready=address)
        relay = running_relay(at, address, accounts=2, passes=10)
        await asyncio.to_thread(program.__enter__)
        try:
            yield await asyncio.to_thread(relay.__enter__), at
        finally:
            await asyncio.to_thread(relay.__exit__, None, None, None)
            await asyncio.to_thread(program.__exit__, None, None, None)


async def test_load_and_websockets_go_through(
    installed: tuple[Installation, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    installation, at = installed
    if load.has_wrk():
        told = await load.ask(installation, at, 1)
        assert told.requests > 10
        assert told.wrong == ""
    monkeypatch.setattr(load, "has_wrk", lambda: False)
    told = await load.ask(installation, at, 0.2)
    assert told.requests > 10
    assert told.wrong == ""
    assert await soak.open_websockets(installation, 50) == 0
    assert measure(installation.relay).private > 0
    assert open_sockets(os.getpid()) > 0


async def test_large_things_arrive_unchanged_and_stall(
    installed: tuple[Installation, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalled_peers, "QUIET_SECONDS", 0.3)
    transfers, stalled = Transfers(installed[0]), StalledPeers(installed[0])
    assert "unchanged" in await transfers.upload(3_000_001)
    assert "unchanged" in await transfers.upload_chunked(3_000_001)
    assert "unchanged" in await transfers.download("bytes", 3_000_001)
    assert "unchanged" in await transfers.download("chunked", 3_000_001)
    assert "each way" in await transfers.message(3_000_001)
    assert "echoes" in await transfers.idle(0.1)
    assert "had to wait" in await stalled.upload(2**27)
    assert "never read" in await stalled.read_nothing(3)
    assert "not read" in await stalled.message(2**24)


async def test_changed_content_is_seen(
    installed: tuple[Installation, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_transfers, "digest", lambda _size: "another")
    with pytest.raises(bulk_transfers.ContentChanged):
        await Transfers(installed[0]).download("bytes", 1000)


def test_the_pattern_is_as_long_as_asked_and_tells_places_apart() -> None:
    made = list(blocks(2**21 + 5))
    assert sum(map(len, made)) == 2**21 + 5
    assert made[0] != made[1]
    assert digest(10) != digest(11)
