"""What a starting front makes of what it finds: rows, programs, orphans.

Rules. (1) What runs and stands in the table keeps running, under the address and key that its
process knows. (2) What was being started or stopped is taken up where it was left. (3) What was
running and is gone is `stopped`, unless supervisord knows how it died: then it is `failed`, with
the reason. (4) What runs and stands in no table is stopped: nobody could reach it.
"""

import structlog

from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, RUNNING, Event, State
from proxy.servers.operations import Operations
from proxy.servers.spawner import Alive, Gone
from proxy.store.records import ServerRecord

_log = structlog.get_logger()


async def reconcile(do: Operations, names: list[ServerName]) -> list[ServerRecord]:
    """Set the table right and return what is pending, to be resumed.

    `names` are those of which this run has files.
    """
    records = await do.ledger.list_all()
    pending = []
    for record in records:
        # Whatever runs has files; to look for the processes of everybody who ever came takes long.
        if record.state not in RUNNING and record.name not in names:
            continue
        try:
            record = await _settle(do, record)
        except ServerNotRunning as problem:
            _log.warning("server.not_found_out", server=str(record.name), problem=problem.detail)
        if record.state in PENDING:
            pending.append(record)
    for stray in sorted(set(names) - {record.name for record in records}):
        _log.warning("server.stray_stopped", server=str(stray))
        await _stop_quietly(do, stray)
    return pending


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
        if gone.reason:
            return await do.ledger.move(record, Event.DIED, reason=gone.reason)
        stopping = await do.ledger.move(record, Event.STOP)
        return await do.ledger.move(stopping, Event.EXITED, reason="Sifu was stopped meanwhile.")
    if record.state is State.STARTING and gone.reason:
        return await do.ledger.move(record, Event.FAILED, reason=gone.reason)
    return record


async def _stop_quietly(do: Operations, name: ServerName) -> None:
    try:
        await do.spawner.stop(name)
    except Exception as problem:  # no reason not to serve everybody else
        _log.warning("server.stop_failed", server=str(name), problem=repr(problem))
