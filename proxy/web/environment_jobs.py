"""Builds among the jobs of courses: what `EnvironmentBuilds` asks for, from what does the jobs.

Must not: know more of a job than its row and its log.
"""

from typing import Final

from proxy.core.course_job import Job, JobKind, JobState
from proxy.courses.jobs import Jobs
from proxy.store import course_jobs
from proxy.store.database import Store
from proxy.web.environment_builds import BuildJob, Work

# A log is bounded, and comes in parts.
_MOST_PARTS: Final = 16


class JobsOfBuilds:
    """The builds among these jobs."""

    def __init__(self, jobs: Jobs, store: Store) -> None:
        self._jobs = jobs
        self._store = store

    async def begin(self, course: str, by: str, work: Work) -> object:
        """Queue it, unless one waits already."""
        return await self._jobs.begin(course, JobKind.BUILD, by, work)

    async def latest(self, course: str) -> BuildJob | None:
        """Return the latest build of a course."""
        job = await self._find(course)
        if job is None:
            return None
        is_done = job.state is JobState.DONE
        return BuildJob(job.started, job.is_open, is_done, job.ended, job.by, job.summary)

    async def unfinished(self) -> list[str]:
        """Return the courses whose latest build has not come to an end."""
        latest = await self._store.read(course_jobs.latest, JobKind.BUILD)
        ended = {JobState.DONE, JobState.FAILED}
        return sorted(course for course, job in latest.items() if job.state not in ended)

    async def log(self, course: str) -> tuple[str, ...]:
        """Return what it has written so far."""
        job = await self._find(course)
        if job is None:
            return ()
        lines: list[str] = []
        after = 0
        for _ in range(_MOST_PARTS):
            part = await self._jobs.read_log(job, after)
            lines += part.lines
            if part.next == after:
                break
            after = part.next
        return tuple(lines)

    async def _find(self, course: str) -> Job | None:
        jobs = await self._jobs.list_of(course)
        return next((job for job in jobs if job.kind is JobKind.BUILD), None)
