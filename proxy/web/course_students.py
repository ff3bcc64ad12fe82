"""Which people of a course a teacher may look after.

Promises: who leads the course may name anybody who belongs to it; a teacher by a learning platform
those of the places that they teach in. Whoever is not theirs is answered as if there were nobody.
A list alone opens nobody's files: whoever is on it must have come to the course themselves.
"""

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import Conflict, Forbidden, NotFound
from proxy.core.identity import SLUG, User
from proxy.store import course_members, memberships, users
from proxy.web.course_access import CourseView
from proxy.web.keys import STORE

_NOBODY = "There is nobody of that name in this course."


async def require_student(request: web.Request, view: CourseView, slug: str) -> User:
    """Return the person; raises `Forbidden` for who teaches nobody, and `NotFound`."""
    if not view.is_teacher:
        raise Forbidden("Only a teacher of this course may do that.")
    user = await request.app[STORE].read(find_student, view, slug)
    if user is None:
        raise NotFound(_NOBODY)
    return user


async def require_copy_owner(request: web.Request, view: CourseView, slug: str) -> User:
    """The same, of somebody whose files of the course may be looked at; raises `Conflict` too."""
    user = await require_student(request, view, slug)
    if not await request.app[STORE].read(course_members.came, user.id, view.course):
        raise Conflict(f"{user.name} has not opened a notebook of this course yet.")
    return user


def find_copy_owner(connection: Connection, view: CourseView, slug: str) -> User | None:
    """Return the person, if this view shows them and they came to the course themselves."""
    user = find_student(connection, view, slug)
    is_open = user is not None and course_members.came(connection, user.id, view.course)
    return user if is_open else None


def find_student(connection: Connection, view: CourseView, slug: str) -> User | None:
    """Return the person of the course whom this view shows; None if there is none."""
    user = users.find_by_slug(connection, slug) if SLUG.fullmatch(slug) else None
    if user is None:
        return None
    if view.taught is None:
        is_theirs = course_members.belongs(connection, user.id, view.course)
    else:
        is_theirs = memberships.is_in_places(connection, user.id, view.course, view.taught)
    return user if is_theirs else None
