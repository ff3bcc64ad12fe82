"""May somebody have the files of a course? Who was signed or listed for it, or everybody.

An archived course is nobody's but its teachers'.
"""

from sqlalchemy import Connection, exists, or_, select

from proxy.core.course import Enrolment
from proxy.core.lti_roles import CourseRole
from proxy.store.course_tables import course_people, courses
from proxy.store.tables import memberships, portal_members, users


def is_member(connection: Connection, user_id: int, course: str) -> bool:
    """Did a platform, a portal or a teacher bring this person to this course, or is it open?"""
    if _is_teacher(connection, user_id, course):
        return True
    archived = select(courses.c.archived).where(courses.c.name == course)
    if connection.execute(archived).scalar_one_or_none() is not None:
        return False
    enrolment = select(courses.c.enrolment).where(courses.c.name == course)
    is_open = connection.execute(enrolment).scalar_one_or_none() == Enrolment.OPEN.value
    return is_open or belongs(connection, user_id, course)


def belongs(connection: Connection, user_id: int, course: str) -> bool:
    """Did they come to it, or were they listed? Whom its teachers look after, archived or not.

    That a course is open to everybody makes nobody's files its teachers' to read.
    """
    ways = [
        exists().where(table.c.user_id == user_id, table.c.course == course)
        for table in (memberships, portal_members, course_people)
    ]
    return bool(connection.execute(select(or_(*ways))).scalar_one())


def came(connection: Connection, user_id: int, course: str) -> bool:
    """Did they come by a signed launch, a portal or their own click, and not by a list alone?

    A teacher can list anybody, and a folder of the course's name may be in anybody's workspace.
    """
    ways = [
        exists().where(table.c.user_id == user_id, table.c.course == course)
        for table in (memberships, portal_members)
    ]
    ways.append(
        exists().where(
            course_people.c.user_id == user_id,
            course_people.c.course == course,
            course_people.c.seen.is_not(None),
        )
    )
    return bool(connection.execute(select(or_(*ways))).scalar_one())


def _is_teacher(connection: Connection, user_id: int, course: str) -> bool:
    listed = exists().where(
        course_people.c.user_id == user_id,
        course_people.c.course == course,
        course_people.c.role == CourseRole.TEACHER.value,
    )
    rules = exists().where(users.c.id == user_id, users.c.is_admin)
    return bool(connection.execute(select(or_(listed, rules))).scalar_one())
