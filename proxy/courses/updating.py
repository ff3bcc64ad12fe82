"""Brings a course to its newest version: asks, fetches, makes the version, and serves it.

Promises: until all of a version is there the one before is served, and an update that fails leaves
it so, with a sentence in the course's `problem`; the row changes in one write. Killed anywhere, the
next update clears away and goes on. Who waits for a new version (`after_update`) cannot make an
update fail.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from proxy.core.clock import Clock
from proxy.core.course import Course, Outline
from proxy.core.course_job import Job, JobKind, JobState
from proxy.core.errors import Conflict, NotFound, SifuError
from proxy.core.events import EventKind
from proxy.core.repository_address import Address, read_address, shown_address
from proxy.core.update_schedule import is_due
from proxy.courses.commit_files import DamagedCopy, has_commit
from proxy.courses.git_access import GitAccess
from proxy.courses.job_log import JobLog
from proxy.courses.jobs import Jobs
from proxy.courses.places import CoursePlaces
from proxy.courses.repositories import Newest, Repository
from proxy.courses.versions import make_version, remove_old, version_name
from proxy.disk.side_threads import SideThreads
from proxy.store import course_jobs, courses
from proxy.store.database import Store
from proxy.store.event_log import EventLog

AfterUpdate = Callable[[Course], Awaitable[None]]
_SHOWN_COMMIT: Final = 10
_MOST_DUE: Final = 20
_GONE: Final = "This course is not there any more."
_FAULT: Final = "The update failed by a fault of Sifu. Its log has more; ask whoever runs it."
_log = structlog.get_logger()


class CourseUpdates:
    """Of one installation."""

    def __init__(
        self, store: Store, places: CoursePlaces, jobs: Jobs, events: EventLog, clock: Clock
    ) -> None:
        self.after_update: list[AfterUpdate] = []
        self._store = store
        self._places = places
        self._jobs = jobs
        self._events = events
        self._clock = clock
        self._threads = SideThreads(2, name="course-versions")

    async def begin(self, course: str, by: str, way: str = "") -> Job:
        """Queue an update; `way` is how it was wished for, for the events."""
        return await self._jobs.begin(course, JobKind.UPDATE, by, self._work(course, by, way))

    async def run(self, course: str, by: str, way: str = "") -> Job:
        """The same, and wait for its end."""
        return await self._jobs.run(course, JobKind.UPDATE, by, self._work(course, by, way))

    async def begin_due(self) -> None:
        """Begin what is due by its schedule, or was never done."""
        now = self._clock()
        listed = await self._store.read(courses.list_all)
        begun = 0
        for course in listed:
            history = await self._store.read(course_jobs.history_of, course.name)
            if begun < _MOST_DUE and is_due(course, history, now):
                await self.begin(course.name, "", "schedule")
                begun += 1

    async def begin_interrupted(self) -> None:
        """At the start: mark what died with the program, and begin its updates anew.

        But for one that was interrupted twice in a row: it may be what the program died of.
        """
        for job in await self._jobs.mark_interrupted():
            if job.kind is not JobKind.UPDATE:
                continue
            earlier = [each for each in await self._jobs.list_of(job.course) if each.id < job.id]
            if not earlier or earlier[0].state is not JobState.INTERRUPTED:
                await self.begin(job.course, job.by, "restart")

    def _work(self, course: str, by: str, way: str) -> Callable[[JobLog], Awaitable[str]]:
        return partial(self._update, course, by, way)

    async def _update(self, name: str, by: str, way: str, log: JobLog) -> str:
        try:
            return await self._bring(name, by, way, log)
        except (SifuError, OSError) as refusal:
            said = refusal.public if isinstance(refusal, SifuError) else _sentence(refusal)
            await self._tell_failure(name, said, by, way)
            if isinstance(refusal, SifuError):
                raise
            raise Conflict(said, detail=repr(refusal)) from refusal
        except Exception:
            await self._tell_failure(name, _FAULT, by, way)
            raise

    async def _bring(self, name: str, by: str, way: str, log: JobLog) -> str:
        course = await self._store.read(courses.find, name)
        if course is None:
            raise NotFound(_GONE)
        if course.archived is not None:
            raise Conflict("This course is archived. Take it out of the archive first.")
        access = GitAccess(_address(course), self._places.secrets(name))
        repository = Repository(self._places.repository(name), access)
        log.write(f"Looking at {shown_address(course.url)}.")
        newest = await repository.newest(course.branch, log)
        version = version_name(newest.commit, course.directory)
        log.write(f"The newest commit of {newest.ref} is {newest.commit[:_SHOWN_COMMIT]}.")
        outline = await self._make(course, repository, newest, version, log)
        served = await self._store.write(courses.serve, name, version, outline, self._clock())
        if served is None:
            raise NotFound(_GONE)
        versions = self._places.versions(name)
        await self._threads.run(partial(remove_old, versions, version))
        about = {"version": newest.commit[:_SHOWN_COMMIT], "by": way}
        if course.version != version:
            self._events.note(EventKind.COURSE_UPDATED, user=by, course=name, about=about)
            await self._tell_others(served)
            return f"The course is at {newest.commit[:_SHOWN_COMMIT]} now."
        return f"There is nothing new: the course is at {newest.commit[:_SHOWN_COMMIT]} already."

    async def _make(
        self, course: Course, repository: Repository, newest: Newest, version: str, log: JobLog
    ) -> Outline:
        """Make the version of that commit, fetching it if need be; a broken copy once more."""
        target = self._places.version(course.name, version)
        is_there = await asyncio.to_thread(target.is_dir)
        if not is_there and not await asyncio.to_thread(
            has_commit, repository.place, newest.commit
        ):
            await repository.fetch(newest, log)
        made: list[Outline] = []

        def make() -> None:
            made.append(
                make_version(repository.place, newest.commit, course.directory, target, log.write)
            )

        try:
            await self._threads.run(make)
        except DamagedCopy:
            log.write("The copy that was here is damaged. It is made anew.")
            await repository.forget()
            await repository.fetch(newest, log)
            await self._threads.run(make)
        return made[-1]

    async def _tell_failure(self, name: str, problem: str, by: str, way: str) -> None:
        await self._store.write(courses.set_problem, name, problem)
        about = {"reason": problem, "by": way}
        self._events.note(EventKind.COURSE_UPDATE_FAILED, user=by, course=name, about=about)

    async def _tell_others(self, course: Course) -> None:
        for hook in self.after_update:
            try:
                await hook(course)
            except Exception as problem:
                _log.error("course_update.hook_failed", course=course.name, problem=repr(problem))


def _address(course: Course) -> Address:
    address = read_address(course.url)
    if isinstance(address, str):
        raise Conflict(address)
    return address


def _sentence(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError) and problem.filename == "git":
        return "This machine has no git. Install it, then update the course again."
    return "The disk is full, or cannot be written. Make room, then update the course again."
