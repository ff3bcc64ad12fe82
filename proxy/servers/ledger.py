"""The servers table, moved only along the table of transitions.

Promises: every change of state is a step of `core.lifecycle`, written with what belongs to it, and
told to the relays by the store. Must not: know what a process is.
"""

from dataclasses import replace
from typing import Any

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.core.lifecycle import RUNNING, Event, State, step
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord


class Ledger:
    """Reads and moves server records."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def get(self, name: ServerName) -> ServerRecord | None:
        return await self._store.read(servers.get, name)

    async def list_all(self) -> list[ServerRecord]:
        return await self._store.read(servers.list_all)

    async def count_by_state(self, slow_before: float) -> tuple[dict[State, int], int]:
        return await self._store.read(servers.count_by_state, slow_before)

    async def move(
        self, record: ServerRecord, event: Event, *, is_wished: bool = False, **changes: Any
    ) -> ServerRecord:
        """Take the step and write it; raises `Conflict` where there is none.

        `is_wished` also notes that somebody wanted the server just now. A server without a process
        keeps neither pid nor address. It keeps its key: a relay that has not read the feed since
        the last start still speaks to the next one, and the key opens this one server only.
        """
        state = step(record.state, event)
        if state not in RUNNING:
            changes = {"pid": None, "address": ""} | changes
        now = self._clock()
        moved = replace(record, state=state, place=0, **changes)
        if is_wished:
            moved = replace(moved, last_activity=max(now, record.last_activity or 0.0))
        if moved != record:
            await self._store.write(servers.put_touched if is_wished else servers.put, moved, now)
        return moved
