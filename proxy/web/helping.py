"""A teacher helps a student in the student's own server.

    POST /courses/{course}/people/{slug}/help   begin: a session that opens this one server
    GET  /help                                  where one is, and the way out
    POST /help/stop                             end: a session as before

Promises: the browser's session ends and the one that helps begins in one transaction, so that never
two of them hold in one browser; who may be helped is decided anew each minute (`store.helping`);
it is an event, and the student reads of it. Must not: begin for a token, or where everybody shares
one workspace.
"""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from proxy.auth.sessions import HELP_LIFETIME, HelpOver
from proxy.core.errors import Conflict, Forbidden
from proxy.core.events import EventKind
from proxy.core.identity import HOME_WORKSPACE, ServerName
from proxy.core.policy import Workspaces
from proxy.core.redirects import HOME
from proxy.store import help_rights, sessions
from proxy.web.access import require_identity
from proxy.web.confinement import HELP
from proxy.web.course_access import require_teacher
from proxy.web.course_students import require_student
from proxy.web.framing import is_framed
from proxy.web.keys import EVENTS, HELPED, REFUSAL, SESSIONS, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

HOURS: Final = int(HELP_LIFETIME // 3600)


async def begin_help(request: web.Request) -> web.Response:
    """Give this browser a session for the student's server, instead of the one that it has."""
    view = await require_teacher(request, request.match_info["course"])
    student = await require_student(request, view, request.match_info["slug"])
    former = require_identity(request).session_id
    if former is None:
        raise Forbidden("Helping is for a browser that is signed in, not for a token.")
    if request.app[SETTINGS].workspaces is not Workspaces.PER_USER:
        raise Conflict("Here everybody works in one workspace: open it from the home page.")
    problem = await request.app[STORE].read(
        help_rights.problem_of_helping, view.user, view.course, student
    )
    if problem is not None:
        raise Conflict(problem)
    server = ServerName(student.slug, HOME_WORKSPACE)
    opened = await request.app[SESSIONS].exchange(former, view.user, server, view.course)
    request.app[EVENTS].note(
        EventKind.WORKSPACE_HELPED,
        user=view.user.slug,
        server=str(server),
        course=view.course,
        about={"whom": student.slug},
    )
    answer = see_other(HELP)
    cookie = request.app[SESSIONS].cookie(opened, framed=is_framed(request))
    answer.headers["Set-Cookie"] = cookie
    return answer


async def show_help(request: web.Request) -> web.Response:
    """Whom one helps, or that it is over."""
    if isinstance(request.get(REFUSAL), HelpOver):
        return render_page(request, "help_over.html", {})
    helping = require_identity(request).helping
    if helping is None:
        return see_other(HOME)
    session = await request.app[STORE].read(
        sessions.get, require_identity(request).session_id or ""
    )
    values = {
        "student": request[HELPED],
        "server": helping,
        "course": session.course if session else "",
        "until": session.expires if session else None,
        "hours": HOURS,
        "way_in": _way_in(helping, session.course if session else ""),
    }
    return render_page(request, "help.html", values)


async def stop_help(request: web.Request) -> web.Response:
    """Give the browser a session as before, or take away the cookie of help that is over."""
    made = request.app[SESSIONS]
    if isinstance(request.get(REFUSAL), HelpOver):
        answer = see_other("/sign-in")
        answer.headers["Set-Cookie"] = made.clearing_cookie(framed=is_framed(request))
        return answer
    identity = require_identity(request)
    if identity.helping is None or identity.session_id is None:
        return see_other(HOME)
    session = await request.app[STORE].read(sessions.get, identity.session_id)
    opened = await made.exchange(identity.session_id, identity.user)
    course = session.course if session else ""
    answer = see_other(f"/courses/{quote(course, safe='')}/people" if course else HOME)
    answer.headers["Set-Cookie"] = made.cookie(opened, framed=is_framed(request))
    return answer


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.post("/courses/{course}/people/{slug}/help", begin_help),
        web.get(HELP, show_help),
        web.post(f"{HELP}/stop", stop_help),
    ]


def _way_in(server: ServerName, course: str) -> str:
    return f"/open/{server}/lab" + (f"/tree/{quote(course, safe='')}" if course else "")
