"""What a starting front makes of rows, processes and orphans."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.lifecycle import State
from proxy.servers.reconcile import reconcile
from proxy.servers.spawner import Alive, ServerSpec
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, KEY, Broken, Silent, WellBehaved, operations_with


@pytest.fixture
async def spawner(clock: FakeClock) -> AsyncIterator[WellBehaved]:
    made = WellBehaved(clock)
    yield made
    await made.end_all()


async def settle(
    store: Store, clock: FakeClock, spawner: WellBehaved, record: ServerRecord
) -> tuple[ServerRecord, list[ServerRecord]]:
    await store.write(servers.put, record, clock())
    pending = await reconcile(operations_with(spawner, store, clock), [ADA])
    settled = await store.read(servers.get, record.name)
    assert settled is not None
    return settled, pending


async def run(spawner: WellBehaved) -> Alive:
    return await spawner.start(ServerSpec(ADA, Path("/nowhere"), KEY))


READY = ServerRecord(ADA, State.READY, address="/old", identity_key="old", pid=1)


async def test_what_runs_keeps_running(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    alive = await run(spawner)
    settled, pending = await settle(store, clock, spawner, READY)
    assert settled.state is State.READY
    assert (settled.address, settled.identity_key) == (alive.address, KEY)
    assert pending == []
    assert spawner.stops == []


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED, State.STARTING])
async def test_what_runs_though_the_row_says_otherwise_is_taken_up(
    store: Store, clock: FakeClock, spawner: WellBehaved, state: State
) -> None:
    alive = await run(spawner)
    settled, pending = await settle(store, clock, spawner, ServerRecord(ADA, state, reason="old"))
    assert settled.state is State.STARTING
    assert (settled.reason, settled.address) == ("", alive.address)
    assert pending == [settled]


async def test_an_interrupted_start_without_a_process_is_resumed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    starting = ServerRecord(ADA, State.STARTING, identity_key=KEY)
    settled, pending = await settle(store, clock, spawner, starting)
    assert settled.state is State.STARTING
    assert pending == [settled]


async def test_an_interrupted_start_whose_process_died_has_failed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    spawner.reasons[ADA] = "exit code 3"
    settled, pending = await settle(store, clock, spawner, ServerRecord(ADA, State.STARTING))
    assert (settled.state, settled.reason) == (State.FAILED, "exit code 3")
    assert pending == []


async def test_an_interrupted_stop_is_resumed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    await run(spawner)
    stopping = replace(READY, state=State.STOPPING)
    settled, pending = await settle(store, clock, spawner, stopping)
    assert settled.state is State.STOPPING
    assert pending == [settled]


async def test_what_ran_when_everything_was_stopped_is_stopped_not_failed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    settled, _ = await settle(store, clock, spawner, READY)
    assert (settled.state, settled.reason) == (State.STOPPED, "Sifu was stopped meanwhile.")
    assert (settled.pid, settled.address, settled.identity_key) == (None, "", "")


async def test_what_died_while_front_was_away_has_failed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    spawner.reasons[ADA] = "killed"
    settled, _ = await settle(store, clock, spawner, READY)
    assert (settled.state, settled.reason) == (State.FAILED, "killed")


async def test_what_runs_in_no_table_is_stopped(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    await run(spawner)
    assert await reconcile(operations_with(spawner, store, clock), [ADA, BOB]) == []
    assert spawner.stops == [ADA, BOB]


async def test_a_silent_supervisord_keeps_nobody_from_starting(
    store: Store, clock: FakeClock
) -> None:
    settled, pending = await settle(store, clock, Silent(clock), READY)
    assert settled == READY
    assert pending == []


async def test_a_stray_that_cannot_be_stopped_is_no_reason_to_fail(
    store: Store, clock: FakeClock
) -> None:
    assert await reconcile(operations_with(Broken(clock), store, clock), [ADA]) == []
