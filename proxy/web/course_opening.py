"""A notebook of a course, by an address that can be put anywhere: `/courses/{course}/open/{path}`.

Promises: somebody of the course gets there by the one click, as by every launch; whoever comes for
the first time to a course that is open to all, or whom a teacher listed, is asked by a page of ours
first, for from then on its teachers may look at their work and help them (`store.help_rights`):
that a link alone, which any page can follow for them, does not begin. Whoever may not have the
course is told what to do, and does not learn that there is one; whoever had it, that it is over.
"""

from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import NotFound
from proxy.core.identity import User
from proxy.core.launch_target import SUFFIX
from proxy.core.lti_roles import CourseRole
from proxy.core.portal_link import is_path
from proxy.store import course_people, courses, memberships, portal_members
from proxy.web.access import require_identity
from proxy.web.course_access import CourseView, require_course
from proxy.web.following import answer_nobody, is_followed
from proxy.web.keys import CLOCK, STORE
from proxy.web.launch_destination import destination_of
from proxy.web.problems import see_other
from proxy.web.render import render_page

_NO_NOTEBOOK: Final = "This address names no notebook."
ROUTE: Final = "/courses/{course}/open/{notebook:.*}"


async def show_notebook(request: web.Request) -> web.Response:
    """Go on to the notebook, or ask somebody who comes for the first time."""
    view, notebook = await _wanted(request)
    if view is None:
        return await _stranger(request)
    if not await _has_come(request, view):
        values = {
            "title": view.entry.shown_title if view.entry else view.course,
            "notebook": notebook,
        }
        return render_page(request, "course_join.html", values)
    if not is_followed(request):
        return answer_nobody()
    return see_other(await destination_of(request, view.user, view.course, notebook))


async def open_notebook(request: web.Request) -> web.Response:
    """The same by a button of ours: whoever presses it belongs to the course from then on."""
    view, notebook = await _wanted(request)
    if view is None:
        return await _stranger(request)
    if not view.leads:
        await request.app[STORE].write(_note, view.course, view.user, request.app[CLOCK]())
    return see_other(await destination_of(request, view.user, view.course, notebook))


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(ROUTE, show_notebook), web.post(ROUTE, open_notebook)]


async def _wanted(request: web.Request) -> tuple[CourseView | None, str]:
    require_identity(request)
    notebook = request.match_info["notebook"].removesuffix(SUFFIX)
    try:
        view = await require_course(request, request.match_info["course"])
    except NotFound:
        return None, ""
    if view.entry is not None and view.entry.archived and not view.is_teacher:
        return None, ""
    if notebook and not is_path(notebook):
        raise NotFound(_NO_NOTEBOOK)
    return view, notebook


async def _has_come(request: web.Request, view: CourseView) -> bool:
    if view.leads or view.own:
        return True
    return await request.app[STORE].read(has_come, view.course, view.user.id)


def has_come(connection: Connection, course: str, user_id: int) -> bool:
    """Did this person come to the course before, by a portal's link or by their own click?"""
    if course_people.has_come(connection, course, user_id):
        return True
    return portal_members.has_come(connection, course, user_id)


def _note(connection: Connection, course: str, user: User, now: float) -> None:
    """Whom a platform brought has their place there; whoever else came gets one on our list."""
    listed = course_people.role_of(connection, course, user.id)
    if listed is CourseRole.TEACHER or (
        listed is None and memberships.of_user(connection, user.id, course)
    ):
        return
    course_people.note_seen(connection, course, user.id, now)


async def _stranger(request: web.Request) -> web.Response:
    user, course = require_identity(request).user, request.match_info["course"]
    over = await request.app[STORE].read(_title_of_former, course, user.id)
    if over:
        return render_page(request, "course_over.html", {"title": over}, status=404)
    return render_page(request, "course_stranger.html", {"name": user.name}, status=404)


def _title_of_former(connection: Connection, course: str, user_id: int) -> str:
    """Return what an archived course was called, empty for whoever was not in it."""
    entry = courses.find(connection, course)
    if entry is None or not entry.archived:
        return ""
    was_in = (
        course_people.role_of(connection, course, user_id) is not None
        or portal_members.has_come(connection, course, user_id)
        or bool(memberships.of_user(connection, user_id, course))
    )
    return entry.shown_title if was_in else ""
