"""The rounds that nobody asks for."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.lifecycle import State
from proxy.core.queueing import Room
from proxy.servers.chores import Chores
from proxy.servers.manager import ServerManager
from proxy.servers.reconcile import Sweep
from proxy.servers.spawner import Alive, ServerSpec
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.tasks import cancel
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, WellBehaved, guards, managing, operations_with

HOLDING = """
import os, sys, time
held = bytearray(os.urandom(1024) * int(sys.argv[1]) * 1024)
print(1, flush=True)
time.sleep(60)
"""


class WithProcesses(WellBehaved):
    """Servers with a real process beside their pretended Jupyter."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.megabytes = {ADA: 10, BOB: 10}
        self.processes: list[subprocess.Popen[bytes]] = []

    async def start(self, spec: ServerSpec) -> Alive:
        alive = await super().start(spec)
        code = [sys.executable, "-c", HOLDING, str(self.megabytes[spec.name])]
        process = await asyncio.to_thread(subprocess.Popen, code, stdout=subprocess.PIPE)
        assert process.stdout is not None
        await asyncio.to_thread(process.stdout.readline)
        self.processes.append(process)
        alive = replace(alive, pid=process.pid)
        self.running[spec.name] = (self.running[spec.name][0], alive)
        return alive

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture
def processes(clock: FakeClock) -> Iterator[WithProcesses]:
    made = WithProcesses(clock)
    yield made
    made.close()


@pytest.fixture
async def spawner(clock: FakeClock) -> AsyncIterator[WellBehaved]:
    made = WellBehaved(clock)
    yield made
    await made.end_all()


def chores_of(
    manager: ServerManager, store: Store, clock: FakeClock, *, ending: bool = False
) -> Chores:
    async def nothing() -> list[object]:
        return []

    sweep = Sweep(lambda: store.read(servers.list_all), nothing, manager.clear_away)  # type: ignore[arg-type]
    return Chores(manager, sweep, clock, is_ending=lambda: ending)


async def ready(manager: ServerManager) -> None:
    for name in (ADA, BOB):
        await manager.start(name)
        assert (await manager.wait(name)).state is State.READY


async def states(store: Store) -> dict[str, State]:
    return {each.name.owner: each.state for each in await store.read(servers.list_all)}


async def test_who_eats_the_memory_is_ended_alone_and_told_why(
    processes: WithProcesses, store: Store, clock: FakeClock
) -> None:
    processes.megabytes[ADA] = 100
    bounds = guards(clock, memory_limit=60)
    async with managing(operations_with(processes, store, clock), bounds) as manager:
        await ready(manager)
        chores = chores_of(manager, store, clock)
        async with asyncio.timeout(20):
            while (await states(store))["ada"] is not State.FAILED:
                await chores.watch()
                await asyncio.sleep(0.05)
        ada, bob = await manager.get(ADA), await manager.get(BOB)
        usage = manager.usage(BOB)
        assert ada is not None
        assert bob is not None
        assert "of 60 MiB" in ada.reason
        assert "kept" in ada.reason
        assert bob.state is State.READY
        assert usage is not None
        assert usage.processes == 1
        assert await asyncio.to_thread(processes.processes[0].wait, 5) == -9
        assert processes.processes[1].poll() is None
        processes.megabytes[ADA] = 10
        await manager.start(ADA)
        assert (await manager.wait(ADA)).state is State.READY
    await processes.end_all()


async def test_who_is_over_the_limit_for_a_moment_is_not_ended(
    processes: WithProcesses, store: Store, clock: FakeClock
) -> None:
    bounds = guards(clock, memory_limit=20)
    async with managing(operations_with(processes, store, clock), bounds) as manager:
        await ready(manager)
        await manager.memory.look(await manager.list_all())
        manager.memory.limit = 1000
        await chores_of(manager, store, clock).watch()
        await asyncio.sleep(0.1)
        assert set((await states(store)).values()) == {State.READY}
    await processes.end_all()


async def test_the_watch_notes_the_dead_without_being_asked(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(spawner, store, clock)) as manager:
        await ready(manager)
        await spawner.end(ADA, "gone")
        await chores_of(manager, store, clock).watch()
        assert await states(store) == {"ada": State.FAILED, "bob": State.READY}


async def test_the_watch_takes_up_what_nobody_works_at(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    await store.write(servers.put, ServerRecord(ADA, State.QUEUED, started=1.0), clock())
    await store.write(servers.put, ServerRecord(BOB, State.STARTING, identity_key="k" * 43), 1.0)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await chores_of(manager, store, clock).watch()
        async with asyncio.timeout(5):
            while set((await states(store)).values()) != {State.READY}:
                await asyncio.sleep(0.02)


async def test_nothing_is_swept_while_everything_ends(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(spawner, store, clock)) as manager:
        await ready(manager)
        await spawner.end(ADA, "gone")
        await chores_of(manager, store, clock, ending=True).sweep()
        assert (await states(store))["ada"] is State.READY
        await chores_of(manager, store, clock).sweep()
        assert (await states(store))["ada"] is State.FAILED


async def test_a_drain_stops_who_rests_then_everybody_and_starts_nobody(
    spawner: WellBehaved, store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    bounds = guards(clock, room=Room(servers=2), switch=tmp_path / "maintenance.json")
    async with managing(operations_with(spawner, store, clock), bounds) as manager:
        await ready(manager)
        clock.advance(3600)
        spawner.running[BOB][0].kernels = [
            {"execution_state": "busy", "last_activity": "2020-01-01T00:00:00Z"}
        ]
        chores = chores_of(manager, store, clock)
        await chores.drain()
        assert await states(store) == {"ada": State.READY, "bob": State.READY}
        await manager.maintenance.drain(seconds=600)
        await chores.drain()
        assert await states(store) == {"ada": State.STOPPED, "bob": State.READY}
        clock.advance(600)
        await chores.drain()
        assert await states(store) == {"ada": State.STOPPED, "bob": State.STOPPED}
        record = await manager.get(BOB)
        assert record is not None
        assert "maintenance" in record.reason


async def test_the_rounds_go_on_by_themselves(
    spawner: WellBehaved, store: Store, clock: FakeClock
) -> None:
    async with managing(operations_with(spawner, store, clock)) as manager:
        await ready(manager)
        await spawner.end(ADA, "gone")
        tasks = chores_of(manager, store, clock).begin()
        async with asyncio.timeout(5):
            while (await states(store))["ada"] is not State.FAILED:
                await asyncio.sleep(0.02)
        await cancel(*tasks)
    assert len(tasks) == 4
