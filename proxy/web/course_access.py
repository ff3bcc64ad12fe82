"""What somebody may see and do in a course.

Promises: a teacher's rights hold in the places that they teach in, a place being a course page of
one learning platform; an administrator's in all. Whoever never came by a page of the course does
not learn that there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import Forbidden, NotFound
from proxy.core.identity import User
from proxy.core.portal_link import is_course
from proxy.store import memberships
from proxy.store.memberships import CoursePlace, Membership
from proxy.web.access import require_identity
from proxy.web.keys import STORE

_NO_COURSE = "There is no course of that name, or you have not opened a notebook of it yet."


@dataclass(frozen=True, slots=True)
class CourseView:
    """`own` are the memberships of whoever asks; `taught` their places, None for all there are."""

    course: str
    user: User
    own: Sequence[Membership]
    taught: Sequence[CoursePlace] | None

    @property
    def is_teacher(self) -> bool:
        return self.taught is None or bool(self.taught)


async def require_course(request: web.Request, course: str) -> CourseView:
    """Return what whoever asks may see; raises `Unauthenticated` or `NotFound`."""
    user = require_identity(request).user
    if not is_course(course):
        raise NotFound(_NO_COURSE)
    return await request.app[STORE].read(_look, course, user)


async def require_teacher(request: web.Request, course: str) -> CourseView:
    """The same, for teachers and administrators alone; raises `Forbidden` too."""
    view = await require_course(request, course)
    if not view.is_teacher:
        raise Forbidden("Only a teacher of this course may do that.")
    return view


def _look(connection: Connection, course: str, user: User) -> CourseView:
    own = memberships.of_user(connection, user.id, course)
    if not own and not (user.is_admin and memberships.in_places(connection, course, None)):
        raise NotFound(_NO_COURSE)
    return CourseView(course, user, own, None if user.is_admin else memberships.taught(own))
