"""The manager against spawners that behave, dawdle, refuse, hang and die."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from proxy.core.errors import NotFound, UnprocessableInput
from proxy.core.lifecycle import State
from proxy.core.progress import Progress
from proxy.servers.manager import ServerManager
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests import feed
from tests.conftest import FakeClock
from tests.servers.fakes import (
    ADA,
    BOB,
    KEY,
    Bad,
    Broken,
    DiesWhileLoading,
    Held,
    Never,
    Silent,
    Slow,
    WellBehaved,
    managing,
    operations_with,
)


@pytest.fixture
async def spawner(clock: FakeClock) -> AsyncIterator[WellBehaved]:
    made = WellBehaved(clock)
    yield made
    await made.end_all()


@pytest.fixture
async def manager(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> AsyncIterator[ServerManager]:
    async with managing(operations_with(spawner, store, clock)) as made:
        yield made


async def test_a_start_is_begun_at_once_and_ends_ready(
    manager: ServerManager, spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    outcome = await manager.start(ADA)
    assert outcome.created
    assert outcome.record.state is State.STARTING

    record = await manager.wait(ADA)

    assert record.state is State.READY
    assert (record.pid, record.address) == (4711, spawner.running[ADA][1].address)
    assert record.identity_key == f"{KEY}-0"
    assert record.started == record.last_activity == clock.now
    assert await store.read(servers.get, ADA) == record
    assert {change.key for change in await store.read(feed.since, 0)} == {"ada/home"}


async def test_ten_starts_at_once_start_one(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        outcomes = await asyncio.gather(*(manager.start(ADA) for _ in range(10)))
        records = await asyncio.gather(*(manager.wait(ADA) for _ in range(10)))
    await spawner.end_all()
    assert [outcome.created for outcome in outcomes].count(True) == 1
    assert len(spawner.starts) == 1
    assert {record.state for record in records} == {State.READY}


async def test_a_running_server_is_given_back(manager: ServerManager) -> None:
    await manager.start(ADA)
    running = await manager.wait(ADA)
    outcome = await manager.start(ADA)
    assert not outcome.created
    assert outcome.record == running


async def test_a_relay_that_missed_a_restart_is_still_believed(manager: ServerManager) -> None:
    await manager.start(ADA)
    first = await manager.wait(ADA)
    await manager.stop(ADA)
    await manager.start(ADA)
    second = await manager.wait(ADA)
    assert first.identity_key == second.identity_key


async def test_each_server_has_a_key_of_its_own(manager: ServerManager) -> None:
    keys = set()
    for name in (ADA, BOB):
        await manager.start(name)
        keys.add((await manager.wait(name)).identity_key)
    assert len(keys) == 2


async def test_a_gateway_with_a_password_is_refused(manager: ServerManager) -> None:
    with pytest.raises(UnprocessableInput):
        await manager.start(ADA, gateway_url="http://me:secret@gateway.example.org")
    assert await manager.get(ADA) is None


async def test_a_gateway_is_kept_with_the_server(manager: ServerManager) -> None:
    outcome = await manager.start(ADA, gateway_url="http://gateway.example.org:8888")
    assert outcome.record.gateway_url == "http://gateway.example.org:8888"
    await manager.wait(ADA)


async def test_a_refusal_is_told_and_can_be_tried_again(store: Store, clock: FakeClock) -> None:
    async with managing(operations_with(Bad(clock), store, clock)) as manager:
        for _ in range(2):
            assert (await manager.start(ADA)).created
            record = await manager.wait(ADA)
            assert (record.state, record.reason) == (State.FAILED, "The disk is full.")
            assert (record.pid, record.address) == (None, "")


async def test_a_bug_becomes_a_failure_that_tells_nothing_secret(
    store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(Broken(clock), store, clock)) as manager:
        await manager.start(ADA)
        record = await manager.wait(ADA)
    assert record.state is State.FAILED
    assert "secret" not in record.reason


async def test_a_server_that_never_answers_fails_in_time_and_is_cleared_away(
    store: Store, clock: FakeClock
) -> None:
    spawner = Never(clock)
    async with managing(operations_with(spawner, store, clock, seconds=0.5)) as manager:
        await manager.start(ADA)
        async with asyncio.timeout(5):
            record = await manager.wait(ADA)
    assert record.state is State.FAILED
    assert "within 0.5 seconds" in record.reason
    assert not spawner.running


async def test_a_process_that_ends_while_loading_fails_at_once(
    store: Store, clock: FakeClock
) -> None:
    spawner = DiesWhileLoading(clock)
    async with managing(operations_with(spawner, store, clock, seconds=60)) as manager:
        await manager.start(ADA)
        async with asyncio.timeout(5):
            record = await manager.wait(ADA)
    assert record.reason == "Jupyter ended by itself with exit code 3."


async def test_a_dead_server_is_reported_failed_not_ready(
    manager: ServerManager, spawner: WellBehaved, store: Store
) -> None:
    await manager.start(ADA)
    await manager.wait(ADA)
    await spawner.end(ADA, "Jupyter was killed from outside.")
    record = await manager.get(ADA)
    assert record is not None
    assert (record.state, record.reason) == (State.FAILED, "Jupyter was killed from outside.")
    assert await store.read(servers.get, ADA) == record
    assert [other.state for other in await manager.list_all()] == [State.FAILED]


async def test_a_dead_server_is_started_again_when_somebody_wants_it(
    manager: ServerManager, spawner: WellBehaved
) -> None:
    await manager.start(ADA)
    await manager.wait(ADA)
    await spawner.end(ADA, "gone")
    assert (await manager.start(ADA)).created
    assert (await manager.wait(ADA)).state is State.READY


async def test_nobody_died_while_everything_is_being_stopped(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(spawner, store, clock, ending=True)) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        await spawner.end(ADA, "killed")
        record = await manager.get(ADA)
    assert record is not None
    assert record.state is State.READY


async def test_a_silent_supervisord_makes_nobody_dead(store: Store, clock: FakeClock) -> None:
    ready = ServerRecord(ADA, State.READY, address="/x", identity_key=KEY, pid=1)
    await store.write(servers.put, ready, clock())
    async with managing(operations_with(Silent(clock), store, clock)) as manager:
        assert await manager.get(ADA) == ready


async def test_a_stop_waits_until_it_is_gone_and_keeps_the_reason(
    store: Store, clock: FakeClock
) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        record = await manager.stop(ADA, reason="Stopped after 1 hour without activity.")
    assert record.state is State.STOPPED
    assert record.reason == "Stopped after 1 hour without activity."
    assert (record.pid, record.address) == (None, "")
    assert spawner.stops == [ADA]


async def test_a_start_under_way_can_be_stopped(store: Store, clock: FakeClock) -> None:
    spawner = Never(clock)
    async with managing(operations_with(spawner, store, clock, seconds=60)) as manager:
        await manager.start(ADA)
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            assert (await manager.stop(ADA)).state is State.STOPPED
    assert not spawner.running


async def test_a_start_during_a_stop_waits_for_its_end(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        stopping = asyncio.gather(manager.stop(ADA))
        await asyncio.sleep(0.05)
        outcome = await manager.start(ADA)
        assert outcome.created
        await stopping
        assert (await manager.wait(ADA)).state is State.READY
    await spawner.end_all()


async def test_two_stops_at_once_are_one(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        records = await asyncio.gather(manager.stop(ADA), manager.stop(ADA))
    assert [record.state for record in records] == [State.STOPPED, State.STOPPED]
    assert spawner.stops == [ADA]


async def test_a_stop_that_breaks_still_ends(store: Store, clock: FakeClock) -> None:
    ready = ServerRecord(ADA, State.READY, address="/x", identity_key=KEY, pid=1)
    await store.write(servers.put, ready, clock())
    async with managing(operations_with(Broken(clock), store, clock)) as manager:
        record = await manager.stop(ADA)
    assert record.state is State.STOPPED
    assert "could not be stopped properly" in record.reason


async def test_who_gives_up_waiting_cuts_no_start_in_half(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await manager.wait(ADA)
        assert (await manager.wait(ADA)).state is State.READY
    await spawner.end_all()


async def test_unknown_servers_are_none_or_not_found(manager: ServerManager) -> None:
    assert await manager.get(BOB) is None
    assert await manager.list_all() == []
    for wish in (manager.stop(BOB), manager.wait(BOB), anext(manager.progress(BOB))):
        with pytest.raises(NotFound):
            await wish


async def test_a_pending_row_without_work_is_taken_up(
    manager: ServerManager, store: Store, clock: FakeClock
) -> None:
    starting = ServerRecord(ADA, State.STARTING, identity_key=KEY)
    await store.write(servers.put, starting, clock())
    stopping = replace(starting, name=BOB, state=State.STOPPING)
    await store.write(servers.put, stopping, clock())
    assert (await manager.wait(ADA)).state is State.READY
    assert (await manager.wait(BOB)).state is State.STOPPED


async def test_leaving_cancels_the_work_and_leaves_the_row(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
    record = await store.read(servers.get, ADA)
    assert record is not None
    assert record.state is State.STARTING
    assert spawner.stops == []


async def collect(manager: ServerManager) -> list[Progress]:
    return [step async for step in manager.progress(ADA)]


async def test_progress_shows_every_step_and_ends(store: Store, clock: FakeClock) -> None:
    spawner = Held(clock)
    async with managing(operations_with(spawner, store, clock)) as manager, asyncio.timeout(5):
        await manager.start(ADA)
        steps = []
        async for step in manager.progress(ADA):
            steps.append(step)
            spawner.go.set()
        assert [step.percent for step in steps[-5:]] == [10, 30, 50, 90, 100]
        assert "4711" in steps[-4].message
        assert steps[-1] == Progress(State.READY, "Your server is ready.", 100)
        assert await collect(manager) == steps[-1:]
    await spawner.end_all()


async def test_progress_of_a_failure_ends_with_reason_and_log(
    store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(Bad(clock), store, clock)) as manager:
        await manager.start(ADA)
        last = (await collect(manager))[-1]
        assert last.state is State.FAILED
        assert last.message == "The disk is full."
        assert last.log == ("log of ada/home", "last line")
        assert await collect(manager) == [last]


async def test_watchers_of_a_stop_are_let_go(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        stopping = asyncio.gather(manager.stop(ADA))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(5):
            steps = await collect(manager)
        await stopping
    assert steps[0].state is State.STOPPING
    assert steps[-1].state is State.STOPPED


async def test_the_log_is_read_through_the_manager(manager: ServerManager) -> None:
    assert await manager.log_tail(ADA, 1) == ("last line",)
