"""What a launch has to tell, on the way to the notebook: `/courses/{course}/told?notebook=…`.

Promises: shown between a launch and the notebook when somebody's copy got something beside what is
theirs; one button goes on, and then it is read. In a course page's frame, too. Must not: bring or
change a file.
"""

from typing import Final

from aiohttp import web

from proxy.core.errors import NotFound
from proxy.core.portal_link import is_path
from proxy.web.access import server_of
from proxy.web.course_access import CourseView, require_course
from proxy.web.forms import read_form
from proxy.web.keys import COURSE_FILES, SETTINGS
from proxy.web.launch_destination import way_of
from proxy.web.problems import see_other
from proxy.web.render import render_page

ROUTE: Final = "/courses/{course}/told"


async def show_told(request: web.Request) -> web.Response:
    """What is new beside theirs."""
    view = await require_course(request, request.match_info["course"])
    notebook = _notebook(request.query.get("notebook", ""))
    server = server_of(view.user, request.app[SETTINGS].workspaces)
    values = {
        "course": view.course,
        "title": view.entry.shown_title if view.entry else view.course,
        "notebook": notebook,
        "copy_notices": await request.app[COURSE_FILES].notices(server, view.course),
    }
    return render_page(request, "course_told.html", values)


async def post_told(request: web.Request) -> web.Response:
    """They read it, and go on."""
    view: CourseView = await require_course(request, request.match_info["course"])
    notebook = _notebook((await read_form(request)).get("notebook", ""))
    server = server_of(view.user, request.app[SETTINGS].workspaces)
    await request.app[COURSE_FILES].forget_notices(server, view.course)
    return see_other(await way_of(request, view.user, view.course, notebook))


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(ROUTE, show_told), web.post(ROUTE, post_told)]


def _notebook(text: str) -> str:
    if text and not is_path(text):
        raise NotFound("This address names no notebook.")
    return text
