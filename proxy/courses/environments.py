"""The environments of courses: built when a course asks for other packages, used, gone back from.

Promises: what a course uses changes in one write of the store, after the new one is whole; whatever
fails before that leaves everything as it was, and so does a kill. What somebody went back from is
not taken into use again by itself. One build at a time. Must not: be used by two programs at once
for the same folders.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of
from threading import Event

from proxy import __version__
from proxy.core.clock import Clock
from proxy.core.course import Course
from proxy.core.errors import Conflict
from proxy.courses.build_failure import BuildFailed
from proxy.courses.build_log import Log
from proxy.courses.building import Building, Wish
from proxy.courses.course_lists import CourseList, read_list
from proxy.courses.environment_folders import Environment, EnvironmentFolders
from proxy.courses.environment_stock import EnvironmentStock
from proxy.courses.places import CoursePlaces
from proxy.courses.workshop import Workshop, end_build
from proxy.disk.side_threads import SideThreads
from proxy.store import course_environments, courses
from proxy.store.course_environments import UsedEnvironment, before_this
from proxy.store.database import Store
from proxy.tasks import spawn

# Of a course at a time; those that nobody uses any more go after a week.
MOST_KEPT = 6
_RANDOM_BYTES = 4
_MADE_WITH = f"{sys.version} ipykernel {version_of('ipykernel')} sifu {__version__}"


@dataclass(frozen=True, slots=True)
class Updated:
    """What was done, as a sentence; `version` of the course that it was done for."""

    sentence: str
    version: str = ""
    has_changed: bool = False


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """`before` is None where one would go back to the default kernel.

    `asks` is False if the served version lists no packages; `problem` is a sentence if its list
    cannot be used. `is_current`: nothing is to be built. `was_set_aside`: somebody went back from
    what the version asks for.
    """

    used: UsedEnvironment | None
    current: Environment | None
    before: Environment | None
    asks: bool
    is_current: bool
    was_set_aside: bool
    problem: str = ""


class Environments:
    """Of one installation; `hexadecimal` gives so many random bytes as text."""

    def __init__(
        self,
        places: CoursePlaces,
        store: Store,
        clock: Clock,
        workshop: Workshop,
        hexadecimal: Callable[[int], str],
    ) -> None:
        self._places = places
        self._store = store
        self._clock = clock
        self._workshop = workshop
        self._hexadecimal = hexadecimal
        self._folders = EnvironmentFolders(places, is_shared=workshop.uid is not None)
        self._stock = EnvironmentStock(self._folders, store, workshop.python)
        self._side = SideThreads(1, name="build")
        self._alone = asyncio.Lock()
        self._stopping = Event()
        # All that an environment depends on beside its list.
        self._python = f"{self._stock.runs_on} {_MADE_WITH}"

    async def open(self) -> list[str]:
        """Clear away what an earlier front was killed over, and tell servers what is in use.

        Returns the courses whose environment would not start here any more.
        """
        async with self._alone:
            await asyncio.to_thread(end_build, self._workshop, self._folders.top)
            await asyncio.to_thread(self._folders.clear_unfinished)
            await self._stock.write_index()
            return await self._stock.outdated()

    def close(self) -> None:
        """Give up what is being built; there is no waiting for it."""
        self._stopping.set()

    async def update(
        self, name: str, log: Log, *, anew: bool = False, by_hand: bool = True
    ) -> Updated:
        """See to it that the course has what its served version asks for; return what was done.

        `anew` builds even if nothing has changed; `by_hand` takes into use again what somebody went
        back from. Raises `BuildFailed`, or `Conflict` where there is nothing to build for.
        """
        async with self._alone:
            course = await self._course(name)
            wanted = await self._list(course)
            if wanted is None:
                return await self._use_none(course)
            digest = wanted.digest(self._python, course.version)
            if not anew and (told := await self._without_building(course, digest, by_hand)):
                return told
            await self._require_room(name)
            made = await self._build(wanted, digest, log)
            return await self._use(course, made, "Built, and used from now on by each kernel {}.")

    async def roll_back(self, name: str) -> str:
        """Go back to the one before; return what is used now. Raises `Conflict`, `NotFound`."""
        usable = await self._stock.usable()
        before = await self._store.write(course_environments.roll_back, name, self._clock(), usable)
        await self._stock.write_index()
        if before:
            return "The former environment is used again by each kernel that is started."
        return "The course goes on with the default kernel."

    async def look(self, course: Course) -> EnvironmentState:
        """Return how things are."""
        known = await self._store.read(course_environments.of_course, course.name)
        usable = await self._stock.usable()
        used = _used_of(known)
        wanted, problem = None, ""
        try:
            wanted = await self._list(course) if course.version else None
        except BuildFailed as refused:
            problem = refused.public
        digest = wanted.digest(self._python, course.version) if wanted else ""
        return EnvironmentState(
            used=used,
            current=await self._stock.find(used),
            before=await self._stock.find(before_this(known, usable)),
            asks=wanted is not None,
            is_current=bool(used and used.digest == digest and used.name in usable),
            was_set_aside=_is_set_aside(known, digest),
            problem=problem,
        )

    async def sweep(self) -> None:
        """Remove what nobody has used for a while, unless something is being built."""
        if not self._alone.locked():
            async with self._alone:
                await self._stock.sweep(self._clock())

    async def _course(self, name: str) -> Course:
        course = await self._store.read(courses.find, name)
        if course is None or not course.version:
            raise Conflict(f"“{name}” has no version yet that could ask for packages.")
        if course.archived is not None:
            raise Conflict(f"“{name}” is archived; nothing is built for it.")
        return course

    async def _list(self, course: Course) -> CourseList | None:
        source = self._places.version(course.name, course.version)
        return await asyncio.to_thread(read_list, course, source)

    async def _without_building(self, course: Course, digest: str, by_hand: bool) -> Updated | None:
        """Return what was done, or why nothing is to be done; None if it must be built."""
        known = await self._store.read(course_environments.of_course, course.name)
        used = _used_of(known)
        if used and used.digest == digest and used.name in await self._stock.usable():
            return Updated("There is nothing to build: the course has what it asks for.")
        if not by_hand and _is_set_aside(known, digest):
            return Updated("Somebody went back from what the course asks for; that is left so.")
        if found := await self._stock.find_built(digest):
            return await self._use(
                course, found, "Built before, and used from now on by each kernel {}."
            )
        return None

    async def _require_room(self, name: str) -> None:
        known = await self._store.read(course_environments.of_course, name)
        usable = await self._stock.usable()
        if sum(each.name in usable for each in known) >= MOST_KEPT:
            raise Conflict(
                f"This course has had {MOST_KEPT} environments lately, and each takes room on the "
                "disk. The older ones are removed a week after they were left; build again then."
            )

    async def _build(self, wanted: CourseList, digest: str, log: Log) -> Environment:
        loop = asyncio.get_running_loop()
        name = f"{digest}-{self._hexadecimal(_RANDOM_BYTES)}"
        wish = Wish(wanted, digest, self._stock.runs_on, name, self._clock())
        given_up, ended = Event(), list[Environment | Exception]()
        building = Building(
            self._workshop,
            self._folders,
            wish,
            lambda: given_up.is_set() or self._stopping.is_set(),
        )

        def write(line: str) -> None:
            loop.call_soon_threadsafe(log, line)

        def work() -> None:
            try:
                ended.append(building.build(write))
            except Exception as problem:
                ended.append(problem)

        running = spawn(self._side.run(work), name="course.build")
        try:
            await asyncio.shield(running)
        finally:
            # Not left before its thread has ended: the next build has the same account.
            given_up.set()
            await asyncio.wait([running])
        (outcome,) = ended
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _use(self, course: Course, made: Environment, sentence: str) -> Updated:
        now = self._clock()
        wanted = UsedEnvironment(course.name, made.name, made.digest, course.version, now)
        await self._store.write(course_environments.use, wanted, now)
        await self._stock.write_index()
        told = sentence.format("that is started or restarted")
        return Updated(told, course.version, has_changed=True)

    async def _use_none(self, course: Course) -> Updated:
        if course.environment:
            await self._store.write(course_environments.use_none, course.name, self._clock())
            await self._stock.write_index()
        told = "The course asks for no packages: it has the default kernel."
        return Updated(told, course.version, has_changed=bool(course.environment))


def _used_of(known: Sequence[UsedEnvironment]) -> UsedEnvironment | None:
    return next((each for each in known if each.left is None), None)


def _is_set_aside(known: Sequence[UsedEnvironment], digest: str) -> bool:
    return any(each.set_aside and each.digest == digest for each in known)
