"""Opens the manager on what runs already, with everything that watches over it."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from proxy.core.clock import Clock
from proxy.core.identity import SHARED, ServerName
from proxy.core.queueing import Room
from proxy.servers.admission import Doors
from proxy.servers.chores import Chores
from proxy.servers.culler import Patience
from proxy.servers.disk_quota import DiskQuota
from proxy.servers.idle_timeouts import IdleTimeouts
from proxy.servers.maintenance import FILE, Maintenance
from proxy.servers.manager import Guards, ServerManager
from proxy.servers.memory_watch import MemoryWatch
from proxy.servers.operations import Note, note_nothing
from proxy.servers.reconcile import Sweep, reconcile
from proxy.servers.wiring import find_names, wire_operations
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.tasks import cancel

IdleTimeoutOf = Callable[[ServerName], Awaitable[int]]


@asynccontextmanager
async def open_manager(
    settings: Settings,
    store: Store,
    clock: Clock,
    *,
    note: Note = note_nothing,
    idle_timeout_of: IdleTimeoutOf | None = None,
) -> AsyncIterator[ServerManager]:
    """Find what runs, then watch over it; on leaving, the servers keep running.

    `note` is told what happened; `idle_timeout_of` gives the seconds after which an idle server is
    stopped (default: what courses and `SIFU_IDLE_TIMEOUT` say).
    """
    own = IdleTimeouts(store, clock, settings.idle_timeout).of
    guards = guards_of(settings, clock, idle_timeout_of or own)
    operations = replace(
        wire_operations(settings, store, clock), refuse_start=guards.quota.refusal, note=note
    )
    manager = ServerManager(
        operations, guards, gateway_url=settings.gateway_url, random_text=secrets.token_urlsafe
    )
    sweep = Sweep(operations.ledger.list_all, partial(find_names, settings), manager.clear_away)
    chores = Chores(manager, sweep, clock, is_ending=operations.is_ending)
    for record in await reconcile(operations, await find_names(settings)):
        manager.resume(record)
    tasks = chores.begin()
    try:
        yield manager
    finally:
        await cancel(*tasks)
        await manager.close()
        guards.quota.close()


def guards_of(
    settings: Settings, clock: Clock, idle_timeout_of: IdleTimeoutOf | None = None
) -> Guards:
    """Return the bounds that the settings set."""

    async def same_for_all(name: ServerName) -> int:
        return settings.idle_timeout

    return Guards(
        doors=Doors(
            Maintenance(settings.data / FILE, clock),
            Room(servers=settings.max_servers, starts=settings.concurrent_starts),
        ),
        memory=MemoryWatch(clock, limit=settings.memory_limit),
        quota=DiskQuota(settings.disk_quota, partial(_counted_folder, settings)),
        patience=Patience(idle_timeout_of or same_for_all, settings.max_age),
    )


def _counted_folder(settings: Settings, name: ServerName) -> Path | None:
    """All workspaces of a person count together; what everybody shares counts for nobody."""
    return None if name == SHARED else settings.notebooks / name.owner
