"""Whom a teacher may look at: the students of the course, or of their own places in it."""

from aiohttp import web

from proxy.core.errors import NotFound
from proxy.core.identity import User
from proxy.store import course_students
from proxy.web.course_access import CourseView
from proxy.web.keys import STORE

_NO_STUDENT = "There is no student of that name in this course."


async def require_student(request: web.Request, view: CourseView, slug: str) -> User:
    """Return the student; raises `NotFound` for everybody else, who may or may not exist."""
    if not view.is_teacher:
        raise NotFound(_NO_STUDENT)
    found = await request.app[STORE].read(
        course_students.find_student, view.course, slug, view.taught
    )
    if found is None:
        raise NotFound(_NO_STUDENT)
    return found
