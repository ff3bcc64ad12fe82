"""People of courses over the control API.

Promises: what may be seen and changed is decided in `course_access` and `course_membership`, for
pages and scripts alike; a name that is too long for one is nobody's.
"""

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.lti_roles import CourseRole
from proxy.store import course_progress
from proxy.store.course_progress import Participant
from proxy.web import course_copies, course_membership
from proxy.web.api_bodies import answer, read_body
from proxy.web.course_access import CourseView, require_lead, require_teacher
from proxy.web.course_people_schemas import CoursePersonInfo, CoursePersonRole
from proxy.web.keys import STORE
from proxy.web.schemas import Message


async def list_course_people(request: web.Request) -> web.Response:
    """Those whom one teaches, by name."""
    view = await require_teacher(request, request.match_info["course"])
    found = await request.app[STORE].read(_everybody, view)
    return answer([_describe(each) for each in found])


async def set_course_person(request: web.Request) -> web.Response:
    """List somebody, or change what they are."""
    view = await require_lead(request, request.match_info["course"])
    wish = await read_body(request, CoursePersonRole)
    name = request.match_info["name"]
    person = await course_membership.set_person(request, view, name, wish.role)
    word = "a teacher" if wish.role is CourseRole.TEACHER else "a student"
    return answer(Message(message=f"{person.name} is {word} of {view.course}."))


async def remove_course_person(request: web.Request) -> web.Response:
    """Take somebody off the list."""
    view = await require_lead(request, request.match_info["course"])
    name = request.match_info["name"]
    person = await course_membership.remove_person(request, view, name)
    return answer(Message(message=f"{person.name} is not on the list of {view.course} any more."))


async def clear_course_copy(request: web.Request) -> web.Response:
    """Move somebody's copy aside; zips are those of the pages (`course_copies`)."""
    view, student, moved = await course_copies.clear(request)
    if not moved:
        return answer(Message(message=f"{student.name} has no copy of {view.course}."))
    return answer(Message(message=f"The copy of {student.name} is called “{moved}” now."))


def _everybody(connection: Connection, view: CourseView) -> list[Participant]:
    people = course_progress.participants(connection, view.course, view.taught)
    return course_progress.with_opened(people, course_progress.opened(connection, view.course))


def _describe(each: Participant) -> CoursePersonInfo:
    return CoursePersonInfo(
        user=each.user.name,
        slug=each.user.slug,
        role=each.role,
        listed=each.listed,
        seen=each.seen,
        opened=each.opened,
    )
