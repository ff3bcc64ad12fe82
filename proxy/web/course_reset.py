"""Resetting a notebook, or one's whole copy of a course: asked first, done by POST.

Promises: a person resets what is in their own workspace and nobody else's; in one that all share
only those who lead the course do; the page says what their own is called afterwards. A small window
(`?window=1`) leads back into the notebook's page, which then reads the file again.
"""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from proxy.core.course import Interface
from proxy.core.course_links import course_address
from proxy.core.errors import Conflict, Forbidden, NotFound, SifuError
from proxy.core.events import EventKind
from proxy.core.identity import SHARED, ServerName
from proxy.core.launch_target import SUFFIX, way_back, way_to
from proxy.core.portal_link import is_path
from proxy.store import course_members
from proxy.web.access import server_of
from proxy.web.audit import note_act
from proxy.web.course_access import CourseView, require_course
from proxy.web.forms import read_form
from proxy.web.keys import COURSE_FILES, SETTINGS, STORE
from proxy.web.render import render_page

_WHAT: Final = "That is no file of a course. Choose “Reset to Original” in its notebook again."


async def show_reset(request: web.Request) -> web.Response:
    """Ask, and say what will happen."""
    view, server = await _admit(request, request.query.get("server", ""))
    path = _path_of(request.query.get("path", ""))
    return _page(request, view, server, path, is_window="window" in request.query)


async def post_reset(request: web.Request) -> web.Response:
    """Do it, and say what the person's own is called now."""
    form = await read_form(request)
    view, server = await _admit(request, form.get("server", ""))
    path = _path_of(form.get("path", ""))
    is_window = bool(form.get("window"))
    try:
        moved = await request.app[COURSE_FILES].reset(server, view.course, path)
    except (NotFound, Conflict) as problem:
        return _page(request, view, server, path, is_window=is_window, told=problem)
    note_act(
        request,
        EventKind.WORKSPACE_RESET,
        server=server,
        course=view.course,
        path=path or view.course,
    )
    values = _values(view, server, path, is_window=is_window) | {"moved": moved}
    return render_page(request, "course_reset_done.html", values)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    here = "/courses/{course}/reset"
    return [web.get(here, show_reset), web.post(here, post_reset)]


async def _admit(request: web.Request, named: str) -> tuple[CourseView, ServerName]:
    """Return whose copy it is; `named` is the server that a notebook's page says it is from."""
    view = await require_course(request, request.match_info["course"])
    server = server_of(view.user, request.app[SETTINGS].workspaces)
    if named and named != str(server):
        raise Forbidden("Only the notebooks of your own workspace can be reset, and this is not.")
    if view.leads:
        return view, server
    if server == SHARED:
        raise Forbidden(
            "Everybody works in the same files here: a teacher who leads the course resets them."
        )
    store = request.app[STORE]
    if not await store.read(course_members.is_member, view.user.id, view.course):
        raise NotFound("This course has no files for you.")
    return view, server


def _path_of(text: str) -> str:
    """Return the path below the course, empty for all of it; raises `NotFound`."""
    if text and not is_path(text):
        raise NotFound(_WHAT)
    return text


def _page(
    request: web.Request,
    view: CourseView,
    server: ServerName,
    path: str,
    *,
    is_window: bool,
    told: SifuError | None = None,
) -> web.Response:
    values = _values(view, server, path, is_window=is_window)
    values["told"] = "" if told is None else told.public
    return render_page(
        request, "course_reset.html", values, status=200 if told is None else told.status
    )


def _values(
    view: CourseView, server: ServerName, path: str, *, is_window: bool
) -> dict[str, object]:
    return {
        "course": view.course,
        "here": course_address(view.course),
        "name": path.rpartition("/")[2],
        "path": path,
        "server": str(server),
        "is_window": is_window,
        "way_back": way_back(server) if is_window else _way_to(server, view, path),
    }


def _way_to(server: ServerName, view: CourseView, path: str) -> str:
    """Return the address of the file in what the course wants its notebooks to open."""
    if not path:
        return course_address(view.course)
    interface = view.entry.outline.interface if view.entry else Interface.LAB
    if path.endswith(SUFFIX):
        return way_to(server, view.course, path.removesuffix(SUFFIX), interface)
    return f"/open/{server}/lab/tree/{quote(f'{view.course}/{path}', safe='/')}"
