"""kill -9 of front in each state of a server's life, at random moments: nothing is forgotten.

supervisord and the processes are real; the notebooks are quick ones, and front is the manager alone
(its web pages hold nothing that could be lost).
"""

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest

from proxy.core.clock import system_clock
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, RUNNING, State
from proxy.notebook import process_record
from proxy.servers.manager import ServerManager
from proxy.servers.opening import open_manager
from proxy.settings import Settings
from proxy.store import servers
from proxy.store.database import Store, migrate
from proxy.tasks import spawn
from tests.servers.quick_notebook import write_python
from tests.servers.supervision import Supervision, supervision

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

NAMES = [ServerName(owner, "home") for owner in ("ada", "bob", "cy", "dee", "eve", "fay", "gus")]
KILLS = 50
ROUNDS_BETWEEN_CHECKS = 10
MOST_SERVERS = 4


def front(settings: Settings, environment: dict[str, str], seed: int, to_test: Connection) -> None:
    """Wish for starts and stops until killed (`seed` >= 0), or settle, tell what is, and end."""
    os.environ.update(environment)
    store = Store(settings.store_url)
    asyncio.run(
        _wish(settings, store, seed, to_test) if seed >= 0 else _tell(settings, store, to_test)
    )
    store.close()


async def _wish(settings: Settings, store: Store, seed: int, to_test: Connection) -> None:
    async with open_manager(settings, store, system_clock) as manager:
        lives = []
        for number, name in enumerate(NAMES):
            choose = random.Random(seed * 100 + number)  # noqa: S311 (no secret)
            lives.append(spawn(_live(manager, name, choose, to_test), name=f"wishes of {name}"))
        await asyncio.wait(lives)


async def _live(
    manager: ServerManager, name: ServerName, choose: random.Random, to_test: Connection
) -> None:
    while True:
        await asyncio.sleep(choose.uniform(0, 0.2))
        is_start = choose.random() < 0.6
        to_test.send((name, is_start, "wished"))
        if is_start:
            await manager.start(name)
        elif await manager.get(name) is not None:
            await manager.stop(name)
        to_test.send((name, is_start, "done"))


async def _tell(settings: Settings, store: Store, to_test: Connection) -> None:
    async with open_manager(settings, store, system_clock) as manager:
        async with asyncio.timeout(60):
            while not _is_settled(records := await manager.list_all()):
                await asyncio.sleep(0.1)
        to_test.send([(each.name, each.state, each.place, each.pid) for each in records])


def _is_settled(records: list[Any]) -> bool:
    states = Counter(record.state for record in records)
    if states[State.STARTING] or states[State.STOPPING]:
        return False
    return not states[State.QUEUED] or states[State.READY] == MOST_SERVERS


class Fronts:
    """Starts one front after the other over the same ground, and kills them."""

    def __init__(self, run: Supervision) -> None:
        places = run.places
        python = write_python(places.run, seconds=0.2, failing=0.3)
        self.places = places
        self.environment = {
            "SIFU_RUN": str(places.run),
            "SIFU_LOG_FOLDER": str(places.logs),
            "SIFU_PYTHON": str(python),
        }
        self.settings = Settings(
            data=places.run,
            notebooks=places.run / "notebooks",
            max_servers=MOST_SERVERS,
            concurrent_starts=2,
        )
        self.store = Store(self.settings.store_url)
        migrate(self.store)
        # Whoever is forked from it has everything imported already.
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([__name__])
        self.wanted: dict[ServerName, set[bool]] = {}
        self.killed_in: Counter[State] = Counter()

    def kill_one_while(self, state: State, seed: int) -> None:
        """Let a front work until some server is in this state, and then a moment; kill it."""
        here, there = self._processes.Pipe(duplex=False)
        child = self._processes.Process(
            target=front, args=(self.settings, self.environment, seed, there)
        )
        child.start()
        there.close()
        deadline = time.monotonic() + 1
        here.poll(10)  # it has begun to wish
        while state not in self.states().values() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(random.Random(seed).uniform(0, 0.1))  # noqa: S311 (no secret)
        self.killed_in.update(set(self.states().values()))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        self._hear(here)

    def settle(self) -> list[tuple[ServerName, State, int, int | None]]:
        """Let a front bring to an end what is pending; return what it shows."""
        here, there = self._processes.Pipe(duplex=False)
        child = self._processes.Process(
            target=front, args=(self.settings, self.environment, -1, there)
        )
        child.start()
        there.close()
        shown: list[tuple[ServerName, State, int, int | None]] = here.recv()
        child.join()
        here.close()
        return shown

    def states(self) -> dict[ServerName, State]:
        return {each.name: each.state for each in self.store.read_now(servers.list_all)}

    def _hear(self, here: Connection) -> None:
        """What was done is wanted; of what was wished last, nobody knows whether it was done."""
        with suppress(EOFError):
            while True:
                name, is_start, how = here.recv()
                if how == "done":
                    self.wanted[name] = {is_start}
                else:
                    self.wanted.setdefault(name, {False}).add(is_start)
        here.close()


@pytest.fixture
def fronts() -> Iterator[Fronts]:
    with supervision() as run:
        run.start()
        made = Fronts(run)
        yield made
        made.store.close()


def living(run: Path) -> dict[str, int]:
    """Return the notebooks that run, by program, as the machine knows them."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            is_one = "proxy.notebook.enter" in words and str(run) in words[-1]
            if is_one and process.status() != psutil.STATUS_ZOMBIE:
                found[Path(words[-1]).stem] = process.pid
    return found


def check(fronts: Fronts) -> None:
    """Wanted, actual and shown agree."""
    shown = fronts.settle()
    rows = fronts.store.read_now(servers.list_all)
    assert [(row.name, row.state, row.pid) for row in rows] == [
        (name, state, pid) for name, state, _, pid in shown
    ]
    ready = {row.name.program: row.pid for row in rows if row.state is State.READY}
    assert living(fronts.places.run) == ready
    recorded = {
        row.name: process_record.find(str(fronts.places.record_file(row.name))) for row in rows
    }
    assert {name.program: pid for name, pid in recorded.items() if pid} == ready
    waiting = sorted((row.started, row.name) for row in rows if row.state is State.QUEUED)
    in_line = sorted((place, name) for name, state, place, _ in shown if place)
    assert [name for _, name in waiting] == [name for _, name in in_line]
    for row in rows:
        is_on = row.state in RUNNING | PENDING
        did_fail = row.state is State.FAILED
        assert is_on in fronts.wanted[row.name] or did_fail, (row, fronts.wanted[row.name])
        assert row.reason or not did_fail


def test_nothing_is_lost_or_forgotten_in_fifty_kills(fronts: Fronts) -> None:
    targets = [state for _ in range(KILLS) for state in State][:KILLS]
    for number, state in enumerate(targets, start=1):
        fronts.kill_one_while(state, seed=number)
        if number % ROUNDS_BETWEEN_CHECKS == 0:
            check(fronts)
    assert set(fronts.killed_in) == set(State)
    assert min(fronts.killed_in.values()) >= 5, fronts.killed_in
