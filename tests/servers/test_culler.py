"""Culling against something that answers like Jupyter."""

from collections.abc import AsyncIterator

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.culler import Culler
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, KEY, PretendJupyter

HOUR = 3600
NOW = "2027-01-15T08:00:00Z"  # the clock's time


@pytest.fixture
async def jupyter(clock: FakeClock) -> AsyncIterator[PretendJupyter]:
    made = PretendJupyter(ADA, KEY, clock)
    yield made
    await made.close()


class Servers:
    """Lists these records and notes which were stopped."""

    def __init__(
        self,
        *records: ServerRecord,
        refusing: ServerName | None = None,
        problem: Exception | None = None,
    ) -> None:
        self.records = list(records)
        self.stopped: dict[ServerName, str] = {}
        self._refusing = refusing
        self._problem = problem or ServerNotRunning("supervisord does not answer.")

    async def list_all(self) -> list[ServerRecord]:
        return self.records

    async def stop(self, name: ServerName, *, reason: str) -> ServerRecord:
        if name == self._refusing:
            raise self._problem
        self.stopped[name] = reason
        return ServerRecord(name)


async def cull(
    servers: Servers, clock: FakeClock, *, idle_timeout: int = HOUR
) -> dict[ServerName, str]:
    await Culler(servers.list_all, servers.stop, clock, idle_timeout=idle_timeout).cull()
    return servers.stopped


def idle(clock: FakeClock, address: str, name: ServerName = ADA) -> ServerRecord:
    long_ago = clock() - 2 * HOUR
    return ServerRecord(
        name,
        State.READY,
        address=address,
        identity_key=KEY,
        started=long_ago,
        last_activity=long_ago,
    )


async def test_an_idle_server_is_stopped_with_a_reason(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    assert "1 hour" in (await cull(servers, clock))[ADA]


async def test_a_busy_kernel_and_a_live_terminal_protect(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    jupyter.kernels = [{"execution_state": "busy", "last_activity": "2020-01-01T00:00:00Z"}]
    assert await cull(servers, clock) == {}
    jupyter.kernels = []
    jupyter.terminals = [{"name": "1", "last_activity": NOW}]
    assert await cull(servers, clock) == {}


async def test_who_was_here_lately_is_not_even_asked_about(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    record = idle(clock, await jupyter.open())
    fresh = ServerRecord(ADA, State.READY, address=record.address, started=clock() - 10)
    assert await cull(Servers(fresh), clock) == {}
    assert jupyter.users == []


async def test_what_cannot_be_asked_is_kept(clock: FakeClock) -> None:
    assert await cull(Servers(idle(clock, "/nowhere.sock")), clock) == {}


async def test_never_means_never(jupyter: PretendJupyter, clock: FakeClock) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    assert await cull(servers, clock, idle_timeout=0) == {}


async def test_only_ready_servers_are_looked_at(jupyter: PretendJupyter, clock: FakeClock) -> None:
    starting = ServerRecord(ADA, State.STARTING, started=1.0, identity_key=KEY)
    assert await cull(Servers(starting), clock) == {}


@pytest.mark.parametrize("problem", [ServerNotRunning("It hangs."), RuntimeError("a bug of ours")])
async def test_one_that_cannot_be_stopped_does_not_protect_the_others(
    jupyter: PretendJupyter, clock: FakeClock, problem: Exception
) -> None:
    other = PretendJupyter(BOB, KEY, clock)
    records = [idle(clock, await jupyter.open()), idle(clock, await other.open(), BOB)]
    servers = Servers(*records, refusing=ADA, problem=problem)
    assert set(await cull(servers, clock)) == {BOB}
    await other.close()
