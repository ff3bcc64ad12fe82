"""Who may help whom in a course.

To help is to be in somebody's workspace, so it takes more than to teach the course. Promises: the
student came to it themselves, by a signed launch or by their own click, for a teacher can list
anybody; and is nobody whose own rights would come along. A teacher by a platform's word helps those
of their own places.
"""

from collections.abc import Collection

from sqlalchemy import Connection, exists, select

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, memberships
from proxy.store.course_tables import course_people as people_table
from proxy.store.memberships import CoursePlace, is_within
from proxy.store.tables import memberships as membership_table
from proxy.store.tables import portal_members

Places = Collection[CoursePlace] | None
_STUDENT = CourseRole.STUDENT.value


def problem_of_helping(
    connection: Connection, helper: User, course: str, student: User
) -> str | None:
    """Say why this person may not help that one in their workspace, None if they may."""
    taught = places_taught(connection, helper, course)
    if taught is not None and not taught:
        return "Only a teacher of this course may help in it."
    if student.id == helper.id:
        return "This is your own workspace: open it from the home page."
    if student.is_disabled:
        return f"The account of {student.name} is disabled."
    if student.is_admin or course_people.teaches(connection, student.id):
        return f"{student.name} has rights of their own here, and can be helped by nobody."
    if not _has_come(connection, course, student, taught):
        return f"{student.name} has not opened a notebook of this course yet."
    return None


def places_taught(connection: Connection, user: User, course: str) -> Places:
    """Return where somebody teaches in the course: None is everywhere, for who leads it."""
    if user.is_admin or course_people.role_of(connection, course, user.id) is CourseRole.TEACHER:
        return None
    return memberships.taught(memberships.of_user(connection, user.id, course))


def _has_come(connection: Connection, course: str, student: User, taught: Places) -> bool:
    if _came_by_platform(connection, course, student.id, taught):
        return True
    if taught is not None:
        return False
    if _came_by_portal(connection, course, student.id):
        return True
    came = exists().where(
        people_table.c.course == course,
        people_table.c.user_id == student.id,
        people_table.c.role == _STUDENT,
        people_table.c.seen.is_not(None),
    )
    return bool(connection.execute(select(came)).scalar_one())


def _came_by_platform(connection: Connection, course: str, user_id: int, taught: Places) -> bool:
    came = exists().where(
        membership_table.c.course == course,
        membership_table.c.user_id == user_id,
        membership_table.c.role == _STUDENT,
        is_within(membership_table.c, taught),
    )
    return bool(connection.execute(select(came)).scalar_one())


def _came_by_portal(connection: Connection, course: str, user_id: int) -> bool:
    came = exists().where(
        portal_members.c.course == course,
        portal_members.c.user_id == user_id,
        portal_members.c.role == _STUDENT,
    )
    return bool(connection.execute(select(came)).scalar_one())
