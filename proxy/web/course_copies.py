"""People's copies of a course: what they are told of theirs, and what teachers do with all of them.

Promises: a teacher takes and clears the copies of their own people alone; what is cleared is moved
aside in the student's workspace, and removed by nobody; where all work in the same files there are
no copies, and that is said.
"""

from typing import Final
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.course_links import course_address
from proxy.core.errors import Conflict
from proxy.core.events import EventKind
from proxy.core.identity import HOME_WORKSPACE, ServerName, User
from proxy.core.policy import Workspaces
from proxy.web.access import server_of
from proxy.web.audit import note_act
from proxy.web.course_access import CourseView, require_course, require_teacher
from proxy.web.course_students import find_copy_owner, require_copy_owner
from proxy.web.keys import COURSE_FILES, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

_SHARED: Final = "Everybody works in the same files here: there are no copies of the students."
_NOBODY: Final = "None of your students has opened a notebook of this course yet."


async def section_of(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what `course_copies.html` shows on the page of a course."""
    server = server_of(view.user, request.app[SETTINGS].workspaces)
    return {
        "copy_notices": await request.app[COURSE_FILES].notices(server, view.course),
        "copies_are_shared": _is_shared(request),
        "is_teacher": view.is_teacher,
    }


async def post_read(request: web.Request) -> web.Response:
    """They read what they were told of their copy."""
    view = await require_course(request, request.match_info["course"])
    server = server_of(view.user, request.app[SETTINGS].workspaces)
    await request.app[COURSE_FILES].forget_notices(server, view.course)
    return see_other(course_address(view.course))


async def clear(request: web.Request) -> tuple[CourseView, User, str]:
    """Move the copy of the student in the address aside; return where to, empty if none was."""
    view, student, server = await _student(request)
    moved = await request.app[COURSE_FILES].clear(server, view.course)
    note_act(
        request,
        EventKind.WORKSPACE_CLEARED,
        server=server,
        course=view.course,
        whom=student.slug,
    )
    return view, student, moved


async def post_clear(request: web.Request) -> web.Response:
    """Move a student's copy aside."""
    view, student, moved = await clear(request)
    values = {"course": view.course, "here": course_address(view.course)}
    return render_page(
        request, "course_cleared.html", values | {"student": student, "moved": moved}
    )


async def get_zip(request: web.Request) -> web.StreamResponse:
    """One student's copy."""
    view, student, server = await _student(request)
    return await _send(request, view, [server], f"{view.course} {student.slug}", whom=student.slug)


async def get_all_zip(request: web.Request) -> web.StreamResponse:
    """The copies of all who are theirs."""
    view = await require_teacher(request, request.match_info["course"])
    _refuse_shared(request)
    owners = await request.app[COURSE_FILES].who_has(view.course)
    slugs = await request.app[STORE].read(_theirs, view, sorted(owners))
    if not slugs:
        raise Conflict(_NOBODY)
    servers = [ServerName(slug, HOME_WORKSPACE) for slug in slugs]
    return await _send(request, view, servers, view.course)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    student = "/courses/{course}/people/{slug}"
    return [
        web.post("/courses/{course}/notices", post_read),
        web.post(f"{student}/clear", post_clear),
        web.get(f"{student}/files.zip", get_zip, allow_head=False),
        web.post(f"{student}/files.zip", get_zip),
        web.get("/courses/{course}/files.zip", get_all_zip, allow_head=False),
        web.post("/courses/{course}/files.zip", get_all_zip),
    ]


async def _student(request: web.Request) -> tuple[CourseView, User, ServerName]:
    view = await require_teacher(request, request.match_info["course"])
    student = await require_copy_owner(request, view, request.match_info["slug"])
    _refuse_shared(request)
    return view, student, ServerName(student.slug, HOME_WORKSPACE)


async def _send(
    request: web.Request, view: CourseView, servers: list[ServerName], name: str, whom: str = ""
) -> web.StreamResponse:
    """Send the zip as it is packed; what ends it in the midst cuts the answer off."""
    chunks = await request.app[COURSE_FILES].pack(view.course, servers)
    note_act(
        request,
        EventKind.WORKSPACE_COLLECTED,
        course=view.course,
        whom=whom,
        number=str(len(servers)),
    )
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.zip', safe='')}"
    response = web.StreamResponse(headers={"Content-Disposition": disposition})
    response.content_type = "application/zip"
    await response.prepare(request)
    try:
        async for chunk in chunks:
            await response.write(chunk)
    finally:
        await chunks.aclose()
    await response.write_eof()
    return response


def _theirs(connection: Connection, view: CourseView, slugs: list[str]) -> list[str]:
    return [slug for slug in slugs if find_copy_owner(connection, view, slug) is not None]


def _refuse_shared(request: web.Request) -> None:
    if _is_shared(request):
        raise Conflict(_SHARED)


def _is_shared(request: web.Request) -> bool:
    return request.app[SETTINGS].workspaces is Workspaces.SHARED
