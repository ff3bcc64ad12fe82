"""What is done again and again without anybody asking: watching, sweeping, culling, draining.

Promises: a server that eats memory is ended within seconds, however long it takes others to go; no
round waits for a server to end. Must not: decide what is too much, too old or too idle (`core`
does).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import structlog

from proxy.core.clock import Clock
from proxy.core.culling import Verdict
from proxy.core.identity import ServerName
from proxy.core.lifecycle import RUNNING, State
from proxy.core.limits import memory_reason, patience
from proxy.metrics import SERVERS_QUEUED, SERVERS_READY
from proxy.servers.manager import ServerManager
from proxy.servers.reconcile import Sweep
from proxy.store.records import ServerRecord
from proxy.tasks import every, spawn

WATCH_SECONDS = 2.0
CULL_SECONDS = 30.0
SWEEP_SECONDS = 30.0
DRAIN_SECONDS = 5.0
DRAIN_REASON = "Stopped for maintenance. Your files are kept."
# While a drain is under way: somebody who did something just now is given the time to save.
_REST_SECONDS = 60
_AT_ONCE = 8
_log = structlog.get_logger()


class Chores:
    """The rounds, each of which may also be called by itself."""

    def __init__(
        self, manager: ServerManager, sweep: Sweep, clock: Clock, *, is_ending: Callable[[], bool]
    ) -> None:
        self._manager = manager
        self._sweep = sweep
        self._clock = clock
        self._is_ending = is_ending
        self._ending: dict[ServerName, asyncio.Task[None]] = {}

    def begin(self) -> list[asyncio.Task[None]]:
        """Do all of it for ever, each at its own pace."""
        rounds = [
            ("watch", WATCH_SECONDS, self.watch),
            ("sweep", SWEEP_SECONDS, self.sweep),
            ("cull", CULL_SECONDS, self._manager.culler.cull),
            ("drain", DRAIN_SECONDS, self.drain),
        ]
        return [
            spawn(every(seconds, work, name=name), name=f"servers.{name}")
            for name, seconds, work in rounds
        ]

    async def watch(self) -> None:
        """Look at all: what died is recorded, what waits is let in, what is too large is ended."""
        await self._manager.refresh_queue()
        records = await self._manager.list_all()
        SERVERS_READY.set(sum(record.state is State.READY for record in records))
        SERVERS_QUEUED.set(sum(record.state is State.QUEUED for record in records))
        await self._guard_memory([record for record in records if record.state in RUNNING])

    async def sweep(self) -> None:
        """Compare wanted with actual, thoroughly; not while supervisord ends with everything."""
        if await asyncio.to_thread(self._is_ending):
            return
        await self._sweep.sweep()
        records = await self._manager.list_all()
        ready = [record.name for record in records if record.state is State.READY]
        await _some_at_a_time(self._manager.get, ready)

    async def drain(self) -> None:
        """Stop who does nothing, if a drain is under way; everybody when its time is over."""
        closed = await self._manager.maintenance.look()
        if closed is None or closed.stop_all_at is None:
            return
        if self._clock() < closed.stop_all_at:
            await self._manager.stop_idle(_REST_SECONDS, reason=DRAIN_REASON)
            return
        records = await self._manager.list_all()
        running = [record.name for record in records if record.state in RUNNING]
        await _some_at_a_time(partial(self._manager.stop, reason=DRAIN_REASON), running)

    async def _guard_memory(self, running: list[ServerRecord]) -> None:
        memory = self._manager.memory
        looked = await memory.look(running)
        pauses = [patience(used, memory.limit, WATCH_SECONDS) for used in looked.over.values()]
        if (pause := min(pauses, default=WATCH_SECONDS)) < WATCH_SECONDS:
            await asyncio.sleep(pause)
            looked = await memory.look(running)
        for record in running:
            if record.name in looked.again:
                self._end(record, looked.over[record.name], running)

    def _end(self, record: ServerRecord, used: int, running: Iterable[ServerRecord]) -> None:
        """Begin to end it, unless that is under way; the rounds go on meanwhile."""
        task = self._ending.get(record.name)
        if task is not None and not task.done():
            return
        memory = self._manager.memory
        reason = memory_reason(used, memory.limit)
        _log.warning("server.too_large", server=str(record.name), used=used, limit=memory.limit)
        others = [other for other in running if other.name != record.name]
        work = self._manager.end(
            record,
            Verdict(reason, is_failure=True),
            first=partial(memory.end_processes, record, others),
        )
        self._ending[record.name] = spawn(work, name=f"too large {record.name}")


async def _some_at_a_time(
    work: Callable[[ServerName], Awaitable[object]], names: Iterable[ServerName]
) -> None:
    """Do the work for each; a failure keeps no other from its turn."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(name: ServerName) -> None:
        async with at_once:
            await work(name)

    done = await asyncio.gather(*(one(name) for name in names), return_exceptions=True)
    for problem in done:
        if isinstance(problem, Exception):
            _log.warning("server.chore_failed", problem=repr(problem))
