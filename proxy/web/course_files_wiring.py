"""What the front needs for people's copies of courses, put on the application."""

from aiohttp import web

from proxy.courses.files import CourseFiles
from proxy.courses.source import Sources
from proxy.servers.workspaces import WorkspaceFolders
from proxy.web import keys


def install(app: web.Application) -> None:
    """Make it of what stands there: settings, store, clock, the shelf of courses."""
    shelf = app[keys.COURSE_SHELF]
    app[keys.COURSE_FILES] = CourseFiles(
        shelf.places,
        Sources(shelf).find,
        WorkspaceFolders(app[keys.SETTINGS], app[keys.STORE]).open,
        app[keys.CLOCK],
    )
