"""The servers table, moved only along the table of transitions.

Promises: every change of state is a step of `core.lifecycle`, written with what belongs to it, and
told to the relays by the store. Must not: know what a process is.
"""

from dataclasses import replace
from typing import Any

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.core.lifecycle import Event, State, step
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

    async def move(self, record: ServerRecord, event: Event, **changes: Any) -> ServerRecord:
        """Take the step and write it; raises `Conflict` where there is none.

        A server without a process keeps neither pid nor address nor key.
        """
        state = step(record.state, event)
        if state in {State.STOPPED, State.FAILED}:
            changes = {"pid": None, "address": "", "identity_key": ""} | changes
        moved = replace(record, state=state, **changes)
        if moved != record:
            await self._store.write(servers.put, moved, self._clock())
        return moved

    async def touch(self, name: ServerName) -> None:
        """Note that somebody wanted the server just now."""
        await self._store.write(servers.touch, name, self._clock())
