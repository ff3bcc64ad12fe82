"""Jupyter's REST API against something that answers like it, and things that do not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from proxy.core.culling import KernelSeen
from proxy.servers.jupyter_api import JupyterApi
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
    assert await api.terminals() == []


@pytest.mark.parametrize(
    "nonsense", [{}, [{}], "text", [{"execution_state": "idle", "last_activity": "today"}], 7]
)
async def test_nonsense_is_no_answer(
    jupyter: PretendJupyter, clock: FakeClock, nonsense: object
) -> None:
    jupyter.kernels = nonsense
    jupyter.terminals = nonsense
    api = JupyterApi(ADA, await jupyter.open(), KEY, clock)
    assert await api.kernels() in (None, []) if nonsense == {} else await api.kernels() is None
    assert await api.terminals() == []


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
        assert await api.terminals() == []
