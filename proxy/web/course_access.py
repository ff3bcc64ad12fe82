"""What somebody may see and do in a course.

Promises: whom somebody here made a teacher, and administrators, *lead* the course: they see all of
its people, and change it. A teacher by a learning platform sees the people of the places that they
teach in, a place being a course page of one platform, and changes nothing. Whoever may not have the
course does not learn that there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.course import Course
from proxy.core.errors import Forbidden, NotFound
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.core.portal_link import is_course
from proxy.store import course_members, course_people, courses, memberships
from proxy.store.memberships import CoursePlace, Membership
from proxy.web.access import require_identity
from proxy.web.keys import COURSE_SHELF, STORE

_NO_COURSE = "There is no course of that name, or you have not opened a notebook of it yet."


@dataclass(frozen=True, slots=True)
class CourseView:
    """`own` are the memberships of whoever asks; `taught` their places, None for all there are.

    `entry` is the course's row, None for one that has no repository.
    """

    course: str
    user: User
    own: Sequence[Membership]
    taught: Sequence[CoursePlace] | None
    entry: Course | None = None

    @property
    def is_teacher(self) -> bool:
        return self.taught is None or bool(self.taught)

    @property
    def leads(self) -> bool:
        """May they change the course, and see all who are in it?"""
        return self.taught is None


async def require_course(request: web.Request, course: str) -> CourseView:
    """Return what whoever asks may see; raises `Unauthenticated` or `NotFound`."""
    user = require_identity(request).user
    if not is_course(course):
        raise NotFound(_NO_COURSE)
    try:
        return await request.app[STORE].read(look, course, user)
    except NotFound:
        # A folder that nobody was brought to yet: administrators are the first to see it.
        if user.is_admin and course in await request.app[COURSE_SHELF].placed():
            return CourseView(course, user, (), None)
        raise


async def require_teacher(request: web.Request, course: str) -> CourseView:
    """The same, for teachers and administrators alone; raises `Forbidden` too."""
    view = await require_course(request, course)
    if not view.is_teacher:
        raise Forbidden("Only a teacher of this course may do that.")
    return view


async def require_lead(request: web.Request, course: str) -> CourseView:
    """The same, for those who lead it alone."""
    view = await require_course(request, course)
    if not view.leads:
        raise Forbidden("Only a teacher whom this Sifu lists for the course may do that.")
    return view


def look(connection: Connection, course: str, user: User) -> CourseView:
    """Return what this person may see; raises `NotFound`."""
    own = memberships.of_user(connection, user.id, course)
    entry = courses.find(connection, course)
    listed = course_people.role_of(connection, course, user.id)
    if user.is_admin or listed is CourseRole.TEACHER:
        is_known = entry is not None or own or memberships.in_places(connection, course, None)
        if is_known or listed is not None:
            return CourseView(course, user, own, None, entry)
        raise NotFound(_NO_COURSE)
    if not own and not course_members.is_member(connection, user.id, course):
        raise NotFound(_NO_COURSE)
    return CourseView(course, user, own, memberships.taught(own), entry)
