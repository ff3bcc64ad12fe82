"""What the front needs for people's copies of courses, put on the application."""

from aiohttp import web

from proxy.courses.files import CourseFiles
from proxy.courses.places import CoursePlaces
from proxy.courses.source import Sources
from proxy.servers.workspaces import WorkspaceFolders
from proxy.web import keys


def install(app: web.Application) -> None:
    """Make it of what stands there: settings, store, clock."""
    settings, store = app[keys.SETTINGS], app[keys.STORE]
    places = CoursePlaces(settings.data, settings.notebooks)
    app[keys.COURSE_FILES] = CourseFiles(
        places,
        Sources(store, places).find,
        WorkspaceFolders(settings, store).open,
        app[keys.CLOCK],
    )
