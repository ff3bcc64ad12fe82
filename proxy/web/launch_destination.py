"""Where a launch leads for this person, on this installation.

Promises: what the person is led to is there when they arrive, as far as the course has it here and
somebody has signed that they belong to it; it opens in the interface that the course wants; what
lies beside theirs since this moment they are told first; a course that was put away leads nowhere.
Must not: give a course to whoever guesses its name.
"""

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.course import Interface
from proxy.core.course_links import told_address
from proxy.core.errors import Forbidden
from proxy.core.identity import HOME_WORKSPACE, SHARED, ServerName, User
from proxy.core.launch_target import way_to
from proxy.core.policy import Workspaces
from proxy.store import course_members, courses
from proxy.web.keys import COURSE_FILES, SETTINGS, STORE


async def destination_of(request: web.Request, user: User, course: str, notebook: str) -> str:
    """Return the path; `notebook` without its suffix, both may be empty.

    Raises `ServerNotRunning` with a sentence if the course cannot be copied there, and `Forbidden`
    if it is archived and they do not teach it.
    """
    if course != "" and await request.app[STORE].read(_may_have, user, course):
        done = await request.app[COURSE_FILES].hand_out(_server(request, user), course, notebook)
        if done.beside or done.copies:
            return told_address(course, notebook)
    return await way_of(request, user, course, notebook)


async def way_of(request: web.Request, user: User, course: str, notebook: str) -> str:
    """Return the path of the notebook itself, and bring nothing."""
    entry = await request.app[STORE].read(courses.find, course) if course else None
    interface = entry.outline.interface if entry is not None else Interface.LAB
    return way_to(_server(request, user), course, notebook, interface)


def _may_have(connection: Connection, user: User, course: str) -> bool:
    """May they have its files? Raises `Forbidden` for a course that is over for them."""
    if course_members.is_member(connection, user.id, course):
        return True
    entry = courses.find(connection, course)
    if entry is None or entry.archived is None:
        return False
    raise Forbidden(
        f"The course {entry.shown_title} is over. Your copy of it is still in your workspace, to "
        "which the home page leads."
        if course_members.belongs(connection, user.id, course)
        else "This course is over."
    )


def _server(request: web.Request, user: User) -> ServerName:
    is_shared = request.app[SETTINGS].workspaces is Workspaces.SHARED
    return SHARED if is_shared else ServerName(user.slug, HOME_WORKSPACE)
