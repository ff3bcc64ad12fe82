"""What the front needs to show notebooks as pages, put on the application."""

from aiohttp import web

from proxy.core.buckets import Buckets
from proxy.courses.places import CoursePlaces
from proxy.courses.rendering import Renderer
from proxy.courses.snapshots import Snapshots
from proxy.web import keys
from proxy.web.student_files import LOOK_RATE


def install(app: web.Application) -> None:
    """Make it of what stands there: settings, store, clock, random texts."""
    settings, clock = app[keys.SETTINGS], app[keys.CLOCK]
    places = CoursePlaces(settings.data, settings.notebooks)
    app[keys.RENDERER] = Renderer(clock, settings.uids)
    app[keys.SNAPSHOTS] = Snapshots(places.snapshots, app[keys.STORE], clock, app[keys.RANDOM])
    app[keys.LOOKS_NOTED] = Buckets(LOOK_RATE)
