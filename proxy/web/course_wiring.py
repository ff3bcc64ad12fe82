"""What the front needs for courses that come from repositories, put on the application."""

import asyncio

from aiohttp import web

from proxy.core.buckets import Buckets
from proxy.courses.changes import CourseChanges
from proxy.courses.course_file import FILE
from proxy.courses.jobs import Jobs
from proxy.courses.places import CoursePlaces
from proxy.courses.reconciling import reconcile
from proxy.courses.shelf import CourseShelf
from proxy.courses.updating import CourseUpdates
from proxy.web import course_files_wiring, keys, snapshot_wiring, statistics_wiring
from proxy.web.course_hooks import HOOK_RATE, MOST_AT_ONCE


def install(app: web.Application) -> None:
    """Make it of what stands there: settings, store, clock, events."""
    settings, store, clock = app[keys.SETTINGS], app[keys.STORE], app[keys.CLOCK]
    places = CoursePlaces(settings.data, settings.notebooks)
    jobs = Jobs(store, places, clock)
    app[keys.COURSE_SHELF] = CourseShelf(places, store)
    app[keys.COURSE_JOBS] = jobs
    app[keys.COURSE_CHANGES] = CourseChanges(store, places, jobs, clock)
    app[keys.COURSE_UPDATES] = CourseUpdates(store, places, jobs, app[keys.EVENTS], clock)
    app[keys.HOOK_RATES] = Buckets(HOOK_RATE)
    app[keys.HOOK_BODIES] = asyncio.Semaphore(MOST_AT_ONCE)
    course_files_wiring.install(app)
    snapshot_wiring.install(app)
    statistics_wiring.install(app)
    app.on_startup.append(begin)
    app.on_cleanup.append(end)


async def begin(app: web.Application) -> None:
    """Go on with what died with the program, and look into `courses.toml`."""
    await app[keys.COURSE_UPDATES].begin_interrupted()
    await reconcile(
        app[keys.SETTINGS].data / FILE,
        app[keys.COURSE_SHELF],
        app[keys.COURSE_CHANGES],
        app[keys.COURSE_UPDATES],
        app[keys.EVENTS],
    )


async def end(app: web.Application) -> None:
    """Interrupt what is under way; the next start goes on with it."""
    await app[keys.COURSE_JOBS].stop()
