"""Jobs, updates and changes on a store, as the front has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.core.course import Course
from proxy.core.course_job import Job
from proxy.courses.changes import CourseChanges, Wish
from proxy.courses.jobs import Jobs
from proxy.courses.places import CoursePlaces
from proxy.courses.shelf import CourseShelf
from proxy.courses.updating import CourseUpdates
from proxy.store import courses
from proxy.store.database import Store
from proxy.store.event_log import EventLog
from tests.conftest import FakeClock


@dataclass
class Updated:
    """What stands on the application, without one."""

    store: Store
    clock: FakeClock
    places: CoursePlaces
    jobs: Jobs
    updates: CourseUpdates
    changes: CourseChanges
    shelf: CourseShelf
    events: EventLog

    async def add(self, name: str, url: str, **wish: Any) -> Course:
        return await self.changes.add(name, Wish(url=url, **wish))

    async def course(self, name: str = "stats") -> Course:
        found = await self.store.read(courses.find, name)
        assert found is not None
        return found

    async def update(self, name: str = "stats") -> Job:
        return await self.updates.run(name, "ada")

    async def log(self, job: Job) -> str:
        return "\n".join((await self.jobs.read_log(job)).lines)

    async def served(self, name: str = "stats") -> dict[str, str]:
        """Return the files that people get, by path."""
        source = await self.shelf.source_of(name)
        assert source is not None
        return {
            path.relative_to(source).as_posix(): path.read_text()
            for path in sorted(source.rglob("*"))
            if path.is_file()
        }


@asynccontextmanager
async def running_updates(store: Store, clock: FakeClock, folder: Path) -> AsyncIterator[Updated]:
    places = CoursePlaces(folder / "data", folder / "notebooks", folder / "image")
    jobs = Jobs(store, places, clock)
    events = EventLog(store, clock)
    updates = CourseUpdates(store, places, jobs, events, clock)
    changes = CourseChanges(store, places, jobs, clock)
    shelf = CourseShelf(places, store)
    try:
        yield Updated(store, clock, places, jobs, updates, changes, shelf, events)
    finally:
        await jobs.stop()
