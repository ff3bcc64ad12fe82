"""The server manager: one door to every server's life.

Promises: starting ten times at once starts one; what is told of a server was looked at just now,
not read from a stale row; a browser that goes away cuts no start or stop in half; leaving
`open_manager` leaves the servers running, and the next one finds them. Must not: know how a server
is started (that is the spawner's part) or who may ask (that is policy's).
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from proxy.core.clock import Clock
from proxy.core.credentials import SECRET_BYTES, RandomText
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.core.gateways import gateway_problem
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, RUNNING, Event, State
from proxy.core.progress import Progress
from proxy.metrics import SERVERS_READY
from proxy.servers.culler import Culler
from proxy.servers.operations import LOG_LINES, Operations, progress_of
from proxy.servers.reconcile import reconcile
from proxy.servers.wiring import find_names, wire_operations
from proxy.servers.works import Works
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.tasks import cancel, every, spawn

WATCH_SECONDS = 2.0
CULL_SECONDS = 30.0
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wish to start led to; `created` is False where it ran or was starting already."""

    record: ServerRecord
    created: bool


class ServerManager:
    """Starts, stops and answers for servers."""

    def __init__(
        self, operations: Operations, *, gateway_url: str, random_text: RandomText
    ) -> None:
        self._do = operations
        self._gateway_url = gateway_url
        self._random_text = random_text
        self._locks: defaultdict[ServerName, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._works = Works()

    async def start(self, name: ServerName, *, gateway_url: str | None = None) -> Outcome:
        """Begin a start unless it runs; `gateway_url` None means that of the settings.

        Raises `UnprocessableInput` for an address that can be no gateway's.
        """
        gateway = self._gateway_url if gateway_url is None else gateway_url
        if gateway and (problem := gateway_problem(gateway)):
            raise UnprocessableInput(problem)
        while True:
            async with self._locks[name]:
                record = await self._look(name) or ServerRecord(name)
                if record.state in {State.STARTING, State.READY}:
                    return Outcome(record, created=False)
                if record.state is not State.STOPPING:
                    return Outcome(await self._begin_start(record, gateway), created=True)
            await self.wait(name)

    async def wait(self, name: ServerName) -> ServerRecord:
        """Return when it neither starts nor stops any more; raises `NotFound`."""
        while True:
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
            if record.state is not State.STOPPING:
                await self._works.cancel(name)
                record = await self._do.ledger.move(record, Event.STOP, reason=reason)
                self.resume(record)
        return await self.wait(name)

    async def get(self, name: ServerName) -> ServerRecord | None:
        """Look at a server; a dead one is reported as failed, with its reason."""
        async with self._locks[name]:
            return await self._look(name)

    async def list_all(self) -> list[ServerRecord]:
        """Look at all of them."""
        records = await self._do.ledger.list_all()
        looks = (self.get(record.name) for record in records if record.state in RUNNING)
        fresh = {record.name: record for record in await asyncio.gather(*looks) if record}
        return [fresh.get(record.name, record) for record in records]

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
        """Do the work that a pending state stands for, whoever began it."""
        if record.state is State.STARTING:
            first, work = "Starting your server.", self._do.bring_up(record)
        elif record.state is State.STOPPING:
            first, work = "Stopping the server.", self._do.take_down(record)
        else:
            return
        self._do.board.begin(record.name, Progress(record.state, first, 0))
        self._works.begin(record.name, work)

    async def watch(self) -> None:
        """Look at all; what died is recorded, what answers is counted."""
        records = await self.list_all()
        SERVERS_READY.set(sum(record.state is State.READY for record in records))

    async def close(self) -> None:
        """Let go of everything; what was under way is resumed by the next front."""
        await self._works.cancel_all()

    async def _look(self, name: ServerName) -> ServerRecord | None:
        """Compare the row with what is; the caller holds the lock."""
        record = await self._do.ledger.get(name)
        if record is None or record.state not in RUNNING or self._works.is_under_way(name):
            return record
        if record.state is State.READY:
            return await self._do.look(record)
        self.resume(record)
        return record

    async def _begin_start(self, record: ServerRecord, gateway_url: str) -> ServerRecord:
        record = await self._do.ledger.move(
            record,
            Event.START,
            reason="",
            gateway_url=gateway_url,
            identity_key=self._random_text(SECRET_BYTES),
            started=self._do.clock(),
        )
        await self._do.ledger.touch(record.name)
        self.resume(record)
        return record


@asynccontextmanager
async def open_manager(
    settings: Settings, store: Store, clock: Clock
) -> AsyncIterator[ServerManager]:
    """Find what runs, then watch over it; on leaving, the servers keep running."""
    operations = wire_operations(settings, store, clock)
    manager = ServerManager(
        operations, gateway_url=settings.gateway_url, random_text=secrets.token_urlsafe
    )
    for record in await reconcile(operations, await find_names(settings)):
        manager.resume(record)
    culler = Culler(manager.list_all, manager.stop, clock, idle_timeout=settings.idle_timeout)
    chores = [
        spawn(every(WATCH_SECONDS, manager.watch, name="watch"), name="servers.watch"),
        spawn(every(CULL_SECONDS, culler.cull, name="cull"), name="servers.cull"),
    ]
    try:
        yield manager
    finally:
        await cancel(*chores)
        await manager.close()
