"""How many servers and kernels of a course's students run, looked at every few minutes.

Promises: each day keeps the most that were seen at a time; of a server that does not answer the
kernels that it had before are told. Knows people by their own servers: where everybody shares one,
nothing is counted. Must not: start or stop anything.
"""

from collections.abc import Collection
from typing import Final

from proxy.core.clock import Clock
from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.openings import day_and_minute
from proxy.servers.kernel_count import count_kernels
from proxy.store import course_peaks
from proxy.store.course_peaks import Peak
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.web.observatory import Observatory

SAMPLE_SECONDS: Final = 300.0


class CourseUse:
    """The latest look, and what it added to the days."""

    def __init__(self, store: Store, observatory: Observatory, clock: Clock) -> None:
        self._store = store
        self._observatory = observatory
        self._clock = clock
        self._kernels: dict[ServerName, int] = {}

    async def now(self, slugs: Collection[str]) -> Peak:
        """Return how many servers of these people run now, and kernels at the latest look."""
        return self._count(await self._running(), slugs)

    async def sample(self) -> None:
        """Look at all that runs, and note it for the courses that people are at."""
        running = await self._running()
        answers = await count_kernels(running, self._clock)
        names = {record.name for record in running}
        known = {name: number for name, number in self._kernels.items() if name in names}
        self._kernels = known | answers
        day, _ = day_and_minute(self._clock())
        slugs = sorted({name.owner for name in names})
        at_work = await self._store.read(course_peaks.courses_at_work, slugs, day - 1)
        if at_work:
            seen = {course: self._count(running, people) for course, people in at_work.items()}
            await self._store.write(course_peaks.note, day, seen)

    async def _running(self) -> list[ServerRecord]:
        view = await self._observatory.look()
        records = [each.record for each in view.servers]
        return [each for each in records if each.state is State.READY and each.name != SHARED]

    def _count(self, running: Collection[ServerRecord], slugs: Collection[str]) -> Peak:
        names = [record.name for record in running if record.name.owner in slugs]
        return Peak(len(names), sum(self._kernels.get(name, 0) for name in names))
