"""Who is listed in a course as its teacher or its student, whether a page or a script asks for it.

Promises: who leads the course lists and removes, and nobody else; whose role was taken away helps
nobody in it from that moment on; each act is an event. Must not: tell more of a name than that
nobody of it was listed.
"""

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import NotFound
from proxy.core.events import EventKind
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, helping, users
from proxy.web.audit import note_act
from proxy.web.course_access import CourseView
from proxy.web.keys import CLOCK, STORE


async def set_person(request: web.Request, view: CourseView, name: str, role: CourseRole) -> User:
    """List the user of this name, or change what they are; raises `NotFound`."""
    person = await request.app[STORE].write(
        put_person, view.course, name, role, request.app[CLOCK]()
    )
    kind = EventKind.COURSE_PERSON_SET
    note_act(request, kind, course=view.course, whom=person.slug, role=role.value)
    return person


async def remove_person(request: web.Request, view: CourseView, name: str) -> User:
    """Take the user of this name off the list; raises `NotFound`."""
    person = await request.app[STORE].write(take_person, view.course, name, request.app[CLOCK]())
    kind = EventKind.COURSE_PERSON_REMOVED
    note_act(request, kind, course=view.course, whom=person.slug)
    return person


def put_person(
    connection: Connection, course: str, name: str, role: CourseRole, now: float
) -> User:
    """Write it; raises `NotFound`."""
    person = users.find(connection, name)
    if person is None:
        raise NotFound(f"Nobody was listed: there is no user “{name}” here.")
    course_people.set_role(connection, course, person.id, role, now)
    if role is not CourseRole.TEACHER:
        helping.end_of_person(connection, person.id, course, now)
    return person


def take_person(connection: Connection, course: str, name: str, now: float) -> User:
    """Write it; raises `NotFound`."""
    person = users.find(connection, name)
    if person is None or not course_people.remove(connection, course, person.id):
        raise NotFound(f"“{name}” is not on the list of this course.")
    helping.end_of_person(connection, person.id, course, now)
    return person
