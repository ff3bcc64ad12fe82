"""Wanted and actual: what a starting front makes of what it finds, and what it sweeps later on.

Rules. (1) What runs and stands in the table keeps running, under the address and key that its
process knows. (2) What was being started or stopped is taken up where it was left; while it is
pending nobody else touches it. (3) What was running and is gone is `stopped`, unless supervisord
knows how it died: then it is `failed`, with the reason. (4) What is left of a server that nobody
wants is ended and removed once it was seen twice: a start writes its row first, so a single look
may have come just in between.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from proxy.core.errors import ServerNotRunning
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, RUNNING, Event, State
from proxy.servers.operations import Operations
from proxy.servers.spawner import Alive, Gone
from proxy.store.records import ServerRecord

# A supervisord that does not answer shall not keep front from serving; the watch goes on later.
RECONCILE_SECONDS = 20.0
_AT_ONCE = 8
# How much is cleared away in one sweep.
_MOST_AT_ONCE = 8
_log = structlog.get_logger()


async def reconcile(do: Operations, names: list[ServerName]) -> list[ServerRecord]:
    """Set the table right and return what is pending, to be resumed.

    `names` are those of which this run has files.
    """
    records = {record.name: record for record in await do.ledger.list_all()}
    # Whatever runs has files; to look for the processes of everybody who ever came takes long.
    doubtful = [each for each in records.values() if each.state in RUNNING or each.name in names]
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def settle(record: ServerRecord) -> None:
        async with at_once:
            try:
                records[record.name] = await _settle(do, record)
            except ServerNotRunning as problem:
                _log.warning("server.not_found_out", server=str(record.name), why=problem.detail)

    try:
        async with asyncio.timeout(RECONCILE_SECONDS):
            await asyncio.gather(*(settle(record) for record in doubtful))
    except TimeoutError:
        _log.warning("servers.not_all_found_out")
    return [record for record in records.values() if record.state in PENDING]


class Sweep:
    """Finds what is left of servers that nobody wants; `clear_away` is given each."""

    def __init__(
        self,
        list_records: Callable[[], Awaitable[list[ServerRecord]]],
        find_names: Callable[[], Awaitable[list[ServerName]]],
        clear_away: Callable[[ServerName], Awaitable[None]],
    ) -> None:
        self._list_records = list_records
        self._find_names = find_names
        self._clear_away = clear_away
        self._seen: set[ServerName] = set()

    async def sweep(self) -> None:
        """Look once; what was left in the look before, too, is cleared away, some at a time."""
        names = await self._find_names()
        wanted = {each.name for each in await self._list_records() if each.state in RUNNING}
        left = set(names) - wanted
        twice = sorted(left & self._seen)[:_MOST_AT_ONCE]
        self._seen = left
        for name in twice:
            _log.warning("server.unwanted", server=str(name))
            await self._clear_away(name)


async def _settle(do: Operations, record: ServerRecord) -> ServerRecord:
    status = await do.spawner.poll(record.name)
    if isinstance(status, Alive):
        return await _settle_alive(do, record, status)
    return await _settle_gone(do, record, status)


async def _settle_alive(do: Operations, record: ServerRecord, alive: Alive) -> ServerRecord:
    if record.state is State.STOPPING:
        return record
    return await do.ledger.move(
        record,
        Event.FOUND,
        reason="",
        pid=alive.pid,
        address=alive.address,
        identity_key=alive.identity_key,
    )


async def _settle_gone(do: Operations, record: ServerRecord, gone: Gone) -> ServerRecord:
    if record.state is State.READY:
        return await _settle_lost(do, record, gone)
    if record.state is State.STARTING and gone.reason:
        failed = await do.ledger.move(record, Event.FAILED, reason=gone.reason)
        do.note(EventKind.SERVER_FAILED, record.name, gone.reason)
        return failed
    return record


async def _settle_lost(do: Operations, record: ServerRecord, gone: Gone) -> ServerRecord:
    if gone.reason:
        failed = await do.ledger.move(record, Event.DIED, reason=gone.reason)
        do.note(EventKind.SERVER_FAILED, record.name, gone.reason)
        return failed
    stopping = await do.ledger.move(record, Event.STOP)
    stopped = await do.ledger.move(stopping, Event.EXITED, reason="Sifu was stopped meanwhile.")
    do.note(EventKind.SERVER_STOPPED, record.name, stopped.reason)
    return stopped
