"""The manager when there is not room for everybody: order, bounds, leaving, kills, maintenance."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.queueing import SLOW_SECONDS, Room
from proxy.servers.manager import ServerManager
from proxy.servers.spawner import Alive, Gone, ServerSpec
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import (
    ADA,
    BOB,
    Bad,
    Held,
    Never,
    Slow,
    WellBehaved,
    guards,
    managing,
    operations_with,
)

EVE = ServerName("eve", "home")


class Counted(WellBehaved):
    """One listener answers for all; notes the order, and how many were starting and running."""

    def __init__(self, clock: FakeClock, address: str) -> None:
        super().__init__(clock)
        self.go = asyncio.Event()
        self._address = address
        self.begun: list[ServerName] = []
        self._starting = 0
        self.alive: set[ServerName] = set()
        self.most_starting = 0
        self.most_alive = 0

    async def start(self, spec: ServerSpec) -> Alive:
        self.begun.append(spec.name)
        self._starting += 1
        self.most_starting = max(self.most_starting, self._starting)
        await self.go.wait()
        await asyncio.sleep(0.02)
        self.alive.add(spec.name)
        self.most_alive = max(self.most_alive, len(self.alive))
        self._starting -= 1
        return Alive(2**22 + 1, self._address, spec.identity_key)

    async def stop(self, name: ServerName) -> None:
        self.alive.discard(name)

    async def poll(self, name: ServerName) -> Alive | Gone:
        return Alive(2**22 + 1, self._address, "key") if name in self.alive else Gone()


@pytest.fixture
async def counted(clock: FakeClock, short_path: Path) -> AsyncIterator[Counted]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    address = str(short_path / "all.sock")
    await asyncio.create_task(web.UnixSite(runner, address).start())
    yield Counted(clock, address)
    await runner.cleanup()


@pytest.fixture
async def held(clock: FakeClock) -> AsyncIterator[Held]:
    made = Held(clock)
    yield made
    await made.end_all()


def people(number: int) -> list[ServerName]:
    """Return names whose alphabet is not the order in which they come."""
    return [ServerName(f"p{(each * 37) % 1000:03d}", "home") for each in range(number)]


async def test_who_finds_no_room_waits_with_a_place_and_is_let_in(
    held: Held, store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, room=Room(servers=1))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        assert (await manager.start(BOB)).record.state is State.STARTING
        first, second = await manager.start(EVE), await manager.start(ADA)
        assert first.created
        assert [(each.record.state, each.record.place) for each in (first, second)] == [
            (State.QUEUED, 1),
            (State.QUEUED, 2),
        ]
        again = await manager.start(ADA)
        assert (again.created, again.record.place) == (False, 2)
        assert {each.name: each.place for each in await manager.list_all()} == {
            ADA: 2,
            BOB: 0,
            EVE: 1,
        }
        held.go.set()
        await manager.wait(BOB)
        waiting = asyncio.gather(manager.wait(EVE))
        await manager.stop(BOB)
        async with asyncio.timeout(5):
            assert (await waiting)[0].state is State.READY
        found = await manager.get(ADA)
        assert found is not None
        assert (found.state, found.place) == (State.QUEUED, 1)
    assert [spec.name for spec in held.starts] == [BOB, EVE]


async def test_progress_tells_the_place_live_and_goes_on_into_the_start(
    held: Held, store: Store, clock: FakeClock
) -> None:
    held.go.set()
    bounds = guards(clock, room=Room(servers=1))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.wait(BOB)
        await manager.start(EVE)
        await manager.start(ADA)
        told = []
        async with asyncio.timeout(5):
            async for step in manager.progress(ADA):
                told.append(step.message)
                if "number 2" in step.message:
                    await manager.stop(EVE)
                elif "next" in step.message:
                    await manager.stop(BOB)
        assert "number 2" in told[0]
        assert "next" in told[1]
        assert told[-1] == "Your server is ready."


async def test_leaving_the_queue_starts_nothing_and_lets_watchers_go(
    held: Held, store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, room=Room(starts=1))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.start(ADA)
        steps = manager.progress(ADA)
        await anext(steps)
        left = await manager.stop(ADA, reason="why")
        assert (left.state, left.reason) == (State.STOPPED, "why")
        async with asyncio.timeout(2):
            assert [step.state async for step in steps] == [State.STOPPED]
            assert (await manager.wait(ADA)).state is State.STOPPED
        held.go.set()
        await manager.wait(BOB)
    assert held.stops == []


async def test_only_so_many_start_at_a_time_and_a_failure_makes_room(
    store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, room=Room(servers=1, starts=1))
    async with managing(operations_with(Bad(clock), store, clock), bounds) as manager:
        names = people(12)
        await asyncio.gather(*(manager.start(name) for name in names))
        async with asyncio.timeout(20):
            ended = await asyncio.gather(*(manager.wait(name) for name in names))
    assert {record.state for record in ended} == {State.FAILED}


async def test_those_who_load_for_ever_hold_up_nobody_for_long(
    store: Store, clock: FakeClock
) -> None:
    spawner = Never(clock)
    bounds = guards(clock, room=Room(servers=3, starts=1))
    operations = operations_with(spawner, store, clock, seconds=60)
    async with managing(operations, bounds) as manager:
        for name in (BOB, EVE, ADA, ServerName("late", "home")):
            await manager.start(name)
        for expected in ([BOB], [BOB, EVE], [BOB, EVE, ADA], [BOB, EVE, ADA]):
            async with asyncio.timeout(5):
                while [spec.name for spec in spawner.starts] != expected:
                    await asyncio.sleep(0.01)
                await _until_all_have_a_process(store)
            clock.advance(SLOW_SECONDS - 1)
            await manager.refresh_queue()
            await asyncio.sleep(0.1)
            assert [spec.name for spec in spawner.starts] == expected
            clock.advance(2)
            await manager.refresh_queue()
        # Rooms are still counted: the fourth waits.
        await asyncio.sleep(0.1)
        late = await manager.get(ServerName("late", "home"))
        assert late is not None
        assert (late.state, late.place) == (State.QUEUED, 1)
    await spawner.end_all()


async def _until_all_have_a_process(store: Store) -> None:
    while any(
        record.state is State.STARTING and record.pid is None
        for record in await store.read(servers.list_all)
    ):
        await asyncio.sleep(0.01)


async def test_a_start_without_a_process_counts_however_long_it_takes(
    held: Held, store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, room=Room(starts=1))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.start(EVE)
        clock.advance(1000)
        await manager.refresh_queue()
        await asyncio.sleep(0.1)
        found = await manager.get(EVE)
        assert found is not None
        assert found.state is State.QUEUED


async def test_the_gateway_of_the_wish_is_kept_through_the_queue(
    held: Held, store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, room=Room(starts=1))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.start(ADA, gateway_url="http://gateway.example.org:8888")
        held.go.set()
        async with asyncio.timeout(5):
            assert (await manager.wait(ADA)).gateway_url == "http://gateway.example.org:8888"


async def test_a_killed_front_loses_nobody_and_no_place(
    held: Held, store: Store, clock: FakeClock
) -> None:
    names = people(20)
    bounds = guards(clock, room=Room(servers=3, starts=2))
    async with managing(operations_with(held, store, clock), bounds) as manager:
        for name in names:
            await manager.start(name)  # the clock stands still: the ticket alone tells them apart
    clock.advance(-1000)  # and was put back meanwhile
    async with managing(operations_with(held, store, clock), bounds) as manager:
        for record in await store.read(servers.list_all):
            manager.resume(record)
        late = await manager.start(ServerName("a-late-one", "home"))
        assert late.record.place == len(names) - 2 + 1
        places = {each.name: each.place for each in await manager.list_all() if each.place}
        assert sorted(places, key=lambda name: places[name])[:-1] == names[2:]
        held.go.set()
        for name in [*names, late.record.name]:
            async with asyncio.timeout(5):
                assert (await manager.wait(name)).state is State.READY
                await manager.stop(name)
    order = [spec.name for spec in held.starts]
    assert order == [*names, late.record.name]


async def test_a_wish_that_was_cut_off_after_its_row_was_written_is_taken_up(
    held: Held, store: Store, clock: FakeClock
) -> None:
    held.go.set()
    await store.write(servers.put, ServerRecord(ADA, State.QUEUED, started=1.0), clock())
    async with managing(operations_with(held, store, clock)) as manager:
        assert [each.state for each in await manager.list_all()] != []
        async with asyncio.timeout(5):
            assert (await manager.wait(ADA)).state is State.READY


async def test_nothing_is_started_behind_closed_doors_and_what_runs_goes_on(
    held: Held, store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    held.go.set()
    bounds = guards(clock, room=Room(servers=1), switch=tmp_path / "maintenance.json")
    async with managing(operations_with(held, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.wait(BOB)
        await manager.start(EVE)
        await manager.maintenance.close_doors("Back at noon.")
        with pytest.raises(ServerNotRunning, match="noon"):
            await manager.start(ADA)
        assert await manager.get(ADA) is None
        assert not (await manager.start(BOB)).created
        await manager.refresh_queue()
        await manager.stop(BOB)
        steps = manager.progress(EVE)
        assert "You keep your place" in (await anext(steps)).message
        await asyncio.sleep(0.1)
        assert [spec.name for spec in held.starts] == [BOB]
        await manager.maintenance.open_doors()
        await manager.refresh_queue()
        async with asyncio.timeout(5):
            assert (await manager.wait(EVE)).state is State.READY


async def test_thirty_at_once_and_two_hundred_waiting_keep_their_order_and_the_loop_its_breath(
    counted: Counted, store: Store, clock: FakeClock
) -> None:
    names, quiet, late = people(230), list[float](), list[float]()
    await _feel_the_pulse(store, quiet, seconds=1)
    bounds = guards(clock, room=Room(servers=30, starts=4))
    async with managing(operations_with(counted, store, clock), bounds) as manager:
        pulse = asyncio.ensure_future(_feel_the_pulse(store, late, seconds=100))
        outcomes = await asyncio.gather(*(manager.start(name) for name in names))
        first = [each.record.name for each in outcomes if each.record.state is State.STARTING]
        assert len(first) == 4
        rest = [name for name in names if name not in first]
        assert [each.name for each in await _in_line(manager)] == rest
        counted.go.set()
        async with asyncio.timeout(100):
            order = [*first, *rest]
            # Nobody leaves before the house is full: the bound is then reached, whatever the pace.
            for name in order[:30]:
                assert (await manager.wait(name)).state is State.READY
            for name in order:
                assert (await manager.wait(name)).state is State.READY
                await manager.stop(name)
        pulse.cancel()
        assert {each.state for each in await manager.list_all()} == {State.STOPPED}
    assert set(counted.begun[:4]) == set(first)
    assert counted.begun[4:] == rest
    assert (counted.most_starting, counted.most_alive) == (4, 30)
    # On a machine that is busy with other things everybody is late.
    assert _slowest_of_hundred(late) < 0.1 + 2 * _slowest_of_hundred(quiet)


async def _in_line(manager: ServerManager) -> list[ServerRecord]:
    waiting = [record for record in await manager.list_all() if record.place]
    return sorted(waiting, key=lambda record: record.place)


async def _feel_the_pulse(store: Store, late: list[float], *, seconds: float) -> None:
    """Do what a request does, again and again: wait for the loop, ask the store."""
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        await asyncio.sleep(0.005)
        await store.read(servers.get, ADA)
        late.append(time.perf_counter() - began - 0.005)


def _slowest_of_hundred(late: list[float]) -> float:
    return sorted(late)[int(len(late) * 0.99)]


async def test_a_slow_stop_keeps_its_room_until_it_is_gone(store: Store, clock: FakeClock) -> None:
    spawner = Slow(clock)
    bounds = guards(clock, room=Room(servers=1))
    async with managing(operations_with(spawner, store, clock), bounds) as manager:
        await manager.start(BOB)
        await manager.wait(BOB)
        stopping = asyncio.gather(manager.stop(BOB))
        await asyncio.sleep(0.05)
        assert (await manager.start(ADA)).record.place == 1
        await stopping
        async with asyncio.timeout(5):
            assert (await manager.wait(ADA)).state is State.READY
    await spawner.end_all()
