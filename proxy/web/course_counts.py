"""Statistics of courses that were asked for lately: a page, its picture and its files share them.

Promises: what is kept is what the store says as long as nobody opened anything since, and a minute
at most; `MOST` are kept; of those who ask for the same at the same moment one reads. Must not:
decide who may see them.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from proxy.core.clock import Clock
from proxy.core.course_statistics import Statistics
from proxy.store import statistics
from proxy.store.database import Store
from proxy.store.statistics import WantedStatistics

MOST: Final = 6
FRESH_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Kept:
    found: Statistics
    newest: float
    at: float


class CourseCounts:
    """The latest."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._reading = asyncio.Lock()

    def forget(self) -> None:
        """Read anew whatever is asked for next."""
        self._kept.clear()

    async def look(self, wanted: WantedStatistics) -> Statistics:
        """Return them; raises `StoreUnavailable`."""
        key = repr(wanted)
        async with self._reading:
            newest = await self._store.read(statistics.newest, wanted.course)
            now = self._clock()
            kept = self._kept.pop(key, None)
            if kept is None or kept.newest != newest or not 0 <= now - kept.at < FRESH_SECONDS:
                found = await self._store.read(statistics.look, wanted)
                kept = _Kept(found, newest, now)
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = kept
            return kept.found
