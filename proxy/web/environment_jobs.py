"""Builds among the jobs of courses: what `EnvironmentBuilds` asks for, from what does the jobs.

Must not: know more of a job than its row and its log.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from proxy.web.environment_builds import BuildJob, Work

_BUILD = "build"
_DONE = "done"
# A log is bounded, and comes in parts.
_MOST_PARTS = 16


class CourseJobs(Protocol):
    """`courses.jobs.Jobs`, as far as it is needed."""

    @property
    def begin(self) -> Callable[[str, Any, str, Any], Awaitable[object]]: ...

    async def list_of(self, course: str) -> Sequence[Any]: ...

    async def read_log(self, job: Any, after: int = 0) -> Any: ...


class JobsOfBuilds:
    """`kind` is how such a job is called there."""

    def __init__(self, jobs: CourseJobs, kind: object) -> None:
        self._jobs = jobs
        self._kind = kind

    async def begin(self, course: str, by: str, work: Work) -> object:
        """Queue it, unless one waits already."""
        return await self._jobs.begin(course, self._kind, by, work)

    async def latest(self, course: str) -> BuildJob | None:
        """Return the latest build of a course."""
        job = await self._find(course)
        if job is None:
            return None
        return BuildJob(
            started=job.started,
            is_open=job.is_open,
            is_done=job.state.value == _DONE,
            ended=job.ended,
            by=job.by,
            summary=job.summary,
        )

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

    async def _find(self, course: str) -> Any:
        jobs = await self._jobs.list_of(course)
        return next((job for job in jobs if job.kind.value == _BUILD), None)
