"""Where a launch leads for this person, on this installation.

Promises: what the person is led to is there when they arrive, as far as the course has it here and
somebody has signed that they belong to it; it opens in the interface that the course wants. Must
not: give a course to whoever guesses its name.
"""

from aiohttp import web

from proxy.core.course import Interface
from proxy.core.identity import HOME_WORKSPACE, SHARED, ServerName, User
from proxy.core.launch_target import way_to
from proxy.core.policy import Workspaces
from proxy.store import course_members, courses
from proxy.web.keys import COURSE_FILES, SETTINGS, STORE


async def destination_of(request: web.Request, user: User, course: str, notebook: str) -> str:
    """Return the path; `notebook` without its suffix, both may be empty.

    Raises `ServerNotRunning` with a sentence if the course cannot be copied there.
    """
    is_shared = request.app[SETTINGS].workspaces is Workspaces.SHARED
    server = SHARED if is_shared else ServerName(user.slug, HOME_WORKSPACE)
    store = request.app[STORE]
    if course != "" and await store.read(course_members.is_member, user.id, course):
        await request.app[COURSE_FILES].hand_out(server, course, notebook)
    entry = await store.read(courses.find, course) if course else None
    interface = entry.outline.interface if entry is not None else Interface.LAB
    return way_to(server, course, notebook, interface)
