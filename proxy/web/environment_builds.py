"""Builds of environments as jobs of courses, and what is written down of them.

Promises: whoever wishes for a build waits for none; each ends in an event with who wished for it;
what an update of a course brings is built by itself. Must not: know how anything is built.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from proxy.core.course import Course
from proxy.core.errors import SifuError
from proxy.core.events import EventKind
from proxy.courses.environments import Environments
from proxy.store.event_log import EventLog

_log = structlog.get_logger()


class Told(Protocol):
    """The log of a job."""

    def write(self, line: str) -> None: ...


Work = Callable[[Told], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class BuildJob:
    """A build that waits, goes on or is over; `summary` is a sentence about what came of it."""

    started: float
    is_open: bool
    is_done: bool
    ended: float | None = None
    by: str = ""
    summary: str = ""


class BuildJobs(Protocol):
    """What does builds in the background, one at a time for a course."""

    async def begin(self, course: str, by: str, work: Work) -> object:
        """Queue it, unless one waits already; `by` is a slug, or empty."""
        ...

    async def latest(self, course: str) -> BuildJob | None: ...

    async def unfinished(self) -> list[str]:
        """Return the courses whose latest build has not come to an end."""
        ...

    async def log(self, course: str) -> tuple[str, ...]:
        """Return what the latest build has written so far."""
        ...


@dataclass(frozen=True, slots=True)
class Wisher:
    """Who wishes for it: a slug, empty for nobody; and how, if it was not in a browser."""

    slug: str = ""
    way: str = ""


NOBODY = Wisher()


class EnvironmentBuilds:
    """Of one installation."""

    def __init__(self, environments: Environments, jobs: BuildJobs, events: EventLog) -> None:
        self.environments = environments
        self.jobs = jobs
        self._events = events

    async def begin(
        self, course: str, by: Wisher = NOBODY, *, anew: bool = False, by_hand: bool = True
    ) -> None:
        """Have it built; see `Environments.update` for what the two mean."""
        work = partial(self._work, course, by, anew=anew, by_hand=by_hand)
        await self.jobs.begin(course, by.slug, work)

    async def after_update(self, course: Course) -> None:
        """A new version of the course is served."""
        await self.begin(course.name, by_hand=False)

    async def roll_back(self, course: str, by: Wisher) -> str:
        """Go back to the former one; return what is used now."""
        told = await self.environments.roll_back(course)
        about = {"what": "environment: went back to the former one", "by": by.way}
        self._events.note(EventKind.COURSE_CHANGED, user=by.slug, course=course, about=about)
        return told

    async def open(self) -> None:
        """At the start: clear away, go on with what was interrupted or is of another Python."""
        try:
            outdated = await self.environments.open()
            wanted = dict.fromkeys([*outdated, *await self.jobs.unfinished()])
        except (OSError, SifuError) as problem:
            _log.warning("environments.not_cleared", why=repr(problem))
            return
        for course in wanted:
            await self.begin(course, by_hand=False)

    async def _work(self, course: str, by: Wisher, log: Told, *, anew: bool, by_hand: bool) -> str:
        about = {"by": by.way}
        kind = EventKind.COURSE_BUILD_FAILED
        try:
            done = await self.environments.update(course, log.write, anew=anew, by_hand=by_hand)
            if not done.has_changed:
                return done.sentence
            kind, about = EventKind.COURSE_BUILT, about | {"version": done.version}
        except SifuError as refusal:
            about |= {"reason": refusal.public}
            raise
        except Exception:
            about |= {"reason": "a fault in Sifu"}
            raise
        finally:
            if len(about) > 1:
                self._events.note(kind, user=by.slug, course=course, about=about)
        return done.sentence
