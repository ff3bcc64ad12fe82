"""One look at everything, for all who watch: servers, what they use, the machine; and its history.

Promises: however many pages are open, the servers are looked at once every `FRESH_SECONDS`; the
history is in memory, of fixed size, and begins anew with front. Must not: start or stop anything.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Connection

from proxy.core.clock import Clock
from proxy.core.history import History, Sample, requests_per_second
from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.core.overview import NOTHING_KNOWN, Machine, Measured, Used, by_urgency, measure
from proxy.settings import environment_value
from proxy.store import users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.web.machine import look_at_machine

FRESH_SECONDS = 2.0
_COUNTED = ("sifu_front_requests_total", "sifu_relay_requests_total")


@dataclass(frozen=True, slots=True)
class Watched:
    """A server as the pages show it; `owner` is a person's name, empty if the account is gone."""

    record: ServerRecord
    owner: str
    used: Used

    @property
    def place(self) -> int | None:
        """Its place in the queue, from 1 on."""
        return self.record.place or None

    @property
    def name(self) -> ServerName:
        return self.record.name

    @property
    def state(self) -> str:
        return self.record.state.value


@dataclass(frozen=True, slots=True)
class View:
    """What one look saw, at `at`."""

    at: float
    servers: Sequence[Watched]
    machine: Machine

    @property
    def memory(self) -> int:
        return sum(each.used.memory or 0 for each in self.servers)

    def count(self, *states: str) -> int:
        return sum(each.state in states for each in self.servers)

    def find(self, name: ServerName) -> Watched | None:
        return next((each for each in self.servers if each.name == name), None)


class Observatory:
    """`list_servers` and `usage_of` are the manager's."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        list_servers: Callable[[], Awaitable[Sequence[ServerRecord]]],
        usage_of: Callable[[ServerName], Usage | None],
        folders: Sequence[Path],
    ) -> None:
        self._store = store
        self._clock = clock
        self._list_servers = list_servers
        self._usage_of = usage_of
        self._measured: dict[ServerName, Measured] = {}
        self._folders = folders
        self._last: View | None = None
        self._looking = asyncio.Lock()
        self._total: tuple[float, float] | None = None
        self.history = History()

    async def look(self) -> View:
        """Return what is, at most `FRESH_SECONDS` old; raises `StoreUnavailable`."""
        async with self._looking:
            now = self._clock()
            if self._last is None or not 0 <= now - self._last.at < FRESH_SECONDS:
                self._last = await self._see(now)
            return self._last

    def forget(self) -> None:
        """Somebody changed something: the next look is a new one."""
        self._last = None

    async def sample(self) -> None:
        """Add how it is now to the history."""
        view = await self.look()
        total = await asyncio.to_thread(count_requests)
        self.history.add(
            Sample(
                at=view.at,
                running=view.count("ready"),
                waiting=view.count("queued", "starting"),
                memory=view.memory,
                requests=requests_per_second(self._total, view.at, total),
            )
        )
        self._total = (view.at, total)

    async def _see(self, now: float) -> View:
        records = await self._list_servers()
        owners = await self._store.read(_names)
        self._measure(records)
        return View(
            at=now,
            servers=[
                Watched(record, owners.get(record.name.owner, ""), self._used(record.name))
                for record in by_urgency(records)
            ],
            machine=await asyncio.to_thread(look_at_machine, self._folders),
        )

    def _measure(self, records: Sequence[ServerRecord]) -> None:
        """Compare with what was measured before; who runs no more is forgotten."""
        measured = {}
        for record in records:
            usage = self._usage_of(record.name) if record.state is State.READY else None
            if usage is not None:
                measured[record.name] = measure(self._measured.get(record.name), usage)
        self._measured = measured

    def _used(self, name: ServerName) -> Used:
        measured = self._measured.get(name)
        return NOTHING_KNOWN if measured is None else measured.used


def count_requests() -> float:
    """Return how many requests front and all relays have answered. Blocks: in a thread only."""
    registry: CollectorRegistry = REGISTRY
    if environment_value("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return sum(
        sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name in _COUNTED
    )


def _names(connection: Connection) -> Mapping[str, str]:
    named = {user.slug: user.name for user in users.list_all(connection)}
    return named | {SHARED.owner: "everybody"}
