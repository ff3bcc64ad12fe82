"""The environments of a front: real builds, and jobs that are done at once or held up."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from proxy.core.errors import SifuError
from proxy.core.lti_roles import CourseRole
from proxy.courses.workshop import Workshop
from proxy.store import course_people
from proxy.store.database import Store
from proxy.tasks import spawn
from proxy.web import course_environment_wiring
from proxy.web.course_access import require_course
from proxy.web.course_environment import section_of
from proxy.web.environment_builds import BuildJob, Work
from proxy.web.render import render_text
from tests.conftest import FakeClock
from tests.courses.environments import Ground
from tests.web.page_front import Pages, run_pages

SECTION = "/shown/section"


async def _show_section(request: web.Request) -> web.Response:
    view = await require_course(request, "stats")
    values = await section_of(request, view)
    return web.Response(text=render_text(request, "course_environment.html", values))


class HeldJobs:
    """Does jobs when `release` says so."""

    def __init__(self) -> None:
        self.jobs: dict[str, BuildJob] = {}
        self.lines: list[str] = []
        self.ended: list[asyncio.Task[None]] = []
        self._gate = asyncio.Event()

    async def begin(self, course: str, by: str, work: Work) -> object:
        self.jobs[course] = BuildJob(1.0, is_open=True, is_done=False, by=by)
        self.ended.append(spawn(self._do(course, by, work), name="held job"))
        return None

    async def latest(self, course: str) -> BuildJob | None:
        return self.jobs.get(course)

    async def unfinished(self) -> list[str]:
        return []

    async def log(self, course: str) -> tuple[str, ...]:
        return tuple(self.lines) if course in self.jobs else ()

    def write(self, line: str) -> None:
        self.lines.append(line)

    async def release(self) -> None:
        """Let them go on, and wait until all have ended."""
        self._gate.set()
        await asyncio.gather(*self.ended)

    async def _do(self, course: str, by: str, work: Callable[..., Awaitable[str]]) -> None:
        await self._gate.wait()
        try:
            summary, is_done = await work(self), True
        except SifuError as refusal:
            summary, is_done = refusal.public, False
        self.jobs[course] = BuildJob(1.0, is_open=False, is_done=is_done, by=by, summary=summary)


@dataclass
class Schoolroom:
    """A front with the course “stats”, which `bob` leads and `ada` learns in."""

    pages: Pages
    jobs: HeldJobs
    ground: Ground


@asynccontextmanager
async def running_schoolroom(
    store: Store, clock: FakeClock, folder: Path
) -> AsyncIterator[Schoolroom]:
    jobs = HeldJobs()

    def install(app: web.Application) -> None:
        app.cleanup_ctx.clear()  # what the front does by itself, with jobs that nobody holds
        course_environment_wiring.attend(app, jobs, Workshop(sys.executable))
        app.router.add_get(SECTION, _show_section)

    async with run_pages(store, clock, folder, install=install) as pages:
        ground = Ground(folder, store, clock, data=".")
        await ground.add()
        for name, role in (("bob", CourseRole.TEACHER), ("ada", CourseRole.STUDENT)):
            user = pages.people[name].id
            await store.write(course_people.set_role, "stats", user, role, 1.0)
        yield Schoolroom(pages, jobs, ground)
