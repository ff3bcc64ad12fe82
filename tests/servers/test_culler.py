"""Culling against something that answers like Jupyter."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from proxy.core.culling import Verdict
from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.culler import Culler, Patience
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
    """Lists these records and notes which were ended, and how."""

    def __init__(
        self,
        *records: ServerRecord,
        refusing: ServerName | None = None,
        problem: Exception | None = None,
    ) -> None:
        self.records = list(records)
        self.ended: dict[ServerName, Verdict] = {}
        self._refusing = refusing
        self._problem = problem or ServerNotRunning("supervisord does not answer.")

    async def list_all(self) -> list[ServerRecord]:
        return self.records

    async def get(self, name: ServerName) -> ServerRecord | None:
        return next((record for record in self.records if record.name == name), None)

    async def end(self, record: ServerRecord, verdict: Verdict) -> None:
        if record.name == self._refusing:
            raise self._problem
        self.ended[record.name] = verdict


def culler_of(
    servers: Servers, clock: FakeClock, *, idle_timeout: int = HOUR, max_age: int = 0
) -> Culler:
    async def idle_timeout_of(name: ServerName) -> int:
        return idle_timeout if name == ADA else HOUR

    return Culler(servers, Patience(idle_timeout_of, max_age), clock)


async def cull(servers: Servers, clock: FakeClock, **bounds: int) -> dict[ServerName, str]:
    await culler_of(servers, clock, **bounds).cull()
    return {name: verdict.reason for name, verdict in servers.ended.items()}


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


async def test_what_cannot_be_asked_is_kept_looked_at_again_and_then_has_failed(
    clock: FakeClock,
) -> None:
    servers = Servers(idle(clock, "/nowhere.sock"))
    culler = culler_of(servers, clock)
    for _ in range(2):
        await culler.cull()
        assert servers.ended == {}
    await culler.cull()
    assert servers.ended[ADA].is_failure
    assert "did not answer" in servers.ended[ADA].reason


async def test_one_answer_in_between_begins_the_count_again(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    culler = culler_of(servers, clock)
    jupyter.kernels = [{"execution_state": "busy", "last_activity": NOW}]
    for status in (500, 500, 200, 500, 500):
        jupyter.status = status
        await culler.cull()
    assert servers.ended == {}


async def test_terminals_that_cannot_be_asked_keep_the_server(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    jupyter.terminals = "nonsense"
    assert await cull(servers, clock) == {}


async def test_a_person_who_came_while_others_were_looked_at_is_not_thrown_out(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    listed = list(servers.records)

    async def list_of_a_moment_ago() -> list[ServerRecord]:
        servers.records = [replace(listed[0], last_activity=clock())]
        return listed

    servers.list_all = list_of_a_moment_ago  # type: ignore[method-assign]
    assert await cull(servers, clock) == {}


async def test_an_open_page_that_only_asks_is_no_activity(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    """The kernel's own time does not move, whatever the page asks."""
    jupyter.kernels = [{"execution_state": "idle", "last_activity": "2020-01-01T00:00:00Z"}]
    servers = Servers(idle(clock, await jupyter.open()))
    assert set(await cull(servers, clock)) == {ADA}


async def test_a_greatest_age_holds_for_who_works_too(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    jupyter.kernels = [{"execution_state": "busy", "last_activity": NOW}]
    servers = Servers(idle(clock, await jupyter.open()))
    assert await cull(servers, clock, max_age=3 * HOUR) == {}
    assert "longest" in (await cull(servers, clock, max_age=2 * HOUR))[ADA]
    assert not servers.ended[ADA].is_failure


async def test_each_server_may_have_a_timeout_of_its_own(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    other = PretendJupyter(BOB, KEY, clock)
    records = [idle(clock, await jupyter.open()), idle(clock, await other.open(), BOB)]
    assert set(await cull(Servers(*records), clock, idle_timeout=5 * HOUR)) == {BOB}
    await other.close()


async def test_an_administrator_stops_who_rests_and_nobody_who_computes(
    jupyter: PretendJupyter, clock: FakeClock
) -> None:
    servers = Servers(idle(clock, await jupyter.open()))
    culler = culler_of(servers, clock, idle_timeout=0)
    jupyter.kernels = [{"execution_state": "busy", "last_activity": "2020-01-01T00:00:00Z"}]
    assert await culler.stop_idle(60, "why") == 0
    jupyter.kernels = []
    assert await culler.stop_idle(60, "why") == 1
    assert servers.ended == {ADA: Verdict("why")}


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
