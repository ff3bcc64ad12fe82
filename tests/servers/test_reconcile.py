"""What a starting front makes of rows, processes and orphans."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.reconcile import Sweep, reconcile
from proxy.servers.spawner import Alive, Gone, ServerSpec
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, KEY, Silent, WellBehaved, operations_with


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
    assert (settled.pid, settled.address) == (None, "")


async def test_what_died_while_front_was_away_has_failed(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    spawner.reasons[ADA] = "killed"
    settled, _ = await settle(store, clock, spawner, READY)
    assert (settled.state, settled.reason) == (State.FAILED, "killed")


async def test_who_waits_is_not_looked_for_and_keeps_the_place(
    store: Store, clock: FakeClock, spawner: WellBehaved
) -> None:
    waiting = ServerRecord(BOB, State.QUEUED, started=5.0)
    settled, pending = await settle(store, clock, spawner, waiting)
    assert settled == waiting
    assert pending == [waiting]


async def test_a_hung_supervisord_does_not_keep_front_from_serving(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hung(WellBehaved):
        async def poll(self, name: ServerName) -> Alive | Gone:
            await asyncio.sleep(60)
            return Gone()

    monkeypatch.setattr("proxy.servers.reconcile.RECONCILE_SECONDS", 0.1)
    starting = ServerRecord(ADA, State.STARTING)
    settled, pending = await settle(store, clock, Hung(clock), starting)
    assert settled == starting
    assert pending == [starting]


class Leftovers:
    """Files of these servers, and what was cleared away."""

    def __init__(self, store: Store, *names: ServerName) -> None:
        self.names = list(names)
        self.cleared: list[ServerName] = []

        async def find_names() -> list[ServerName]:
            return self.names

        async def clear_away(name: ServerName) -> None:
            self.cleared.append(name)

        self.sweep = Sweep(lambda: store.read(servers.list_all), find_names, clear_away).sweep


async def test_what_runs_in_no_table_is_stopped_once_it_was_seen_twice(
    store: Store, clock: FakeClock
) -> None:
    left = Leftovers(store, ADA, BOB)
    await left.sweep()
    assert left.cleared == []
    await store.write(servers.put, ServerRecord(BOB, State.STARTING), clock())
    await left.sweep()
    assert left.cleared == [ADA]


@pytest.mark.parametrize("state", [State.STARTING, State.READY, State.STOPPING])
async def test_what_somebody_wants_or_is_pending_is_left_alone(
    store: Store, clock: FakeClock, state: State
) -> None:
    await store.write(servers.put, ServerRecord(ADA, state), clock())
    left = Leftovers(store, ADA)
    for _ in range(3):
        await left.sweep()
    assert left.cleared == []


async def test_a_stray_that_comes_and_goes_is_never_seen_twice(store: Store) -> None:
    left = Leftovers(store, ADA)
    for names in ([ADA], [], [ADA], [], [ADA]):
        left.names = names
        await left.sweep()
    assert left.cleared == []


async def test_many_strays_are_cleared_away_some_at_a_time(store: Store) -> None:
    names = [ServerName(f"p{number}", "home") for number in range(20)]
    left = Leftovers(store, *names)
    for _ in range(2):
        await left.sweep()
    assert len(left.cleared) == 8


async def test_a_silent_supervisord_keeps_nobody_from_starting(
    store: Store, clock: FakeClock
) -> None:
    settled, pending = await settle(store, clock, Silent(clock), READY)
    assert settled == READY
    assert pending == []
