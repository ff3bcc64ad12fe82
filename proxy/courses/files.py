"""The files of courses in people's workspaces, for all who ask for them.

Promises: what the course has is in the person's workspace as `core.merging` decides, before they
get there as far as they need it at once; the rest of a big course follows while they work. One
work at a time for a copy, shared by all who wish for it, and it goes on when a request is gone;
copies hold up nothing but each other. A course that is not here is no error: the notebooks may be
in the workspace by another way.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from proxy.core.clock import Clock
from proxy.core.errors import NotFound, ServerNotRunning, SifuError
from proxy.core.identity import HOME_WORKSPACE, ServerName
from proxy.courses.course_pass import Copy, CopyIsBusy, CoursePass, Means
from proxy.courses.delivery import Delivery
from proxy.courses.manifest import find_copies
from proxy.courses.packing import pack_copies
from proxy.courses.places import CoursePlaces
from proxy.courses.refusal import refusal_of
from proxy.courses.resetting import Resetting
from proxy.courses.source import Hashes, Source, SourceOf, is_course_here
from proxy.courses.static_folders import StaticFolders
from proxy.courses.told import Told, ToldFiles
from proxy.courses.zip_stream import ZipStreams
from proxy.disk.side_threads import SideThreads
from proxy.disk.workspace import OpenWorkspace, Workspace
from proxy.tasks import spawn

# Less than the minute after which many a proxy gives up, without a sentence.
PATIENCE: Final = 45.0
# What was copied by then is what a launch waits for; the rest follows.
FIRST_SECONDS: Final = 3.0
SLICE_SECONDS: Final = 1.0
_AT_ONCE: Final = 2
_STILL_COPYING: Final = (
    "The course's files are still being copied into your workspace. Try again in a minute."
)
_NO_COURSE: Final = "The files of this course are not here."
_Key = tuple[ServerName, str]
_T = TypeVar("_T")


class CourseFiles:
    """Of one installation."""

    def __init__(
        self,
        places: CoursePlaces,
        source_of: SourceOf,
        open_workspace: OpenWorkspace,
        clock: Clock,
    ) -> None:
        self.places = places
        self._source_of = source_of
        self._open = open_workspace
        self._clock = clock
        hashes = Hashes()
        self._static = StaticFolders(places, hashes)
        self._told = ToldFiles()
        self._means = Means(hashes, self._told, clock, self._static.is_ours)
        self._zips = ZipStreams()
        self._busy: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()
        self._works: dict[_Key, _Work] = {}
        self._first = SideThreads(_AT_ONCE, name="course-files")
        self._later = SideThreads(1, name="course-files-later")

    async def hand_out(self, name: ServerName, course: str, notebook: str) -> Delivery:
        """Bring the course; `notebook` (without its suffix, may be empty) is what is opened.

        Raises `ServerNotRunning` with a sentence if it cannot be brought, or takes long.
        """
        source = await self._find(name, course) if course else None
        if source is None:
            return Delivery()
        work = self._works.get((name, course)) or self._begin(name, course, source)
        wish = work.wish(notebook)
        outcome = await _in_time(asyncio.shield(wish), f"{name}: {course}")
        if isinstance(outcome, SifuError):
            raise outcome
        return outcome

    async def reset(self, name: ServerName, course: str, path: str) -> str:
        """Bring back the original of a file, or of the whole course (an empty path).

        Returns what the person's own is called now, empty if nothing had to be moved. Raises
        `NotFound`, `Conflict`, or `ServerNotRunning` with a sentence.
        """
        source = await self._find(name, course)
        if source is None:
            raise NotFound(_NO_COURSE)
        if path:
            return await self._alone(name, course, lambda work: work.reset_file(source, path))
        moved = await self._alone(name, course, lambda work: work.set_aside(is_own_wish=True))
        await self.hand_out(name, course, "")
        return moved

    async def clear(self, name: ServerName, course: str) -> str:
        """Move somebody's whole copy aside, for the next launch to begin anew; return where to.

        Empty if they have none. Raises `ServerNotRunning`.
        """
        return await self._alone(name, course, lambda work: work.set_aside(is_own_wish=False))

    async def who_has(self, course: str) -> frozenset[str]:
        """Return the slugs of those who have a copy in their home; raises `OSError`."""
        folder = self.places.manifests("x", HOME_WORKSPACE).parent.parent
        return await asyncio.to_thread(find_copies, folder, course)

    async def pack(self, course: str, names: Sequence[ServerName]) -> AsyncGenerator[bytes, None]:
        """Return the copies of these people as one zip; raises `ServerNotRunning` at first."""
        loop = asyncio.get_running_loop()

        def find(name: ServerName) -> Workspace:
            opening = asyncio.run_coroutine_threadsafe(self._open_soon(name), loop)
            return opening.result(2 * PATIENCE)

        return await self._zips.stream(partial(pack_copies, course, names, find))

    async def _open_soon(self, name: ServerName) -> Workspace:
        async with asyncio.timeout(PATIENCE):
            return await self._open(name)

    async def notices(self, name: ServerName, course: str) -> list[Told]:
        """Return what the person is still to be told of their copy."""
        folder = self.places.manifests(name.owner, name.workspace)
        return await asyncio.to_thread(self._told.read, folder, course)

    async def forget_notices(self, name: ServerName, course: str) -> None:
        """They read it."""
        folder = self.places.manifests(name.owner, name.workspace)
        await asyncio.to_thread(self._told.forget, folder, course)

    async def _find(self, name: ServerName, course: str) -> Source | None:
        source = await self._source_of(course)
        try:
            is_here = await asyncio.to_thread(is_course_here, source)
        except OSError as problem:
            raise refusal_of(problem, str(name)) from problem
        return source if is_here else None

    async def _copy_of(self, name: ServerName, course: str) -> Copy:
        place = await self._open(name)
        return Copy(course, place, self.places.manifests(name.owner, name.workspace))

    async def _alone(self, name: ServerName, course: str, work: Callable[[Resetting], str]) -> str:
        """Do it while nothing else is done to the copy, even if who asked is gone."""
        doing: asyncio.Task[str | SifuError] = spawn(
            self._do(name, course, work), name=f"{course} of {name}"
        )
        outcome = await _in_time(asyncio.shield(doing), f"{name}: {course}")
        if isinstance(outcome, SifuError):
            raise outcome
        return outcome

    async def _do(
        self, name: ServerName, course: str, work: Callable[[Resetting], str]
    ) -> str | SifuError:
        found: list[str] = []

        def run(copy: Copy) -> None:
            found.append(work(Resetting(copy, self._means)))

        try:
            async with self._lock(name, course):
                copy = await self._copy_of(name, course)
                await self._first.run(partial(run, copy))
        except (OSError, SifuError) as problem:
            return _as_refusal(problem, name)
        return found[0]

    def _begin(self, name: ServerName, course: str, source: Source) -> "_Work":
        work = self._works[name, course] = _Work()
        _ = spawn(self._bring(work, name, course, source), name=f"{course} for {name}")
        return work

    async def _bring(self, work: "_Work", name: ServerName, course: str, source: Source) -> None:
        """Whatever goes wrong is the answer to who waits: a task that raises is a fault."""
        outcome: SifuError | None = None
        try:
            async with self._lock(name, course):
                course_pass = CoursePass(await self._copy_of(name, course), source, self._means)
                try:
                    await self._first.run(course_pass.open)
                    await self._go_through(work, course_pass, course, source)
                finally:
                    self._end(work, name, course)
                    await asyncio.to_thread(course_pass.close)
        except (OSError, SifuError) as problem:
            outcome = _as_refusal(problem, name)
        finally:
            self._end(work, name, course)
            work.answer(outcome or work.latest)

    async def _go_through(
        self, work: "_Work", course_pass: CoursePass, course: str, source: Source
    ) -> None:
        work.begin(course_pass)
        seconds = FIRST_SECONDS
        while True:
            is_first = course_pass.is_urgent or seconds > SLICE_SECONDS
            threads = self._first if is_first else self._later
            await threads.run(partial(course_pass.go_on, seconds))
            work.latest = course_pass.delivery()
            seconds = SLICE_SECONDS
            if not course_pass.is_done:
                work.answer_if_served()
            elif not course_pass.needs_links or work.latest.is_whole:
                return
            else:
                await self._link(work, course_pass, course, source)

    async def _link(
        self, work: "_Work", course_pass: CoursePass, course: str, source: Source
    ) -> None:
        providing = spawn(self._provide(course, source), name=f"shared folders of {course}")
        done, _ = await asyncio.wait([providing], timeout=FIRST_SECONDS)
        if not done:
            work.answer_if_served()
        shared = await providing
        if isinstance(shared, OSError):
            raise shared
        await self._later.run(partial(course_pass.finish, shared))
        work.latest = course_pass.delivery()

    async def _provide(self, course: str, source: Source) -> dict[str, str] | OSError:
        shared: dict[str, str] = {}
        try:
            await self._later.run(lambda: shared.update(self._static.provide(course, source)))
        except OSError as problem:
            return problem
        return shared

    def _end(self, work: "_Work", name: ServerName, course: str) -> None:
        """Whoever comes from now on begins another one."""
        if self._works.get((name, course)) is work:
            del self._works[name, course]

    def _lock(self, name: ServerName, course: str) -> asyncio.Lock:
        return self._busy.setdefault((name, course), asyncio.Lock())


class _Work:
    """What is under way for one copy, and who waits for it."""

    def __init__(self) -> None:
        self.latest = Delivery(is_whole=False)
        self._pass: CoursePass | None = None
        self._early: list[str] = []
        self._waiting: list[asyncio.Future[Delivery | SifuError]] = []

    def wish(self, notebook: str) -> "asyncio.Future[Delivery | SifuError]":
        if self._pass is None:
            self._early.append(notebook)
        elif notebook:
            self._pass.want(notebook)
        wish = asyncio.get_running_loop().create_future()
        self._waiting.append(wish)
        return wish

    def begin(self, course_pass: CoursePass) -> None:
        self._pass = course_pass
        for notebook in filter(None, self._early):
            course_pass.want(notebook)

    def answer_if_served(self) -> None:
        if self._pass is not None and not self._pass.is_urgent:
            self.answer(self.latest)

    def answer(self, outcome: Delivery | SifuError) -> None:
        for wish in self._waiting:
            if not wish.done():
                wish.set_result(outcome)
        self._waiting.clear()


async def _in_time(work: Awaitable[_T], detail: str) -> _T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await work
    except TimeoutError as late:
        raise ServerNotRunning(_STILL_COPYING, detail=detail) from late


def _as_refusal(problem: OSError | SifuError, name: ServerName) -> SifuError:
    if isinstance(problem, CopyIsBusy):
        return ServerNotRunning(_STILL_COPYING, detail=f"{name}: {problem}")
    if isinstance(problem, OSError):
        return refusal_of(problem, str(name))
    return problem
