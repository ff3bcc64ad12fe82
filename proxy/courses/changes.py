"""What people decide about a course that has a repository: add it, change it, put it away.

Promises: every value is checked, and every problem told at once; what opens the repository of one
origin is never shown to another; one change at a time; a course that is removed is exported first,
and one of the same name that comes later finds nothing of it. Must not: decide who may.
"""

import asyncio
import secrets as random_secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from proxy.core.clock import Clock
from proxy.core.course import Course, Enrolment, is_course_name
from proxy.core.course_job import Job, JobKind
from proxy.core.errors import Conflict, NotFound, UnprocessableInput
from proxy.core.repository_address import (
    Address,
    problem_of_directory,
    problem_of_ref,
    read_address,
)
from proxy.core.update_schedule import problem_of_interval
from proxy.core.webhook import SECRET_BYTES, make_secret
from proxy.courses import secret_files
from proxy.courses.exports import export_course
from proxy.courses.job_log import JobLog
from proxy.courses.jobs import Jobs
from proxy.courses.places import CoursePlaces
from proxy.disk.removal import remove_folder
from proxy.disk.side_threads import SideThreads
from proxy.store import course_jobs, courses
from proxy.store.database import Store

MOST_TITLE: Final = 200
# Each may be as large as all that a course has here, and none goes by itself.
MOST_EXPORTS: Final = 5
_REMOVE_SECONDS: Final = 600.0
_NO_COURSE: Final = "There is no course of that name with a repository."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be; None leaves a value as it is (or at its default, for a new course)."""

    url: str | None = None
    title: str | None = None
    branch: str | None = None
    directory: str | None = None
    enrolment: Enrolment | None = None
    update_every: int | None = None
    # An empty text takes it away.
    token: str | None = field(default=None, repr=False)
    deploy_key: str | None = field(default=None, repr=False)

    def apply(self, course: Course) -> Course:
        """Return the course as it is to be, secrets apart."""
        names = ("url", "title", "branch", "directory", "enrolment", "update_every")
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return replace(course, **said)


class CourseChanges:
    """Of one installation."""

    def __init__(self, store: Store, places: CoursePlaces, jobs: Jobs, clock: Clock) -> None:
        self._store = store
        self._places = places
        self._jobs = jobs
        self._clock = clock
        self._changing = asyncio.Lock()
        self._threads = SideThreads(1, name="course-exports")

    async def add(self, name: str, wish: Wish) -> Course:
        """Add a course; raises `UnprocessableInput`, `Conflict`."""
        course = wish.apply(Course(name=name, url="", created=self._clock()))
        check_course(course)
        token, key = _checked(wish)
        async with self._changing:
            if await self._store.read(courses.find, name) is not None:
                raise Conflict(f"There is a course called “{name}” already.")
            await asyncio.to_thread(self._clear, name)
            await self._store.write(courses.add, course)
            await asyncio.to_thread(self._keep, name, token, key)
        return course

    async def change(self, name: str, wish: Wish) -> tuple[Course, Course]:
        """Return the course as it was and as it is; raises `UnprocessableInput`, `NotFound`."""
        token, key = _checked(wish)
        async with self._changing:
            before = await self._find(name)
            after = wish.apply(before)
            check_course(after)
            if _origin(before) != _origin(after):
                await asyncio.to_thread(self._keep, name, token or "", key or "")
            else:
                await asyncio.to_thread(self._keep, name, token, key)
            if not await self._store.write(courses.change, after):
                raise NotFound(_NO_COURSE)
        return before, after

    async def archive(self, name: str, *, archived: bool) -> Course:
        """Put it away (not shown, no launches, files stay), or take it out again."""
        async with self._changing:
            course = await self._find(name)
            if archived is (course.archived is not None):
                return course
            changed = replace(course, archived=self._clock() if archived else None)
            await self._store.write(courses.change, changed)
            return changed

    async def begin_export(self, name: str, by: str) -> Job:
        """Write all of it into a file, in the background."""
        await self._find(name)
        return await self._jobs.begin(name, JobKind.EXPORT, by, partial(self._export_another, name))

    async def begin_removal(self, name: str, by: str, after: Callable[[], Awaitable[None]]) -> Job:
        """Export it, then remove it with its files; `after` is called when it is gone."""
        await self._find(name)
        work = partial(self._remove, name, after)
        return await self._jobs.begin(name, JobKind.REMOVE, by, work)

    async def new_webhook_secret(self, name: str) -> str:
        """Make the secret that a git service signs with, in place of the one before."""
        secret = make_secret(random_secrets.token_bytes(SECRET_BYTES))
        folder = self._places.secrets(name)
        async with self._changing:
            await self._find(name)
            await asyncio.to_thread(secret_files.write_secret, folder, secret_files.WEBHOOK, secret)
        return secret

    async def webhook_secret(self, name: str) -> str:
        """Return it, to be compared and never shown; empty if there is none."""
        folder = self._places.secrets(name)
        return await asyncio.to_thread(secret_files.read_secret, folder, secret_files.WEBHOOK)

    async def secrets_of(self, name: str) -> frozenset[str]:
        """Return which secrets a course has, by the names of their files."""
        folder = self._places.secrets(name)
        kinds = (secret_files.TOKEN, secret_files.DEPLOY_KEY, secret_files.WEBHOOK)

        def look() -> frozenset[str]:
            return frozenset(kind for kind in kinds if secret_files.has_secret(folder, kind))

        return await asyncio.to_thread(look)

    async def _find(self, name: str) -> Course:
        course = await self._store.read(courses.find, name)
        if course is None:
            raise NotFound(_NO_COURSE)
        return course

    async def _export_another(self, name: str, log: JobLog) -> str:
        folder = self._places.exports(name)
        number = await asyncio.to_thread(lambda: sum(1 for _ in folder.glob("*.tar.gz")))
        if number >= MOST_EXPORTS:
            raise Conflict(
                f"There are {number} exports of this course already, in {folder}. Whoever runs "
                "this Sifu moves them away first."
            )
        return await self._export(name, log)

    async def _export(self, name: str, log: JobLog) -> str:
        course = await self._find(name)
        jobs = await self._store.read(course_jobs.list_of, name)
        written: list[str] = []

        def export() -> None:
            path = export_course(self._places, course, jobs, self._clock())
            written.append(str(path))

        log.write("Writing the course into a file.")
        try:
            await self._threads.run(export)
        except OSError as problem:
            raise Conflict(
                "The export could not be written: the disk is full, or cannot be written.",
                detail=repr(problem),
            ) from problem
        return f"The export is {written[0]}."

    async def _remove(self, name: str, after: Callable[[], Awaitable[None]], log: JobLog) -> str:
        exported = await self._export(name, log)
        log.write(exported)
        async with self._changing:
            await self._store.write(courses.remove, name)
            await self._threads.run(partial(self._clear, name))
        await after()
        return f"The course is removed. {exported}"

    def _keep(self, name: str, token: str | None, key: str | None) -> None:
        folder = self._places.secrets(name)
        for kind, text in ((secret_files.TOKEN, token), (secret_files.DEPLOY_KEY, key)):
            if text:
                secret_files.write_secret(folder, kind, text)
            elif text is not None:
                secret_files.remove_secret(folder, kind)

    def _clear(self, name: str) -> None:
        for place in (
            self._places.secrets(name),
            self._places.repository(name),
            self._places.versions(name),
        ):
            remove_folder(place, seconds=_REMOVE_SECONDS)


def check_course(course: Course) -> None:
    """Raise `UnprocessableInput` with every problem of what people decided."""
    address = read_address(course.url)
    is_title = len(course.title) <= MOST_TITLE and course.title.isprintable()
    problems = [
        "" if is_course_name(course.name) else _bad_name(course.name),
        address if isinstance(address, str) else "",
        problem_of_ref(course.branch) if course.branch else "",
        problem_of_directory(course.directory),
        problem_of_interval(course.update_every),
        "" if is_title else f"A title is one line of {MOST_TITLE} characters at most.",
    ]
    if told := [problem for problem in problems if problem]:
        raise UnprocessableInput(" ".join(told))


def _checked(wish: Wish) -> tuple[str | None, str | None]:
    token = secret_files.checked_token(wish.token) if wish.token else wish.token
    key = secret_files.checked_key(wish.deploy_key) if wish.deploy_key else wish.deploy_key
    return token, key


def _origin(course: Course) -> str:
    address = read_address(course.url)
    return address.origin if isinstance(address, Address) else ""


def _bad_name(name: str) -> str:
    shown = "".join(char if char.isprintable() else "·" for char in name[:50])
    return (
        f"“{shown}” is no name for a course: it is one step of an address, 100 characters at most, "
        "without slashes, and begins with neither a dot nor a hyphen."
    )
