"""What the front needs for statistics of courses, put on the application."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from proxy.core.clock import Clock
from proxy.core.openings import day_and_minute
from proxy.store import course_peaks, statistics
from proxy.store.database import Store
from proxy.web import keys
from proxy.web.course_counts import CourseCounts
from proxy.web.course_use import SAMPLE_SECONDS, CourseUse

_FORGET_SECONDS: Final = 3600.0
_AT_ONCE: Final = 1_000
Chore = Callable[[], Awaitable[object]]


def install(app: web.Application) -> None:
    """Make it of what stands there: store, clock, observatory."""
    store, clock = app[keys.STORE], app[keys.CLOCK]
    app[keys.COURSE_COUNTS] = CourseCounts(store, clock)
    app[keys.COURSE_USE] = CourseUse(store, app[keys.OBSERVATORY], clock)


def list_statistics_chores(app: web.Application) -> list[tuple[str, float, Chore]]:
    """Return what is done again and again, as `chores` lists it."""
    forget = partial(forget_days, app[keys.STORE], app[keys.CLOCK])
    return [
        ("sample_courses", SAMPLE_SECONDS, app[keys.COURSE_USE].sample),
        ("forget_statistics", _FORGET_SECONDS, forget),
    ]


async def forget_days(store: Store, clock: Clock) -> None:
    """Delete the days that were kept long enough, a bounded piece at a time."""
    today, _ = day_and_minute(clock())
    before = today - statistics.KEPT_DAYS
    while await store.write(statistics.prune, before, most=_AT_ONCE):
        pass
    await store.write(course_peaks.forget, before)
