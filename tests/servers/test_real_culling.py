"""Culling real Jupyter servers: what keeps one, and what does not; an hour is passed in.

The clock of front runs ahead of Jupyter's by a little less than the timeout: whatever was a sign of
activity in the last seconds keeps a server, and whatever was none does not.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import ClientWebSocketResponse

from proxy.core.clock import system_clock
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.manager import ServerManager
from proxy.servers.opening import open_manager
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.servers.jupyter_client import JupyterClient, client_of
from tests.servers.supervision import Supervision, supervision

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

TIMEOUT = 3600
SILENT_SECONDS = 5
# An open tab asks for these every few seconds (JupyterLab 4).
POLLS = ("api/kernels", "api/sessions", "api/terminals", "api/kernelspecs", "api/contents")
OPEN, PRINTING, BUSY, STUCK = (ServerName(owner, "home") for owner in ("ada", "bob", "cy", "dee"))


class AheadOfTime:
    """The system's clock, put forward by `ahead` seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return system_clock() + self.ahead


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervision]:
    with supervision() as made:
        monkeypatch.setenv("SIFU_RUN", str(made.places.run))
        monkeypatch.setenv("SIFU_LOG_FOLDER", str(made.places.logs))
        monkeypatch.setattr("proxy.servers.jupyter_api.CALL_SECONDS", 2.0)
        made.start()
        yield made


@pytest.fixture
def clock() -> AheadOfTime:
    return AheadOfTime()


@pytest.fixture
async def manager(
    supervised: Supervision, store: Store, clock: AheadOfTime
) -> AsyncIterator[ServerManager]:
    run = supervised.places.run
    settings = Settings(data=run, notebooks=run / "notebooks", idle_timeout=TIMEOUT)
    async with open_manager(settings, store, clock) as made:
        yield made


async def started(manager: ServerManager, name: ServerName) -> ServerRecord:
    await manager.start(name)
    async with asyncio.timeout(60):
        record = await manager.wait(name)
    assert record.state is State.READY, record.reason
    return record


@asynccontextmanager
async def terminal(jupyter: JupyterClient, command: str) -> AsyncIterator[ClientWebSocketResponse]:
    """Open a terminal, as a page does, and type a command."""
    _, made = await jupyter.ask("POST", "api/terminals")
    async with jupyter.connect(f"terminals/websocket/{made['name']}") as socket:
        await socket.send_json(["stdin", command + "\r"])
        yield socket


async def state_of(manager: ServerManager, name: ServerName) -> State:
    record = await manager.get(name)
    assert record is not None
    return record.state


async def poll_like_a_page(jupyter: JupyterClient, seconds: float) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        for path in POLLS:
            assert (await jupyter.ask("GET", path))[0] == 200
        await asyncio.sleep(0.3)


async def test_what_keeps_a_server_and_what_does_not(
    manager: ServerManager, clock: AheadOfTime
) -> None:
    names = (OPEN, PRINTING, BUSY, STUCK)
    records = await asyncio.gather(*(started(manager, name) for name in names))
    async with AsyncExitStack() as stack:
        opened, printing, busy, _ = [
            await stack.enter_async_context(client_of(record)) for record in records
        ]
        kernel = await opened.start_kernel()
        assert await opened.execute(kernel, "print(1, flush=True)") == "1\n"
        await stack.enter_async_context(opened.connect(f"api/kernels/{kernel}/channels"))
        await stack.enter_async_context(terminal(opened, "sleep 1000"))
        await stack.enter_async_context(terminal(printing, "while sleep 0.2; do date; done"))
        long = "print(1, flush=True); import time; time.sleep(1000)"
        assert await busy.execute(await busy.start_kernel(), long) == "1\n"
        assert records[3].pid is not None
        os.kill(records[3].pid, signal.SIGSTOP)
        await poll_like_a_page(opened, SILENT_SECONDS)

        await manager.culler.cull()  # nobody has been idle for an hour
        assert {await state_of(manager, name) for name in names} == {State.READY}

        clock.ahead = TIMEOUT - SILENT_SECONDS + 2
        await manager.culler.cull()
        assert await state_of(manager, OPEN) is State.STOPPED
        assert await state_of(manager, PRINTING) is State.READY
        assert await state_of(manager, BUSY) is State.READY
        assert await state_of(manager, STUCK) is State.READY

        clock.ahead = 100 * TIMEOUT
        for expected in (State.READY, State.FAILED):
            await manager.culler.cull()
            assert await state_of(manager, BUSY) is State.READY
            assert await state_of(manager, STUCK) is expected
    told = {each.name: each.reason for each in await manager.list_all()}
    assert "1 hour without activity" in told[OPEN]
    assert "did not answer" in told[STUCK]
    with pytest.raises(ProcessLookupError):
        os.kill(records[3].pid, 0)


async def test_jupyter_stops_idle_kernels_itself_and_no_busy_one(
    supervised: Supervision, store: Store
) -> None:
    run = supervised.places.run
    settings = Settings(data=run, notebooks=run / "notebooks", kernel_idle_timeout=2)
    async with open_manager(settings, store, system_clock) as manager:
        async with client_of(await started(manager, OPEN)) as jupyter:
            idle, busy = await jupyter.start_kernel(), await jupyter.start_kernel()
            long = "print(1, flush=True); import time; time.sleep(1000)"
            assert await jupyter.execute(busy, long) == "1\n"
            assert await jupyter.execute(idle, "print(1, flush=True)") == "1\n"
            async with jupyter.connect(f"api/kernels/{idle}/channels"), asyncio.timeout(30):
                while [one["id"] for one in (await jupyter.ask("GET", "api/kernels"))[1]] != [busy]:
                    await asyncio.sleep(0.3)
            await asyncio.sleep(3)
            assert [one["id"] for one in (await jupyter.ask("GET", "api/kernels"))[1]] == [busy]
        await manager.stop(OPEN)
