"""The server manager: one door to every server's life.

Promises: starting ten times at once starts one; what is told of a server was looked at just now,
not read from a stale row; who finds no room waits in order and is let in without asking again; a
browser that goes away cuts no start or stop in half; leaving `open_manager` leaves the servers
running, and the next one finds them. Must not: know how a server is started (that is the spawner's
part) or who may ask (that is policy's).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from proxy.core.credentials import RandomText
from proxy.core.culling import Verdict
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.core.gateways import gateway_problem
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, RUNNING, Event, State
from proxy.core.limits import Usage
from proxy.core.progress import Progress
from proxy.servers.admission import Admission, Doors
from proxy.servers.culler import Culler, Patience
from proxy.servers.disk_quota import DiskQuota
from proxy.servers.memory_watch import MemoryWatch
from proxy.servers.operations import LOG_LINES, Operations, progress_of
from proxy.servers.works import Works
from proxy.store.records import ServerRecord

# What an administrator means by “idle”, without saying more.
IDLE_SECONDS = 600
IDLE_REASON = "Stopped by an administrator while nobody worked there. Your files are kept."
_PAUSE = 0.1
_GLANCES_AT_ONCE = 4
_WANTED = frozenset({State.QUEUED, State.STARTING, State.READY})
_ENDABLE = frozenset({State.STARTING, State.READY})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wish to start led to; `created` is False where it ran, started or waited already."""

    record: ServerRecord
    created: bool


@dataclass(frozen=True, slots=True)
class Guards:
    """What keeps servers within bounds: whether, how many, how large, how long."""

    doors: Doors
    memory: MemoryWatch
    quota: DiskQuota
    patience: Patience


class ServerManager:
    """Starts, stops and answers for servers."""

    def __init__(
        self, operations: Operations, guards: Guards, *, gateway_url: str, random_text: RandomText
    ) -> None:
        self.maintenance = guards.doors.maintenance
        self.memory = guards.memory
        self.quota = guards.quota
        self.culler = Culler(self, guards.patience, operations.clock)
        self._do = operations
        self._gateway_url = gateway_url
        # A crowd that comes at once shall leave the store free for everybody else.
        self._glances = asyncio.Semaphore(_GLANCES_AT_ONCE)
        self._entrance = asyncio.Lock()
        self._locks: defaultdict[ServerName, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._admission = Admission(
            guards.doors,
            operations.ledger,
            operations.board,
            operations.clock,
            random_text,
            begin=self.resume,
            alone=self._alone,
        )
        self._works = Works(self._admission.advance)

    async def start(self, name: ServerName, *, gateway_url: str | None = None) -> Outcome:
        """Begin a start, or wait for room; `gateway_url` None means that of the settings.

        Raises `UnprocessableInput` for an address that can be no gateway's, `ServerNotRunning`
        while nothing is started because of maintenance.
        """
        gateway = self._gateway_url if gateway_url is None else gateway_url
        if gateway and (problem := gateway_problem(gateway)):
            raise UnprocessableInput(problem)
        since = self._admission.ticket()
        async with self._glances:
            found = await self.get(name)
        if found is not None and found.state in _WANTED:
            return Outcome(found, created=False)  # behind nobody who is being let in
        while True:
            async with self._entrance, self._locks[name]:
                record = await self._look(name) or ServerRecord(name)
                if record.state in _WANTED:
                    return Outcome(self._admission.placed(record), created=False)
                if record.state is not State.STOPPING and not self._works.is_under_way(name):
                    record = await self._admission.enter(record, gateway, since)
                    return Outcome(record, created=True)
            await self._works.wait(name)
            await asyncio.sleep(_PAUSE)

    async def wait(self, name: ServerName) -> ServerRecord:
        """Return when it neither waits, starts nor stops any more; raises `NotFound`."""
        while True:
            await self._admission.queue.wait(name)
            await self._works.wait(name)
            record = await self.get(name)
            if record is None:
                raise NotFound("There is no such server.")
            if record.state not in PENDING:
                return record
            await asyncio.sleep(_PAUSE)  # another work has just begun, or could not be written

    async def stop(self, name: ServerName, *, reason: str = "") -> ServerRecord:
        """Stop it and wait until it is gone; raises `NotFound` if it was never started."""
        async with self._locks[name]:
            record = await self._do.ledger.get(name)
            if record is None:
                raise NotFound("There is no such server.")
            if record.state is State.STOPPED:
                return record
            if record.state is State.QUEUED:
                return await self._admission.leave(record, reason)
            if record.state is not State.STOPPING:
                await self._works.cancel(name)
                record = await self._do.ledger.move(record, Event.STOP, reason=reason)
                self.resume(record)
        return await self.wait(name)

    async def end(
        self,
        record: ServerRecord,
        verdict: Verdict,
        *,
        first: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """End the very server that was judged, unless it is another one or gone by now.

        `first` is done at once, before the server is asked to go (which takes a while).
        """
        name = record.name
        async with self._locks[name]:
            now = await self._do.ledger.get(name)
            if now is None or now.pid != record.pid or now.state not in _ENDABLE:
                return
            await self._works.cancel(name)
            now = await self._do.ledger.move(now, Event.STOP, reason=verdict.reason)
            if verdict.is_failure:
                self._begin(now, self._do.put_down(now, first or _nothing), "Ending the server.")
            else:
                self.resume(now)
        await self._works.wait(name)

    async def clear_away(self, name: ServerName) -> None:
        """Begin to remove what is left of a server that nobody wants; does not wait for it."""
        async with self._locks[name]:
            record = await self._do.ledger.get(name)
            is_wanted = record is not None and record.state in RUNNING
            if not is_wanted and not self._works.is_under_way(name):
                self._works.begin(name, self._do.clear_away(name))

    async def get(self, name: ServerName) -> ServerRecord | None:
        """Look at a server; a dead one is reported as failed, with its reason."""
        async with self._locks[name]:
            record = await self._look(name)
        return None if record is None else self._admission.placed(record)

    async def list_all(self) -> list[ServerRecord]:
        """Return all of them, each looked at, those who wait with their place."""
        records = await self._do.ledger.list_all()
        ready = [record for record in records if record.state is State.READY]
        waiting = self._admission.queue.places()
        living = await self.memory.living(ready)
        doubtful = [
            record.name
            for record in records
            if record.state in PENDING | RUNNING
            and record.name not in living
            and not self._works.is_under_way(record.name)
            and record.name not in waiting
        ]
        fresh = {
            record.name: record
            for record in await asyncio.gather(*(self.get(name) for name in doubtful))
            if record is not None
        }
        places = self._admission.queue.places()
        return [
            replace(found, place=places.get(found.name, 0))
            for record in records
            for found in [fresh.get(record.name, record)]
        ]

    def usage(self, name: ServerName) -> Usage | None:
        """Return what it used a moment ago; None if it does not run, or was not measured yet."""
        return self.memory.usage(name)

    def disk_advice(self, name: ServerName) -> str:
        """Return what its owner should know of the disk quota; empty if nothing."""
        return self.quota.advice(name)

    async def stop_idle(self, seconds: int = IDLE_SECONDS, *, reason: str = IDLE_REASON) -> int:
        """Stop those where nothing computes and nothing happened for so long; return how many."""
        return await self.culler.stop_idle(seconds, reason)

    async def progress(self, name: ServerName) -> AsyncIterator[Progress]:
        """Yield the current step at once, then each that follows up to the last."""
        record = await self.get(name)
        if record is None:
            raise NotFound("There is no such server.")
        if record.state in PENDING:
            async for step in self._do.board.follow(name):
                yield step
        else:
            yield progress_of(record, await self.log_tail(name, LOG_LINES))

    async def log_tail(self, name: ServerName, lines: int) -> tuple[str, ...]:
        """Return the last lines of its log, oldest first."""
        return await asyncio.to_thread(self._do.read_log, name, lines)

    def resume(self, record: ServerRecord) -> None:
        """Do what a pending state stands for, whoever began it."""
        if record.state is State.QUEUED:
            self._admission.restore(record)
        elif record.state is State.STARTING:
            self._begin(record, self._do.bring_up(record), "Starting your server.")
        elif record.state is State.STOPPING:
            self._begin(record, self._do.take_down(record), "Stopping the server.")

    async def refresh_queue(self) -> None:
        """Look whether the doors are open, and let in who may."""
        await self._admission.refresh()

    async def close(self) -> None:
        """Let go of everything; what was under way is resumed by the next front."""
        await self._admission.close()
        await self._works.cancel_all()

    @asynccontextmanager
    async def _alone(self, name: ServerName) -> AsyncIterator[None]:
        """Hold the server's lock while nothing is under way for it."""
        while True:
            await self._works.wait(name)
            async with self._locks[name]:
                if not self._works.is_under_way(name):
                    yield
                    return

    async def _look(self, name: ServerName) -> ServerRecord | None:
        """Compare the row with what is; the caller holds the lock."""
        record = await self._do.ledger.get(name)
        if record is None or self._works.is_under_way(name):
            return record
        if record.state is State.READY:
            record = await self._do.look(record)
            if record.state is not State.READY:
                self._admission.advance()
        elif record.state in PENDING and name not in self._admission.queue.places():
            self.resume(record)
        return record

    def _begin(
        self,
        record: ServerRecord,
        work: Coroutine[Any, Any, None],
        first: str = "Stopping the server.",
    ) -> None:
        self._do.board.begin(record.name, Progress(record.state, first, 0))
        self._works.begin(record.name, work)


async def _nothing() -> None:
    """There is no hurry."""
