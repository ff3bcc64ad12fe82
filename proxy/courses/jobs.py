"""Work for courses in the background: a job at a time for each, few at a time over all.

A build may take very long, and reads what is served without changing it; so it keeps no other kind
of job waiting, neither of its course nor of others, and one goes on at a time.

Promises: each job has a row and a log, and ends in a state and a sentence, whatever happens; of one
kind at most one job of a course waits, and who wishes for another gets that one; what was open when
the program died is marked when it starts again. Must not: know what is done.

    job = await jobs.begin("stats", JobKind.UPDATE, "ada", work)     # at once
    job = await jobs.run("stats", JobKind.BUILD, "", work)           # when it has ended

`work(log)` returns a sentence that says what was done; a `SifuError` is a refusal, its public
sentence the summary; anything else that it raises is a fault, and goes to the log of Sifu.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from proxy.core.clock import Clock
from proxy.core.course_job import Job, JobKind, JobState
from proxy.core.errors import SifuError, StoreUnavailable, TooManyAttempts
from proxy.courses.job_log import JobLog, LogPart, read_log
from proxy.courses.places import CoursePlaces
from proxy.store import course_jobs
from proxy.store.database import Store
from proxy.tasks import cancel, spawn

AT_ONCE: Final = 2
MOST_OPEN: Final = 500
_INTERRUPTED: Final = "Sifu was stopped, or ended, before this was done."
_FAULT: Final = "Something went wrong that should not have. The log of Sifu has more."
_RETRY_SECONDS: Final = 60.0
_log = structlog.get_logger()

Work = Callable[[JobLog], Awaitable[str]]


class Jobs:
    """Of one installation."""

    def __init__(
        self, store: Store, places: CoursePlaces, clock: Clock, *, at_once: int = AT_ONCE
    ) -> None:
        self._store = store
        self._places = places
        self._clock = clock
        self._free = asyncio.Semaphore(at_once)
        self._building = asyncio.Semaphore(1)
        self._locks: dict[tuple[str, bool], asyncio.Lock] = {}
        self._beginning = asyncio.Lock()
        self._waiting: dict[tuple[str, JobKind], int] = {}
        self._tasks: dict[int, asyncio.Task[Job]] = {}
        self._logs: dict[int, JobLog] = {}

    async def begin(self, course: str, kind: JobKind, by: str, work: Work) -> Job:
        """Queue it, or return the one of its kind that waits; raises `TooManyAttempts`."""
        async with self._beginning:
            number = self._waiting.get((course, kind))
            known = None if number is None else await self.find(course, number)
            if known is not None:
                return known
            if len(self._tasks) >= MOST_OPEN:
                raise TooManyAttempts(
                    "Very much waits to be done for courses. Try again in a minute.",
                    retry_after=_RETRY_SECONDS,
                )
            job = await self._store.write(course_jobs.add, course, kind, by, self._clock())
            self._waiting[course, kind] = job.id
            task = spawn(self._carry_out(job, work), name=f"course job {job.id}")
            self._tasks[job.id] = task
            task.add_done_callback(partial(self._forget, job))
            return job

    async def run(self, course: str, kind: JobKind, by: str, work: Work) -> Job:
        """The same, and wait for its end, which whoever waits does not hasten by going away."""
        return await self.wait(await self.begin(course, kind, by, work))

    async def wait(self, job: Job) -> Job:
        """Wait for its end."""
        task = self._tasks.get(job.id)
        if task is not None:
            return await asyncio.shield(task)
        return await self.find(job.course, job.id) or job

    async def find(self, course: str, number: int) -> Job | None:
        return await self._store.read(course_jobs.find, course, number)

    async def list_of(self, course: str) -> list[Job]:
        """The latest first."""
        return await self._store.read(course_jobs.list_of, course)

    async def read_log(self, job: Job, after: int = 0) -> LogPart:
        """Return what it wrote after so many bytes."""
        return await asyncio.to_thread(read_log, self._path(job), after)

    def progress(self, job: Job) -> str:
        """The line that the next one replaces; empty for a job that is over."""
        log = self._logs.get(job.id)
        return "" if log is None else log.progress

    async def mark_interrupted(self) -> list[Job]:
        """At the start: what is open is nobody's any more. Return those."""
        return await self._store.write(course_jobs.interrupt_open, _INTERRUPTED, self._clock())

    async def stop(self) -> None:
        """At the end: interrupt what is open."""
        await cancel(*self._tasks.values())
        # One that was cancelled before its first step has not said so itself.
        with suppress(StoreUnavailable):
            await self.mark_interrupted()

    async def _carry_out(self, job: Job, work: Work) -> Job:
        is_build = job.kind is JobKind.BUILD
        lock = self._locks.setdefault((job.course, is_build), asyncio.Lock())
        free = self._building if is_build else self._free
        log = JobLog(self._path(job))
        state, summary = JobState.INTERRUPTED, _INTERRUPTED
        try:
            async with lock, free:
                self._waiting.pop((job.course, job.kind), None)
                self._logs[job.id] = log
                log.open()
                await self._store.write(course_jobs.begin, job.id, self._clock())
                state, summary = await _outcome(work, log)
        finally:
            log.write(summary)
            await log.close()
            now = self._clock()
            old = await self._store.write(course_jobs.finish, job.id, state, summary, now)
            await asyncio.to_thread(self._remove_logs, job.course, old)
        return replace(job, state=state, summary=summary, ended=now)

    def _forget(self, job: Job, _task: asyncio.Task[Job]) -> None:
        self._tasks.pop(job.id, None)
        self._logs.pop(job.id, None)
        if self._waiting.get((job.course, job.kind)) == job.id:
            del self._waiting[job.course, job.kind]
        if not self._tasks:
            self._locks.clear()

    def _path(self, job: Job) -> Path:
        return self._places.log(job.course, job.id)

    def _remove_logs(self, course: str, numbers: list[int]) -> None:
        for number in numbers:
            self._places.log(course, number).unlink(missing_ok=True)


async def _outcome(work: Work, log: JobLog) -> tuple[JobState, str]:
    try:
        return JobState.DONE, await work(log)
    except SifuError as refusal:
        if refusal.detail:
            _log.warning("course_job.refused", problem=refusal.public, detail=refusal.detail)
        return JobState.FAILED, refusal.public
    except Exception as problem:
        # In a thread: whoever writes down where it came from reads our files.
        await asyncio.to_thread(_log.error, "course_job.failed", exc_info=problem)
        return JobState.FAILED, _FAULT
